"""Names for other languages."""

from __future__ import annotations

from dockspec import container, image
from dockspec.image import i, is_ancestor, j
from dockspec.language import Named
from hullcheck.export import naming
from hullcheck.export.naming import Names


def test_identifiers() -> None:
    """An id becomes an identifier; members of two enumerations of one name stay apart."""
    assert naming.identifier("container.rm.absent-forced") == "container_rm_absent_forced"
    assert naming.identifier("126") == "_126"
    assert naming.member(container.Status.REMOVED) != naming.member(image.Status.REMOVED)


def test_names_are_given_once() -> None:
    """What is taken or reserved gets a number."""
    names = Names(["run"])
    assert [names.new("run"), names.new("stop"), names.new("stop")] == ["run_2", "stop", "stop_2"]


def test_parameters_in_the_order_of_the_call() -> None:
    """The parameters of a named formula are those it is applied to, in that order."""
    term = is_ancestor(j, i)
    assert isinstance(term, Named)
    assert [v.name for v in naming.parameters(term)] == ["j", "i"]
