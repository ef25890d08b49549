"""The article's tour, on the specification."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dockspec.dialects import DIALECTS
from hullcheck.run.world import World

TOUR = Path(__file__).parents[2] / "data" / "tour.hull"


def expected() -> dict[int, int]:
    """The exit status that is expected of a line, by its number."""
    lines = enumerate(TOUR.read_text(encoding="utf-8").splitlines(), start=1)
    return {number: int(match[1]) for number, line in lines if (match := re.search(r"#= ([0-9]+)$", line))}


def test_tour() -> None:
    """Every command of the article is understood, and ends with the status that the tour expects."""
    world = World()
    outcomes = list(world.script(TOUR.read_text(encoding="utf-8")))
    assert not [o.problem for o in outcomes if o.problem]
    wanted = expected()
    assert [(o.line, o.exit_code) for o in outcomes] == [(o.line, wanted.get(o.line, 0)) for o in outcomes]
    assert wanted.keys() <= {o.line for o in outcomes}
    assert [c.name for c in world.state.containers] == []


def test_the_article_forces_what_docker_does_not() -> None:
    """Only the article's dialect deletes with `rmi -f` what something is built on."""
    script = (
        "docker create --name c1 alpine\ndocker commit c1 child:1\ndocker rm c1\n"
        "docker rmi -f $(docker images -q alpine)"
    )
    codes = {}
    for dialect in DIALECTS:
        codes[dialect] = list(World(dialect).script(script))[-1].exit_code
    assert codes["docker"] == 1
    assert codes["article"] == 0


def test_an_unknown_dialect_is_refused() -> None:
    """The error names the dialects that there are."""
    with pytest.raises(ValueError, match="docker"):
        World("rkt")
