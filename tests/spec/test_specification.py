"""The specification itself: complete in its form, cited, and of one shape in every dialect."""

from __future__ import annotations

import re

import pytest

from dockspec import DIALECTS, specification
from dockspec.language import SpecificationError
from dockspec.model import Kind, Specification

SPECS = [specification(name) for name in DIALECTS]
PLACEHOLDERS = {
    "c", "c.id", "c.name", "d.id", "n", "i", "i.short", "r", "t", "t.repository",
    "base", "image.id", "image.short", "user.short", "signal",
    "command", "code", "path", "exec", "sandbox",
}  # fmt: skip
"""What a message may name; the world knows how to fill each."""


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.dialect)
def test_every_rule_is_told_and_cited(spec: Specification) -> None:
    """A rule has a sentence and a source; an error has a class and a text; a success has neither."""
    for rule in spec.rules:
        assert rule.says.endswith("."), rule.id
        assert rule.source, rule.id
        error = rule.answer.kind in {Kind.REFUSED, Kind.FAILED}
        assert bool(rule.answer.error_class) is error, rule.id
        assert bool(rule.answer.message) is error, rule.id


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.dialect)
def test_messages_name_only_what_can_be_filled_in(spec: Specification) -> None:
    """Every placeholder of a message is one that the world knows."""
    for rule in spec.rules:
        named = set(re.findall(r"{([a-z.]+)}", rule.answer.message))
        assert named <= PLACEHOLDERS, rule.id


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.dialect)
def test_every_operation_ends_with_a_rule_for_all_the_rest(spec: Specification) -> None:
    """An operation answers in every state because its last rule has no guard."""
    for operation in spec.operations:
        assert repr(operation.rules[-1].when) == "true", operation.id


def test_every_rule_with_an_http_request_answers_with_a_status() -> None:
    """What the API offers has an HTTP status; what the world does has none."""
    for operation in specification().operations:
        for rule in operation.rules:
            assert (rule.answer.status > 0) is bool(operation.http), rule.id


def test_dialects_differ_only_where_they_say_so() -> None:
    """The article's dialect replaces one rule, and gives its reason."""
    docker = {rule.id: rule for rule in specification("docker").rules}
    article = {rule.id: rule for rule in specification("article").rules}
    assert docker.keys() == article.keys()
    assert {i for i in docker if docker[i] is not article[i]} == set(DIALECTS["article"].replaces)
    assert all(set(dialect.replaces) == set(dialect.reasons) for dialect in DIALECTS.values())


def test_an_unknown_dialect_is_a_key_error() -> None:
    """Callers check the name against DIALECTS first."""
    with pytest.raises(KeyError):
        specification("lxc")
    with pytest.raises(SpecificationError):
        specification().replaced({"no.such.rule": None})
