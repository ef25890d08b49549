"""Each operation as the request that it is to an engine, or as what the world does instead."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from dockspec.container import CONTAINER, Exec, Policy, Process, Status, exec_process, image_of, process, status
from dockspec.evaluation import Binding, State
from dockspec.image import archived, archived_reference, parent, present, refers
from dockspec.language import Value
from dockspec.operations.containers import Signal
from dockspec.operations.processes import Ending
from dockspec.operations.shared import Patience
from hullcheck.conform import programs
from hullcheck.conform.engine import Engine, Reply
from hullcheck.conform.holding import Removal
from hullcheck.conform.registry import Registry
from hullcheck.conform.stage import LABEL, OBSTACLE, SUCCESSES, Asked, Lost, Stage, Unreachable, slot_of
from hullcheck.steps import is_meant

HAPPENED: Final = Reply(0)
"""What the world does is answered by nobody."""

_OWN_CODE: Final = 3
_MARGIN: Final = 0.5
"""Seconds that a container has to go on waiting to be restarted when the engine is stopped."""
_MOST_RETRIES: Final = 7
_FREEZES: Final = 5
"""How often a container is asked to stand still."""
_SIGNALS: Final = {Signal.KILL: "KILL", Signal.TERM: "TERM", Signal.HARMLESS: "USR1", Signal.UNKNOWN: "BOGUS"}

_SIGNALLING: Final = {
    "container.stop", "container.restart", "container.kill", "container.pause", "daemon.restart", "daemon.crash",
}  # fmt: skip
"""What comes of them depends on whether a process is ready for signals, or will be when it goes on."""

NO_REGISTRY: Final = "it needs docker-registry, and an engine that reaches it at 127.0.0.1"
UNREACHABLE: Final[Mapping[str, str]] = {
    "firewall.": "it is no part of an engine",
    "image.pull": NO_REGISTRY,
    "image.push": NO_REGISTRY,
    "registry.": NO_REGISTRY,
    "daemon.": "conform stops and starts only an engine of its own: --own",
}
"""What cannot be done from outside: ids or prefixes of operations, each with the reason."""
DOCKERS_ALONE: Final[Mapping[str, str]] = {
    "removal.": "only Docker answers while it removes a container",
    "obstacle.": "while there is a file that it cannot delete Podman does nothing else",
}
"""What can be done with Docker alone, likewise."""
_LOCKED: Final = 24
"""Since this version Docker locks a container while it deletes its own folder (daemon/delete.go:cleanupContainer)."""
_HOLDING: Final = "a removal that is held open needs fanotify, root, and the engine's overlay folders on this machine"
_RESUMED_LATER: Final = "the SIGTERM waits until the container is resumed, which the dialect leaves out"
_HIDDEN: Final = "Podman hides the container that it keeps, and only podman itself removes it"
_REMEMBERED: Final = "Podman knows what was prepared until the container starts again, which the dialect leaves out"
_BUILT_ON_NOTHING: Final = "FROM an image that is not there is a pull"
_MISSED: Final = "the builder asks its cache by itself; the API has no request for it that does nothing else"
_ONE_REQUEST: Final = "the API writes an archive in one request; a second name cannot be added to it"
_NO_TAR: Final = "an archive that holds nothing is no tar"


@dataclass(frozen=True)
class Call:
    """One request, with what its spelling depends on.

    Attributes:
        stage: the things.
        b: the parameters.
        state: the state before, by the specification.
        ahead: what will be asked afterwards, where that is known.
    """

    stage: Stage
    b: Binding
    state: State
    ahead: Sequence[Asked] = ()

    @property
    def container(self) -> str:
        """The id of the container that it is about."""
        return self.stage.container(self.b["c"])

    @property
    def status(self) -> Value:
        """The status of that container."""
        return self.state.value(status, slot_of(self.b["c"]))


_Act: TypeAlias = Callable[[Call], Reply]
_T = TypeVar("_T")


def reason_why_not(operation: str, able: Collection[str] = (), engine: str = "docker") -> str:
    """Why an operation cannot be done from outside; empty where it can.

    Args:
        operation: its id.
        able: those of ``UNREACHABLE`` that can be done all the same.
        engine: the engine's name.
    """
    for name, why in (UNREACHABLE if engine == "docker" else {**UNREACHABLE, **DOCKERS_ALONE}).items():
        if is_meant(operation, (name,)):
            return "" if name in able else why
    return ""


def reason_why_not_here(operation: str, b: Binding, state: State, engine: str) -> str:
    """Why a request cannot be made in a state, of an engine of that name; empty where it can."""
    if operation.startswith("build.") and "base" in b and state.value(present, slot_of(b["base"])) is not True:
        return _BUILT_ON_NOTHING
    if engine == "podman" and (why := _reason_of_podmans(operation, b, state)):
        return why
    if operation == "build.cached" and state.value(parent, slot_of(b["i"])) != b["base"]:
        return _MISSED
    if b.get("more") is True:
        return _ONE_REQUEST
    if operation == "image.load" and not any(slots[0] == b["a"] for slots in state.tables.get(archived.name, ())):
        return _NO_TAR
    return ""


def holds_up_others(engine: Engine) -> bool:
    """Whether a removal that is held open lets no other one end.

    With the containerd store each asks for garbage to be collected, which is done once at a time (containerd's
    pkg/gc/scheduler).
    """
    return engine.storage == "containerd"


def _reason_of_podmans(operation: str, b: Binding, state: State) -> str:
    if operation == "container.kill":
        slot = slot_of(b["c"])
        ends = state.value(process, slot) is not Process.IGNORES and b["signal"] is Signal.TERM
        return _RESUMED_LATER if ends and state.value(status, slot) is Status.PAUSED else ""
    return _HIDDEN if operation.startswith("build.") and b.get("keep") is True else ""


def perform(stage: Stage, asked: Asked, state: State, ahead: Sequence[Asked] = ()) -> Reply:
    """Ask the engine, or act as the world.

    Args:
        stage: the things.
        asked: what.
        state: the state before, by the specification.
        ahead: what will be asked afterwards, where that is known.

    Raises:
        Unreachable: when it cannot be done from outside.
        ConnectionBroken: when the engine does not answer.
    """
    act = _ACTS.get(asked.operation)
    why = reason_why_not_here(asked.operation, asked.given, state, stage.engine.name)
    if act is None or why:
        raise Unreachable(why or reason_why_not(asked.operation))
    return when_ready(stage, asked, state, lambda: act(Call(stage, asked.given, state, ahead)))


def when_ready(stage: Stage, asked: Asked, state: State, ask: Callable[[], _T]) -> _T:
    """Ask for an operation, by whatever means, when processes are ready for signals, and while a removal is held open.

    Raises:
        Unreachable: when the engine cannot be asked there.
        ConnectionBroken: when it does not answer.
    """
    for slot in range(state.sizes.get(CONTAINER, 0)) if asked.operation in _SIGNALLING else ():
        if asked.given.get("c", slot) == slot and state.value(status, slot) is Status.RUNNING:
            stage.await_begun(slot)
    return _meanwhile(stage, asked, ask)


# --- plain requests -------------------------------------------------------------------------------------------------


def _request(method: str, path: str, **params: object) -> _Act:
    def act(call: Call) -> Reply:
        things = {"c": call.container} if "c" in call.b else {}
        things |= {"i": call.stage.image(call.b["i"])} if "i" in call.b else {}
        return call.stage.engine.ask(method, path.format(**things), params)

    return act


def _patient(verb: str) -> _Act:
    def act(call: Call) -> Reply:
        if verb == "restart" and call.status in {Status.STOPPED, Status.RESTARTING}:
            call.stage.let_live(call.b["c"])
        seconds = 0 if call.b["patience"] is Patience.NONE else 1
        return call.stage.engine.ask("POST", f"/containers/{call.container}/{verb}", {"t": seconds})

    return act


def _freezing(act: _Act) -> _Act:
    """Ask again where runc gives up: with cgroups v1 it looks a thousand times whether every process stands still.

    On a busy machine that is not enough (opencontainers/cgroups/fs/freezer.go:Set, seen with runc 1.3.6).
    """

    def patient(call: Call) -> Reply:
        for _ in range(_FREEZES):
            reply = act(call)
            if "unable to freeze" not in reply.message:
                break
        return reply

    return patient


# --- containers -----------------------------------------------------------------------------------------------------


def _create(call: Call) -> Reply:
    b, stage = call.b, call.stage
    command = b["command"] if isinstance(b["command"], Process) else Process.IGNORES
    if command is Process.NOTHING and stage.engine.name == "podman" and stage.steps(b["i"]) > 1:
        raise Unreachable("a committed image brings the command of its container, and Podman lets nobody take it away")
    body = {
        "Image": stage.image(b["i"]),
        "Labels": {LABEL: stage.prefix},
        **programs.settings(command, podman=stage.engine.name == "podman"),
        "StopTimeout": 1,  # so long waits a daemon that ends, and Podman's rm -f
        "HostConfig": {
            "NetworkMode": "none",
            "AutoRemove": b["rm"],
            "RestartPolicy": _restart_policy(b["restart_policy"], _retries(b.get("c"), call.ahead)),
        },
    }
    reply = stage.engine.ask("POST", "/containers/create", {"name": stage.name(b["n"])}, body)
    if reply.status in SUCCESSES and "c" in b:
        stage.adopt_container(b["c"], reply.document["Id"])
    return reply


def _start(call: Call) -> Reply:
    if call.status is Status.STOPPED:
        call.stage.let_live(call.b["c"])
    return call.stage.engine.ask("POST", f"/containers/{call.container}/start")


def _kill(call: Call) -> Reply:
    signal = call.b["signal"]
    name = _SIGNALS[signal] if isinstance(signal, Signal) else ""
    return call.stage.engine.ask("POST", f"/containers/{call.container}/kill", {"signal": name})


def _rename(call: Call) -> Reply:
    name = call.stage.name(call.b["n"])
    return call.stage.engine.ask("POST", f"/containers/{call.container}/rename", {"name": name})


def _update(call: Call) -> Reply:
    wanted = _restart_policy(call.b["restart_policy"], _retries(call.b["c"], call.ahead))
    return call.stage.engine.ask("POST", f"/containers/{call.container}/update", body={"RestartPolicy": wanted})


def _rm(call: Call) -> Reply:
    params = {"force": 1} if call.b["force"] else {}
    return call.stage.engine.ask("DELETE", f"/containers/{call.container}", params)


def _wait(call: Call) -> Reply:
    return call.stage.engine.ask_briefly("POST", f"/containers/{call.container}/wait")


def _restart_policy(wanted: Value, retries: int) -> Mapping[str, object]:
    name = wanted.value if isinstance(wanted, Policy) else "no"
    return {"Name": name, **({"MaximumRetryCount": retries} if wanted is Policy.ON_FAILURE else {})}


def _retries(slot: Value, ahead: Sequence[Asked]) -> int:
    """How often on-failure may restart: 0 (always) unless the container will run out of retries; then a few."""
    ends = [
        a.given.get("retries_left", True) for a in ahead if a.operation == "container.exit" and a.given["c"] == slot
    ]
    if False not in ends:
        return 0
    return 1 if ends[0] is False else _MOST_RETRIES


# --- processes ------------------------------------------------------------------------------------------------------


def _exit(call: Call) -> Reply:
    """Docker's container is to wait to be restarted: it ends again and again. Podman's is restarted at once."""
    once = call.stage.engine.name == "podman" and call.b.get("retries_left", True) is True
    call.stage.end(call.b["c"], 0 if call.b["ending"] is Ending.WELL else _OWN_CODE, once=once)
    return HAPPENED


def _restart_timer(call: Call) -> Reply:
    call.stage.let_live(call.b["c"])
    return HAPPENED


def _write(call: Call) -> Reply:
    call.stage.put(call.b["c"], programs.file("written"))
    return HAPPENED


def _lose_program(call: Call) -> Reply:
    call.stage.put(call.b["c"], programs.dead_link("bin/sh"))
    call.stage.broken.add(slot_of(call.b["c"]))
    return HAPPENED


def _exec_create(call: Call) -> Reply:
    program = f"program{call.stage.count()}"
    body = {"Cmd": [f"/{program}"]}
    reply = call.stage.engine.ask("POST", f"/containers/{call.container}/exec", body=body)
    if reply.status in SUCCESSES:
        call.stage.execs[slot_of(call.b["c"])] = (reply.document["Id"], program)
    return reply


def _exec_start(call: Call) -> Reply:
    slot = slot_of(call.b["c"])
    identity, program = call.stage.execs.get(slot, ("00" * 32, ""))
    if program and call.stage.engine.name == "podman" and call.state.value(exec_process, slot) is Exec.NONE:
        raise Unreachable(_REMEMBERED)
    if program and call.b["command_found"] and call.status is Status.RUNNING:
        script = programs.exec_script(f"/{program}-ends")
        call.stage.put(call.b["c"], programs.file(program, script, 0o755))
    return call.stage.engine.ask("POST", f"/exec/{identity}/start", body={"Detach": True, "Tty": False})


def _exec_exit(call: Call) -> Reply:
    _, program = call.stage.execs[slot_of(call.b["c"])]
    call.stage.put(call.b["c"], programs.file(f"{program}-ends"))
    return HAPPENED


# --- images ---------------------------------------------------------------------------------------------------------


def _import(call: Call) -> Reply:
    stage = call.stage
    number = stage.count()
    params = {"fromSrc": "-", "changes": [f"LABEL {LABEL}={stage.prefix}", f"LABEL hullcheck.number={number}"]}
    files = programs.root_file_system(f"{stage.prefix} {number}")
    reply = stage.engine.ask("POST", "/images/create", params, data=files)
    if reply.status in SUCCESSES and not reply.message:
        stage.adopt_image(call.b["i"], _lines(reply)[-1]["status"], 1)
    return reply


def _tag(call: Call) -> Reply:
    reference = call.stage.reference(call.b["r"])
    repository, _, tag = (reference, "", "") if "@" in reference else reference.rpartition(":")
    params = {"repo": repository, **({"tag": tag} if tag else {})}
    return call.stage.engine.ask("POST", f"/images/{call.stage.image(call.b['i'])}/tag", params)


def _rmi(call: Call) -> Reply:
    what = call.stage.reference(call.b["r"]) if "r" in call.b else call.stage.image(call.b["i"])
    params = {"force": int(call.b["force"] is True), "noprune": int(call.b["prune"] is not True)}
    return call.stage.engine.ask("DELETE", f"/images/{what}", params)


def _image_prune(call: Call) -> Reply:
    wanted = json.dumps({"dangling": ["false" if call.b["all_unused"] else "true"]})
    return call.stage.engine.ask("POST", "/images/prune", {"filters": wanted})


def _commit(call: Call) -> Reply:
    stage = call.stage
    if slot_of(call.b["c"]) in stage.broken:
        raise Unreachable("what is committed of it would have lost the program, too, and nothing could be built on it")
    params: dict[str, object] = {"container": call.container, "pause": 1 if call.b["pause"] else 0}
    if call.state.value(process, slot_of(call.b["c"])) is Process.NOT_STARTED:
        params["changes"] = "USER 0"  # the user whom nobody knows is the container's own: steps are to run in the image
    reply = stage.engine.ask("POST", "/commit", params, {})
    if reply.status in SUCCESSES:
        below = call.state.value(image_of, slot_of(call.b["c"]))
        stage.adopt_image(call.b["i"], reply.document["Id"], stage.steps(below) + 1)
    return reply


def _save(call: Call) -> Reply:
    name = call.stage.reference(call.b["r"]) if "r" in call.b else call.stage.image(call.b["i"])
    reply = call.stage.engine.ask("GET", "/images/get", {"names": [name]})
    if reply.status in SUCCESSES:
        call.stage.archives[slot_of(call.b["a"])] = reply.body
    return reply


def _load(call: Call) -> Reply:
    if call.stage.engine.storage == "containerd" and _has_named_here_only(call.b["a"], call.state):
        raise Unreachable("the containerd store lists such an image twice, which the dialect leaves out")
    return call.stage.engine.ask("POST", "/images/load", {"quiet": 1}, data=call.stage.archives[slot_of(call.b["a"])])


def _has_named_here_only(archive: Value, state: State) -> bool:
    """Whether an archive holds an image without a name that has one here."""
    held = {
        image for (known, image), holds in state.tables.get(archived.name, {}).items() if holds and known == archive
    }
    named = {i for (known, _), i in state.tables.get(archived_reference.name, {}).items() if known == archive}
    return any(image in held - named for image in state.tables.get(refers.name, {}).values())


# --- the registry ---------------------------------------------------------------------------------------------------


def _pull(call: Call) -> Reply:
    name, _, tag = call.stage.reference(call.b["t"]).rpartition(":")
    reply = call.stage.engine.ask("POST", "/images/create", {"fromImage": name, "tag": tag})
    return _with_digest(call, reply)


def _push(call: Call) -> Reply:
    name, _, tag = call.stage.reference(call.b["t"]).rpartition(":")
    reply = call.stage.engine.ask("POST", f"/images/{name}/push", {"tag": tag}, {})
    return _with_digest(call, reply)


def _with_digest(call: Call, reply: Reply) -> Reply:
    """What was transferred has a digest from now on, which is a name beside the tag: not everywhere."""
    if call.stage.engine.storage == "containerd" or call.stage.engine.name == "podman":
        return reply
    found = re.search(rb"sha256:[0-9a-f]{64}(?![0-9a-f])", b"".join(re.findall(rb"[Dd]igest\W+sha256:\w+", reply.body)))
    if found and not reply.message:
        call.stage.adopt_digest(call.b["digest"], found[0].decode())
    return reply


def _publish(call: Call) -> Reply:
    stage = call.stage
    labels = {LABEL: stage.prefix, "hullcheck.number": str(stage.count())}
    published = _registry(call).publish(*stage.published(call.b["t"]), programs.root_file_system(), labels)
    by_digest = stage.engine.storage == "containerd"  # such a store calls an image by the digest of its manifest
    stage.adopt_image(call.b["i"], published.digest if by_digest else published.image, 1)
    return HAPPENED


def _withdraw(call: Call) -> Reply:
    _registry(call).withdraw(*call.stage.published(call.b["t"]))
    return HAPPENED


def _registry(call: Call) -> Registry:
    if call.stage.registry is None:
        raise Unreachable(NO_REGISTRY)
    return call.stage.registry


# --- builds ---------------------------------------------------------------------------------------------------------


def _build(step: str) -> _Act:
    def act(call: Call) -> Reply:
        b, stage = call.b, call.stage
        base = stage.image(b["base"]) if "base" in b else "scratch"
        recipe = step.format(n=stage.count())
        keep = b.get("keep") is True
        params = {"nocache": 1, "rm": int(not keep), "forcerm": int("exit" in step and not keep)}
        reply = _ask_builder(stage, base, recipe, params)
        _adopt_builders(call, reply)
        built = [line["aux"]["ID"] for line in _lines(reply) if "ID" in (line.get("aux") or {})]
        if built and not reply.message:
            below = stage.steps(b["base"]) if "base" in b else 0
            stage.adopt_image(b["i"], built[-1], below + 1)
            stage.recipes[slot_of(b["i"])] = recipe
        return reply

    return act


def _ask_builder(stage: Stage, base: str, step: str, params: Mapping[str, object]) -> Reply:
    lines = f"FROM {base}\n{step}".encode()
    files = {"Dockerfile": lines, "file": stage.prefix.encode(), "root.tar": programs.root_file_system()}
    return stage.engine.ask("POST", "/build", {"networkmode": "none", **params}, data=programs.files(files))


def _build_again(call: Call) -> Reply:
    """The step that made an image, once more: with the builder's cache."""
    stage, recipe = call.stage, call.stage.recipes.get(slot_of(call.b["i"]))
    if recipe is None:
        raise Unreachable("the image was not built")
    return _ask_builder(stage, stage.image(call.b["base"]), recipe, {})


