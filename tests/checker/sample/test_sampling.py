"""hullcheck.sample: random runs of the specification, every step checked."""

from __future__ import annotations

import dataclasses
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis.internal.conjecture.providers import HypothesisProvider

import dockspec
import hullcheck
from dockspec.dialects import specification
from dockspec.evaluation import answering, fire
from dockspec.model import Always, Specification, Step
from hullcheck.sample import WORLD, Failure, SampleReport, sample

SPECIFICATION = specification()
TELLS_ITS_RULES = """
from dockspec.dialects import specification
from hullcheck.sample import sample
from hullcheck.sample.checking import Checks

check = Checks.check
Checks.check = lambda checks, taken: print(taken.rule.id) or check(checks, taken)
sample(specification(), rounds=8)
"""


@pytest.fixture(scope="module")
def report() -> SampleReport:
    """What is found by a short sampling of the specification itself."""
    return sample(SPECIFICATION, rounds=12)


def without(rule_id: str, function: str) -> Specification:
    """The specification, with a rule that forgets one effect."""
    rule = next(rule for rule in SPECIFICATION.rules if rule.id == rule_id)
    kept = tuple(update for update in rule.effects if update.target.function.name != function)
    assert len(kept) < len(rule.effects)
    return SPECIFICATION.replaced({rule_id: dataclasses.replace(rule, effects=kept)})


def found(broken: Specification, identifier: str, rounds: int = 8) -> Failure:
    """The failure of a property that sampling finds in a broken specification; few rounds do where it is near."""
    return next(f for f in sample(broken, rounds=rounds).failures if f.property == identifier)


def test_nothing_is_broken(report: SampleReport) -> None:
    """The specification keeps its properties, its machines' rows, and what was done is done once."""
    assert report.failures == ()
    assert {p.id for p in SPECIFICATION.properties if isinstance(p, Always | Step)} <= report.checked
    assert {"machine.container.rows", "total.container.stop", "again.container.stop"} <= report.checked
    assert "again.container.create" not in report.checked


def test_rounds_lead_to_most_rules(report: SampleReport) -> None:
    """Each round goes on from what was reached, with steps that were not done: few rules are left after a dozen."""
    assert report.rounds == 12
    assert sum(report.fired.values()) == report.steps
    assert report.fired.keys() | set(report.never) == {rule.id for rule in SPECIFICATION.rules}
    assert len(report.never) < len(SPECIFICATION.rules) / 4, report.never


def test_the_same_seed_gives_the_same_runs() -> None:
    """By default, and for each seed, sampling is reproducible; another seed gives other runs."""
    runs = [sample(SPECIFICATION, seed=seed, rounds=2).fired for seed in (None, 0, 7, 7)]
    assert runs[0] == runs[1]
    assert runs[2] == runs[3]
    assert runs[0] != runs[2]


def rules_drawn(folder: Path, script: str, hash_seed: str) -> list[str]:
    """The rules of a sampling in their order, by a copy of the packages in a folder, where the process works, too."""
    for package in (dockspec, hullcheck):
        inside = Path(package.__file__).parent
        shutil.copytree(inside, folder / inside.name, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_the_runs_are_the_same_wherever_it_is_installed(tmp_path: Path) -> None:
    """The rules are drawn in the same order from site-packages, and from a working tree beside another's constants.

    Hypothesis mixes the constants of a working tree into what it draws, and the integers here are within its bounds.
    """
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "integers.py").write_text(f"INTEGERS = {list(range(100, 255))}\n", encoding="utf-8")
    drawn = rules_drawn(tmp_path / "site-packages", TELLS_ITS_RULES, "1")
    assert len(drawn) > 100
    assert rules_drawn(tree, f"import integers{TELLS_ITS_RULES}", "2") == drawn


def test_what_else_uses_hypothesis_keeps_its_constants() -> None:
    """Sampling leaves Hypothesis as it was, in the same process."""
    before = vars(HypothesisProvider).copy()
    sample(SPECIFICATION, rounds=1)
    assert vars(HypothesisProvider) == before


def test_no_round_begins_after_the_deadline() -> None:
    """With no time at all nothing is done, and nothing is claimed."""
    nothing = sample(SPECIFICATION, deadline=0)
    assert (nothing.rounds, nothing.steps, nothing.examples) == (0, 0, 0)
    assert len(nothing.never) == len(SPECIFICATION.rules)


def test_a_broken_invariant_is_found_and_shrunk() -> None:
    """A stop that leaves the process space behind: an image and a container are made, it is started and stopped."""
    failure = found(without("container.stop.stopped", "container.process-space"), "container.process-space", rounds=30)
    assert len(failure.steps) <= 5
    assert failure.steps[-1].rule == "container.stop.stopped"
    assert "A process space exists exactly" in failure.note


def test_a_failure_can_be_replayed() -> None:
    """The steps of a failure lead from the beginning to its end by the plain evaluation."""
    broken = without("container.create.created", "container.layer")
    state = WORLD
    for step in found(broken, "container.read-write-layer").steps:
        rule = answering(broken.operation(step.operation), step.binding, state)
        assert rule is not None
        assert (rule.id, step.before) == (step.rule, state)
        state = fire(rule, step.binding, state)
        assert state == step.after


def test_a_missing_answer_is_found() -> None:
    """An operation that nobody answers is a failure of its own."""
    failure = found(SPECIFICATION.replaced({"container.create.created": None}), "total.container.create")
    assert "container.create: no rule answers" in failure.note
    assert len(failure.steps) <= 2, "an image has to be there before"


def test_a_status_changed_past_the_machine_is_found() -> None:
    """A rule that fires a row where its machine has none is a failure of the machine."""
    rule = next(rule for rule in SPECIFICATION.rules if rule.id == "container.start.started")
    move = dataclasses.replace(rule.moves[0], cases=((rule.moves[0].cases[0][0], "unpause"),))
    failure = found(
        SPECIFICATION.replaced({rule.id: dataclasses.replace(rule, moves=(move,))}), "machine.container.rows"
    )
    assert "to running by unpause" in failure.note


def test_a_dialect_is_not_blamed_for_what_it_declares() -> None:
    """What a dialect says to fail is not checked in it."""
    article = specification("article")
    declared = {prop.id for prop in article.properties if not prop.holds_in("article")}
    assert declared
    report = sample(article, rounds=4)
    assert report.failures == ()
    assert not declared & report.checked


def test_a_report_can_be_sent_to_another_process(report: SampleReport) -> None:
    """Nothing in a report depends on the process that made it."""
    failure = found(SPECIFICATION.replaced({"image.inspect.shown": None}), "total.image.inspect")
    for thing in (report, failure):
        assert pickle.loads(pickle.dumps(thing)) == thing  # noqa: S301  # made here
