"""Files: what commands write lives in the world; a Dockerfile and what it copies may lie on the disk, and are read."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dockspec.commandline import Invocation
from dockspec.session import Thing
from hullcheck.run.core import Refused
from hullcheck.run.ids import hexadecimal
from hullcheck.run.payload import File

if TYPE_CHECKING:
    from hullcheck.run.session import WorldSession

_LARGEST: Final = 32 * 1024 * 1024
_MOST: Final = 5_000
_FOLDER_MISSING: Final = 'invalid output path: directory "{}" does not exist'
_TERMINAL: Final = "cowardly refusing to {} to a terminal. Use the -o flag or redirect\n"
_TEMPORARY: Final = "/var/lib/docker/tmp/docker-import-{}/{}"


@dataclass
class Streams:
    """The standard streams of one command.

    Attributes:
        out, err: what was written, in pieces.
        source: the file behind standard input; None: nothing.
        sink: the file of the world that standard output goes to; None: it is shown.
    """

    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    source: File | None = None
    sink: str | None = None


def normal(name: str) -> str:
    """The name of a file of the world: `./a` is `a`."""
    return posixpath.normpath(name) if name else name


def find(written: Mapping[str, File], name: str) -> File | None:
    """A file of the world, or a real one on the disk (whose content is some file system); None where there is none."""
    known = written.get(normal(name))
    if known is not None:
        return known
    try:
        return File(files="") if Path(name).is_file() else None
    except (OSError, ValueError):
        return None


def write_archive(session: WorldSession, call: Invocation) -> Thing | None:
    """See ``Session.write_archive``."""
    target = _target(session, call, "save", "failed to save image: ")
    if target is None:
        return None
    archive = session.core.new_archive()
    session.core.payload.files[target] = File(archive=archive.slot)
    return archive


def write_files(session: WorldSession, call: Invocation, container: Thing) -> bool:
    """See ``Session.write_files``."""
    target = _target(session, call, "export", "failed to export container: ")
    if target is None:
        return False
    session.core.payload.files[target] = File(files=session.identity(container))
    return True


def _target(session: WorldSession, call: Invocation, verb: str, prefix: str) -> str | None:
    output = call.text("output")
    if output:
        folder = posixpath.dirname(output)
        if folder and not _is_folder(folder):
            session.err(prefix + _FOLDER_MISSING.format(folder) + "\n")
            return None
        return normal(output)
    if session.streams.sink is None:
        session.err(_TERMINAL.format(verb))
    return session.streams.sink


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):
        return False


def read_archive(session: WorldSession, call: Invocation) -> Thing | None:
    """See ``Session.read_archive``."""
    name = call.text("input")
    source = find(session.core.payload.files, name) if name else session.streams.source
    if source is None:
        session.err(
            f"open {name}: no such file or directory\n" if name else "requested load from stdin, but stdin is empty\n"
        )
        return None
    if source.archive is not None:
        return Thing(source.archive)
    if source.files == "":
        raise Refused(f"load of the real file {name}: a world knows only what save wrote in it; save it first")
    number = int(hexadecimal(session.core.payload.now)[:8], 16)
    if source.files is not None:
        session.err(f"open {_TEMPORARY.format(number, 'bin/json')}: no such file or directory\n")
    elif source.text:
        session.err("Error processing tar file(exit status 1): archive/tar: invalid tar header\n")
    else:
        session.err(f"open {_TEMPORARY.format(number, 'repositories')}: no such file or directory\n")
    return None


def read_files(session: WorldSession, source: str) -> bool:
    """See ``Session.read_files``."""
    if source == "-":
        file = session.streams.source or File(files="")
    elif "://" in source:
        session.err(f"Downloading from {source}\n")
        return True
    else:
        found = find(session.core.payload.files, source)
        if found is None:
            session.err(f"open {source}: no such file or directory\n")
            return False
        file = found
    if file.text:
        session.err(
            "Error response from daemon: Error processing tar file(exit status 1): archive/tar: invalid tar header\n"
        )
        return False
    return True


# --- what a build reads ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Context:
    """Implements ``dockspec.session.BuildContext``."""

    dockerfile: str
    size: int
    folder: str | None
    known: dict[str, File]

    def fingerprint(self, path: str) -> str | None:
        """What a file holds; None where there is none."""
        if self.folder is None:
            return None
        name = normal(posixpath.join(self.folder, path.lstrip("/")))
        known = self.known.get(name)
        if known is not None:
            return hexadecimal("file", known)
        try:
            return _fingerprint(Path(name))
        except (OSError, ValueError):
            return None


def _fingerprint(path: Path) -> str | None:
    if any(sign in path.name for sign in "*?["):
        found = sorted(path.parent.glob(path.name))
        return hexadecimal("glob", *(_fingerprint(each) for each in found[:_MOST])) if found else None
    if path.is_file():
        if path.stat().st_size > _LARGEST:
            return hexadecimal("large", path.stat().st_size, path.stat().st_mtime_ns)
        return hexadecimal("file", path.read_bytes())
    if path.is_dir():
        parts = [(str(each.relative_to(path)), each.lstat().st_size, each.lstat().st_mtime_ns) for each in _walk(path)]
        return hexadecimal("folder", *parts)
    return None


def _walk(folder: Path) -> list[Path]:
    """What lies in a folder, in order; at most so many that a build in `/` does not take for ever."""
    found: list[Path] = []
    waiting = [folder]
    while waiting and len(found) < _MOST:
        for each in sorted(waiting.pop().iterdir()):
            found.append(each)
            if each.is_dir() and not each.is_symlink():
                waiting.append(each)
    return sorted(found[:_MOST])


def context(session: WorldSession, call: Invocation) -> Context | None:
    """See ``Session.context``."""
    place = call.arguments[0]
    if place == "-":
        source = session.streams.source
        text = "" if source is None else source.text
        return Context(text, _tar_size([len(text.encode())]), None, {})
    if "://" in place or place.startswith("git@"):
        raise Refused(f"build from {place}: outside the specification; use a folder")
    name = call.text("file") or posixpath.join(place, "Dockerfile")
    known = session.core.payload.files
    found = known.get(normal(name))
    if found is None and not _is_folder(place):
        session.err(f'unable to prepare context: path "{place}" not found\n')
        return None
    text_or_error = found.text if found is not None else text_of(name)
    if text_or_error is None:
        full = posixpath.normpath(posixpath.join(str(Path.cwd()), name))
        session.err(
            "unable to prepare context: unable to evaluate symlinks in Dockerfile path: "
            f"lstat {full}: no such file or directory\n"
        )
        return None
    sizes = [len(text_or_error.encode())] if found is not None else _sizes(place)
    return Context(text_or_error, _tar_size(sizes), place, dict(known))


def text_of(name: str) -> str | None:
    """The text of a Dockerfile on the disk; None where there is none. Raises ``Refused`` for one that is no text."""
    path = Path(name)
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > _LARGEST:
            raise Refused(f"{name} is larger than any Dockerfile: name another with -f")
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise Refused(f"{name} is no text: name a Dockerfile with -f") from None
    except (OSError, ValueError) as error:
        raise Refused(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _sizes(place: str) -> list[int]:
    try:
        return [each.lstat().st_size if each.is_file() else 0 for each in _walk(Path(place))]
    except OSError:
        return [0]


def _tar_size(sizes: list[int]) -> int:
    """A tar of files: 512 bytes of head and whole blocks for each, and two blocks at the end."""
    block = 512
    return 2 * block + sum(block + -(-size // block) * block for size in sizes)