def _adopt_builders(call: Call, reply: Reply) -> None:
    """The containers in which the steps ran; one that is kept has a name that the engine chose."""
    for short in re.findall(r"Running in ([0-9a-f]{12})", reply.body.decode("utf-8", "replace")):
        call.stage.builders[short] = slot_of(call.b["c"])
        kept = call.stage.engine.get(f"/containers/{short}/json")
        if kept is not None:
            call.stage.adopt_container(call.b["c"], kept["Id"])
            call.stage.names[kept["Name"].removeprefix("/")] = slot_of(call.b["step_name"])


# --- obstacles ------------------------------------------------------------------------------------------------------


def _obstruct(call: Call) -> Reply:
    slot = slot_of(call.b["c"])
    removal = call.stage.removals.get(slot)
    folder = removal.folder if removal else call.stage.upper(slot) or call.stage.root(slot)
    if shutil.which("chattr") is None or folder is None or not call.stage.obstruct(slot, folder / OBSTACLE):
        raise Unreachable("an immutable file needs root, chattr, and the engine's overlay folders on this machine")
    return HAPPENED


def _clear(call: Call) -> Reply:
    call.stage.clear(call.b["c"])
    return HAPPENED


# --- removals -------------------------------------------------------------------------------------------------------


def _begin_removal(call: Call) -> Reply:
    stage, slot = call.stage, slot_of(call.b["c"])
    upper, snapshot, root = stage.upper(slot), stage.snapshot(slot), stage.root(slot)
    layer = upper or snapshot
    if layer is None or root is None:
        raise Unreachable(_HOLDING)
    answers_at_root = int(stage.engine.version.partition(".")[0]) < _LOCKED
    try:
        folders = (layer, root) if answers_at_root else (layer,)
        stage.removals[slot] = Removal(stage.engine, call.container, folders, root if snapshot else None)
    except TimeoutError as why:
        raise Lost(str(why)) from why
    except OSError as why:
        raise Unreachable(f"{_HOLDING} ({why})") from why
    return HAPPENED


