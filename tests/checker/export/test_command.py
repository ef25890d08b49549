"""``hullcheck export`` as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hullcheck.cli import call
from hullcheck.errors import InputError
from hullcheck.export.command import export


def called(*arguments: str) -> Result:
    """Call it; an error of hullcheck's own comes through."""
    result = CliRunner().invoke(export, arguments)
    if isinstance(result.exception, InputError):
        raise result.exception
    return result


def test_promela() -> None:
    """The model is printed, with the ids of the rules in comments."""
    text = called("promela", "--scope", "host").output
    assert "/* firewall.reload.reloaded (accepted): " in text
    assert "active proctype world()" in text


def test_tla_has_a_configuration(tmp_path: Path) -> None:
    """With -o the module is called like its file, and the configuration stands beside it."""
    assert called("tla", "--scope", "host", "-o", str(tmp_path / "Firewall.tla")).output == ""
    assert " MODULE Firewall " in (tmp_path / "Firewall.tla").read_text()
    assert "SPECIFICATION Spec" in (tmp_path / "Firewall.cfg").read_text()


def test_json() -> None:
    """The document and its schema carry the same version."""
    found, schema = json.loads(called("json").output), json.loads(called("json", "--schema").output)
    assert found["schema"] == schema["$id"] == schema["properties"]["schema"]["const"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["promela", "--scope", "hots"], "no scope 'hots'; did you mean host"),
        (["tla", "--dialect", "doker"], "no dialect 'doker'; did you mean docker"),
        (["json", "-o", "nowhere/x.json"], "cannot write nowhere/x.json: No such file or directory"),
        (["json", "--cells", "nowhere.jsonl"], "cannot read nowhere.jsonl: No such file or directory"),
        (["tla", "-o", "my-model.tla"], "a module is called like its file; name it my_model.tla"),
        (["tla", "-o", "model.cfg"], "a module is called like its file; name it model.tla"),
    ],
)
def test_wrong_calls(arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with a call is said in one line."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        called(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "promela", "-o", "."], "is a directory"),
        (["export", "tlc"], "No such command 'tlc'"),
        (["exprot", "tla"], "there is no command 'exprot'; did you mean export?"),
        (["export", "json", "--scope", "names"], "No such option"),
    ],
)
def test_wrong_calls_of_the_command_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Called as a program it ends with 2, and one line on standard error."""
    assert call(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert message in told.err
    assert told.err.count("\n") == 1
