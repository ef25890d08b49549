"""What docker's listing commands print: ps, images, history, inspect, logs, top, info, version; what removals report.

Source: measured on docker 20.10.24; docker/cli `cli/command/formatter`.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from dockspec.building import human_size
from dockspec.commandline import Invocation
from dockspec.container import Policy, Status, auto_remove, has_running_flag, is_listed, policy
from dockspec.container import c as a_container
from dockspec.evaluation import holds
from dockspec.image import i as an_image
from dockspec.image import is_dangling, is_top_level, present, refers
from dockspec.names import NamesError, Reference, parse_reference, short_id
from dockspec.session import DAEMON, Thing, fail
from hullcheck.run.core import Core, Refused, Taken
from hullcheck.run.ids import rfc3339, rfc3339_nano
from hullcheck.run.tables import age, command_text, shortened, table
from hullcheck.run.templates import filled

if TYPE_CHECKING:
    from hullcheck.run.session import WorldSession

NONE: Final = "<none>"
_HISTORY_WIDTH: Final = 45


def show(session: WorldSession, call: Invocation, things: Sequence[tuple[Thing, bool]]) -> int:
    """See ``Session.show``."""
    printers: Mapping[str, Callable[[], str]] = {
        "ps": lambda: _ps(session, call),
        "images": lambda: _images(session, call),
        "history": lambda: _history(session.core, call, things[0][0].slot),
        "inspect": lambda: _inspect(session.core, call, things),
        "top": lambda: _top(session.core, call, things[0][0].slot),
        "info": lambda: _info(session.core),
        "version": lambda: _SHORT_VERSION if call.switch("version") else _VERSION,
    }
    if call.command == "logs":
        _logs(session, call, things[0][0].slot)
    else:
        session.out(printers[call.command]())
    return 0


def _wanted(
    session: WorldSession, call: Invocation, known: Sequence[str], outside: Sequence[str]
) -> dict[str, list[str]]:
    """The filters of a listing. Raises ``Stop`` for one that docker does not know, ``Refused`` for one left out."""
    filters: dict[str, list[str]] = {}
    for text in call.texts("filter"):
        name, _, value = text.partition("=")
        name = name.strip().lower()
        if name in outside:
            raise Refused(f"docker {call.command} --filter {name}: known to docker, but outside the specification")
        if name not in known:
            raise fail(session, f"{DAEMON}Invalid filter '{name}'")
        filters.setdefault(name, []).append(value.strip())
    return filters


# --- ps ---------------------------------------------------------------------------------------------------------------

_PS_FILTERS: Final = ("ancestor", "exited", "id", "name", "status")
_PS_OUTSIDE: Final = (
    "before",
    "expose",
    "health",
    "is-task",
    "isolation",
    "label",
    "network",
    "publish",
    "since",
    "volume",
)
_WORDS: Final = ("created", "restarting", "running", "removing", "paused", "exited", "dead")


def docker_word(core: Core, container: int) -> str:
    """Docker's word for a status, as inspect tells it."""
    machine = next(m for m in core.spec.machines if m.name == "container")
    return next(state.docker for state in machine.states if state.value is core.status(container))


def _listed_word(core: Core, container: int) -> str:
    """The word that ps goes by: a dead container is still shown as removing (measured on Docker 20.10.24)."""
    word = docker_word(core, container)
    return "removing" if core.status(container) in {Status.DEAD, Status.REMOVING} else word


def _ps(session: WorldSession, call: Invocation) -> str:
    core = session.core
    chosen = _chosen_containers(session, call)
    whole = call.switch("no-trunc")
    if call.switch("quiet"):
        ids = (core.payload.containers[slot].id for slot in chosen)
        return "".join(f"{identity if whole else short_id(identity)}\n" for identity in ids)
    rows = [("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES")]
    for slot in chosen:
        data = core.payload.containers[slot]
        rows.append(
            (
                data.id if whole else short_id(data.id),
                image_column(core, slot, whole=whole),
                command_text(data.program.argv, whole=whole),
                f"{age(core.payload.now - data.created)} ago",
                status_column(core, slot),
                _ports_column(core, slot),
                core.name(slot),
            )
        )
    return table(rows)


