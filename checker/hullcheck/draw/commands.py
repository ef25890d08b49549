"""What each command of the article does, drawn as the article drew it: before, the command, after.

Nothing is drawn by hand: each story asks the specification for operations, and each panel is the state it is in then.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dockspec import container, host, image
from dockspec.container import CONTAINER, NAME, Policy, Process, Status
from dockspec.evaluation import holds
from dockspec.host import PORT
from dockspec.image import ARCHIVE, IMAGE
from dockspec.language import Expr, Value, Variable
from dockspec.model import Kind, Specification
from dockspec.operations.containers import Signal
from dockspec.operations.processes import Ending
from dockspec.operations.shared import Patience
from hullcheck.draw.diagram import Diagram, Text
from hullcheck.draw.geometry import Box, Label
from hullcheck.draw.scene import Scene, shown_answer
from hullcheck.draw.sheet import WIDTH, Sheet
from hullcheck.draw.stacks import Size, Thing, draw, ports, row_size, things
from hullcheck.draw.style import INK, KINDS, PLAIN, width
from hullcheck.steps import Taken

_REFERENCES = ("alpine:3.20", "alpine@1", "app:1", "app@1")
_SIZES = {CONTAINER: 3, NAME: 4, IMAGE: 4, ARCHIVE: 1, PORT: 1}
_PORTS = ("3306/tcp",)
_BASE = ("read-only layer",) * 3


@dataclass
class Story:
    """A command and what it does, panel by panel."""

    scene: Scene
    look: Callable[[Scene], list[Thing]] = things
    panels: list[list[Thing]] = field(default_factory=list)
    steps: list[tuple[tuple[str, ...], Kind | None]] = field(default_factory=list)

    def show(self) -> None:
        """The panel that the story begins with."""
        self.panels.append(self.look(self.scene))

    def then(self, command: str, *taken: Taken, after: Sequence[Thing] | None = None) -> None:
        """A command was given: an arrow, and the panel after it."""
        answers = [shown_answer(t.rule.answer) for t in taken if t.rule.answer.status]
        worst = max((t.rule.answer.kind for t in taken), key=list(Kind).index, default=None)
        self.steps.append(((command, *dict.fromkeys(answers)), worst))
        self.panels.append(list(after) if after is not None else self.look(self.scene))


# --- how the world gets there -----------------------------------------------------------------------------------------


def _world(spec: Specification) -> Scene:
    """An engine, and a registry that serves alpine."""
    scene = Scene.begin(spec, _SIZES, _REFERENCES)
    scene.do("registry.publish", t=0)
    scene.layers[0] = _BASE
    return scene


def _pulled(spec: Specification) -> Scene:
    scene = _world(spec)
    scene.do("image.pull", t=0)
    return scene


def _create(scene: Scene, name: int = 0, of: int = 0, process: Process = Process.IGNORES) -> Taken:
    return scene.do("container.create", n=name, i=of, restart_policy=Policy.NO, rm=False, command=process)


def _created(spec: Specification) -> Scene:
    scene = _pulled(spec)
    _create(scene)
    return scene


def _running(spec: Specification) -> Scene:
    scene = _created(spec)
    scene.do("container.start", c=0)
    return scene


def _stopped(spec: Specification) -> Scene:
    scene = _running(spec)
    scene.do("container.write", c=0)
    scene.do("container.exit", c=0, ending=Ending.WELL)
    return scene


def _commit(scene: Scene, slot: int, text: str = "your changes") -> Taken:
    """A commit: the image's own layers, and one more."""
    taken = scene.do("container.commit", c=slot, pause=True)
    made = taken.binding["i"]
    under = scene.state.value(container.image_of, slot)
    scene.layers[int(made)] = (*scene.layers[int(under)], text)  # type: ignore[arg-type]  # slots
    return taken


def _built(spec: Specification) -> Scene:
    """Two steps of a build on alpine, and the tag app:1."""
    scene = _pulled(spec)
    for base, text in ((0, "RUN apk add"), (1, "COPY app")):
        made = scene.do("build.run" if base == 0 else "build.copy", base=base, **({"keep": False} if base == 0 else {}))
        scene.layers[int(made.binding["i"])] = (*scene.layers[base], text)  # type: ignore[arg-type]  # a slot
    scene.do("image.tag", i=2, r=2)
    return scene


