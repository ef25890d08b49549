"""Random sequences: the same for the same seed, and of many kinds."""

from __future__ import annotations

from dockspec import specification
from hullcheck.conform.chance import GROUND, LENGTH, Chance, seeds
from hullcheck.conform.stage import Asked
from hullcheck.steps import completions, take

SPEC = specification()


def drawn(seed: str, length: int) -> list[tuple[Asked, str]]:
    """What is asked, and the rule that answers."""
    chance, state, found = Chance(SPEC, seed), GROUND.world, []
    for _ in range(length):
        asked = chance.next(state)
        operation = SPEC.operation(asked.operation)
        taken = take(operation, next(completions(operation, asked.given, state)), state)
        assert taken is not None
        found.append((asked, taken.rule.id))
        state = taken.after
    return found


def test_a_seed_decides_everything() -> None:
    """The same seed draws the same sequence, another seed another one."""
    assert drawn("1/0", LENGTH) == drawn("1/0", LENGTH)
    assert drawn("1/0", LENGTH) != drawn("1/1", LENGTH) != drawn("2/1", LENGTH)


def test_as_many_commands_are_drawn_as_were_asked_for() -> None:
    """In sequences of one length, the last of which may be shorter; each has a seed of its own."""
    found = list(seeds(7, 2 * LENGTH + 3))
    assert [length for _, length in found] == [LENGTH, LENGTH, 3]
    assert len({seed for seed, _ in found}) == 3


def test_much_of_the_specification_answers() -> None:
    """Among a thousand commands are a hundred rules, and every kind of operation that can be asked."""
    answers = [rule for seed, length in seeds(1, 1000) for _, rule in drawn(seed, length)]
    assert len(set(answers)) >= 100
    assert {rule.partition(".")[0] for rule in answers} >= {
        "container",
        "exec",
        "image",
        "build",
        "removal",
        "obstacle",
    }
