"""Inductions and proofs that several tests look at; each takes some seconds, so each is made once."""

from __future__ import annotations

import time

import pytest

from dockspec import DIALECTS, specification
from hullcheck.prove import Proof, prove
from hullcheck.prove.induction import Clock, Induction


@pytest.fixture(scope="session")
def timed() -> tuple[Proof, float]:
    """What is proved in the default dialect, and the CPU seconds that this took."""
    began = time.process_time()
    return prove(specification("docker")), time.process_time() - began


@pytest.fixture(scope="session")
def docker(timed: tuple[Proof, float]) -> Proof:
    """What is proved in the default dialect."""
    return timed[0]


@pytest.fixture(scope="session")
def article() -> Proof:
    """What is proved in the article's dialect."""
    return prove(specification("article"))


@pytest.fixture(scope="session")
def every(docker: Proof, article: Proof) -> dict[str, Proof]:
    """What is proved in each dialect."""
    known = {"docker": docker, "article": article}
    return {name: known.get(name) or prove(specification(name)) for name in DIALECTS}


@pytest.fixture(scope="session")
def induction() -> Induction:
    """The induction over the default dialect, after it has run."""
    found = Induction(specification("docker"), Clock(None))
    found.run()
    return found
