"""Docker lines on the specification: what ``hullcheck run`` says of them, once for each command and answer.

A scene is a state that a short sequence leads to, with the docker lines that are about what is asked there: the one
that is this operation, and those that are composed of several, as ``run`` and ``exec`` are. A line that never comes
back is left out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Final, NamedTuple

from dockspec.commandline import UsageError, parse
from dockspec.evaluation import State
from dockspec.language import Sort
from dockspec.model import Answer, Specification
from hullcheck.conform.plan import Cell, Ground, Story, Walk
from hullcheck.conform.stage import Asked, slot_of
from hullcheck.conform.texts import masked
from hullcheck.explore import TraceStep
from hullcheck.run.spelling import Speller
from hullcheck.steps import take

DOCKERFILE: Final = "Dockerfile"
"""The file from which a build reads."""
_FLAGS: Final = {"attach": "-a", "detach": "-d", "follow": "-f"}
"""Flags that make another command of it, as far as its errors go."""
_PROGRAMS: Final = (("true",), ("sh", "-c", "exit 3"), ("nonexistent",), ("/etc/passwd",))
_RECIPES: Final = {"build.run": "RUN touch /made", "build.config": "ENV N=1", "build.fail": "RUN exit 3"}
_UNSAID: Final = re.compile(r"\{command\}$|unlinkat \{path\}")
"""What a rule's text has where its words depend on what hinders a program, or a removal."""


class Key(NamedTuple):
    """What is compared once.

    Attributes:
        command: docker's command, ``start -a``.
        rule: the id of the rule that answers last, or would, where the client asks nothing.
        exit_code: what docker exits with.
    """

    command: str
    rule: str
    exit_code: int

    def __str__(self) -> str:
        return f"docker {self.command}: {self.rule}: {self.exit_code}"


class Said(NamedTuple):
    """What a docker line came to.

    Attributes:
        exit_code: its exit status.
        errors: the lines of its errors in alphabetical order, without ids and what else is another each time.
    """

    exit_code: int
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A docker line, and what the specification says of it.

    Attributes:
        key: its command and answer.
        asked: the operation that it is about.
        words: its words, without ``docker``.
        names: what its words name objects by -> their sort and slot.
        dockerfile: the file that it reads; empty for none.
        rules: the ids of all the rules that answer; none where the client asks nothing.
        answer: the last answer; None where the client asks nothing.
        changes: whether something is different afterwards.
        expected: what it comes to.
        sequence: lines for ``hullcheck run`` that end with it.
    """

    key: Key
    asked: Asked
    words: tuple[str, ...]
    names: Mapping[str, tuple[Sort, int]]
    dockerfile: str
    rules: tuple[str, ...]
    answer: Answer | None
    changes: bool
    expected: Said
    sequence: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether the specification has the words of its error."""
        return self.answer is None or not _UNSAID.search(self.answer.message)


class Scene(NamedTuple):
    """A state, and docker lines to be run there; only the last of them changes it.

    Attributes:
        ground: where.
        steps: what leads there.
        before: the state.
        lines: in this order.
    """

    ground: Ground
    steps: tuple[Asked, ...]
    before: State
    lines: tuple[Line, ...]


def said(command: str, exit_code: int, stdout: str, stderr: str) -> Said:
    """What a docker line came to.

    An exec that cannot start is told on standard output; whether the client logs that it waited in vain for a container
    that did not start is chance (both measured on 20.10.24).
    """
    text = stderr + (stdout if command.startswith("exec") and exit_code else "")
    text = re.sub(r'^time=".*\n', "", masked(text), flags=re.MULTILINE)
    return Said(exit_code, tuple(sorted(filter(None, map(str.strip, text.splitlines())))))


def scenes(
    specification: Specification, walk: Walk, rules: Collection[str], without: AbstractSet[str], done: set[Key]
) -> Iterator[Scene]:
    """The scenes of a ground.

    Args:
        specification: in its dialect.
        walk: of the ground.
        rules: the ids of the rules that the lines are to be about.
        without: the ids of rules that may not answer.
        done: what needs not be shown; what the scenes show is added.
    """
    known = sorted(cell for cell in walk.known() if cell.rule in rules)
    together: dict[str, tuple[Sequence[Asked], State, list[Line]]] = {}
    for _, cells in groupby(known, key=_variant):
        story = walk.nearest(set(cells))
        if story is None:
            continue
        steps = [*_steps(specification, story)]
        _, _, lines = together.setdefault(str(story.steps[:-1]), (story.steps[:-1], steps[-1].before, []))
        for line in _lines(specification, story.steps[-1], steps):
            if line.key not in done and without.isdisjoint(line.rules):
                done.add(line.key)
                lines.append(line)
    for led, before, lines in together.values():
        quiet, changing = [line for line in lines if not line.changes], [line for line in lines if line.changes]
        for some in ([*quiet, *changing[:1]], *([line] for line in changing[1:])):
            if some:
                yield Scene(walk.ground, tuple(led), before, tuple(some))


