"""The things of a run: where the engine keeps what a container has written."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import cast

import pytest

from hullcheck.conform.acting import holds_up_others
from hullcheck.conform.engine import Engine, Reply
from hullcheck.conform.stage import Stage, Unreachable


class Store:
    """An engine that unpacks what it is given in one of several folders, as containerd's snapshots are."""

    storage = "containerd"

    def __init__(self, root: Path, folder: str) -> None:
        self._root = root
        self._folder = root / "containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots" / folder
        self._folder.mkdir(parents=True)

    def get(self, path: str) -> dict[str, str]:
        """Where it keeps everything."""
        assert path == "/info"
        return {"DockerRootDir": str(self._root)}

    def ask(self, method: str, path: str, params: object, data: bytes) -> Reply:
        """It takes files for one container, and no others."""
        assert (method, params) == ("PUT", {"path": "/"})
        if path != "/containers/c0/archive":
            return Reply(404, "No such container")
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for name in tar.getnames():
                (self._folder / name).touch()
        return Reply(200)


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may look everywhere."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.mark.usefixtures("as_root")
def test_a_layer_in_containerds_store_is_found_by_a_file(tmp_path: Path) -> None:
    """It is put into the container; what is no overlay's has no such folder, nor has an engine on another machine."""
    for place, folder in (("here", "7/fs"), ("native", "7"), ("there", "7/fs")):
        engine = Store(tmp_path / place, folder)
        stage = Stage(cast("Engine", engine), "run", containers={0: "c0"})
        if place == "there":
            engine.get = lambda _path: {"DockerRootDir": "/nowhere"}  # type: ignore[method-assign]
        found = tmp_path / place / "containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots/7/fs"
        assert stage.snapshot(0) == (found if place == "here" else None)


@pytest.mark.usefixtures("as_root")
def test_what_takes_no_file_has_no_layer_that_is_found(tmp_path: Path) -> None:
    """The reason is the engine's."""
    stage = Stage(cast("Engine", Store(tmp_path, "7/fs")), "run")
    with pytest.raises(Unreachable, match="No such container"):
        stage.snapshot(0)


def test_only_containerds_store_lets_one_removal_wait_for_another(tmp_path: Path) -> None:
    """With a graph driver each ends by itself; there nothing has to be looked for either."""
    engine = Store(tmp_path, "7/fs")
    assert holds_up_others(cast("Engine", engine))
    engine.storage = "graph"
    assert not holds_up_others(cast("Engine", engine))
    assert Stage(cast("Engine", engine), "run").snapshot(0) is None
