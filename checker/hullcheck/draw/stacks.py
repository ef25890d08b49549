"""The world as the article drew it: stacks of read-only layers, a read-write layer on top, a process space around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dockspec import container, host, image
from dockspec.container import CONTAINER, Exec, Layer, Status
from dockspec.image import ARCHIVE, IMAGE, REFERENCE
from hullcheck.draw.geometry import Box
from hullcheck.draw.scene import Scene
from hullcheck.draw.sheet import Sheet
from hullcheck.draw.style import FAINT, INK, SMALL, width

LAYER = 15.0
_WIDE, _GAP, _PAD, _LINE = 104.0, 14.0, 7.0, 11.5
_READ_ONLY, _READ_WRITE, _WRITTEN = "#e3e7ea", "#ffffff", "#ffe2b8"
_SPACE, _PROCESS = "#eaf3fa", "#005a9c"

_NAMES = ("web", "db", "job", "tmp")


@dataclass(frozen=True)
class Thing:
    """One stack on the page.

    Attributes:
        id: unique in its panel, ``container.0``.
        captions: what stands below it: names, then the status.
        layers: from the bottom: text and fill.
        top: the read-write layer, if there is one: text and fill.
        processes: in its process space; empty where it has none.
        frozen: whether they are paused.
        files: whether it is a file on the disk rather than an object of the engine.
        faded: whether it is not what the command shows.
        says: what a reader is told who asks.
    """

    id: str
    captions: tuple[str, ...]
    layers: tuple[str, ...]
    top: str = ""
    written: bool = False
    processes: tuple[str, ...] = ()
    frozen: bool = False
    files: bool = False
    faded: bool = False
    says: str = ""

    @property
    def space(self) -> bool:
        """Whether a process space surrounds it."""
        return bool(self.processes)

    @property
    def wide(self) -> float:
        """Its width, in points."""
        captions = max((width(line, SMALL, bold=True) for line in self.captions), default=0.0)
        return max(self.body + (2 * _PAD if self.space or self.files else 0), captions + 4)

    @property
    def body(self) -> float:
        """The width of its layers."""
        return max((_WIDE, *(width(line, SMALL) + 8 for line in self.layers)))

    @property
    def high(self) -> float:
        """Its height without its captions."""
        parts = len(self.layers) + bool(self.top) + len(self.processes) + self.space
        return parts * LAYER + (2 * _PAD if self.space or self.files else 0)


def things(scene: Scene, *, images: bool = True) -> list[Thing]:
    """Everything in the store: images, then containers, then archives, as the state says.

    Args:
        scene: the world.
        images: whether images are drawn of which there are containers: the container shows their layers too.
    """
    state = scene.state
    found = []
    for slot in range(state.sizes.get(IMAGE, 0)):
        if state.value(image.present, slot) is True and images:
            names = scene.names(slot)
            found.append(
                Thing(
                    f"image.{slot}",
                    names or ("<none>",),
                    scene.layers.get(slot, ()),
                    says=f"an image: {', '.join(names) or 'no name'}",
                )
            )
    there = (s for s in range(state.sizes.get(CONTAINER, 0)) if state.value(container.status, s) is not Status.REMOVED)
    found += [_container(scene, slot) for slot in there]
    return found + [_archive(scene, a) for a in range(state.sizes.get(ARCHIVE, 0)) if _is_written(scene, a)]


def _container(scene: Scene, slot: int) -> Thing:
    state = scene.state
    status, under, layer = (state.value(f, slot) for f in (container.status, container.image_of, container.layer))
    name = state.value(container.name_of, slot)
    processes: tuple[str, ...] = ()
    if state.value(container.process_space, slot) is True:
        processes = ("main process",)
        if state.value(container.exec_process, slot) is Exec.RUNNING:
            processes = ("exec process", "main process")
    shown = str(getattr(status, "value", status))
    return Thing(
        f"container.{slot}",
        (_NAMES[name] if isinstance(name, int) else "", shown),
        scene.layers.get(under, ()) if isinstance(under, int) else (),
        "read-write layer" if layer is not Layer.NONE else "",
        layer is Layer.WRITTEN,
        processes,
        status is Status.PAUSED,
        says=f"a container, {shown}",
    )


def _is_written(scene: Scene, archive: int) -> bool:
    return any(scene.state.value(image.archived, archive, i) is True for i in range(scene.state.sizes[IMAGE]))


def _archive(scene: Scene, archive: int) -> Thing:
    state = scene.state
    held = [i for i in range(state.sizes[IMAGE]) if state.value(image.archived, archive, i) is True]
    layers = max((scene.layers.get(i, ()) for i in held), key=len)
    names = [
        scene.references[r]
        for r in range(state.sizes[REFERENCE])
        if state.value(image.archived_reference, archive, r) is not None
    ]
    return Thing(
        "archive",
        ("a tar file", f"names: {', '.join(names) or 'none'}", "settings, history"),
        layers,
        files=True,
        says="an archive",
    )


@dataclass(frozen=True)
class Size:
    """How much room a row of things takes: its width, its height, and the height of the captions below it."""

    wide: float
    high: float
    captions: float


def row_size(row: Sequence[Thing]) -> Size:
    """The room that some things take side by side."""
    wide = sum(thing.wide for thing in row) + _GAP * max(0, len(row) - 1)
    captions = max((len(thing.captions) for thing in row), default=0) * _LINE + 3
    return Size(wide, max((thing.high for thing in row), default=0.0), captions)


def draw(sheet: Sheet, prefix: str, row: Sequence[Thing], left: float, bottom: float) -> None:
    """Draw things side by side, standing on a line; their captions hang below it."""
    for thing in row:
        _draw(sheet, f"{prefix}.{thing.id}", thing, left + (thing.wide - thing.body) / 2, bottom)
        left += thing.wide + _GAP


def _draw(sheet: Sheet, prefix: str, thing: Thing, left: float, bottom: float) -> None:
    ink, border = (FAINT, "#cccccc") if thing.faded else (INK, INK)
    right, y = left + thing.body, bottom - (_PAD if thing.space or thing.files else 0)
    if thing.space:
        sheet.box(
            f"{prefix}.space",
            Box(left - _PAD, bottom - thing.high, right + _PAD, bottom),
            fill=_SPACE,
            border=_PROCESS,
            style="rounded",
            pen=1.6,
            part="space",
            says="the process space",
        )
    elif thing.files:
        sheet.box(
            f"{prefix}.file",
            Box(left - _PAD, bottom - thing.high, right + _PAD, bottom),
            fill="#ffffff",
            border=INK,
            style="dashed",
            part="file",
            shape="box",
            says=thing.says,
        )
    for number, text in enumerate(thing.layers):
        sheet.box(
            f"{prefix}.layer.{number}",
            Box(left, y - LAYER, right, y),
            (text,),
            fill="#ffffff" if thing.faded else _READ_ONLY,
            border=border,
            ink=ink,
            size=SMALL,
            pen=0.8,
            part="read-only",
            says="a read-only layer",
        )
        y -= LAYER
    if thing.top:
        fill = _WRITTEN if thing.written else _READ_WRITE
        sheet.box(
            f"{prefix}.read-write",
            Box(left, y - LAYER, right, y),
            (thing.top,),
            fill=fill,
            border="#b34700" if not thing.faded else border,
            ink=ink,
            size=SMALL,
            style="dashed",
            pen=1.6,
            part="read-write",
            says="the read-write layer",
        )
        y -= LAYER
    for number, text in enumerate(reversed(thing.processes)):
        words = f"{text} (frozen)" if thing.frozen else text
        inside = Box(left + 2, y - LAYER + 1, right - 2, y - 3)
        sheet.box(
            f"{prefix}.process.{number}",
            inside,
            (words,),
            fill=_PROCESS if not thing.frozen else "#ffffff",
            border=_PROCESS,
            ink="#ffffff" if not thing.frozen else _PROCESS,
            size=SMALL,
            style="rounded",
            part="process",
            says=words,
        )
        y -= LAYER
    if thing.space:
        sheet.text(f"{prefix}.space.says", ((left + right) / 2, y - LAYER + 3), ("process space",), ink=_PROCESS)
    for number, line in enumerate(thing.captions):
        sheet.text(
            f"{prefix}.caption.{number}",
            ((left + right) / 2, bottom + 2 + number * _LINE),
            (line,),
            bold=number == 0,
            ink=ink,
        )


def ports(scene: Scene, names: Sequence[str]) -> list[Thing]:
    """The firewall's two sets of open ports, as stacks."""
    state = scene.state
    runs = state.value(host.status) is host.Status.RUNNING
    found = []
    for identifier, function, words in (
        ("runtime", host.runtime, "open now"),
        ("permanent", host.permanent, "open after reload"),
    ):
        opened = tuple(name for slot, name in enumerate(names) if state.value(function, slot) is True)
        found.append(
            Thing(
                identifier,
                (identifier, words),
                opened or ("(none)",),
                says=f"{identifier}: {', '.join(opened) or 'none'}",
            )
        )
    return [
        Thing(
            "firewalld",
            ("firewalld", "running" if runs else "stopped"),
            ("filters packets",) if runs else ("(does nothing)",),
        ),
        *found,
    ]
