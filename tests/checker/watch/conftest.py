"""What the tests of the watch share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dockspec import specification
from hullcheck.watch.projection import Projection
from hullcheck.watch.views import CONTAINERS
from hullcheck.watch.vocabulary import DOCKER

sys.path.insert(0, str(Path(__file__).parent))  # streams.py, which the benchmark uses too


@pytest.fixture(scope="session")
def projection() -> Projection:
    """What Docker may tell of one container."""
    return Projection(specification(), CONTAINERS, DOCKER)


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of the recorded streams."""
    return Path(__file__).parents[2] / "data" / "events"
