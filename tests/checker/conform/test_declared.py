"""What is declared of an engine is there for its version, and can be seen in the specification."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from hullcheck.conform.declared import FOLDER, Declarations, Deviation, Kind, declarations
from hullcheck.conform.engine import Engine
from hullcheck.conform.plan import Cell
from hullcheck.conform.report import judge
from hullcheck.conform.running import Report
from hullcheck.run.world import World

DECLARED = [
    (known.dialect, deviation)
    for known in (declarations(path.stem) for path in sorted(FOLDER.glob("*.json")))
    for deviation in known.deviations.values()
]


@pytest.mark.parametrize(("dialect", "deviation"), DECLARED, ids=lambda part: getattr(part, "rule", part))
def test_the_lines_of_a_deviation_lead_to_its_rule(dialect: str, deviation: Deviation) -> None:
    """In the engine's dialect each line does what it should, and the last one is answered by the rule that is named."""
    *before, last = World(dialect).script("\n".join(deviation.sequence))
    assert not any(outcome.problem or outcome.exit_code for outcome in before)
    assert not last.problem
    assert deviation.rule in {answered.rule.id for answered in last.operations}


def test_what_versions_have_in_common_stands_once() -> None:
    """A version has what its like has, and its own instead where both tell of a rule."""
    old, new = declarations("podman-4.3.1").deviations, declarations("podman-5.8.6").deviations
    assert old["container.pause.frozen"] == new["container.pause.frozen"]
    assert Kind.ERROR in old["container.create.name-in-use"].differs - new["container.create.name-in-use"].differs
    assert "container.update.updated" in old.keys() - new.keys()


def test_a_version_without_a_file_has_that_of_the_newest_before_it() -> None:
    """28.5.2 has the file of 28.5; 28.1 has that of 26.1, which is not said to be exact; Podman has another one."""
    assert (declarations("docker-28.5.2").name, declarations("docker-28.5.2").exact) == ("docker-28.5", True)
    assert (declarations("docker-28.1.0").name, declarations("docker-28.1.0").exact) == ("docker-26.1", False)
    assert declarations("docker-28.5.2-containerd").name == "docker-28.5-containerd"
    assert not declarations("podman-99").name.startswith("docker")


@pytest.mark.parametrize("sometimes", [True, False])
def test_what_no_longer_shows_fails_a_run_unless_it_is_chance(*, sometimes: bool) -> None:
    """A rule was tried, and nothing differs in it, although that is declared."""
    rule = "container.rm.running"
    report = Report(cast("Engine", SimpleNamespace()), "docker", {Cell(rule, (), ())}, systematic=True)
    declared = {rule: Deviation(rule, frozenset({Kind.STATUS}), "by chance", (), sometimes)}
    judgement = judge(report, Declarations("docker-1", deviations=declared))
    assert judgement.holds is sometimes
    assert [d.rule for d in judgement.stale] == ([] if sometimes else [rule])
