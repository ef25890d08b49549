"""hullcheck.describe.shapes: the JSON of the command line, held against real output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dockspec import specification
from hullcheck.check.documents import as_json
from hullcheck.check.report import Counterexample, Means, Outcome, Report, Result
from hullcheck.describe.shapes import CHECK, RUN, STATE, Member, Shape, example
from hullcheck.explore import explore
from hullcheck.run.outcome import Outcome as Ran
from hullcheck.run.records import last_line, lines
from hullcheck.run.spelling import spelled
from hullcheck.run.world import World
from hullcheck.sample import SampleReport
from hullcheck.scopes import HOST

OPEN = {"events[].attributes", "scopes[].left_out", "unfinished"}
"""Objects whose members are no names of ours."""
TYPES: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def _members(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # JSON is anything
    if isinstance(value, dict) and path not in OPEN:
        for name, inside in value.items():
            yield (where := f"{path}.{name}" if path else name), inside
            yield from _members(inside, where)
    elif isinstance(value, list):
        for inside in value:
            yield from _members(inside, f"{path}[]")


def _agree(shape: Shape, documents: list[Any]) -> None:
    told = {member.path: member for member in shape.members}
    seen: set[str] = set()
    for document in documents:
        for path, value in _members(document):
            assert path in told, f"{path} is not documented"
            assert isinstance(value, _types(told[path])), path
            seen.add(path)
        for member in shape.members:
            parent = member.path.rpartition(".")[0]
            if not parent and not member.optional:
                assert member.path in document
    assert seen == set(told), "documented, and never printed"


def _types(member: Member) -> tuple[type, ...]:
    return tuple(t for word in member.type.split(" or ") for t in TYPES[word])


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """What ``run --json`` prints of a script with successes, errors and a line that is not understood."""
    script = "docker run -d --name web alpine sleep 60\ndocker rm web\ndocker network ls\ndocker stop web"
    world = World()
    outcomes: list[Ran] = list(world.script(script))
    return [*lines(outcomes), last_line(world.state)]


def test_run(printed: list[str]) -> None:
    """Every member that ``run --json`` prints for a line is documented with its type, and each of those occurs."""
    _agree(RUN, [json.loads(line) for line in printed[:-1]])


def test_state(printed: list[str]) -> None:
    """The same of the last line."""
    _agree(STATE, [json.loads(printed[-1])])


def test_check() -> None:
    """The same of ``check --json``."""
    exploration = explore(specification(), HOST)
    run = next(v.trace for v in exploration.verdicts.values() if v.trace)
    broken = Counterexample(run, Means.EXPLORED, "host")
    result = Result("a.property", "It is so.", "always", Outcome.VIOLATED, counterexample=broken)
    sampled = SampleReport(0, {"firewall.start.started": 1}, (), frozenset(), (), 1, 1, 1, 0.1)
    report = Report("docker", (result,), {"host": exploration}, sampled, (), whole=False, seconds=0.1)
    _agree(CHECK, [json.loads(json.dumps(as_json(report, {result.id: spelled(run)})))])


def test_example() -> None:
    """The example is what is printed, laid out."""
    *told, state = [json.loads(text) for text in example()]
    assert [line["operations"][0]["rule"] for line in told] == ["container.rm.running"]
    assert state["state"]["containers"][0]["status"] == "running"
