"""One verdict per property, put together from explorations and sampling."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dockspec import specification
from hullcheck.check.report import Means, Outcome, Report, Result, report
from hullcheck.explore import Exploration, explore
from hullcheck.scopes import SCOPES

SPEC = specification("docker")
ARTICLE = specification("article")


@pytest.fixture(scope="module")
def host() -> Exploration:
    """The smallest scope, explored."""
    return explore(SPEC, SCOPES["host"])


def made(*explorations: Exploration, whole: bool = False, unfinished: dict[str, str] | None = None) -> Report:
    """A report of some explorations, without sampling."""
    return report(SPEC, explorations, None, whole=whole, seconds=1.0, unfinished=unfinished or {})


def result(found: Report, identifier: str) -> Result:
    """The result of one property."""
    return next(r for r in found.results if r.id == identifier)


def test_every_property_has_a_result(host: Exploration) -> None:
    """Nothing is left out, and the checks of the specification itself stand at the end."""
    found = made(host)
    assert [r.id for r in found.results[:-3]] == [p.id for p in SPEC.properties]
    assert [r.id for r in found.results[-3:]] == ["machine.rows", "rules.total", "rules.reached"]


def test_what_was_explored_holds_there_and_the_rest_is_undecided(host: Exploration) -> None:
    """A verdict names its scope; what no scope looked at is neither true nor false."""
    found = made(host)
    reload = result(found, "firewall.reload-forgets")
    assert (reload.outcome, reload.means, reload.scopes) == (Outcome.HOLDS, (Means.EXPLORED,), ("host",))
    assert result(found, "container.rm-only-not-running").outcome is Outcome.UNDECIDED
    assert not found.violated


def test_what_is_never_reached_is_a_fault_only_when_everything_was_looked_at(host: Exploration) -> None:
    """Rules and witnesses that one scope does not reach say nothing about the specification."""
    assert result(made(host), "rules.reached").outcome is Outcome.UNDECIDED
    assert result(made(host), "container.reaches-dead").outcome is Outcome.UNDECIDED
    whole = made(host, whole=True)
    assert result(whole, "rules.reached").outcome is Outcome.VIOLATED
    assert result(whole, "container.reaches-dead").outcome is Outcome.VIOLATED
    interrupted = made(host, whole=True, unfinished={"life": "interrupted"})
    assert result(interrupted, "rules.reached").outcome is Outcome.UNDECIDED


def test_an_unfinished_exploration_proves_nothing(host: Exploration) -> None:
    """What was covered may show a violation, never that there is none."""
    partial = replace(host, complete=False, reason="interrupted")
    assert result(made(partial), "firewall.reload-forgets").outcome is Outcome.UNDECIDED


def test_of_several_violations_the_shortest_run_is_shown() -> None:
    """The article's claim breaks the parent links; the run is the shortest over all scopes."""
    explorations = [explore(ARTICLE, SCOPES[name]) for name in ("interplay",)]
    found = report(ARTICLE, explorations, None, whole=False, seconds=1.0, unfinished={})
    assert {r.id for r in found.violated} == {"image.parent-present", "image.cascade"}
    broken = result(found, "image.parent-present")
    assert broken.declared
    assert broken.counterexample is not None
    assert [step.operation for step in broken.counterexample.steps] == [
        "image.import",
        "container.create",
        "container.commit",
        "image.remove",
    ]


def test_a_recorded_proof_is_told_of_what_holds(host: Exploration) -> None:
    """What is proved besides says so; what was not looked at stays undecided; without a record nothing is proved."""
    proved = {"firewall.reload-forgets", "container.rm-only-not-running", *(f"total.{o.id}" for o in SPEC.operations)}
    found = report(SPEC, [host], None, whole=False, seconds=1.0, unfinished={}, proved=proved)
    assert result(found, "firewall.reload-forgets").means == (Means.PROVED, Means.EXPLORED)
    assert result(found, "rules.total").means == (Means.PROVED, Means.EXPLORED)
    assert result(found, "machine.rows").means == (Means.EXPLORED,)
    assert result(found, "container.rm-only-not-running").outcome is Outcome.UNDECIDED
    assert {r.id for r in found.proved} == {"firewall.reload-forgets", "rules.total"}
    assert found.proof_recorded
    assert not made(host).proof_recorded