# --- the stories ------------------------------------------------------------------------------------------------------


def _pull(spec: Specification) -> Story:
    story = Story(_world(spec), lambda s: things(s) or [_NOTHING])
    story.show()
    story.then("docker pull alpine:3.20", story.scene.do("image.pull", t=0))
    return story


_NOTHING = Thing("nothing", ("no image here",), ())


def _create_story(spec: Specification) -> Story:
    story = Story(_pulled(spec))
    story.show()
    story.then("docker create", _create(story.scene))
    return story


def _start(spec: Specification) -> Story:
    story = Story(_created(spec), lambda s: things(s, images=False))
    story.show()
    story.then("docker start web", story.scene.do("container.start", c=0))
    return story


def _run(spec: Specification) -> Story:
    story = Story(_pulled(spec))
    story.show()
    story.then("docker run = create ...", _create(story.scene))
    story.then("... and start", story.scene.do("container.start", c=0))
    return story


def _ps(spec: Specification) -> Story:
    scene = _running(spec)
    for name in (1, 2):
        _create(scene, name)
        scene.do("container.start", c=name)
    scene.do("container.pause", c=1)
    scene.do("container.exit", c=2, ending=Ending.WELL)
    return _listing(scene, "container.list", {"docker ps": container.is_listed, "docker ps -a": container.exists}, "c")


def _images(spec: Specification) -> Story:
    scene = _built(spec)
    scene.do("image.untag", r=0, force=False, prune=True)
    scene.do("image.untag", r=1, force=False, prune=True)
    return _listing(scene, "image.list", {"docker images": image.is_top_level, "docker images -a": image.present}, "i")


def _listing(scene: Scene, operation: str, commands: Mapping[str, Callable[..., Expr]], variable: str) -> Story:
    """What a command lists stands out; the rest is faded."""
    kind = CONTAINER if variable == "c" else IMAGE
    sort = "container" if variable == "c" else "image"
    story = Story(scene)
    here = [thing for thing in things(scene) if thing.id.startswith(sort)]
    for number, (command, formula) in enumerate(commands.items()):
        listed = formula(Variable(variable, kind))
        shown = [
            dataclasses.replace(
                thing,
                faded=not holds(listed, scene.state, {variable: int(thing.id.rpartition(".")[2])}),
                captions=(
                    *thing.captions,
                    "listed"
                    if holds(listed, scene.state, {variable: int(thing.id.rpartition(".")[2])})
                    else "not listed",
                ),
            )
            for thing in here
        ]
        taken = scene.do(operation)
        if number == 0:
            story.panels.append([])
        story.then(command, taken, after=shown)
    return story


def _ending(operation: str, command: str) -> Callable[[Specification], Story]:
    def story(spec: Specification) -> Story:
        told = Story(_running(spec), lambda s: things(s, images=False))
        told.scene.do("container.write", c=0)
        told.show()
        how = {"patience": Patience.GRACE} if operation == "container.stop" else {"signal": Signal.KILL}
        told.then(command, told.scene.do(operation, c=0, **how))
        code = told.scene.state.value(container.exit_code, 0)
        told.panels[-1] = [
            dataclasses.replace(t, captions=(*t.captions, f"exit code {getattr(code, 'value', code)}"))
            for t in told.panels[-1]
        ]
        return told

    return story


def _rm(spec: Specification) -> Story:
    story = Story(_running(spec))
    story.show()
    story.then("docker rm web", story.scene.do("container.rm", c=0, force=False))
    story.scene.do("container.exit", c=0, ending=Ending.WELL)
    story.then("its process ends")
    story.then("docker rm web", story.scene.do("container.rm", c=0, force=False))
    return story


def _rmi(spec: Specification) -> Story:
    story = Story(_built(spec))
    story.show()
    story.then("docker rmi -f <id of the middle one>", story.scene.do("image.remove", i=1, force=True, prune=True))
    story.then("docker rmi app:1", story.scene.do("image.untag", r=2, force=False, prune=True))
    return story


