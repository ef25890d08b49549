"""The repository itself: what stands where, what nothing may contain, and what every test owes its reader."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYOUT = {"pyproject.toml", "README.md", "LICENSE", "spec", "checker", "tests", "diagrams"}
HEAVY = {"docker", "dockspec", "graphviz", "hypothesis", "numpy", "prompt_toolkit", "rich", "transitions", "z3"}
"""What a command imports when it needs it, and `--help` does not."""


@cache
def tracked() -> tuple[Path, ...]:
    """The files under version control; a test that asks is skipped where there is no checkout."""
    try:
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this is no git checkout, or git is not installed: {error}")
    return tuple(file for name in listed.stdout.split("\0") if name and (file := ROOT / name).is_file())


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Every file of tests, read."""
    for file in sorted((ROOT / "tests").rglob("*.py")):
        yield file.relative_to(ROOT), ast.parse(file.read_text("utf-8"))


def test_nothing_else_stands_at_the_top() -> None:
    """The visible names at the top level are those of the layout."""
    names = {file.relative_to(ROOT).parts[0] for file in tracked()}
    assert {name for name in names if not name.startswith(".")} <= LAYOUT


def test_no_file_tells_of_one_machine() -> None:
    """No tracked file names a path that only one machine has."""
    path = re.compile(rb"(?<![\w./-])/(work|root|home|farm|tmp/team)/")
    found = [file for file in tracked() if path.search(file.read_bytes())]
    assert not [str(file.relative_to(ROOT)) for file in found]


def test_every_test_states_its_claim() -> None:
    """A test function has a docstring that says what is so."""
    silent = [
        f"{file}:{node.lineno} {node.name}"
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert not silent


def test_no_test_is_skipped_in_silence() -> None:
    """What is skipped, or expected to fail, says why; and pytest prints it."""
    silent = []
    for file, tree in trees():
        calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail"}:
                call = calls.get(id(node))
                told = call and (any(k.arg == "reason" for k in call.keywords) or (node.attr == "skip" and call.args))
                if not told:
                    silent.append(f"{file}:{node.lineno}")
    assert not silent
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "-ra" in settings["tool"]["pytest"]["ini_options"]["addopts"]


def test_help_is_there_at_once() -> None:
    """The command line imports what is heavy only when a command needs it."""
    script = "import sys; from hullcheck.cli import call; call(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert "Usage:" in done.stdout
    assert not HEAVY & set(done.stderr.split())


def test_the_specification_uses_the_standard_library_only() -> None:
    """Dockspec imports nothing but itself and what comes with Python; import-linter sees only what it is told of."""
    foreign = set()
    for file in (ROOT / "spec").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "" if not node.level else "dockspec"]
            foreign |= {name.partition(".")[0] for name in names}
    assert foreign <= {"dockspec", *sys.stdlib_module_names}


def test_ci_runs_what_the_readme_says() -> None:
    """README's second command is one line, which .ci/run takes from there."""
    lines = [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if "-m pytest" in line]
    assert len(lines) == 1
    assert lines[0].startswith("python3 -m venv .venv && ")
