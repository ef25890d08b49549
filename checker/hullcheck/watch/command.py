"""``hullcheck watch``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click

from dockspec import DIALECTS, specification
from hullcheck.errors import HOLDS, INCOMPLETE, VIOLATED, InputError, check_known
from hullcheck.watch.monitor import LONGEST_LINE, Finding, Monitor, Skipped
from hullcheck.watch.printing import (
    Summary,
    finding_json,
    finding_text,
    skipped_json,
    skipped_text,
    summary_json,
    summary_text,
)

_SKIPPED_SHOWN = 10
_HINT = "write them with: docker events --format '{{json .}}'"


@click.command()
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--dialect", metavar="D", help=f"Hold to this dialect ({', '.join(DIALECTS)}); else the stream shows it.")
@click.option("--lossy", is_flag=True, help="Events may be missing: report only what contradicts the rest even so.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a line instead of text.")
def watch(file: str | None, dialect: str | None, lossy: bool, json_: bool) -> int:
    """Follow a stream of events, of Docker or Podman, and report what no behaviour of the specification allows.

    \b
        docker events --format '{{json .}}' | hullcheck watch
        docker events --since 24h --until 0m --format '{{json .}}' > FILE; hullcheck watch FILE

    Each finding has the line, the object with its last events, and what would have been allowed. Then the watch goes
    on: what is known of that object starts anew with the event that was found, so one mistake is reported once. It
    may begin in the middle: an object that was there before can be in any state, until its events tell more. Lines
    that are no events are reported, counted and skipped; events of networks, volumes and the like pass. Which engine
    it is, and with that the dialect, the stream shows: Podman names a pod with every event, and the containerd store
    tells an untag with the name that went.

    What a stream cannot show, and so is never reported: calls that failed or changed nothing; which tag an untag
    took, and that a tag moved away from an image; images that a build made, before their first tag; the restart
    policy; that a kill or a stop is missing; an event left out that nothing later needs. Signals and exit codes are not
    judged: which signal stops a container is not in the stream. Of Podman, kill, stop, restart, exec and images are
    not judged: it tells them late, twice, or not at all. Times serve only to tell that what an engine writes at once
    did not come; for two to four seconds an exec, a top, a commit, a save or an export may still be told of what has
    ended meanwhile.

    Exit status: 0 every event is allowed; 1 a finding; 2 the call or the input is wrong; 4 interrupted (Ctrl-C), and
    nothing found so far.
    """  # noqa: D301  # \b is click's
    spec = None
    if dialect is not None:
        check_known("dialect", dialect, DIALECTS)
        spec = specification(dialect)
    monitor = Monitor(spec, lossy=lossy)
    output = _Output(monitor, json_=json_, lossy=lossy)
    interrupted = False
    with ExitStack() as stack:
        stream = _opened(file, stack)
        try:
            for found in monitor.feed(_lines(stream)):
                output.show(found)
        except KeyboardInterrupt:
            interrupted = True
        except OSError as error:
            raise InputError(f"cannot read {file or 'standard input'}: {error.strerror}") from error
    counts = monitor.counts
    if counts.skipped and not counts.events and not interrupted:
        raise InputError(f"no line of {file or 'standard input'} is an event of an engine; {_HINT}")
    output.finish(interrupted=interrupted)
    if counts.findings:
        return VIOLATED
    return INCOMPLETE if interrupted else HOLDS


def _opened(file: str | None, stack: ExitStack) -> BinaryIO:
    if file in {None, "-"}:
        if sys.stdin.isatty():
            click.echo(f"hullcheck: reading events from the terminal; {_HINT} | hullcheck watch", err=True)
        return sys.stdin.buffer
    path = Path(str(file))
    try:
        return stack.enter_context(path.open("rb"))
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror}; name a file of events, one JSON object a line"
        ) from None


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines as they come; of one that is too long to be an event only its beginning."""
    first = True
    while line := stream.readline(LONGEST_LINE):
        if first and b"\0" in line:
            raise InputError(f"the input is no text; {_HINT}")
        first = False
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        yield line


@dataclass
class _Output:
    """Results go to standard output, what is skipped in text to standard error."""

    monitor: Monitor
    json_: bool
    lossy: bool

    def show(self, found: Finding | Skipped) -> None:
        if isinstance(found, Finding):
            self._write(json.dumps(finding_json(found)) if self.json_ else finding_text(found))
        elif self.json_:
            self._write(json.dumps(skipped_json(found)))
        elif self.monitor.counts.skipped <= _SKIPPED_SHOWN:
            click.echo(skipped_text(found), err=True)
            if self.monitor.counts.skipped == _SKIPPED_SHOWN:
                click.echo("further lines that are skipped are only counted", err=True)

    def finish(self, *, interrupted: bool) -> None:
        summary = Summary(self.monitor.counts, self.monitor.alive, self.monitor.dialect, interrupted)
        if self.json_:
            self._write(json.dumps(summary_json(summary)))
        else:
            self._write(summary_text(summary, lossy=self.lossy))

    def _write(self, text: str) -> None:
        click.echo(text)
        sys.stdout.flush()
