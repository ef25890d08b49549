"""What can be seen of a state: the same words for the specification and for an engine.

A view has one entry for each thing, ``container 0`` or ``image 1``, with its facts; what does not exist has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from dockspec import container, image
from dockspec.container import CONTAINER, ExitCode, Status
from dockspec.evaluation import State, holds
from dockspec.image import IMAGE, REFERENCE
from dockspec.language import Expr, Value, Variable
from hullcheck.conform.stage import LABEL, Stage, whole_id

Facts: TypeAlias = Mapping[str, object]
View: TypeAlias = Mapping[str, Facts]

LISTED: Final = {"in ps", "top-level", "dangling", "history"}
"""Facts of the lists, which an engine reads off the rest."""

_WORDS: Final = {state.value: state.docker for state in container.MACHINE.states}
_CODES: Final = {code.value for code in ExitCode} - {ExitCode.OWN.value}
_c, _i = Variable("c", CONTAINER), Variable("i", IMAGE)


def code_class(code: int | str) -> str:
    """The class of an exit code."""
    return str(code) if str(code) in _CODES else ExitCode.OWN.value


def expected(state: State, history: Mapping[int, int]) -> View:
    """What the specification lets be seen in a state; how long an image's history is was counted while it was made."""
    view: dict[str, Facts] = {}
    for slot in range(state.sizes.get(CONTAINER, 0)):
        if state.value(container.status, slot) is not Status.REMOVED:
            view[f"container {slot}"] = _container(state, slot)
    for slot in range(state.sizes.get(IMAGE, 0)):
        if state.value(image.present, slot):
            view[f"image {slot}"] = _image(state, slot, history)
    return view


def _container(state: State, slot: int) -> Facts:
    def told(function: Any) -> Value:  # noqa: ANN401  # a function of the specification
        return state.value(function, slot)

    status, code, policy = told(container.status), told(container.exit_code), told(container.policy)
    return {
        "status": _WORDS[status] if isinstance(status, Status) else "",
        "exit code": getattr(code, "value", ""),
        "name": told(container.name_of),
        "image": told(container.image_of),
        "policy": getattr(policy, "value", ""),
        "rm": told(container.auto_remove),
        "has process": told(container.process_space),
        "in ps": _is(container.is_listed(_c), state, slot),
    }


def _image(state: State, slot: int, history: Mapping[int, int]) -> Facts:
    names = [r for r in range(state.sizes.get(REFERENCE, 0)) if state.value(image.refers, r) == slot]
    parent = state.value(image.parent, slot)
    return {
        "parent": parent if isinstance(parent, int) and state.value(image.present, parent) else None,
        "references": tuple(names),
        "top-level": _is(image.is_top_level(_i), state, slot),
        "dangling": _is(image.is_dangling(_i), state, slot),
        "history": history.get(slot, 0),
    }


def _is(formula: Expr, state: State, slot: int) -> bool:
    return holds(formula, state, {"c": slot, "i": slot})


def seen(stage: Stage) -> View:
    """What an engine shows of one run's things, found or not expected.

    Raises:
        ConnectionBroken: when the engine does not answer.
    """
    return {**dict(_containers(stage)), **dict(_images(stage))}


def _containers(stage: Stage) -> Iterator[tuple[str, Facts]]:
    slots = {identity: slot for slot, identity in stage.containers.items()}
    listed = [
        c["Id"]
        for c in stage.engine.get("/containers/json", all=1) or ()
        if c["Id"] in slots or (c.get("Labels") or {}).get(LABEL) == stage.prefix
    ]
    running = {c["Id"] for c in stage.engine.get("/containers/json") or ()}
    for identity in sorted(listed, key=lambda known: slots.get(known, len(slots))):
        told = stage.engine.get(f"/containers/{identity}/json")
        if told is None:
            continue
        state, settings = told["State"], told["HostConfig"]
        status = str(state["Status"])
        yield (
            f"container {slots.get(identity, identity[:12])}",
            {
                "status": status,
                "exit code": code_class(state["ExitCode"]),
                "name": _name(told["Name"].removeprefix("/"), stage),
                "image": stage.owners.get(told["Image"], ("", told["Image"]))[1],
                "policy": settings["RestartPolicy"]["Name"] or "no",
                "rm": settings["AutoRemove"],
                "has process": state["Pid"] > 0,
                "in ps": identity in running,
            },
        )


def _images(stage: Stage) -> Iterator[tuple[str, Facts]]:
    slots = {identity: slot for slot, identity in stage.images.items()}
    top_level = {one["Id"] for one in stage.engine.get("/images/json") or ()}
    dangling = {one["Id"] for one in stage.engine.get("/images/json", filters='{"dangling":["true"]}') or ()}
    references = {stage.reference(slot): slot for slot in range(len(stage.references))}
    everything = stage.engine.get("/images/json", all=1) or ()
    present = {one["Id"] for one in everything}
    for listed in everything:
        identity = listed["Id"]
        if identity not in slots and (listed.get("Labels") or {}).get(LABEL) != stage.prefix:
            continue
        names = [*(listed["RepoTags"] or ()), *_digests(listed)]
        known = [references.get(_short(name), name) for name in names if not name.startswith("<none>")]
        history = stage.engine.get(f"/images/{identity}/history")
        yield (
            f"image {slots.get(identity, identity[:19])}",
            {
                "parent": _parent(listed["ParentId"], present, stage),
                "references": tuple(sorted(known, key=str)),
                "top-level": identity in top_level,
                "dangling": identity in dangling,
                "history": len(history or ()),
            },
        )


def _parent(identity: str, present: Collection[str], stage: Stage) -> object:
    """The slot of a parent that is there; its id, where it is none of ours.

    Of one that is gone the containerd store still tells, Podman does not.
    """
    whole = whole_id(identity)
    return stage.owners.get(whole, ("", whole))[1] if whole in present else None


def _digests(listed: Mapping[str, Any]) -> list[str]:
    """The digests that name an image, beside those that the containerd store and Podman show of it with every tag."""
    if "Digest" in listed:  # Podman's list
        return []
    return [name for name in listed["RepoDigests"] or () if name.rpartition("@")[2] != listed["Id"]]


def _short(name: str) -> str:
    """A reference without the registry that Podman writes before it."""
    return name.removeprefix("localhost/").removeprefix("docker.io/library/")


def _name(text: str, stage: Stage) -> object:
    """The slot of a name; the text, where it is none of ours."""
    number = text.removeprefix(f"{stage.prefix}-n")
    return int(number) if number.isdigit() else stage.names.get(text, text)


def differences(wanted: View, found: View) -> Iterator[tuple[str, str]]:
    """How an engine's view differs from the specification's: each fact with a line; for what is missing, no fact."""
    for thing in sorted({*wanted, *found}):
        one, other = wanted.get(thing), found.get(thing)
        if one is None or other is None:
            yield "", f"{thing}: {_told(one)}; on the engine {_told(other)}"
            continue
        for fact, value in one.items():
            if value != other.get(fact):
                yield fact, f"{thing}: {fact} is {_plain(value)}; on the engine {_plain(other.get(fact))}"


def told(view: View) -> list[str]:
    """A view, one line a thing."""
    return [f"{thing}: {_told(facts)}" for thing, facts in sorted(view.items())] or ["nothing is there"]


def _told(facts: Facts | None) -> str:
    if facts is None:
        return "is not there"
    return ", ".join(f"{fact} {_plain(value)}" for fact, value in facts.items())


def _plain(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