def _commit_story(spec: Specification) -> Story:
    story = Story(_stopped(spec))
    story.show()
    made = _commit(story.scene, 0)
    tagged = story.scene.do("image.tag", i=made.binding["i"], r=2)  # type: ignore[arg-type]  # a slot
    _ = tagged
    story.then("docker commit web app:1", made)
    return story


def _build(spec: Specification) -> Story:
    story = Story(_pulled(spec))
    scene = story.scene
    story.show()
    story.then("1) run: create ...", _create(scene))
    story.then("... and start", scene.do("container.start", c=0))
    scene.do("container.write", c=0)
    scene.do("container.exit", c=0, ending=Ending.WELL)
    story.then("2) change: it writes, and ends")
    story.then("3) commit", _commit(scene, 0, "RUN apk add"))
    removed = scene.do("container.rm", c=0, force=False)
    story.then("the container is removed", removed)
    copied = scene.do("build.copy", base=1)
    scene.layers[int(copied.binding["i"])] = (*scene.layers[1], "COPY app")  # type: ignore[arg-type]  # a slot
    scene.do("image.tag", i=int(copied.binding["i"]), r=2)  # type: ignore[arg-type]  # a slot
    story.then("the next step, and the tag", copied)
    return story


def _exec(spec: Specification) -> Story:
    story = Story(_running(spec), lambda s: things(s, images=False))
    story.show()
    first = story.scene.do("exec.create", c=0)
    story.then("docker exec web ps", first, story.scene.do("exec.start", c=0, command_found=True))
    return story


def _inspect(spec: Specification) -> Story:
    story = Story(_stopped(spec), lambda s: things(s, images=False))
    story.show()
    taken = story.scene.do("container.inspect", c=0)
    shown = []
    for function in (container.status, *container.FUNCTIONS[2:]):
        value = story.scene.state.value(function, 0)
        words = str(getattr(value, "value", value)).replace("True", "yes").replace("False", "no")
        shown.append(f"{function.name.removeprefix('container.')}: {words}")
    story.then("docker inspect web", taken, after=[_card("shown", shown, "what it shows")])
    return story


def _card(identifier: str, lines: Sequence[str], caption: str) -> Thing:
    return Thing(f"{identifier}.card", (caption,), tuple(lines))


def _version(spec: Specification) -> Story:
    story = Story(_world(spec), lambda _s: [Thing("client", ("docker, the client",), ("its version",))])
    story.show()
    story.then(
        "docker version",
        story.scene.do("engine.version"),
        after=[
            Thing("client", ("docker, the client",), ("its version",)),
            Thing("engine", ("dockerd, the engine",), ("its version",)),
        ],
    )
    return story


def _info(spec: Specification) -> Story:
    scene = _running(spec)
    for name in (1, 2):
        _create(scene, name)
    scene.do("container.start", c=1)
    scene.do("container.pause", c=1)
    story = Story(scene)
    story.panels.append([t for t in things(scene) if t.id.startswith("container")])
    statuses = [scene.state.value(container.status, c) for c in range(_SIZES[CONTAINER])]
    counted = {"running": statuses.count(Status.RUNNING), "paused": statuses.count(Status.PAUSED)}
    there = sum(status is not Status.REMOVED for status in statuses)
    images = sum(scene.state.value(image.present, i) is True for i in range(_SIZES[IMAGE]))
    lines = [
        f"containers: {there}",
        *(f"{word}: {n}" for word, n in counted.items()),
        f"stopped: {there - sum(counted.values())}",
        f"images: {images}",
    ]
    story.then("docker info", scene.do("engine.info"), after=[_card("info", lines[::-1], "what it counts")])
    return story


def _save(spec: Specification) -> Story:
    story = Story(_built(spec), lambda s: [t for t in things(s) if "app:1" in t.captions or t.files])
    scene = story.scene
    story.show()
    story.then("docker save app:1", scene.do("image.save", a=0, r=2, more=False))
    for reference in (2, 0, 1):
        if scene.state.value(image.refers, reference) is not None:
            scene.do("image.untag", r=reference, force=False, prune=True)
    story.then("on another host, without the image")
    story.then("docker load", scene.do("image.load", a=0))
    return story


