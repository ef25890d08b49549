"""``hullcheck export``."""

from __future__ import annotations

from pathlib import Path

import click

from dockspec import DIALECTS, specification
from hullcheck.errors import HOLDS, InputError, check_known
from hullcheck.explore import Scope
from hullcheck.scopes import SCOPES


def _dialect(name: str) -> str:
    check_known("dialect", name, DIALECTS)
    return name


def _scope(name: str) -> Scope:
    check_known("scope", name, SCOPES)
    return SCOPES[name]


_dialect_option = click.option(
    "--dialect", default="docker", metavar="D", help=f"The dialect to export ({', '.join(DIALECTS)})."
)
_scope_option = click.option(
    "--scope", default="names", metavar="NAME", help=f"The scope, names unless told ({', '.join(SCOPES)})."
)
_file_option = click.option(
    "-o",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write there, and not to the output.",
)


@click.group()
def export() -> None:
    """Write the specification for other people's checkers and tools.

    Exit status: 0 done; 2 the call is wrong.
    """


@export.command()
@_scope_option
@_dialect_option
@_file_option
def promela(scope: str, dialect: str, file: Path | None) -> int:
    """A scope as a Promela model, for SPIN: the same states and steps as the explorer without symmetry."""
    from hullcheck.export.promela import promela as written  # noqa: PLC0415  # only this needs it

    _write(written(specification(_dialect(dialect)), _scope(scope)).text, file)
    return HOLDS


@export.command()
@_scope_option
@_dialect_option
@_file_option
def tla(scope: str, dialect: str, file: Path | None) -> int:
    """A scope as a TLA+ module, for TLC. With -o, NAME.tla, the configuration NAME.cfg is written beside it."""
    from hullcheck.export.naming import identifier  # noqa: PLC0415  # only this needs it
    from hullcheck.export.tla import tla as written  # noqa: PLC0415  # the same

    if file is not None and (file.suffix != ".tla" or identifier(file.stem) != file.stem):
        raise InputError(f"cannot write {file}: a module is called like its file; name it {identifier(file.stem)}.tla")
    name = None if file is None else file.stem
    module = written(specification(_dialect(dialect)), _scope(scope), name)
    _write(module.text, file)
    if file is not None:
        _write(module.configuration, file.with_suffix(".cfg"))
    return HOLDS


@export.command("json")
@_dialect_option
@click.option(
    "--cells", multiple=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Include the measured answers of this file (tests/data/cells-*.jsonl); may be given several times.",
)  # fmt: skip
@click.option("--schema", is_flag=True, help="Print the document's JSON Schema instead.")
@_file_option
def json_(dialect: str, cells: tuple[Path, ...], schema: bool, file: Path | None) -> int:
    """Rules, properties, machines, dialects and, where given, measured answers, as one JSON document."""
    from hullcheck.export.document import as_text, document  # noqa: PLC0415  # only this needs it
    from hullcheck.export.document import schema as published  # noqa: PLC0415  # the same

    _write(as_text(published() if schema else document(specification(_dialect(dialect)), cells)), file)
    return HOLDS


def _write(text: str, file: Path | None) -> None:
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {file}: {error.strerror}; name another file") from error
