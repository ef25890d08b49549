"""How fast a stream is followed, and in how much memory: ``python benchmark.py [EVENTS]``. Nothing is asserted."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from streams import many

from dockspec import specification
from hullcheck.watch import Monitor


def benchmark(events: int) -> str:
    """Follow so many generated events from a file; what it took."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "events.jsonl")
        with file.open("wb") as out:
            out.writelines(many(events))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        monitor = Monitor(specification())
        with file.open("rb") as stream:
            first = time.process_time()
            findings = sum(1 for _ in monitor.feed([stream.readline()]))
            start = time.process_time()
            findings += sum(1 for _ in monitor.feed(stream))
        took = time.process_time() - start
        size = file.stat().st_size
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return (
        f"{events:,} events of {size / events:.0f} bytes: {took:.1f} s of CPU, {events / took:,.0f} a second; "
        f"first event {start - first:.1f} s; {grown / 1024:.0f} MiB more, {monitor.alive} objects alive, "
        f"{findings} findings"
    )


if __name__ == "__main__":
    sys.stdout.write(benchmark(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000) + "\n")