def _export(spec: Specification) -> Story:
    story = Story(_stopped(spec), lambda s: things(s, images=False))
    scene = story.scene
    story.show()
    tar = Thing(
        "files", ("a tar file", "files only: no layers,", "history or settings"), ("all files, as seen",), files=True
    )
    story.then("docker export web", scene.do("container.export", c=0), after=[tar])
    made = scene.do("image.import")
    slot = int(made.binding["i"])  # type: ignore[arg-type]  # a slot
    scene.layers[slot] = ("all files, as seen",)
    scene.do("image.tag", i=slot, r=2)
    story.then("docker import - app:1", made, after=[t for t in things(scene) if "app:1" in t.captions])
    return story


def _history(spec: Specification) -> Story:
    scene = _built(spec)
    story = Story(scene, lambda s: [t for t in things(s) if "app:1" in t.captions])
    story.show()
    lines: list[str] = []
    here: Value = 2
    while isinstance(here, int):
        step = scene.layers[here][-1] if here else "FROM"
        lines.append(f"{step}: {', '.join(scene.names(here)) or '<none>'}")
        here = scene.state.value(image.parent, here)
    story.then(
        "docker history app:1",
        scene.do("image.history", i=2),
        after=[_card("history", lines[::-1], "newest first, with ids")],
    )
    return story


def _firewall(spec: Specification) -> Scene:
    scene = Scene.begin(spec, _SIZES)
    scene.do("firewall.start")
    return scene


def _firewall_cmd(spec: Specification) -> Story:
    story = Story(_firewall(spec), lambda s: ports(s, _PORTS))
    story.show()
    story.then(
        "firewall-cmd --add-port=3306/tcp", story.scene.do("firewall.add-port", port=0, port_set=host.Set.RUNTIME)
    )
    story.then("firewall-cmd --reload", story.scene.do("firewall.reload"))
    return story


def _systemctl(spec: Specification) -> Story:
    story = Story(_firewall(spec), lambda s: ports(s, _PORTS))
    story.scene.do("firewall.add-port", port=0, port_set=host.Set.RUNTIME)
    story.show()
    story.then("systemctl stop firewalld", story.scene.do("firewall.stop"))
    return story


STORIES: Mapping[str, tuple[str, Callable[[Specification], Story]]] = {
    "version": ("docker version asks the client and the engine", _version),
    "info": ("docker info counts containers and images", _info),
    "pull": ("docker pull fetches an image, layers and name", _pull),
    "create": ("docker create puts a read-write layer on an image", _create_story),
    "start": ("docker start makes a process space", _start),
    "run": ("docker run is create and start", _run),
    "ps": ("docker ps lists what runs, ps -a everything", _ps),
    "images": ("docker images lists top-level images, images -a all", _images),
    "stop": ("docker stop ends the processes, and keeps the layer", _ending("container.stop", "docker stop web")),
    "kill": ("docker kill ends the processes at once", _ending("container.kill", "docker kill web")),
    "rm": ("docker rm removes the read-write layer, not while it runs", _rm),
    "rmi": ("docker rmi removes an image, not one that something is built on", _rmi),
    "commit": ("docker commit makes an image of a container, which stays", _commit_story),
    "build": ("docker build repeats run, change, commit", _build),
    "exec": ("docker exec adds a process", _exec),
    "inspect": ("docker inspect shows what is known", _inspect),
    "save": ("docker save keeps layers, names and history", _save),
    "export": ("docker export keeps the files as they are seen", _export),
    "history": ("docker history tells how an image was made", _history),
    "firewall-cmd": ("firewall-cmd opens a port, until the next reload", _firewall_cmd),
    "systemctl": ("systemctl stop firewalld", _systemctl),
}
"""The commands of the article, in its order."""


# --- drawing them ----------------------------------------------------------------------------------------------------

_ARROW, _PAD = 22.0, 8.0