def _chosen_containers(session: WorldSession, call: Invocation) -> list[int]:
    """Which containers ps lists, the newest first."""
    core = session.core
    filters = _wanted(session, call, _PS_FILTERS, _PS_OUTSIDE)
    last = 1 if call.switch("latest") else call.number("last") or -1
    every = call.switch("all") or "status" in filters or last > 0
    chosen = [s for s in reversed(core.containers()) if every or holds(is_listed(a_container), core.state, {"c": s})]
    for word in filters.get("status", ()):
        if word not in _WORDS:
            raise fail(session, f"{DAEMON}Invalid filter 'status={word}'")
    for code in filters.get("exited", ()):
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", code):
            raise fail(session, f'{DAEMON}strconv.Atoi: parsing "{code}": invalid syntax')
    chosen = [slot for slot in chosen if _fits(core, slot, filters)]
    return chosen[:last] if last > 0 else chosen


def _fits(core: Core, slot: int, filters: Mapping[str, Sequence[str]]) -> bool:
    data = core.payload.containers[slot]
    image = core.image_under(slot)
    tests: Mapping[str, Callable[[str], bool]] = {
        "status": lambda value: _listed_word(core, slot) == value,
        "exited": lambda value: docker_word(core, slot) == "exited" and core.exit_number(slot) == int(value),
        "id": data.id.startswith,
        "name": lambda value: _name_fits(core.name(slot), value),
        "ancestor": lambda value: image is not None and _descends(core, image, value),
    }
    return all(any(tests[name](value) for value in values) for name, values in filters.items())


def _name_fits(name: str, pattern: str) -> bool:
    try:
        return re.search(pattern, name) is not None or re.search(pattern, "/" + name) is not None
    except re.error:
        return pattern in name


def _descends(core: Core, image: int, typed: str) -> bool:
    """The image is the one named, or was built upon it."""
    try:
        wanted = core.resolve_image(typed).image.slot
    except NamesError:
        return False
    here: int | None = image
    while here is not None and here != wanted:
        here = core.parent(here)
    return here == wanted


def image_column(core: Core, slot: int, *, whole: bool = False) -> str:
    """The image as it was typed, or its id where that name now means another image, or none."""
    typed, image = core.payload.containers[slot].image, core.image_under(slot)
    identity = core.payload.images[image].id if image is not None else ""
    try:
        found = core.resolve_image(typed)
        same = found.image.slot == image and core.state.value(present, found.image.slot) is True
    except NamesError:
        same = False
    if not same or not typed:
        return identity if whole else short_id(identity)
    if whole:
        return typed
    if found.reference is None:
        return short_id(typed) if typed.removeprefix("sha256:") == identity.removeprefix("sha256:") else typed
    reference = parse_reference(typed)
    return reference.repository if reference.is_digest else typed


def status_column(core: Core, slot: int) -> str:
    """`Up 3 seconds (Paused)`, `Exited (0) 2 minutes ago`, ..."""
    data, now = core.payload.containers[slot], core.payload.now
    up = age(now - (data.started or now))
    ended = age(now - (data.finished or now))
    words = {
        Status.CREATED: "Created",
        Status.RUNNING: f"Up {up}",
        Status.PAUSED: f"Up {up} (Paused)",
        Status.RESTARTING: f"Restarting ({core.exit_number(slot)}) {ended} ago",
        Status.STOPPED: f"Exited ({core.exit_number(slot)}) {ended} ago",
        Status.REMOVING: "Removal In Progress",
        Status.DEAD: "Removal In Progress",
    }
    return words[core.status(slot)]


def _ports_column(core: Core, slot: int) -> str:
    """What -p publishes, while the container runs."""
    if core.status(slot) not in {Status.RUNNING, Status.PAUSED}:
        return ""
    shown: list[str] = []
    for number, text in enumerate(core.payload.containers[slot].ports):
        spec, _, protocol = text.partition("/")
        host, _, inside = spec.rpartition(":")
        address, _, outside = host.rpartition(":")
        outside = outside or str(32768 + 16 * slot + number)
        addresses = (address,) if address else ("0.0.0.0", "::")  # noqa: S104  # what docker prints
        shown += [f"{each}:{outside}->{inside}/{protocol or 'tcp'}" for each in addresses]
    return ", ".join(shown)


# --- images -----------------------------------------------------------------------------------------------------------

