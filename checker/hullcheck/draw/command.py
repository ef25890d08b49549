"""``hullcheck draw``: write the pictures, or compare them with those that are there."""

from __future__ import annotations

import os
from pathlib import Path

import click

from hullcheck.draw.catalogue import NAMES, picture
from hullcheck.draw.picture import FORMATS, Format, Picture
from hullcheck.errors import HOLDS, VIOLATED, InputError, check_known, no_such

_COMMITTED: tuple[Format, ...] = ("svg", "dot")


@click.command(short_help="Draw the specification.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), help="The folder to write to: diagrams/ unless given."
)
@click.option("--format", "form", metavar="svg|png|pdf|dot|mermaid", help="Only this format; svg and dot unless given.")
@click.option("--check", is_flag=True, help="Write nothing: compare with the files that are there, byte for byte.")
def draw(names: tuple[str, ...], folder: Path | None, form: str | None, check: bool) -> int:
    """Draw the lifecycles, decisions and commands of Docker as the specification has them.

    NAME is a picture, such as container, rmi or commands/run; all of them unless given. PNG and PDF need Graphviz's
    dot. Exit status: 0 done, or every file is as it should be; 1 a file is stale or missing; 2 the call is wrong;
    3 nothing here can draw the format.
    """
    forms = _COMMITTED if form is None else (_known(form),)
    for name in names:
        check_known("picture", name, NAMES)
    folder = folder or _diagrams()
    pictures = [picture(name) for name in names or NAMES]
    if form == "mermaid" and not names:
        pictures = [one for one in pictures if one.graph]
    return _check(pictures, forms, folder) if check else _write(pictures, forms, folder)


def _known(form: str) -> Format:
    for known in FORMATS:
        if form == known:
            return known
    raise no_such("format", form, list(FORMATS))


def _write(pictures: list[Picture], forms: tuple[Format, ...], folder: Path) -> int:
    for one in pictures:
        for form in forms:
            path = folder / one.file(form)
            content = one.content(form)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError as error:
                raise InputError(
                    f"cannot write {path}: {error.strerror or error}; choose another folder with -o"
                ) from None
            click.echo(_shown(path))
    return HOLDS


def _check(pictures: list[Picture], forms: tuple[Format, ...], folder: Path) -> int:
    if not folder.is_dir():
        raise InputError(
            f"there is no folder {folder} to compare with; draw without --check first, or name one with -o"
        )
    stale = []
    for one in pictures:
        for form in forms:
            path = folder / one.file(form)
            try:
                there = path.read_bytes()
            except FileNotFoundError:
                stale.append(f"{_shown(path)}: missing")
                continue
            except OSError as error:
                raise InputError(f"cannot read {path}: {error.strerror or error}") from None
            if there != one.content(form):
                stale.append(f"{_shown(path)}: stale")
    for line in stale:
        click.echo(line)
    if stale:
        click.echo(
            f"{len(stale)} of {len(pictures) * len(forms)} files are not as the specification has them: run "
            "hullcheck draw",
            err=True,
        )
    return VIOLATED if stale else HOLDS


def _diagrams() -> Path:
    """The project's folder of pictures when run in a checkout of it, else one in the current folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "spec" / "dockspec").is_dir() and (folder / "pyproject.toml").is_file():
            return folder / "diagrams"
    return here / "diagrams"


def _shown(path: Path) -> str:
    """A path as it is typed from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
