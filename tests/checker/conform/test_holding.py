"""A folder that is held: whoever opens it waits, and is let in or refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine import go_without, wait_for

from hullcheck.conform.holding import Hold

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
