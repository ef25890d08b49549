"""SPIN, where the machine has it, and scopes that it searches in seconds."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from dockspec import container
from dockspec.container import CONTAINER, NAME
from dockspec.image import IMAGE, REFERENCE
from hullcheck.explore import Scope
from hullcheck.export import spin as runner
from hullcheck.scopes import HOST, IMAGES, LIFE, NAMES, REGISTRY
from hullcheck.worlds import references

SMALL: dict[str, Scope] = {
    "host": HOST,
    "names": NAMES,
    "life": replace(
        LIFE,
        sizes={CONTAINER: 1, NAME: 1, IMAGE: 1},
        frozen={container.policy: container.Policy.NO, container.obstructed: False},
    ),
    "images": replace(
        IMAGES,
        sizes={CONTAINER: 1, NAME: 1, IMAGE: 3, REFERENCE: 3},
        rigid=references("app:1", "app@sha256:1", "web:1"),
    ),
    "registry": replace(
        REGISTRY,
        sizes={CONTAINER: 1, NAME: 1, IMAGE: 2, REFERENCE: 3},
        rigid=references("app:1", "app:2", "app@sha256:1"),
    ),
}
"""The names of the scopes of ``check``, smaller."""


@pytest.fixture(scope="session")
def spin() -> None:
    """SPIN and a C compiler; without them the test is skipped, or fails where the engine is required too."""
    if why := runner.missing():
        if os.environ.get("HULLCHECK_REQUIRE_ENGINE") == "1":
            pytest.fail(f"HULLCHECK_REQUIRE_ENGINE=1, but {why}", pytrace=False)
        pytest.skip(why)


@pytest.fixture(params=SMALL)
def small(request: pytest.FixtureRequest) -> Scope:
    """Each of the small scopes."""
    return SMALL[request.param]


@pytest.fixture
def scopes() -> dict[str, Scope]:
    """The small scopes, by name."""
    return SMALL
