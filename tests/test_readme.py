"""README shows real output: what it says of commands is what they print.

``HULLCHECK_RECORD=1 python -m pytest tests/test_readme.py`` writes the blocks anew.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from dockspec import DIALECTS, specification
from hullcheck import proofs
from hullcheck.describe.record import RECORD
from hullcheck.export import spin
from hullcheck.mutate.record import read

README = Path(__file__).parents[1] / "README.md"
DATA = Path(__file__).with_name("data")
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


def shown(name: str, lines: Sequence[str]) -> str:
    """The block of that name, after it was written anew where that is asked for."""
    if RECORDING:
        put(name, "```text\n" + "".join(f"{line.rstrip()}\n" for line in lines) + "```\n")
    return block(name)


def test_the_example_of_watch_is_what_it_prints(tmp_path: Path) -> None:
    """The finding under the command is that of the recorded stream without the line that it takes out."""
    text = README.read_text(encoding="utf-8")
    ((number, name),) = re.findall(r"^\$ sed (\d+)d (\S+) \| hullcheck watch$", text, re.MULTILINE)
    lines = (README.parent / name).read_text(encoding="utf-8").splitlines(keepends=True)
    stream = tmp_path / "events.jsonl"
    stream.write_text("".join(lines[: int(number) - 1] + lines[int(number) :]), encoding="utf-8")
    output = printed("watch", str(stream)).splitlines()
    assert shown("watch", output) == "```text\n" + "".join(f"{line}\n" for line in output) + "```\n"


def test_the_failed_proof_is_what_prove_prints() -> None:
    """The counterexample under the command is in its output; a solver may number the objects otherwise."""
    text = printed("prove", "--dialect", "article").partition("\nimage.parent-present is not kept")
    lines = [*"".join(text[1:]).partition("\n\n")[0].strip().splitlines(), "..."]
    assert re.sub(r"[0-9]", "0", shown("prove", lines)).splitlines()[1:-1] == [
        re.sub(r"[0-9]", "0", line.rstrip()) for line in lines
    ]


def test_as_much_is_proved_as_it_says() -> None:
    """The number of what is proved is the recorded one."""
    told = json.loads(proofs.RECORD.read_text(encoding="utf-8"))["dialects"]["docker"]
    text = " ".join(README.read_text(encoding="utf-8").split())
    assert not told["failed"]
    assert f"In `docker` {len(told['proved'])} of {len(told['proved']) + len(told['assumed'])} are proved" in text


def test_the_example_of_export_is_what_spin_prints(tmp_path: Path) -> None:
    """The command lines work as they stand, and end with these figures."""
    if why := spin.missing():
        if os.environ.get("HULLCHECK_REQUIRE_ENGINE") == "1":
            pytest.fail(f"HULLCHECK_REQUIRE_ENGINE=1, but {why}", pytrace=False)
        pytest.skip(why)
    export, search = re.findall(r"^\$ (hullcheck export.*|spin .*)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    (tmp_path / "names.pml").write_text(printed(*export.split()[1:-2]), encoding="utf-8")
    done = subprocess.run(["bash", "-c", search], cwd=tmp_path, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert shown("spin", lines).splitlines()[1:-1] == [line.rstrip() for line in lines]


def test_the_table_of_the_benchmark_is_the_record() -> None:
    """It is what ``hullcheck benchmark --show`` prints of the record that is kept."""
    text = printed("benchmark", "--show", str(DATA / "benchmark.json"))
    if RECORDING:
        put("benchmark", text)
    assert block("benchmark") == text


def test_the_table_of_the_mutants_is_the_record() -> None:
    """It is the first table that ``hullcheck mutate --show`` prints of the record that is kept, and its last lines."""
    table, _, rest = printed("mutate", "--show", str(DATA / "mutation.json")).partition("noticed first by")
    lines = [line.rstrip() for line in [*table.splitlines(), *rest.splitlines()[-2:]]]
    assert shown("mutate", lines).splitlines()[1:-1] == lines


def test_the_mutants_that_are_named_are_noticed_so() -> None:
    """One by a proof only, one by exploring only."""
    text, fates = README.read_text(encoding="utf-8"), read(DATA / "mutation.json").fates
    (proved,) = re.findall(r"Only a proof notices `(.*?)`", text)
    (explored,) = re.findall(r"Only exploring notices `(.*?)`", text)
    assert (fates[proved].survives, fates[proved].proof) == (True, "container.removed-is-blank")
    assert (fates[explored].by, fates[explored].proof) == ("save-load", "")


def test_the_example_of_check_has_the_recorded_counts() -> None:
    """States, transitions, refusals and depth of every scope are those of the record; the rest is of one run.

    What is sampled is the same wherever it runs, but not in every version of Hypothesis.
    """
    if RECORDING:
        put("check", shortened(printed("check")))
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))["dialects"]["docker"]["scopes"]
    told = block("check")
    for scope in recorded:
        figures = [f"{scope[key]:,}" for key in ("states", "transitions", "refusals", "depth")]
        assert re.search(rf"^{scope['scope']} +{' +'.join(figures)} ", told, re.MULTILINE), scope["scope"]
    total = sum(scope["states"] for scope in recorded)
    assert f"{total:,} states" in told


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