_IMAGE_FILTERS: Final = ("before", "dangling", "reference", "since")
_TRUTHS: Final = {"1": True, "true": True, "t": True, "0": False, "false": False, "f": False}


def _images(session: WorldSession, call: Invocation) -> str:
    core = session.core
    filters = _wanted(session, call, _IMAGE_FILTERS, ("label", "until"))
    if call.arguments:
        filters.setdefault("reference", []).append(call.arguments[0])
    whole, digests = call.switch("no-trunc"), call.switch("digests")
    rows: list[tuple[str, ...]] = []
    for slot in _chosen_images(session, call, filters):
        image = core.payload.images[slot]
        identity = image.id if whole else short_id(image.id)
        tail = (identity, f"{age(core.payload.now - image.created)} ago", human_size(image.size, digits=3))
        names = _names(core, slot, filters.get("reference", ()), digests=digests)
        rows += [(*(name if digests else name[:2]), *tail) for name in names]
    if call.switch("quiet"):
        return "".join(f"{row[-3]}\n" for row in rows)
    head = ("REPOSITORY", "TAG", *(("DIGEST",) if digests else ()), "IMAGE ID", "CREATED", "SIZE")
    return table([head, *rows])


def _chosen_images(session: WorldSession, call: Invocation, filters: Mapping[str, Sequence[str]]) -> list[int]:
    """Which images are listed, the newest first."""
    core = session.core
    every = call.switch("all")
    chosen = [s for s in reversed(core.images()) if every or holds(is_top_level(an_image), core.state, {"i": s})]
    for word in filters.get("dangling", ()):
        if word.lower() not in _TRUTHS:
            raise fail(session, f"{DAEMON}Invalid filter 'dangling=[{word}]'")
        wanted = _TRUTHS[word.lower()]
        chosen = [s for s in chosen if holds(is_dangling(an_image), core.state, {"i": s}) is wanted]
    for name in ("before", "since"):
        for typed in filters.get(name, ()):
            chosen = [s for s in chosen if _is_older(core, s, _known(session, typed)) is (name == "before")]
            chosen = [s for s in chosen if s != _known(session, typed)]
    if "reference" in filters:
        chosen = [s for s in chosen if any(_matches(r, filters["reference"]) for r in core.references_to(s))]
    return sorted(chosen, key=lambda s: core.payload.images[s].created, reverse=True)


def _known(session: WorldSession, typed: str) -> int:
    """An image that a filter names. Raises ``Stop``."""
    try:
        image = session.image(typed).image
    except NamesError as error:
        raise fail(session, DAEMON + error.text) from None
    if not session.present(image):
        raise fail(session, f"{DAEMON}No such image: {image.typed}")
    return image.slot


def _is_older(core: Core, one: int, other: int) -> bool:
    images = core.payload.images
    return (images[one].created, one) < (images[other].created, other)


def _matches(reference: Reference, patterns: Sequence[str]) -> bool:
    """As Docker's path.Match on the whole familiar name, or on the name without its tag."""
    names = (reference.familiar, reference.repository)
    return any(
        fnmatch.fnmatchcase(name, pattern) and name.count("/") == pattern.count("/")
        for name in names
        for pattern in patterns
    )


def _names(core: Core, slot: int, patterns: Sequence[str], *, digests: bool) -> list[tuple[str, str, str]]:
    """The rows of one image: repository, tag, digest (`cli/command/formatter/image.go:imageFormat`)."""
    references = [r for r in core.references_to(slot) if not patterns or _matches(r, patterns)]
    rows: list[tuple[str, str, str]] = []
    for repository in dict.fromkeys(r.repository for r in references):
        mine = [r for r in references if r.repository == repository]
        tags = [r.tag for r in mine if r.tag]
        known = [r.digest for r in mine if r.digest] if digests or not tags else []
        shown = known or [NONE]
        rows += [(repository, tag or NONE, digest or NONE) for tag in tags or [NONE] for digest in shown]
    return rows or [(NONE, NONE, NONE)]


# --- history ----------------------------------------------------------------------------------------------------------


