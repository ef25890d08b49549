"""The class of an error is read off an engine's text."""

from __future__ import annotations

import re

import pytest

from dockspec import specification
from dockspec.model import Kind
from hullcheck.conform.acting import reason_why_not
from hullcheck.conform.texts import class_of, classes, fits

ERRORS = {
    (rule.answer.error_class, rule.answer.message)
    for operation in specification().operations
    for rule in operation.rules
    if rule.answer.kind in {Kind.REFUSED, Kind.FAILED} and not reason_why_not(operation.id)
    if not rule.answer.message.endswith("{command}")
    if operation.id != "build.cached"  # what the builder finds in its cache it tells nobody
}


@pytest.mark.parametrize(("error_class", "message"), sorted(ERRORS))
def test_every_text_of_the_specification_fits_its_class(error_class: str, message: str) -> None:
    """The table knows every error that the specification has, whatever stands for the objects."""
    assert fits("docker", error_class, re.sub(r"\{.*?\}", "0123abcd", message))


def test_what_no_class_fits_is_unknown() -> None:
    """A text that nobody knows is told to be one, and a success has no class."""
    assert class_of("docker", "the moon is not full") == "Unknown"
    assert class_of("docker", "") == ""
    assert not fits("docker", "NotRunning", "")
    assert fits("docker", "", "")


def test_an_unknown_engine_is_read_as_docker() -> None:
    """Another engine that speaks Docker's API is taken to say what Docker says."""
    assert classes("other") == classes("docker")