def _variant(cell: Cell) -> tuple[str, ...]:
    """What of a cell makes other docker lines: of a new container its command, for that decides how ``run`` ends."""
    return (cell.rule, *cell.given) if cell.rule.startswith("container.create.") else (cell.rule,)


def _steps(specification: Specification, story: Story) -> Iterator[TraceStep]:
    state = story.ground.world
    for asked in story.steps:
        taken = take(specification.operation(asked.operation), asked.given, state)
        if taken is None:
            raise ValueError(f"{asked} is not possible where it was planned")
        yield TraceStep(asked.operation, taken.binding, taken.rule.id, taken.before, taken.after)
        state = taken.after


def _names(specification: Specification, speller: Speller, step: TraceStep) -> Mapping[str, tuple[Sort, int]]:
    """What each object that the step is about is called in the world of the speller."""
    spelled: Mapping[str, Callable[[int], str]] = {
        "Container": speller.container,
        "Name": speller.name,
        "Image": speller.image,
        "Reference": lambda slot: speller.reference(slot, step.before),
    }
    found = {}
    for variable in specification.operation(step.operation).all_parameters:
        value = step.binding[variable.name]
        if isinstance(variable.type, Sort) and variable.type.name in spelled and value is not None:
            found[spelled[variable.type.name](slot_of(value))] = (variable.type, slot_of(value))
    return found


# --- lines ----------------------------------------------------------------------------------------------------------


def _lines(specification: Specification, asked: Asked, steps: Sequence[TraceStep]) -> Iterator[Line]:
    """The lines about an operation, the last of some steps; none where one of these cannot be spelled."""
    *led, last = steps
    speller = Speller(specification.dialect)
    try:
        before = [line.text for step in led for line in speller.spell(step)]
        *prepared, own = speller.lines(last)
    except (KeyError, ValueError, StopIteration):
        return
    list(chain.from_iterable(map(speller.world.script, prepared)))
    names = _names(specification, speller, last)
    for words, dockerfile in _forms(speller, last, own):
        written = [f"echo '{line}' >> {DOCKERFILE}" for line in dockerfile.splitlines()]
        text = f"docker {shlex.join(words)}" + (f" < {DOCKERFILE}" if dockerfile else "")
        world = speller.world.copy()
        outcome = [outcome for line in (*written, text) for outcome in world.script(line)][-1]
        if outcome.problem:  # it never comes back, or is not meant for a world
            continue
        rules = tuple(answered.rule.id for answered in outcome.operations)
        command = _command(words)
        yield Line(
            Key(command, rules[-1] if rules else last.rule, outcome.exit_code),
            asked,
            tuple(words),
            names,
            dockerfile,
            rules,
            outcome.operations[-1].rule.answer if rules else None,
            any(answered.changes for answered in outcome.operations),
            said(command, outcome.exit_code, outcome.stdout, outcome.stderr),
            (*before, *prepared, *written, text),
        )


def _command(words: Sequence[str]) -> str:
    try:
        call = parse(list(words))
    except UsageError:
        return words[0]  # the client refuses it by itself
    return " ".join([call.command, *(flag for name, flag in _FLAGS.items() if call.switch(name))])


def _forms(speller: Speller, step: TraceStep, own: str) -> Iterator[tuple[Sequence[str], str]]:
    """The words of the docker lines about an operation, and the Dockerfiles that they read.

    Args:
        speller: knows what things are called.
        step: the operation.
        own: the line that the speller has for it.
    """
    docker, *words = shlex.split(own, comments=True) or [""]
    if docker == "docker" and step.operation != "container.create":
        yield words, ""
    match step.operation:
        case "container.create" if docker == "docker":
            alone = ["--network", "none"]
            yield ["create", *alone, *words[1:]], ""
            yield ["run", *alone, "-d", *words[1:]], ""
            yield ["run", *alone, *words[1:]], ""
            for program in _PROGRAMS[:2]:
                name, image = speller.name(step.binding["n"]), speller.image(step.binding["i"])
                yield ["run", *alone, "--name", name, "--pull", "never", image, *program], ""
        case "container.start":
            yield ["start", "-a", *words[1:]], ""
        case "container.logs":
            yield ["logs", "-f", *words[1:]], ""
        case "container.prune" | "image.prune":
            yield ["system", "prune", "-f"], ""
        case "exec.create":
            for program in _PROGRAMS:
                yield ["exec", speller.container(step.binding["c"]), *program], ""
                yield ["exec", "-d", speller.container(step.binding["c"]), *program], ""
        case "build.run" | "build.config" | "build.fail":
            kept = ["--rm=false"] if step.binding["keep"] else ["--force-rm"]
            recipe = f"FROM {speller.image(step.binding['base'])}\n{_RECIPES[step.operation]}\n"
            yield ["build", "--network", "none", *kept, "-"], recipe
