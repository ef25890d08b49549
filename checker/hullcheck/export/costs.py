"""What a program takes: CPU time, time, memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer


@dataclass(frozen=True)
class Cost:
    """What a program took.

    Attributes:
        cpu: CPU seconds.
        wall: seconds.
        memory: bytes at its peak.
    """

    cpu: float
    wall: float
    memory: int


def run(command: Sequence[str], folder: Path, seconds: float) -> tuple[int, str, Cost]:
    """Run a program to its end.

    Args:
        command: the program and its arguments.
        folder: where it runs; what it prints is kept there in the meantime.
        seconds: after so many it is killed.

    Returns:
        its exit status, what it printed, what it took (with the programs that it called).
    """
    output = folder / "output"
    began = time.perf_counter()
    with output.open("w") as file, subprocess.Popen(command, cwd=folder, stdout=file, stderr=file) as process:  # noqa: S603  # ours
        watch = Timer(seconds, process.kill)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    text = output.read_text(encoding="utf-8", errors="replace")
    cost = Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss << 10)
    return process.returncode, text, cost
