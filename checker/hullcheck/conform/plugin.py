"""For pytest: the fixture ``conform`` holds an engine against the specification, in a test of one's own.

    def test_my_engine(conform):
        conform(rules=["container.rm", "image.remove"])

pytest finds it wherever the package is installed; the specification is not imported before a test asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from hullcheck.conform.report import Judgement

Conform: TypeAlias = "Callable[..., Judgement]"
"""Takes the arguments of ``hullcheck.conform.whole.held``; the engine is that of ``--hullcheck-host``, unless told."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--hullcheck-host``."""
    parser.getgroup("hullcheck").addoption(
        "--hullcheck-host",
        metavar="URL",
        default=os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock",
        help="the engine of the fixture conform (default: DOCKER_HOST, or the machine's own)",
    )


@pytest.fixture
def conform(pytestconfig: pytest.Config) -> Conform:
    """What holds an engine against the specification of Docker, as in ``conform(rules=["container.rm"])``.

    The test fails, with the sequences, where the engine differs in what is not declared of it; also where the run does
    not come to its end or looks at nothing, and where there is no engine.
    """

    def ask(host: str = str(pytestconfig.getoption("--hullcheck-host")), **more: Any) -> Judgement:  # noqa: ANN401  # as held has it
        from hullcheck.conform.report import as_text  # noqa: PLC0415  # pytest starts without it
        from hullcheck.conform.running import INTERRUPTED  # noqa: PLC0415  # the same
        from hullcheck.conform.whole import held  # noqa: PLC0415  # the same
        from hullcheck.errors import HullcheckError  # noqa: PLC0415  # the same

        try:
            judgement = held(host, **more)
        except HullcheckError as why:
            raise pytest.fail.Exception(str(why), pytrace=False) from None
        if judgement.report.broken == INTERRUPTED:
            raise KeyboardInterrupt
        if not (judgement.holds and judgement.finished and judgement.report.rules):
            pytest.fail(as_text(judgement), pytrace=False)
        return judgement

    return ask
