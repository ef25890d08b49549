"""Rounds of random runs, each aimed at the rules that have not answered yet."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from typing import TypeAlias

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.stateful import run_state_machine_as_test

from dockspec import host
from dockspec.container import CONTAINER, NAME
from dockspec.evaluation import Binding, holds
from dockspec.image import ARCHIVE, IMAGE
from dockspec.language import Sort
from dockspec.model import Operation, Specification, values_of
from hullcheck.explore.results import TraceStep
from hullcheck.sample.checking import Checks, Violation
from hullcheck.sample.machine import Round, specification_machine
from hullcheck.sample.report import Failure, SampleReport
from hullcheck.sample.steering import Frontier, Tally
from hullcheck.steps import take
from hullcheck.worlds import world

WORLD = world(
    {CONTAINER: 3, NAME: 3, IMAGE: 4, ARCHIVE: 1, host.PORT: 2}, ["app:1", "app:2", "app@1", "app@2", "web:1", "web@1"]
)
"""Where every run begins: room for a few objects, and nothing there."""

_Request: TypeAlias = tuple[Operation, Binding]

_QUIET = hypothesis.settings(
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
    print_blob=False,
)

_DRAWS_CONSTANTS = "_maybe_draw_constant"
"""The method of Hypothesis that draws a constant now and then, and None otherwise."""
_AT_ONCE = 3
"""How many steps are left out at once, at most, when a run is shortened: what is made, used and removed."""


class SampleError(Exception):
    """A failure that cannot be replayed: a fault of the sampler, never of the specification."""


def sample(
    specification: Specification,
    *,
    seed: int | None = None,
    rounds: int = 30,
    examples: int = 6,
    steps: int = 10,
    deadline: float | None = None,
) -> SampleReport:
    """Run a specification at random, and check every step.

    Args:
        specification: in its dialect; what the dialect declares to fail is not checked.
        seed: varies the runs; by default one version of Hypothesis and Python makes the same every time.
        rounds: how many rounds; the runs of each go on where earlier ones ended, with a step that was not done yet.
        examples: how many runs there are in a round.
        steps: how many steps a run goes on, at most.
        deadline: no further round begins after so many seconds.

    Returns:
        what was found; each failure is shrunk and was replayed.

    Raises:
        SampleError: when a replay does not fail as it did.
    """
    began = time.perf_counter()
    frontier = Frontier(specification, WORLD, seed or 0)
    checks, tally, failures, done = Checks(specification, WORLD), Tally(), list[Failure](), 0
    while done < rounds and (deadline is None or time.perf_counter() - began < deadline):
        this_round = Round(specification, WORLD, checks, frontier.tips(tally))
        machine = hypothesis.seed((seed or 0) * rounds + done)(specification_machine(this_round, tally))
        settings = hypothesis.settings(_QUIET, max_examples=examples, stateful_step_count=steps)
        try:
            with _constants_left_out():
                run_state_machine_as_test(machine, settings=settings)
        except Violation as violation:
            failures.append(_failure(checks, violation))
        except ExceptionGroup as several:
            failures += [_failure(checks, violation) for violation in _violations(several)]
        checks.without = frozenset(failure.property for failure in failures)
        done += 1
    return SampleReport(
        seed=seed or 0,
        fired=dict(tally.fired),
        never=tuple(rule.id for rule in specification.rules if rule.id not in tally.fired),
        checked=checks.checked,
        failures=tuple(failures),
        examples=tally.examples,
        steps=tally.fired.total(),
        rounds=done,
        seconds=time.perf_counter() - began,
    )


@contextmanager
def _constants_left_out() -> Iterator[None]:
    """Let Hypothesis draw by the seed alone, wherever this is installed.

    It mixes in what constants it finds in the source of modules, but not of those in site-packages: so the same seed
    gave other runs to an editable install, and to whatever else was imported. No setting turns that off, hence this
    use of a private name. Its own constants are left out with them; they are far beyond what is drawn here. A version
    that mixes in none has no such name; whether another one goes by another name, a test tells.
    """
    try:
        from hypothesis.internal.conjecture.providers import HypothesisProvider  # noqa: PLC0415  # may be missing
    except ImportError:
        yield
        return
    draws = getattr(HypothesisProvider, _DRAWS_CONSTANTS, None)
    if draws is not None:
        setattr(HypothesisProvider, _DRAWS_CONSTANTS, lambda *_, **__: None)
    try:
        yield
    finally:
        if draws is not None:
            setattr(HypothesisProvider, _DRAWS_CONSTANTS, draws)


def _violations(several: ExceptionGroup[Exception]) -> Iterator[Violation]:
    """The violations of a group; whatever else is in it is a fault, and raised."""
    violations, others = several.split(Violation)
    if others is not None:
        raise others
    for violation in violations.exceptions if violations else ():
        if isinstance(violation, Violation):
            yield violation


def _failure(checks: Checks, violation: Violation) -> Failure:
    """The failure, shrunk by replaying simpler runs with the plain evaluation, and so seen to fail without Hypothesis.

    Hypothesis could shrink only what it has drawn, not the run that a run went on from, and takes ten times as long.
    """
    requests: list[_Request] = [(taken.operation, taken.binding) for taken in violation.run]
    if violation.unanswered:
        requests.append(violation.unanswered)
    while simpler := next((r for r in _simpler(requests) if _replay(checks, r, violation.property)), None):
        requests = simpler
    failure = _replay(checks, requests, violation.property)
    if failure is None:
        raise SampleError(f"{violation.property} is broken by Hypothesis, but not by the replay of its run")
    return failure


def _simpler(requests: list[_Request]) -> Iterator[list[_Request]]:
    """The same with a few steps left out, but not the last, or with an earlier value for one of the flags."""
    for count in range(1, _AT_ONCE + 1):
        for left_out in combinations(range(len(requests) - 1), count):
            yield [request for number, request in enumerate(requests) if number not in left_out]
    for number, (operation, binding) in enumerate(requests):
        for parameter in operation.parameters:
            if isinstance(parameter.type, Sort):
                continue
            for value in values_of(parameter.type)[: values_of(parameter.type).index(binding[parameter.name])]:
                plain = (operation, {**binding, parameter.name: value})
                yield [*requests[:number], plain, *requests[number + 1 :]]


def _replay(checks: Checks, requests: Sequence[_Request], identifier: str) -> Failure | None:
    """What the last request breaks, if it is this property, and nothing is broken before it."""
    checks.begin(WORLD)
    state, steps = WORLD, list[TraceStep]()
    for number, (operation, binding) in enumerate(requests, start=1):
        taken = take(operation, binding, state)
        try:
            if taken is None and holds(operation.possible, state, binding):
                checks.unanswered(operation, binding)
            if taken is None:
                return None
            steps.append(TraceStep(operation.id, binding, taken.rule.id, taken.before, taken.after))
            checks.check(taken)
            state = taken.after
        except Violation as broken:
            is_it = broken.property == identifier and number == len(requests)
            return Failure(identifier, tuple(steps), str(broken)) if is_it else None
    return None
