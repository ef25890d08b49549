"""``docker inspect -f``: fields are printed as Go prints them; anything more is refused by name."""

from __future__ import annotations

import pytest

from hullcheck import World
from hullcheck.run.core import Refused
from hullcheck.run.templates import filled

DOCUMENT = {"Name": "/web", "State": {"Running": True, "ExitCode": 0}, "Cmd": ["sleep", "60"], "None": None}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.Name}}", "/web"),
        ("{{ .State.Running }} {{.State.ExitCode}}", "true 0"),
        ("{{.Cmd}}", "[sleep 60]"),
        ("{{.State}}", "map[ExitCode:0 Running:true]"),
        ("{{json .State}}", '{"Running":true,"ExitCode":0}'),
        ("{{json .Cmd}}|{{.None}}", '["sleep","60"]|<no value>'),
        ("no field", "no field"),
    ],
)
def test_fields_are_printed_as_go_prints_them(template: str, text: str) -> None:
    """Texts, numbers, truth values, lists and maps; ``json`` of any of them."""
    assert filled(template, DOCUMENT) == text


@pytest.mark.parametrize("template", ["{{if .Name}}x{{end}}", "{{.Nothing}}", "{{len .Cmd}}", "{{.Name.More}}"])
def test_what_is_more_than_a_field_is_refused(template: str) -> None:
    """It is known to docker and outside the specification, so it is not guessed at."""
    with pytest.raises(Refused, match="docker inspect -f"):
        filled(template, DOCUMENT)


def test_inspect_prints_a_line_for_each_object() -> None:
    """As pasted from anywhere: the status of two containers."""
    world = World()
    world.docker("run -d --name web alpine sleep 60")
    world.docker("create --name job alpine true")
    assert world.docker("inspect -f '{{.Name}} {{.State.Status}}' web job").stdout == "/web running\n/job created\n"