def _end_removal(*, well: bool) -> _Act:
    def act(call: Call) -> Reply:
        removal = call.stage.removals.pop(slot_of(call.b["c"]), None)
        if removal is None:
            raise Unreachable("no removal is held open")
        removal.end(well=well)
        return HAPPENED

    return act


def _meanwhile(stage: Stage, asked: Asked, ask: Callable[[], _T]) -> _T:
    """Ask, also while a removal of the container is held open.

    While its own folder is deleted, whatever writes into it, as a rename does, lets the removal fail.
    """
    slot = asked.given.get("c")
    removal = None if slot is None else stage.removals.get(slot_of(slot))
    if removal is None or asked.operation.startswith(("removal.", "obstacle.")):
        return ask()
    if asked.operation == "container.rename" and removal.has_gone_on:
        raise Unreachable("the removal has gone too far")
    if asked.operation == "container.restart" and slot_of(slot) in stage.obstacles:
        raise Unreachable("a restart waits until the read-write layer is gone, which the obstacle keeps from going")
    reply = removal.meanwhile(ask)
    if reply is None:
        del stage.removals[slot_of(slot)]
        raise Lost("the engine answers only when the removal is over")
    return reply


# --- the daemon -----------------------------------------------------------------------------------------------------


def _daemon(*, crash: bool) -> _Act:
    """The engine is stopped and started; what ended is to live, should it be started again."""

    def act(call: Call) -> Reply:
        stage = call.stage
        if stage.restarts is None:
            raise Unreachable(UNREACHABLE["daemon."])
        stage.restarts.gather()
        for slot in list(stage.ended):
            if call.state.value(status, slot) is Status.RESTARTING and not stage.hold(slot, _MARGIN):
                raise Unreachable("the container was restarted before the engine was")
            stage.let_live(slot)
        for removal in stage.removals.values():
            removal.outlive()
        stage.restarts.restart(crash=crash)
        while stage.removals:
            stage.removals.popitem()[1].end(well=True)
        stage.engine.close()  # what it is connected to is gone
        return HAPPENED

    return act


