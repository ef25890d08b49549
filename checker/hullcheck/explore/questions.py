"""What is asked of a state, and what the answer means.

A question is a formula over one word. A step is asked about before it is taken: "this rule answers here, and after
it the claim would fail".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from dockspec.evaluation import Binding
from dockspec.model import Operation, Rule
from hullcheck.explore.circuit import Node
from hullcheck.explore.emit import Masks, Successors
from hullcheck.explore.translate import Writes


@dataclass(frozen=True)
class Instance:
    """A rule with its operation's parameters given."""

    operation: Operation
    binding: Binding
    rule: Rule


@dataclass(frozen=True)
class Taken:
    """These instances are taken here: they answer, and nothing frozen stands against it.

    Attributes:
        steps: the different ways in which the word changes, each with the instances that change it so.
    """

    steps: tuple[tuple[Writes, tuple[Instance, ...]], ...]
    successors: Successors

    @property
    def instances(self) -> Iterator[Instance]:
        """All of them."""
        for _, instances in self.steps:
            yield from instances

    @cached_property
    def changes(self) -> bool:
        """Whether any of them changes anything."""
        return any(writes for writes, _ in self.steps)

    @cached_property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """For each rule, how many instances of it there are."""
        return _counts(self.instances)


@dataclass(frozen=True)
class Refused:
    """These instances answer here, and refuse."""

    instances: tuple[Instance, ...]

    @cached_property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """For each rule, how many instances of it there are."""
        return _counts(self.instances)


@dataclass(frozen=True)
class Blocked:
    """The rule answers here, but would change what is frozen."""

    rule: Rule


@dataclass(frozen=True)
class Unanswered:
    """The operation is possible here, and no rule answers."""

    operation: Operation
    binding: Binding


@dataclass(frozen=True)
class Broken:
    """The instance answers here, and some step claims fail.

    Attributes:
        instance: the instance.
        claims: the claims that may fail, each with the formula that then holds.
    """

    instance: Instance
    claims: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class RowSeen:
    """A row of a machine is witnessed here.

    Attributes:
        machine: the machine's name.
        trigger: the row's trigger.
        source: the state that is left.
        target: the state that is entered.
    """

    machine: str
    trigger: str
    source: Enum
    target: Enum


@dataclass(frozen=True)
class Violated:
    """An invariant fails here."""

    property: str


@dataclass(frozen=True)
class Witnessed:
    """What must happen sometimes happens here."""

    property: str


@dataclass(frozen=True)
class StatusSeen:
    """Some object of a machine has this status here."""

    machine: str
    status: Enum


Meaning: TypeAlias = Taken | Refused | Blocked | Unanswered | Broken | RowSeen | Violated | Witnessed | StatusSeen


@dataclass(frozen=True)
class Questions:
    """Formulas with their meanings, compiled into one function.

    Attributes:
        meanings: what it means where a formula holds, by number.
        masks: computes them; see ``emit.Masks``.
        nodes: the formulas.
    """

    meanings: tuple[Meaning, ...]
    masks: Masks
    nodes: tuple[Node, ...]


def _counts(instances: Iterable[Instance]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(instance.rule.id for instance in instances).items())
