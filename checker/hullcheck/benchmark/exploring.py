"""One exploration, in a process of its own: ``python -m hullcheck.benchmark.exploring MODEL HOW PROPERTIES``.

HOW is ``plain`` or ``symmetry``; PROPERTIES is ``none``, ``shared`` (those that SPIN checks too) or ``recoverable``. It
prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time

from dockspec import specification
from dockspec.model import Recoverable
from hullcheck.benchmark.models import MODELS, shared
from hullcheck.explore.exploring import MOST_MEMORY, prepared
from hullcheck.explore.scope import select
from hullcheck.explore.search import Search
from hullcheck.explore.verdicts import verdicts


def main(model: str, how: str, which: str) -> None:
    """Explore, and print what was found and what it took."""
    spec = specification()
    properties = {
        "none": [],
        "shared": shared(spec),
        "recoverable": [p.id for p in spec.properties if isinstance(p, Recoverable)],
    }[which]
    selection = select(spec, MODELS[model])
    program, canonical = prepared(selection, symmetry=how == "symmetry", properties=properties)
    preparing = time.process_time()
    search = Search(program, canonical, MOST_MEMORY)
    search.run()
    found = verdicts(search)
    told = {
        "complete": not search.reason,
        "properties": sum(verdict.holds is not None for verdict in found.values()),
        "violated": sorted(i for i, verdict in found.items() if verdict.holds is False),
        "states": sum(search.sizes),
        "visited": sum(map(len, search.levels)),
        "transitions": search.transitions,
        "stored": search.bytes,
        "preparing": preparing,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
