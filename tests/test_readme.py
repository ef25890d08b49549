"""README shows real output: what it says of commands is what they print.

``HULLCHECK_RECORD=1 python -m pytest tests/test_readme.py`` writes the blocks anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dockspec import DIALECTS, specification
from hullcheck.describe.record import RECORD

README = Path(__file__).parents[1] / "README.md"
RECORDING = os.environ.get("HULLCHECK_RECORD") == "1"


def block(name: str) -> str:
    """The generated text between two marks."""
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name}: begin -->\n(.*)<!-- {name}: end -->", text, re.DOTALL)
    assert found, f"README has no block {name}"
    return found.group(1)


def put(name: str, text: str) -> None:
    """Write a block anew."""
    before, begin, rest = README.read_text(encoding="utf-8").partition(f"<!-- {name}: begin -->\n")
    _, end, after = rest.partition(f"<!-- {name}: end -->")
    README.write_text(before + begin + text + end + after, encoding="utf-8")


def printed(*arguments: str) -> str:
    """What ``hullcheck`` prints, on both streams, as a terminal shows it."""
    command = [sys.executable, "-c", "from hullcheck.cli import main; main()", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


def shortened(report: str) -> str:
    """The report of a check with its first lines, its figures and its end."""
    lines = [line.rstrip() for line in report.splitlines() if not re.fullmatch(r"[a-z]+: [0-9.]+ s", line)]
    figures = next(number for number, line in enumerate(lines) if line.startswith("scope "))
    return "```text\n" + "\n".join([*lines[:8], "...", *lines[figures:]]) + "\n```\n"


def test_the_example_of_run_is_what_it_prints() -> None:
    """The lines under the command are its output, to the letter."""
    (line,) = re.findall(r"^\$ hullcheck run --explain -c '(.*)'$", README.read_text(encoding="utf-8"), re.MULTILINE)
    text = f"```text\n{printed('run', '--explain', '-c', line)}```\n"
    if RECORDING:
        put("run", text)
    assert block("run") == text


def test_the_example_of_check_has_the_recorded_counts() -> None:
    """States, transitions, refusals and depth of every scope are those of the record; the times are of one run."""
    if RECORDING:
        put("check", shortened(printed("check")))
    import json  # noqa: PLC0415  # one test needs it

    recorded = json.loads(RECORD.read_text(encoding="utf-8"))["dialects"]["docker"]["scopes"]
    shown = block("check")
    for scope in recorded:
        figures = [f"{scope[key]:,}" for key in ("states", "transitions", "refusals", "depth")]
        assert re.search(rf"^{scope['scope']} +{' +'.join(figures)} ", shown, re.MULTILINE), scope["scope"]
    total = sum(scope["states"] for scope in recorded)
    assert f"{total:,} states" in shown


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """What README shows of World works as it stands."""
    text = README.read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(from hullcheck import World.*?)```", text, re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102  # README's own text
    out = capsys.readouterr().out
    assert re.match(r"[0-9a-f]{64}\n", out)
    assert "\n0 " in out


def test_the_rule_that_is_shown_is_in_the_specification() -> None:
    """The example of a rule has the guard, the answer and the sentence of the real one."""
    text = README.read_text(encoding="utf-8")
    (identifier,) = re.findall(r'Rule\(\n    "([a-z.-]+)",', text)
    rule = next(rule for rule in specification().rules if rule.id == identifier)
    for part in (rule.answer.message, rule.says, rule.source):
        assert f'"{part}"' in text


def test_dialects_and_links_are_there() -> None:
    """Every dialect is named, and every file that README links to exists."""
    text = README.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text or f"--dialect {name}" in text for name in DIALECTS)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose):
        assert (README.parent / target).exists(), target
