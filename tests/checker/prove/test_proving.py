"""What is proved of the specification, and what a failed proof shows."""

from __future__ import annotations

import dataclasses

import pytest

from dockspec import specification
from dockspec.evaluation import answering, fire, holds
from dockspec.image import IMAGE, i, present, r, refers
from dockspec.language import defined, every
from dockspec.model import Always, Specification, Step
from dockspec.operations.images import HAS_CHILDREN
from hullcheck.prove import Outcome, Proof, Reach, Result, not_kept, prove

_INDUCTIVE = (Always, Step)


def _result(proof: Proof, identifier: str) -> Result:
    return next(result for result in proof.results if result.id == identifier)


def _claims(spec: Specification, *beginnings: str) -> Specification:
    """The specification with these properties only, and without machines."""
    kept = tuple(p for p in spec.properties if p.id.startswith(beginnings)) if beginnings else ()
    return dataclasses.replace(spec, properties=kept, machines=())


def test_everything_is_proved_in_docker(docker: Proof) -> None:
    """Every always and step property, every machine's rows and every operation's answer: for any number of objects."""
    assert docker.complete
    assert docker.of(Outcome.FAILED, Outcome.UNKNOWN) == ()
    proved = {result.id for result in docker.of(Outcome.PROVED)}
    spec = specification("docker")
    assert {p.id for p in spec.properties if isinstance(p, _INDUCTIVE)} - proved == {"reference.repositories"}
    assert {f"total.{operation.id}" for operation in spec.operations} <= proved
    assert {f"machine.{machine.name}.rows" for machine in spec.machines} <= proved


def test_proof_takes_half_a_minute_at_most(timed: tuple[Proof, float]) -> None:
    """The whole proof of the default dialect takes less than 30 seconds on one core."""
    assert timed[1] < 30


def test_what_is_about_constants_is_assumed(docker: Proof) -> None:
    """A condition on constants of the world is reported as an assumption, never as proved."""
    assert [result.id for result in docker.of(Outcome.ASSUMED)] == ["reference.repositories"]


def test_other_means_are_named(docker: Proof) -> None:
    """Sometimes, recoverable and same are said not to be provable so, each with the means that establishes it."""
    others = docker.of(Outcome.ELSEWHERE)
    assert {result.kind for result in others} == {"sometimes", "recoverable", "same"}
    assert all("explore" in result.note for result in others)


def test_nothing_holds_in_vain(docker: Proof) -> None:
    """Every rule answers in some state in which every established invariant holds."""
    assert docker.vacuous == {}
    assert set(docker.satisfiable) == {rule.id for rule in specification("docker").rules}


def test_the_order_is_established(docker: Proof) -> None:
    """The order that keeps the ancestors apart is a strict order, and both parent links respect it."""
    assert all(docker.companions.values())
    assert {name.rpartition("parent-order.")[2] for name in docker.companions} == {
        "irreflexive",
        "transitive",
        "respected-by.image.parent",
        "respected-by.archive.parent",
    }


def test_article_breaks_exactly_what_it_declares(article: Proof) -> None:
    """In the article's dialect what its claim breaks fails, and nothing else."""
    declared = {p.id for p in specification("article").properties if not p.holds_in("article")}
    failed = {result.id for result in article.of(Outcome.FAILED)}
    assert failed == {"image.cascade", "image.parent-present"}
    assert failed == {result.id for result in article.results if result.declared and result.kind in {"always", "step"}}
    assert failed <= declared
    assert article.of(Outcome.UNKNOWN) == ()


def test_what_fails_is_declared_in_every_dialect(every: dict[str, Proof]) -> None:
    """In no dialect anything fails but what it declares, nothing is unknown, and every rule can answer."""
    for name, proof in every.items():
        declared = {p.id for p in specification(name).properties if isinstance(p, _INDUCTIVE) and not p.holds_in(name)}
        assert {result.id for result in proof.of(Outcome.FAILED)} == declared, name
        assert proof.of(Outcome.UNKNOWN) == (), name
        assert proof.vacuous == {}, name


def test_counterexample_is_the_smallest_and_real(article: Proof) -> None:
    """Two images and a link, no junk; the interpreter takes the step, and the explorer has a run to the state."""
    spec = specification("article")
    found = _result(article, "image.parent-present").counterexample
    assert found is not None
    assert {sort.name: size for sort, size in found.before.sizes.items() if size} == {"Image": 2}
    assert sum(len(table) for table in found.before.tables.values()) == 3
    operation = spec.operation(found.operation)
    rule = answering(operation, found.binding, found.before)
    assert rule is not None
    assert rule.id == found.rule
    after = fire(rule, found.binding, found.before)
    assert after == found.after
    (claim,) = (p for p in spec.properties if p.id == "image.parent-present")
    assert isinstance(claim, Always)
    assert holds(claim.formula, found.before, {})
    assert not holds(claim.formula, after, {})
    assert found.reach is Reach.REACHED
    assert [step.operation for step in found.trace] == ["image.import", "build.copy"]