def _lines(reply: Reply) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in reply.body.splitlines() if line.strip()]


_ACTS: Final[Mapping[str, _Act]] = {
    "container.create": _create,
    "container.start": _start,
    "container.stop": _patient("stop"),
    "container.restart": _patient("restart"),
    "container.kill": _kill,
    "container.pause": _freezing(_request("POST", "/containers/{c}/pause")),
    "container.unpause": _request("POST", "/containers/{c}/unpause"),
    "container.rename": _rename,
    "container.update": _update,
    "container.rm": _rm,
    "container.prune": _request("POST", "/containers/prune"),
    "container.list": _request("GET", "/containers/json", all=1),
    "container.inspect": _request("GET", "/containers/{c}/json"),
    "container.logs": _request("GET", "/containers/{c}/logs", stdout=1),
    "container.top": _request("GET", "/containers/{c}/top"),
    "container.export": _request("GET", "/containers/{c}/export"),
    "container.wait": _wait,
    "container.exit": _exit,
    "container.restart-timer": _restart_timer,
    "container.write": _write,
    "container.lose-program": _lose_program,
    "container.commit": _freezing(_commit),
    "exec.create": _exec_create,
    "exec.start": _exec_start,
    "exec.exit": _exec_exit,
    "image.import": _import,
    "image.tag": _tag,
    "image.untag": _rmi,
    "image.remove": _rmi,
    "image.prune": _image_prune,
    "image.list": _request("GET", "/images/json"),
    "image.inspect": _request("GET", "/images/{i}/json"),
    "image.history": _request("GET", "/images/{i}/history"),
    "image.save": _save,
    "image.save-id": _save,
    "image.load": _load,
    "image.pull": _pull,
    "image.push": _push,
    "registry.publish": _publish,
    "registry.withdraw": _withdraw,
    "build.run": _build("RUN touch /made-{n}"),
    "build.config": _build("ENV N={n}"),
    "build.copy": _build("COPY file /copied-{n}"),
    "build.cached": _build_again,
    "build.fail": _build("RUN exit 3"),
    "build.parentless": _build("ADD root.tar /"),
    "obstacle.put": _obstruct,
    "obstacle.clear": _clear,
    "removal.begin": _begin_removal,
    "removal.end": _end_removal(well=True),
    "removal.fail": _end_removal(well=False),
    "daemon.restart": _daemon(crash=False),
    "daemon.crash": _daemon(crash=True),
    "engine.version": _request("GET", "/version"),
    "engine.info": _request("GET", "/info"),
}
