"""A folder that is held: whoever opens it waits, and is let in or refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from engine import go_without, wait_for

from hullcheck.conform import holding
from hullcheck.conform.engine import Engine, Reply
from hullcheck.conform.holding import Hold, Removal

_REMOVES = "import shutil, sys; shutil.rmtree(sys.argv[1])"


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Path, Hold]]:
    """A folder with a file in it, which is held; closed at the end where the test did not."""
    folder = tmp_path / "held"
    folder.mkdir()
    (folder / "file").touch()
    try:
        hold = Hold(folder)
    except OSError as why:
        go_without(f"no folder can be held here: {why}")
    yield folder, hold
    hold.close()


def remove(folder: Path) -> subprocess.Popen[bytes]:
    """Somebody who removes the folder."""
    return subprocess.Popen([sys.executable, "-c", _REMOVES, str(folder)], stderr=subprocess.DEVNULL)


def test_who_opens_it_waits_until_it_is_let_go(held: tuple[Path, Hold]) -> None:
    """The folder is there until then, and gone afterwards."""
    folder, hold = held
    assert not hold.is_met()
    who = remove(folder)
    wait_for("somebody who opens it", hold.is_met)
    assert who.poll() is None
    assert folder.exists()
    hold.close()
    assert who.wait(20) == 0
    assert not folder.exists()


def test_who_is_refused_fails(held: tuple[Path, Hold]) -> None:
    """Nothing is deleted, and the next one is let in."""
    folder, hold = held
    who = remove(folder)
    wait_for("somebody who opens it", hold.is_met)
    hold.close(refuse=True)
    assert who.wait(20) != 0
    assert (folder / "file").exists()
    assert remove(folder).wait(20) == 0


def test_who_comes_later_may_be_let_in_at_once(held: tuple[Path, Hold]) -> None:
    """After forget() only who waited already goes on waiting."""
    folder, hold = held
    first = remove(folder)
    wait_for("somebody who opens it", hold.is_met)
    hold.forget()
    assert [path.name for path in folder.iterdir()] == ["file"]  # this opens it
    assert first.poll() is None
    hold.close()
    assert first.wait(20) == 0


class Remover:
    """An engine that can do nothing but remove folders, one after the other; of the first few it leaves what stays."""

    def __init__(self, *folders: Path, careless: int = 0) -> None:
        self._folders, self._careless = folders, careless

    def another(self) -> Remover:
        """Itself."""
        return self

    def ask(self, _method: str, _path: str) -> None:
        """Whatever is asked, it removes them."""
        for number, folder in enumerate(self._folders):
            shutil.rmtree(folder, ignore_errors=number < self._careless)

    def close(self) -> None:
        """Nothing is open."""


class Refused(Remover):
    """The same, which answers with an error where a folder cannot be removed."""

    def ask(self, method: str, path: str) -> None:
        """It tries to remove them."""
        with suppress(PermissionError):
            super().ask(method, path)


@pytest.fixture
def folders(tmp_path: Path, held: tuple[Path, Hold], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:  # noqa: ARG001  # it skips where nothing can be held
    """Two folders that are to be removed."""
    monkeypatch.setattr(holding, "_MOMENT", 0.2)
    layer, root = tmp_path / "layer", tmp_path / "root"
    layer.mkdir()
    root.mkdir()
    return layer, root


def removal(*folders: Path) -> Removal:
    """One that is held open."""
    return Removal(cast("Engine", Remover(*folders)), "c", folders)


def gone(folder: Path) -> Reply:
    """What is answered only when a folder is gone."""
    wait_for("the folder to be gone", lambda: not folder.exists())
    return Reply(500)


def test_what_is_answered_meanwhile_lets_nothing_go_on(folders: tuple[Path, Path]) -> None:
    """Both folders are there until the removal is ended."""
    held = removal(*folders)
    assert held.meanwhile(lambda: Reply(204)) == Reply(204)
    assert all(folder.exists() for folder in folders)
    held.end(well=True)
    assert not any(folder.exists() for folder in folders)


def test_what_waits_for_the_first_folder_is_answered_at_the_next(folders: tuple[Path, Path]) -> None:
    """The removal goes on for it, and is still under way."""
    held = removal(*folders)
    assert held.meanwhile(lambda: gone(folders[0])) == Reply(500)
    assert held.has_gone_on
    assert folders[1].exists()
    held.end(well=True)
    assert not folders[1].exists()


def test_what_waits_for_the_end_ends_it(folders: tuple[Path, Path]) -> None:
    """There is no answer while it is under way, and it is over."""
    assert removal(*folders).meanwhile(lambda: gone(folders[1])) is None
    assert not any(folder.exists() for folder in folders)


def test_a_removal_fails_where_the_engine_minds_it(folders: tuple[Path, Path]) -> None:
    """The layer goes, and the folder after it stays; a file that is to keep it from going lies there."""
    layer, root = folders
    held = Removal(cast("Engine", Refused(layer, root, careless=1)), "c", [layer], root)
    assert held.folder.parent == root
    assert layer.exists()
    held.end(well=False)
    assert not layer.exists()
    assert (held.folder / "file").exists()


def test_a_removal_that_could_fail_later_ends_well(folders: tuple[Path, Path]) -> None:
    """Both folders go, and nothing waits any longer."""
    held = Removal(cast("Engine", Remover(*folders, careless=1)), "c", folders[:1], folders[1])
    held.end(well=True)
    assert not any(folder.exists() for folder in folders)