def test_a_false_hypothesis_supports_nothing() -> None:
    """A false invariant is dropped, and so is what only followed from it."""
    never = Always("test.no-image", "No image is ever present.", every(i, ~present(i)))
    leaning = Always("test.no-name", "So no reference names one.", every(r, ~defined(refers(r))))
    spec = _claims(specification("docker"), "image.references-present", "archive.names-inside")
    proof = prove(dataclasses.replace(spec, properties=(never, leaning, *spec.properties)), explored=False)
    assert _result(proof, "test.no-image").outcome is Outcome.FAILED
    assert _result(proof, "test.no-name").outcome is Outcome.FAILED
    assert _result(proof, "image.references-present").outcome is Outcome.PROVED


def test_without_what_it_leans_on_a_claim_fails_in_a_state_that_cannot_occur() -> None:
    """A true claim that is not inductive alone fails, and its counterexample is said not to be reachable."""
    spec = _claims(specification("docker"), "image.references-present")
    found = _result(prove(spec), "image.references-present")
    assert found.outcome is Outcome.FAILED
    assert found.counterexample is not None
    assert found.counterexample.rule == "image.load.loaded"
    assert found.counterexample.reach is Reach.NOT_REACHED


def test_the_initial_state_is_asked() -> None:
    """A claim that every step keeps, but that does not hold at the beginning, fails there."""
    claim = Always("test.some-image", "There is an image.", ~every(i, ~present(i)))
    spec = dataclasses.replace(_claims(specification("docker")), properties=(claim,))
    found = _result(prove(spec, explored=False), "test.some-image")
    assert found.outcome is Outcome.FAILED
    assert "the initial state" in found.open
    assert found.counterexample is not None
    assert found.counterexample.rule == ""


def test_a_missing_row_is_noticed() -> None:
    """The rows of a machine are what is proved: without one, the step that needs it has no proof."""
    spec = specification("docker")
    image = next(machine for machine in spec.machines if machine.name == "image")
    fewer = tuple(row for row in image.rows if row.trigger != "image.import")
    machines = tuple(dataclasses.replace(m, rows=fewer) if m is image else m for m in spec.machines)
    proof = prove(dataclasses.replace(spec, machines=machines, properties=()), explored=False)
    found = _result(proof, "machine.image.rows")
    assert found.outcome is Outcome.FAILED
    assert "image.import.imported" in found.open


def test_an_operation_that_does_not_answer_is_noticed() -> None:
    """Where the last rule of an operation is taken away, its total claim fails."""
    spec = specification("docker").replaced({"image.remove.deleted-alone": None})
    proof = prove(_claims(spec), explored=False)
    assert [result.id for result in proof.of(Outcome.FAILED)] == ["total.image.remove"]
    found = _result(proof, "total.image.remove").counterexample
    assert found is not None
    assert answering(spec.operation("image.remove"), found.binding, found.before) is None


def test_a_broken_guard_is_noticed() -> None:
    """A rule that lets go of its guard breaks what leaned on it; looking at its operation alone says the same."""
    spec = _claims(specification("docker").replaced({HAS_CHILDREN.id: None}), "image.", "archive.", "reference.repo")
    proof = prove(spec, explored=False)
    broken = {result.id for result in proof.of(Outcome.FAILED)}
    assert {"image.parent-present", "image.cascade"} <= broken
    found = _result(proof, "image.parent-present").counterexample
    assert found is not None
    assert found.before.sizes[IMAGE] == 2
    assert {"image.parent-present", "image.cascade"} <= set(not_kept(spec, "image.remove"))


@pytest.mark.parametrize("operation", ["container.rm", "image.remove", "image.load", "build.copy", "daemon.restart"])
def test_an_operation_alone(operation: str) -> None:
    """Every claim is kept by every rule of an operation, asked about alone."""
    assert tuple(not_kept(specification("docker"), operation)) == ()


def test_a_time_limit_is_honest() -> None:
    """What is not decided in time is unknown, never proved and never failed."""
    proof = prove(specification("docker"), timeout=0.001)
    assert not proof.complete
    assert proof.of(Outcome.FAILED) == ()
    unknown = {result.id for result in proof.of(Outcome.UNKNOWN)}
    assert {"container.names-unique", "image.no-cycle", "image.parent-present", "image.references-present"} <= unknown
    assert all("the time was up" in result.note for result in proof.of(Outcome.UNKNOWN))
