"""``hullcheck check`` as a user and a script meet it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hullcheck.cli import call


def output(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What was printed, on standard output and standard error."""
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_a_scope_that_holds_exits_with_zero_and_says_what_was_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    """The table names properties, verdicts and counts."""
    assert call(["check", "--scope", "host"]) == 0
    out, _ = output(capsys)
    assert "firewall.reload-forgets" in out
    assert "host" in out
    assert "are violated" in out


def test_a_violation_exits_with_one_and_shows_a_run_that_can_be_pasted(capsys: pytest.CaptureFixture[str]) -> None:
    """In the article's dialect the parent links break, and the printed lines lead there."""
    assert call(["check", "--dialect", "article", "--scope", "interplay", "--json"]) == 1
    document = json.loads(output(capsys)[0])
    assert document["schema"] == "hullcheck/check/1"
    broken = {p["id"]: p for p in document["properties"] if p["verdict"] == "violated"}
    assert set(broken) == {"image.parent-present", "image.cascade"}
    lines = [step["line"] for step in broken["image.parent-present"]["counterexample"]["steps"]]
    assert call(["run", "--dialect", "article", "--json", "-c", "\n".join(lines)]) == 0
    state = json.loads(output(capsys)[0].splitlines()[-1])["state"]
    present = {image["id"] for image in state["images"]}
    assert any(image["parent"] and image["parent"] not in present for image in state["images"])


def test_junit_has_a_case_for_each_property(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CI servers see the properties as test cases; what was not looked at is skipped, visibly."""
    file = tmp_path / "report.xml"
    assert call(["check", "--scope", "host", "--junit", str(file)]) == 0
    output(capsys)
    suite = ET.parse(file).getroot()  # noqa: S314  # written by the line above
    cases = {case.get("name"): case for case in suite}
    assert cases["firewall.reload-forgets"].find("skipped") is None
    assert cases["container.names-unique"].get("classname") == "hullcheck.docker"
    assert int(suite.get("tests", "")) == len(cases)
    assert int(suite.get("skipped", "")) == sum(case.find("skipped") is not None for case in cases.values())


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["check", "--scope", "hots"], "there is no scope 'hots'; did you mean host?"),
        (["check", "--dialect", "dokcer"], "there is no dialect 'dokcer'; did you mean docker?"),
        (["check", "--junit", "no/such/folder/x.xml"], "cannot write no/such/folder/x.xml"),
        (["check", "--seed", "one"], "Invalid value for '--seed'"),
        (["check", "--bogus"], "No such option"),
        (["chekc"], "there is no command 'chekc'; did you mean check?"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, one line on standard error: what, where, how to mend."""
    assert call(arguments) == 2
    out, err = output(capsys)
    assert out == ""
    assert text in err
    assert err.count("\n") == 1


def test_ctrl_c_prints_what_is_known_and_exits_with_four() -> None:
    """An interrupted check tells what it has covered, and which tasks it did not finish."""
    scopes = [word for scope in ("host", "images", "archives", "build") for word in ("--scope", scope)]
    process = subprocess.Popen(
        [sys.executable, "-c", "from hullcheck.cli import main; main()", "check", *scopes],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("host: "), "the smallest scope ends first, long before the others"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err
    assert process.returncode == 4
    assert "Not finished: " in out