def _history(core: Core, call: Invocation, image: int) -> str:
    data = core.payload.images[image]
    whole, human = call.switch("no-trunc"), call.switch("human", default=True)
    rows: list[tuple[str, ...]] = []
    here: int | None = image
    for step in reversed(data.history):
        identity = "<missing>" if here is None else core.payload.images[here].id
        here = None if here is None else core.parent(here)
        rows.append(
            (
                identity if whole else short_id(identity) if identity != "<missing>" else identity,
                f"{age(core.payload.now - step.created)} ago" if human else rfc3339(step.created),
                step.created_by.replace("\t", " ")
                if whole
                else shortened(step.created_by.replace("\t", " "), _HISTORY_WIDTH),
                human_size(step.size, digits=3) if human else str(step.size),
                step.comment,
            )
        )
    if call.switch("quiet"):
        return "".join(f"{row[0]}\n" for row in rows)
    return table([("IMAGE", "CREATED" if human else "CREATED AT", "CREATED BY", "SIZE", "COMMENT"), *rows])


# --- inspect ----------------------------------------------------------------------------------------------------------


def _inspect(core: Core, call: Invocation, things: Sequence[tuple[Thing, bool]]) -> str:
    found = [_image_json(core, t.slot) if is_image else _container_json(core, t.slot) for t, is_image in things]
    template = call.text("format")
    if template:
        return "".join(f"{filled(template, document)}\n" for document in found)
    return json.dumps(found, indent=4, ensure_ascii=False) + "\n"


def _container_json(core: Core, slot: int) -> dict[str, object]:
    data, state = core.payload.containers[slot], core.status(slot)
    running = holds(has_running_flag(a_container), core.state, {"c": slot})
    image = core.image_under(slot)
    rule = core.state.value(policy, slot)
    return {
        "Id": data.id,
        "Created": rfc3339(data.created),
        "Path": data.program.argv[0] if data.program.argv else "",
        "Args": list(data.program.argv[1:]),
        "State": {
            "Status": docker_word(core, slot),
            "Running": running,
            "Paused": state is Status.PAUSED,
            "Restarting": state is Status.RESTARTING,
            "OOMKilled": False,
            "Dead": state in {Status.DEAD, Status.REMOVING},
            "Pid": 1000 + slot if state in {Status.RUNNING, Status.PAUSED} else 0,
            "ExitCode": core.exit_number(slot),
            "Error": data.error,
            "StartedAt": rfc3339_nano(data.started),
            "FinishedAt": rfc3339_nano(data.finished),
        },
        "Image": core.payload.images[image].id if image is not None else "",
        "Name": f"/{core.name(slot)}",
        "RestartCount": data.restarts,
        "HostConfig": {
            "RestartPolicy": {
                "Name": rule.value if isinstance(rule, Policy) else "no",
                "MaximumRetryCount": data.retries,
            },
            "AutoRemove": core.state.value(auto_remove, slot),
        },
        "Config": {"Tty": data.interactive, "Cmd": list(data.program.argv), "Image": data.image},
    }


def _image_json(core: Core, slot: int) -> dict[str, object]:
    image, above = core.payload.images[slot], core.parent(slot)
    references = core.references_to(slot)
    return {
        "Id": image.id,
        "RepoTags": [r.familiar for r in references if not r.is_digest],
        "RepoDigests": [r.familiar for r in references if r.is_digest],
        "Parent": "" if above is None else core.payload.images[above].id,
        "Comment": image.history[-1].comment if image.history else "",
        "Created": rfc3339(image.created),
        "Config": {"Cmd": list(image.command) or None, "Entrypoint": list(image.entrypoint) or None},
        "Architecture": "amd64",
        "Os": "linux",
        "Size": image.size,
        "RootFS": {"Type": "layers", "Layers": list(image.layers)},
    }


# --- logs, top, info, version -----------------------------------------------------------------------------------------


def _logs(session: WorldSession, call: Invocation, slot: int) -> None:
    core = session.core
    if call.switch("follow") and core.status(slot) in {Status.RUNNING, Status.PAUSED}:
        session.await_end(Thing(slot))
    lines = [(err, line) for err, text in core.payload.containers[slot].log for line in text.splitlines(keepends=True)]
    tail = call.text("tail")
    if tail is not None and re.fullmatch(r"[0-9]{1,9}", tail):
        lines = lines[len(lines) - int(tail) :] if int(tail) < len(lines) else lines
    for to_stderr, line in lines:
        (session.err if to_stderr else session.out)(line)


