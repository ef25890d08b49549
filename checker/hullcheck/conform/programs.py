"""The process classes of the specification as real programs, and the small file system that carries them."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from dockspec.container import Process
from hullcheck.errors import LackingError

END: Final = "/end"
"""A file whose first word ends the main process, as its exit code; a second word: once. Empty: it goes on."""

BEGUN: Final = "/begun"
"""A file that the main process writes each time it begins, when it is ready for signals."""

_ENDS: Final = f'read -r code once < {END}; [ -z "$once" ] || : > {END}; exit $code'
_WAITS: Final = f": > {BEGUN}; while :; do [ -s {END} ] && {{ {_ENDS}; }}; sleep 0.1; done"
_ON_TERM: Final = MappingProxyType(
    {Process.ENDS_WELL: "exit 0", Process.ENDS_BADLY: "exit 7", Process.DIES: "exit 143", Process.IGNORES: ""}
)
_APPLETS: Final = ("sh", "sleep", "cat", "true", "ls", "touch")


def settings(process: Process, *, podman: bool = False) -> Mapping[str, object]:
    """What a container of this class is created with, beside its image: its command and its user.

    A class that dies of SIGTERM ends with 143 by a handler: the first process of a space has no default action. To
    Docker an empty entry point says that the image's own command is not wanted either.
    """
    if process is Process.NOTHING:
        return {} if podman else {"Entrypoint": [""]}
    if process is Process.NOT_FOUND:
        return {"Cmd": ["nonexistent"]}
    if process is Process.NOT_EXECUTABLE:
        return {"Cmd": ["/etc/passwd"]}
    if process is Process.NOT_STARTED:
        return {"Cmd": ["true"], "User": "nobody-has-this-name"}
    return {"Cmd": ["sh", "-c", f'trap "{_ON_TERM[process]}" TERM; trap "" USR1; {_WAITS}']}


def exec_script(end: str) -> bytes:
    """A program that runs until a file is there."""
    return f"#!/bin/sh\nwhile [ ! -e {end} ]; do sleep 0.1; done\n".encode()


def root_file_system(mark: str = "") -> bytes:
    """A tar of a static busybox under the names that are needed, two files, and some empty folders.

    A mark makes it another one: images of the same files that are imported at the same moment are all taken by Podman
    for the parents of what is built on one of them (libimage/oci.go:areParentAndChild).

    Raises:
        LackingError: when the machine has no busybox.
    """
    return tar([*_root(), *([(_info("etc/mark"), mark.encode())] if mark else [])])


@cache
def _root() -> Sequence[tuple[tarfile.TarInfo, bytes]]:
    busybox = shutil.which("busybox")
    if busybox is None:
        raise LackingError("busybox is not installed; conform runs it in its containers (Debian: busybox-static)")
    members = [_folder(name) for name in ("bin", "dev", "etc", "proc", "sys", "tmp")]
    members += [(_info("bin/busybox", mode=0o755), Path(busybox).read_bytes())]
    members += [(_info(f"bin/{name}", tarfile.SYMTYPE, target="busybox"), b"") for name in _APPLETS]
    members += [(_info("etc/passwd"), b"root:x:0:0:root:/:/bin/sh\n"), (_info("etc/group"), b"root:x:0:\n")]
    return members


def file(name: str, content: bytes = b"", mode: int = 0o644) -> bytes:
    """A tar of one file."""
    return tar([(_info(name, mode=mode), content)])


def files(contents: Mapping[str, bytes]) -> bytes:
    """A tar of some files."""
    return tar([(_info(name), content) for name, content in contents.items()])


def dead_link(name: str) -> bytes:
    """A tar of a symbolic link to nowhere."""
    return tar([(_info(name, tarfile.SYMTYPE, target="/nonexistent"), b"")])


def tar(members: Sequence[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """A tar of some members."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return whole.getvalue()


def _folder(name: str) -> tuple[tarfile.TarInfo, bytes]:
    return _info(name, tarfile.DIRTYPE, mode=0o755), b""


def _info(name: str, kind: bytes = tarfile.REGTYPE, *, mode: int = 0o644, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname = kind, mode, target
    return info
