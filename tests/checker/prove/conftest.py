"""Inductions and proofs that several tests look at; each takes some seconds, so each is made once."""

from __future__ import annotations

import pytest

from dockspec import specification
from hullcheck.prove import Proof, prove
from hullcheck.prove.induction import Clock, Induction


@pytest.fixture(scope="session")
def docker() -> Proof:
    """What is proved in the default dialect."""
    return prove(specification("docker"))


@pytest.fixture(scope="session")
def article() -> Proof:
    """What is proved in the article's dialect."""
    return prove(specification("article"))


@pytest.fixture(scope="session")
def induction() -> Induction:
    """The induction over the default dialect, after it has run."""
    found = Induction(specification("docker"), Clock(None))
    found.run()
    return found
