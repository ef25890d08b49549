"""hullcheck.run.prompt: completion."""

from __future__ import annotations

import pytest

from hullcheck.run.prompt import candidates
from hullcheck.run.world import World


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("do", ["docker"]),
        ("!ex", ["!exit", "!exec-exit"]),
        ("docker sto", ["stop"]),
        ("docker stop w", ["web"]),
        ("docker rmi al", ["alpine:latest", "alpine@"]),
        ("docker rm --fo", ["--force"]),
        ("!exit w", ["web"]),
    ],
)
def test_candidates(typed: str, expected: list[str]) -> None:
    """Commands, flags, names and references that fit what was typed."""
    world = World()
    world.docker("run -d --name web alpine sleep 1000")
    found = [option.split("sha256")[0] for option in candidates(world, typed)]
    assert found == expected