def command(spec: Specification, name: str) -> Diagram:
    """The picture of one command.

    Args:
        spec: the specification that the command runs on.
        name: one of ``STORIES``.
    """
    title, tell = STORIES[name]
    story = tell(spec)
    sheet = Sheet(f"commands.{name}")
    sizes = [row_size(panel) for panel in story.panels]
    arrows = [max(width(line, PLAIN) for line in words) + _ARROW for words, _ in story.steps]
    across = sum(size.wide + 2 * _PAD for size in sizes if size.wide) + sum(arrows)
    if across <= WIDTH:
        _across(sheet, story, sizes, arrows)
    else:
        _down(sheet, story, sizes)
    return sheet.diagram(
        title,
        f"{title}. Grey boxes are read-only layers, the dashed one is the read-write layer, orange once it was "
        f"written; the blue frame is the process space. {_told(story)}",
    )


def _told(story: Story) -> str:
    return " Then ".join(
        f"{', '.join(words)}: {_said(panel)}." for (words, _), panel in zip(story.steps, story.panels[1:], strict=True)
    )


def _said(panel: Sequence[Thing]) -> str:
    return "; ".join(" ".join(thing.captions) for thing in panel) or "nothing"


def _across(sheet: Sheet, story: Story, sizes: Sequence[Size], arrows: Sequence[float]) -> None:
    high, captions = max(size.high for size in sizes), max(size.captions for size in sizes)
    x, bottom = 0.0, _PAD + high
    for number, (panel, size) in enumerate(zip(story.panels, sizes, strict=True)):
        box = Box(x, 0, x + size.wide + 2 * _PAD, bottom + captions + _PAD)
        x = _panel(sheet, number, panel, box, bottom).right
        if number < len(story.steps):
            _arrow(sheet, story, number, ((x, box.centre[1]), (x + arrows[number], box.centre[1])))
            x += arrows[number]


def _down(sheet: Sheet, story: Story, sizes: Sequence[Size]) -> None:
    y, middle = 0.0, max(size.wide for size in sizes) / 2 + _PAD
    for number, (panel, size) in enumerate(zip(story.panels, sizes, strict=True)):
        left = middle - size.wide / 2 - _PAD
        box = Box(left, y, left + size.wide + 2 * _PAD, y + size.high + size.captions + 2 * _PAD)
        y = _panel(sheet, number, panel, box, y + _PAD + size.high).bottom
        if number < len(story.steps):
            _arrow(sheet, story, number, ((middle, y), (middle, y + 34)), down=True)
            y += 34


def _panel(sheet: Sheet, number: int, panel: Sequence[Thing], box: Box, bottom: float) -> Box:
    """The frame with its things; nothing but a point where there are none. Returns what it takes."""
    if not panel:
        x = box.centre[0]
        box = Box(x - 0.5, box.top, x + 0.5, box.top + 1)
        sheet.box(f"panel.{number}", box, border="none", part="panel")
        return box
    word = "before" if number == 0 else f"after-{number}"
    sheet.box(f"panel.{number}", box, border="#d0d0d0", style="rounded", part="panel", says=f"{word}: {_said(panel)}")
    draw(sheet, word, panel, box.left + _PAD, bottom)
    return box


def _arrow(
    sheet: Sheet, story: Story, number: int, points: Sequence[tuple[float, float]], *, down: bool = False
) -> None:
    words, kind = story.steps[number]
    refused = kind in {Kind.REFUSED, Kind.FAILED}
    colour = KINDS[Kind.REFUSED].border if refused else "#005a9c" if kind else INK
    middle = (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2
    texts = (Text(words[0]), *(Text(line, note=True) for line in words[1:]))
    label = Label(points[0][0], middle[1] - 2, "right") if down else Label(middle[0] - 3, middle[1], "over")
    sheet.arrow(
        f"step.{number}",
        f"panel.{number}",
        f"panel.{number + 1}",
        points,
        texts,
        label,
        colour=colour,
        ink=colour,
        style="dashed" if refused else "solid",
        pen=1.6,
        says=", ".join(words),
    )