def _top(core: Core, call: Invocation, slot: int) -> str:
    if len(call.arguments) > 1:
        raise Refused("docker top with options of ps: outside the specification; leave them out")
    data = core.payload.containers[slot]
    began = rfc3339(data.started or core.payload.now)[11:16]
    head = ("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD")
    row = ("root", str(1000 + slot), str(980 + slot), "0", began, "?", "00:00:00", " ".join(data.program.argv))
    return table([head, row], narrowest=20, padding=3)


def _info(core: Core) -> str:
    """The counts, as `daemon/info.go:fillContainerStates` makes them."""
    every = core.containers()
    paused = sum(core.status(slot) is Status.PAUSED for slot in every)
    running = sum(holds(has_running_flag(a_container), core.state, {"c": slot}) for slot in every) - paused
    stopped = len(every) - running - paused
    return (
        "Client:\n Context:    default\n Debug Mode: false\n\nServer:\n"
        f" Containers: {len(every)}\n  Running: {running}\n  Paused: {paused}\n  Stopped: {stopped}\n"
        f" Images: {len(core.images())}\n Server Version: 20.10.24\n Storage Driver: overlay2\n"
    )


_SHORT_VERSION: Final = "Docker version 20.10.24, build 297e128\n"
_VERSION: Final = (
    "Client:\n Version:           20.10.24\n API version:       1.41\n OS/Arch:           linux/amd64\n"
    " Context:           default\n\nServer:\n Engine:\n  Version:          20.10.24\n"
    "  API version:      1.41 (minimum version 1.12)\n  OS/Arch:          linux/amd64\n"
)

# --- reports of removals ---------------------------------------------------------------------------------------------


def deleted(core: Core) -> str:
    """What the last step removed: the lines of rmi, or the report of a prune."""
    taken = core.taken[-1]
    if taken.operation.id == "container.prune":
        gone = [core.payload.containers[h.subject[0]].id for h in taken.happenings if h.action == "destroy"]
        return "Deleted Containers:\n" + "".join(f"{identity}\n" for identity in gone) + "\n" if gone else ""
    lines = _removal(core, taken)
    if taken.operation.id != "image.prune":
        return "".join(f"{word}: {what}\n" for word, what in lines)
    report = "".join(f"{word.lower()}: {what}\n" for word, what in lines)
    return f"Deleted Images:\n{report}\n" if lines else ""


def _removal(core: Core, taken: Taken) -> list[tuple[str, str]]:
    """Untagged and deleted things in Docker's order; with an image go the layers that nothing else holds."""
    lines: list[tuple[str, str]] = []
    lost = [
        (image, slot)
        for slot in range(len(core.payload.references))
        if isinstance(image := taken.before.value(refers, slot), int) and taken.after.value(refers, slot) is None
    ]
    gone = [s for s in core.payload.images if taken.before.value(present, s) and not taken.after.value(present, s)]
    gone.sort(key=lambda slot: _depth(taken, slot), reverse=True)
    first = taken.binding.get("r")
    held = {layer for slot in core.images() for layer in core.payload.images[slot].layers}
    for container in core.containers():
        image = core.image_under(container)
        held |= set(core.payload.images[image].layers) if image is not None else set()
    for number, image in enumerate([*gone, *sorted({i for i, _ in lost} - set(gone))]):
        names = sorted(
            (slot for i, slot in lost if i == image), key=lambda s: (s != first, str(core.payload.references[s]))
        )
        lines += [("Untagged", core.payload.references[slot].familiar) for slot in names]
        if image not in gone:
            continue
        lines.append(("Deleted", core.payload.images[image].id))
        later = {layer for slot in gone[number + 1 :] for layer in core.payload.images[slot].layers}
        for layer in reversed(core.payload.images[image].layers):
            if layer not in held | later:
                lines.append(("Deleted", layer))
                held.add(layer)
    return lines


def _depth(taken: Taken, slot: int) -> tuple[int, int]:
    """How many ancestors an image had: children are deleted before their parents."""
    parents = taken.before.tables.get("image.parent", {})
    depth, here = 0, slot
    while isinstance(above := parents.get((here,)), int):
        depth, here = depth + 1, above
    return depth, slot
