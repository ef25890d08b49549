"""From a finding to a run that shows it: walked back level by level, made concrete, and replayed by the interpreter.

No parents are stored. For every level, from the last one down, the level before is expanded once more until each
wanted word has a predecessor: all findings together cost at most one more exploration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dockspec.evaluation import State, answering, fire
from dockspec.language import Sort
from hullcheck.explore.emit import Atoms, Mask
from hullcheck.explore.questions import Instance, Questions, Taken
from hullcheck.explore.results import ExplorerError, TraceStep
from hullcheck.explore.search import CHUNK, Finding, Search
from hullcheck.explore.store import positions
from hullcheck.explore.symmetry import Renaming


@dataclass(frozen=True)
class Run:
    """A concrete run from the initial state.

    Attributes:
        steps: its steps.
        end: the state in which it ends.
    """

    steps: tuple[TraceStep, ...]
    end: State


def taken(questions: Questions, atoms: Atoms) -> Iterator[tuple[Taken, Mask]]:
    """The steps that are taken in some words, and where."""
    for number, mask in questions.masks(atoms, [False] * len(questions.meanings)):
        meaning = questions.meanings[number]
        if isinstance(meaning, Taken) and mask.any():
            yield meaning, mask


def runs(search: Search, findings: Iterable[Finding]) -> dict[str, Run]:
    """For each finding, by its property, a shortest run to its very word.

    Raises:
        ExplorerError: when the interpreter does not agree with a step.
    """
    wanted = list(findings)
    parents = _parents(search, wanted)
    found = {}
    for finding in wanted:
        words = [finding.word]
        for level in range(finding.level, 0, -1):
            words.append(parents[level][words[-1]])
        found[finding.property] = _run(search, words[::-1])
    return found


def extended(search: Search, run: Run, instance: Instance) -> Run:
    """A run with one more step, as the interpreter takes it.

    Raises:
        ExplorerError: when another rule answers, or something frozen changes.
    """
    rule = answering(instance.operation, instance.binding, run.end)
    if rule is None or rule.id != instance.rule.id:
        raise ExplorerError(
            f"{instance.operation.id} {dict(instance.binding)}: the explorer took {instance.rule.id}, the interpreter "
            f"{rule.id if rule else 'nothing'}"
        )
    end = fire(rule, instance.binding, run.end)
    selection = search.program.selection
    for function in selection.scope.frozen:
        if any(end.value(function, *s) != selection.constant(function, s) for s in selection.places(function)):
            raise ExplorerError(f"{rule.id} changes {function.name}, which is frozen")
    step = TraceStep(instance.operation.id, instance.binding, rule.id, run.end, end)
    return Run((*run.steps, step), end)


def _parents(search: Search, findings: Sequence[Finding]) -> dict[int, dict[int, int]]:
    """Level -> word -> a word of the level before that leads to it, for all words on the way to the findings."""
    parents: dict[int, dict[int, int]] = {}
    wanted: set[int] = set()
    for level in range(max((f.level for f in findings), default=0), 0, -1):
        wanted |= {f.word for f in findings if f.level == level}
        parents[level] = _predecessors(search, level - 1, wanted)
        wanted = set(parents[level].values())
    return parents


def _predecessors(search: Search, level: int, wanted: set[int]) -> dict[int, int]:
    targets = np.array(sorted(wanted), np.uint64)
    renamed, origins = search.canonical.orbit(targets)
    found: dict[int, int] = {}
    for start in range(0, len(search.levels[level]), CHUNK):
        atoms = Atoms(search.program.emitter, search.levels[level][start : start + CHUNK])
        for questions in search.program.operations.values():
            for meaning, mask in taken(questions, atoms):
                before = atoms.words[mask]
                for after in meaning.successors(Atoms(search.program.emitter, before)):
                    hit, at = positions(after, renamed)
                    for k in np.flatnonzero(hit):
                        found.setdefault(int(targets[int(origins[at[k]])]), int(before[k]))
                if len(found) == len(targets):
                    return found
    raise ExplorerError(f"a word of level {level + 1} is reached from no word of level {level}")


def _run(search: Search, words: Sequence[int]) -> Run:
    """A run along some representatives, renamed so that it ends in the last one itself."""
    layout = search.program.layout
    here, chosen = words[0], list[Instance]()
    for target in words[1:]:
        instance, here = _step(search, here, target)
        chosen.append(instance)
    renaming = search.canonical.renaming(here, words[-1])
    run = Run((), layout.initial)
    for instance in chosen:
        run = extended(search, run, _renamed(instance, renaming))
    if layout.word(run.end) != words[-1]:
        raise ExplorerError(f"the interpreter ends in {layout.word(run.end):#x}, the explorer in {words[-1]:#x}")
    return run


def _step(search: Search, word: int, target: int) -> tuple[Instance, int]:
    """A step from a word to one that the target stands for."""
    atoms = Atoms(search.program.emitter, np.array([word], np.uint64))
    instances: list[Instance] = []
    words = [atoms.words[:0]]
    for questions in search.program.operations.values():
        for meaning, _ in taken(questions, atoms):
            instances += [first for _, (first, *_) in meaning.steps]
            words += meaning.successors(atoms)
    after = np.concatenate(words)
    leads = search.canonical.representatives(after) == np.uint64(target)
    if not leads.any():
        raise ExplorerError(f"no step leads from {word:#x} to {target:#x}")
    number = int(leads.argmax())
    return instances[number], int(after[number])


def _renamed(instance: Instance, renaming: Renaming) -> Instance:
    """An instance after its objects were renamed."""
    binding = dict(instance.binding)
    for parameter in instance.operation.all_parameters:
        value = binding[parameter.name]
        if isinstance(parameter.type, Sort) and parameter.type in renaming and isinstance(value, int):
            binding[parameter.name] = renaming[parameter.type][value]
    return Instance(instance.operation, binding, instance.rule)
