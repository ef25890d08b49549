"""Running operations on the specification, to draw what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from dockspec.evaluation import State
from dockspec.image import refers
from dockspec.language import Sort
from dockspec.model import Answer, Specification
from hullcheck.errors import HullcheckError
from hullcheck.steps import Taken, completions, take
from hullcheck.worlds import world


class NotPossible(HullcheckError):
    """A picture's story asks for what the specification does not offer there."""


@dataclass
class Scene:
    """A state of the world, and what is known beside it: which layers an image has, which were asked last.

    Attributes:
        spec: what answers.
        references: as they are written; the slots of the sort Reference, in order.
        state: the state.
        layers: of each image ever made, from the bottom.
    """

    spec: Specification
    references: tuple[str, ...]
    state: State
    layers: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def begin(cls, spec: Specification, sizes: Mapping[Sort, int], references: Sequence[str] = ()) -> Scene:
        """An empty world of some size."""
        return cls(spec, tuple(references), world(sizes, references))

    def copy(self) -> Scene:
        """The same, to go on from."""
        return Scene(self.spec, self.references, self.state, dict(self.layers))

    def names(self, image: int) -> tuple[str, ...]:
        """The tags that name an image."""
        slots = range(len(self.references))
        named = (self.references[r] for r in slots if self.state.value(refers, r) == image)
        return tuple(name for name in named if "@" not in name)

    def do(self, operation: str, **given: Enum | bool | int) -> Taken:
        """Ask an operation; what the engine picks is the first that is free.

        Raises:
            NotPossible: when it is not possible here: the picture's story does not fit the specification any more.
        """
        asked = self.spec.operation(operation)
        binding = next(completions(asked, given, self.state), None)
        taken = take(asked, binding, self.state) if binding is not None else None
        if taken is None:
            raise NotPossible(f"a picture asks for {operation}, which is not possible there: mend the picture's story")
        self.state = taken.after
        return taken


def shown_answer(answer: Answer) -> str:
    """An answer in small print: HTTP status and class; nothing where nobody asked."""
    return " ".join(filter(None, (str(answer.status or ""), answer.error_class)))
