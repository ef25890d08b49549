"""A whole run: an engine is found, or started, held against the specification, and judged by what is declared of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import IO

from dockspec import DIALECTS, specification
from hullcheck.conform.client import Client
from hullcheck.conform.daemon import folder
from hullcheck.conform.declared import Declarations, covered, declarations
from hullcheck.conform.engine import Engine
from hullcheck.conform.lines import Key
from hullcheck.conform.plan import Cell
from hullcheck.conform.private import private as private_engine
from hullcheck.conform.registry import registry
from hullcheck.conform.report import Judgement, judge
from hullcheck.conform.running import Conformance, Progress, is_wanted
from hullcheck.errors import LackingError, check_known, no_such


def held(
    host: str,
    *,
    own: str | None = None,
    dialect: str | None = None,
    rules: Sequence[str] = (),
    commands: int | None = None,
    seed: int = 0,
    private: bool = False,
    client: str = "docker",
    record: IO[str] | None = None,
    done: Iterable[Cell] = (),
    heard: Iterable[Key] = (),
    progress: Progress = lambda report, wanted, what: None,  # noqa: ARG005  # nobody listens
) -> Judgement:
    """Hold an engine against the specification; what differs and is not declared is made shorter.

    Args:
        host: its address.
        own: instead: a private dockerd, or podman, by this name or path, is started, and stopped afterwards.
        dialect: None: the engine's own.
        rules: only these, or those of these operations; none: all.
        commands: so many random commands instead.
        seed: varies them.
        private: nobody else uses the engine.
        client: docker's command line; ``none``: it is not run.
        record: where observations go.
        done: cells that were observed before.
        heard: what docker's command line was seen to agree in before.
        progress: is told of what ends.

    Raises:
        InputError: where there is no such dialect, or rule.
        LackingError: where there is no such engine.
    """
    check_asked(dialect, rules)
    with ExitStack() as stack:
        here = stack.enter_context(folder())
        daemon = stack.enter_context(private_engine(here, own)) if own else None
        engine = Engine.at(daemon.host if daemon else host)
        served = stack.enter_context(registry(here)) if engine.host.startswith("unix:") else None
        if served and not served.is_reached_by(engine):
            served = None
        known = declarations(engine.label)
        if dialect and dialect != known.dialect:
            known = Declarations(dialect=dialect)
        run = Conformance(
            engine,
            specification(known.dialect),
            private or daemon is not None,
            known.deviations,
            record,
            progress,
            daemon=daemon,
            registry=served,
            client=_client(client, engine),
        )
        stack.callback(run.close)
        report = run.random(commands, seed) if commands else run.systematic(rules, done, heard)
        unknown = {d.cell.rule for d in report.differences if not covered(known.deviations, d.step)}
        if unknown and not report.broken:
            progress(report, 0, "shrinking what differs")
            run.shrink(unknown)
        run.clean_again()
    return judge(report, known)


def check_asked(dialect: str | None, rules: Iterable[str]) -> None:
    """Raise ``InputError`` where there is no such dialect, or rule."""
    check_known("dialect", dialect or "docker", DIALECTS)
    spec = specification(dialect or "docker")
    known = [*(o.id for o in spec.operations), *(r.id for r in spec.rules)]
    for rule in rules:
        if not any(is_wanted(one, [rule]) for one in known):
            raise no_such("rule", rule, known)


def _client(name: str, engine: Engine) -> Client | str:
    """Docker's command line, of the engine's version where there is one; or why it is not run."""
    try:
        return "--client none" if name == "none" else Client.found(name, engine.version)
    except LackingError as why:
        return str(why)
