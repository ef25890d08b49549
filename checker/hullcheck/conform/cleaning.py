"""What conform made is taken away again; nothing else is ever touched."""

from __future__ import annotations

import json
import time
from typing import Final

from hullcheck.conform.engine import Engine
from hullcheck.conform.stage import LABEL, OBSTACLE, PREFIX, Stage, root, set_immutable, upper

_PATIENCE: Final = 20.0


def clean(stage: Stage) -> list[str]:
    """Remove everything of one run; what could not be removed.

    Raises:
        ConnectionBroken: when the engine does not answer.
    """
    while stage.removals:
        stage.removals.popitem()[1].end(well=True)
    for slot in list(stage.obstacles):
        stage.clear(slot)
    containers = {identity for identity, (kind, _) in stage.owners.items() if kind == "container"}
    return _remove(stage.engine, f"{LABEL}={stage.prefix}", set(stage.images.values()), containers)


def clean_all(engine: Engine) -> tuple[int, list[str]]:
    """Remove what earlier runs have left: how many things that were, and what could not be removed.

    Raises:
        ConnectionBroken: when the engine does not answer.
    """
    before = len(_containers(engine, LABEL, set())) + len(_images(engine, LABEL, set()))
    left = _remove(engine, LABEL, set(), set())
    return before - len(left), left


def _remove(engine: Engine, label: str, images: set[str], containers: set[str]) -> list[str]:
    deadline = time.monotonic() + _PATIENCE
    while True:
        for identity in _containers(engine, label, containers):
            _make_mutable(engine, identity)
            engine.ask("POST", f"/containers/{identity}/unpause")
            engine.ask("DELETE", f"/containers/{identity}", {"force": 1})
        for identity in _images(engine, label, images):
            engine.ask("DELETE", f"/images/{identity}", {"force": 1})
        left = [*_containers(engine, label, containers), *_images(engine, label, images)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)


def _containers(engine: Engine, label: str, known: set[str]) -> list[str]:
    """Those with our label whose name is ours too, and those known to be ours: a step of a build has no label."""
    found = engine.get("/containers/json", all=1, filters=json.dumps({"label": [label]})) or ()
    labelled = [c["Id"] for c in found if _is_ours(c)]
    return [*labelled, *(one for one in known.difference(labelled) if engine.get(f"/containers/{one}/json"))]


def _is_ours(listed: dict[str, object]) -> bool:
    """A container that someone else made of an image of ours has the label too, but no such label value as its name."""
    labels = listed.get("Labels")
    return isinstance(labels, dict) and str(labels.get(LABEL, "")).startswith(PREFIX)


def _images(engine: Engine, label: str, known: set[str]) -> list[str]:
    """Those with our label, and those that are known to be ours; children before their parents."""
    name, _, value = label.partition("=")
    found = []
    for one in engine.get("/images/json", all=1) or ():
        told = (one.get("Labels") or {}).get(name, "")
        ours = one["Id"] in known or (told == value if value else str(told).startswith(PREFIX))
        if ours:
            found.append(one)
    parents = {one["ParentId"] for one in found}
    return [one["Id"] for one in sorted(found, key=lambda one: one["Id"] in parents)]


def _make_mutable(engine: Engine, identity: str) -> None:
    for folder in (upper(engine, identity), root(engine, identity)):
        for path in (folder / OBSTACLE, folder / "held" / OBSTACLE) if folder else ():
            if path.exists():
                set_immutable(path, on=False)
