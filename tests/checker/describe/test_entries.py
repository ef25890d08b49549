"""hullcheck.describe.entries: one rule, one state."""

from __future__ import annotations

import re

import pytest

from dockspec import DIALECTS, specification
from dockspec.claims import CLAIMS
from dockspec.model import Rule
from hullcheck.describe.engines import seen_on
from hullcheck.describe.entries import container_seen, image_lists, rule_entry, state_entry, states
from hullcheck.describe.lingua import CHINESE, ENGLISH, Lingua
from hullcheck.describe.markdown import plain

SPEC = specification()
RULES = {rule.id: rule for rule in SPEC.rules}


@pytest.mark.parametrize("lang", [ENGLISH, CHINESE])
def test_every_rule_is_told_whole(lang: str) -> None:
    """An entry has the rule's prose, its guard as a formula, its answer, text, effects, events and source."""
    lingua = Lingua(lang)
    for rule in SPEC.rules:
        entry = rule_entry(rule, lingua)
        text = "\n".join(entry.markdown(4, lingua))
        assert f'<a id="{rule.id}"></a>' in text
        assert plain(entry.text) == lingua.prose(rule.says).replace("`", "")
        assert repr(rule.when) == "true" or repr(rule.when) in text
        assert rule.answer.message in text
        assert rule.answer.error_class in text
        assert text.count("`container:") + text.count("`image:") == len(rule.events)
        assert re.split(r"[:;,(]", rule.source)[0].strip().replace("measured on ", "") in text
        assert not rule.effects or lingua("Effects", "效果") in text
        assert not rule.moves or lingua("State", "状态") in text


def test_a_refusal_in_the_terminal() -> None:
    """As a reader of a terminal sees it: no marks, everything on a line of its own."""
    assert "\n".join(rule_entry(RULES["container.rm.running"], Lingua()).terminal()) == (
        "container.rm.running\n"
        "  Without -f, a running container is not removed.\n"
        "  Where: the container is running and -f is not given.\n"
        "  Formula: container.status(c) = running and not force\n"
        "  Answer: refused; HTTP 409 (conflict); class RunningContainer; the command line exits with 1.\n"
        "  Text: You cannot remove a running container {c.id}. "
        "Stop the container before attempting removal or force remove\n"
        "  Source: daemon/delete.go:containerRm; measured on Docker 20.10.24\n"
        f"  Observed on: {plain(seen_on('container.rm.running', Lingua()))}\n"
        "  Decides: article.rm-only-stopped"
    )


def test_other_dialects() -> None:
    """A rule that a dialect replaces says so, with the reason."""
    for dialect in DIALECTS.values():
        for identifier in dialect.replaces:
            told = "\n".join(rule_entry(RULES[identifier], Lingua()).terminal())
            assert f"In {dialect.name}:" in told
            assert dialect.reasons[identifier] in told


def test_claims_are_named() -> None:
    """A rule names the claims that it decides."""
    for claim in CLAIMS:
        for identifier in claim.rules:
            assert claim.id in "\n".join(rule_entry(RULES[identifier], Lingua()).terminal())


def test_flags_and_lists_are_docker_s() -> None:
    """The seven combinations of flags that were measured on Docker 20.10.24, and which ps lists them."""
    seen = {
        name: container_seen(name)
        for name in ("created", "running", "paused", "restarting", "stopped", "removing", "dead")
    }
    assert seen == {
        "created": ((), ("docker ps -a",)),
        "running": (("Running",), ("docker ps", "docker ps -a")),
        "paused": (("Running", "Paused"), ("docker ps", "docker ps -a")),
        "restarting": (("Running", "Restarting"), ("docker ps", "docker ps -a")),
        "stopped": ((), ("docker ps -a",)),
        "removing": (("Dead",), ("docker ps -a",)),
        "dead": (("Dead",), ("docker ps -a",)),
    }
    assert container_seen("removed") is None
    assert image_lists("intermediate") == ("docker images -a",)
    assert "docker images -f dangling=true" in image_lists("dangling")


def test_every_state_is_told() -> None:
    """A state says how it is entered and left, and in the terminal what every operation answers there."""
    for identifier, (machine, state) in states(SPEC).items():
        told = "\n".join(state_entry(machine, state, Lingua(), answers=True).terminal())
        assert told.startswith(identifier)
        for row in machine.rows:
            assert row.trigger in told or (row.target is not state.value and state.value not in row.sources)
    paused = "\n".join(state_entry(*states(SPEC)["container.paused"], Lingua(), answers=True).terminal())
    assert "container.start: 409 container.start.paused" in paused
    assert "container.unpause: 204 → running container.unpause.resumed" in paused


def test_events_are_in_order() -> None:
    """The events of a stop are numbered as they come."""
    stop: Rule = RULES["container.stop.stopped"]
    lines = list(rule_entry(stop, Lingua()).terminal())
    numbered = [line.split()[1].rstrip(",") for line in lines if line.strip()[:2] in {f"{n}." for n in range(1, 9)}]
    actions = ["kill", "kill", "unpause", "exec_die", "die", "stop"]
    assert numbered == [f"container:{action}" for action in actions]
