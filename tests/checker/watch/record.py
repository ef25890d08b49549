"""How the streams in tests/data/events were recorded: a varied session on an engine that may be emptied.

    python record.py unix:///path/to/engine.sock FILE [REGISTRY]

The engine has to be private and to have an image ``busybox:latest`` with a command; the registry (127.0.0.1:PORT) is
its mirror, too, and has ``alpine:latest``. Lines that need a registry are left out where there is none.

docker-20.10.jsonl is of Docker 20.10.24, podman-4.3.jsonl of Podman 4.3.1; both are older than the builds, the pushes
and the last races of the session. docker-26.1.jsonl is of Docker 26.1.5, docker-28.5.jsonl and
docker-28.5-containerd.jsonl are of Docker 28.5.2 with each of its image stores, podman-5.4.jsonl and podman-5.8.jsonl
of Podman 5.4.2 and 5.8.6, all with docker 28.2's command line. podman-5.8-own.jsonl is what ``podman events
--stream=false --format json`` printed afterwards. Podman's restarts know no pause: most rounds of its
restart loops are cut out (die, restart, init, start: all but three at each end), and the folder of its temporary files
is.

In the session ``&`` starts a command beside the next ones, ``@join`` waits for those, ``@until`` waits for a state.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SESSION = """
create --name a1 busybox sleep 1000
start a1
pause a1
unpause a1
rename a1 a2
update --restart=always a2
update --restart=no a2
exec a2 true
exec a2 sh -c 'exit 3'
exec -d a2 sleep 2
exec a2 no-such-command
top a2
export -o {dir}/a2.tar a2
commit a2 img:1
commit -p=false a2 img:2
commit a2
restart -t 0 a2
kill -s USR1 a2
pause a2
kill -s USR1 a2
stop -t 1 a2
start a2
stop -t 0 a2
stop a2
start a2
kill a2
commit a2 img:3
restart -t 1 a2
pause a2
stop -t 1 a2
start a2
pause a2
kill a2
start a2
pause a2
restart -t 1 a2
pause a2
rm a2
rm -f a2
run --name bb busybox true
start -a bb
run --name cc busybox sh -c 'exit 3'
start cc
wait cc
rm bb cc
run --rm busybox true
run --rm busybox sh -c 'exit 5'
run -d --rm --name dd busybox sleep 1000
stop -t 1 dd
run -d --rm --name dd busybox sleep 1000
kill dd
run -d --rm --name dd busybox sleep 1000
restart -t 0 dd
rm -f dd
run -d --rm --name dd busybox sleep 1000
pause dd
rm -f dd
run --name ee busybox no-such-command
start ee
rm ee
run --rm --name ee busybox no-such-command
run --name ee busybox /etc
rm ee
create --rm --name ff busybox true
rm ff
create --name gg busybox true
rename gg hh
rm hh
run -d --name r1 --restart=always busybox sh -c 'exit 4'
@until restarting r1
stop r1
start r1
@until restarting r1
kill r1
start r1
@until restarting r1
restart -t 0 r1
@until restarting r1
start r1
@until restarting r1
update --restart=no r1
wait r1
rm -f r1
run -d --name r2 --restart=on-failure:2 busybox false
@until exited r2
start r2
@until exited r2
rm r2
run -d --name r3 --restart=always busybox true
@until restarting r3
rm -f r3
run -d --name r4 --restart=unless-stopped busybox sleep 1000
kill -s USR1 r4
exec r4 kill -9 -1
stop -t 0 r4
start r4
pause r4
unpause r4
rm -f r4
run -d --init --name tt busybox sleep 1000
kill -s TERM tt
start tt
stop tt
start tt
pause tt
kill -s TERM tt
start tt
restart tt
rm -f tt
run -d --name xx busybox sh -c 'trap "exit 7" TERM; while :; do sleep 0.1; done'
stop xx
start xx
kill -s TERM xx
wait xx
start xx
stop -t 0 xx
start xx
pause xx
stop xx
rm xx
run -d --name ss busybox sleep 1000
& stop -t 4 ss
exec ss true
pause ss
unpause ss
rename ss s2
update --restart=always s2
commit s2 img:during
exec -d s2 sleep 1000
@join
start s2
& stop -t 2 s2
& stop -t 2 s2
& kill s2
@join
start s2
& stop -t 5 s2
rm -f s2
@join
run -d --name kk busybox sleep 1000
exec -d kk sleep 1000
exec -d kk sleep 1000
kill kk
start kk
exec -d kk sleep 1000
stop -t 1 kk
start kk
exec -d kk sleep 1000
pause kk
rm -f kk
run -d --name n1 busybox sleep 1000
run -d --name n2 busybox sleep 1000
& pause n1
& pause n2
@join
& kill n1 n2
@join
run -d --name n3 busybox sleep 1000
create --name n4 busybox true
container prune -f
rm -f n3
tag busybox img:4
tag busybox img:5
tag busybox img:5
rmi img:5
tag img:3 img:4
rmi img:4
rmi img:4
rmi img:3
image prune -f
save -o {dir}/img.tar img:1 img:2
rmi img:1
rmi img:2
load -i {dir}/img.tar
rmi -f img:1
save -o {dir}/bb.tar busybox
run -d --name uu busybox sleep 1000
commit uu img:6
run -d --name vv img:6 sleep 1000
rmi img:6
rmi -f img:6
rm -f vv
commit uu img:7
tag img:7 img:8
rmi -f img:7
rmi img:8
commit uu img:9
run --name ww img:9 true
rmi -f img:9
commit ww img:10
start ww
rm -f ww uu
export -o {dir}/files.tar no-such-container
create --name yy busybox true
export -o {dir}/files.tar yy
import {dir}/files.tar flat:1
import {dir}/files.tar
cp yy:/etc/passwd {dir}/passwd
cp {dir}/passwd yy:/tmp/passwd
rm yy
image prune -a -f
load -i {dir}/bb.tar
pull alpine:latest
pull alpine:latest
tag alpine keep:0
rmi alpine:latest
rmi keep:0
tag busybox keep:1
tag busybox keep:2
create --name zz busybox true
image prune -a -f
rm zz
load -i {dir}/bb.tar
build -t built:1 {dir}/context
build -t built:2 {dir}/context
run --rm built:1
create --name ba built:1
rmi built:2
rmi -f built:1
rm ba
image prune -f
tag busybox {registry}/own:1
push {registry}/own:1
rmi {registry}/own:1
pull {registry}/own:1
run -d --name la {registry}/own:1 sleep 1000
rmi {registry}/own:1
rmi -f {registry}/own:1
rm -f la
rmi {registry}/own:1
run -d --name o1 --restart=always busybox sleep 1000
run -d --name o2 --rm busybox sleep 1000
run -d --name o3 busybox sleep 1000
& stop -t 1 o1 o2 o3
& kill o1 o2 o3
& rm -f o1 o2 o3
@join
run -d --name o4 busybox sleep 1000
& exec o4 sleep 1
& restart -t 0 o4
& restart -t 0 o4
& stop -t 0 o4
@join
start o4
& exec o4 sh -c 'sleep 0.3; exit 3'
& pause o4
& unpause o4
& exec o4 true
@join
rm -f o4
system prune -f
"""

DOCKERFILE = """
FROM busybox
RUN echo one > /one
ENV TWO=2
RUN echo three > /three
CMD ["true"]
"""

_STATES = {"restarting": {"restarting"}, "exited": {"exited", "stopped"}}
_PATIENCE = 5.0
"""Seconds that a state is waited for; Podman has no restarting one."""


@dataclass
class Recorder:
    """Runs docker's command line on one engine."""

    host: str
    folder: Path
    registry: str = ""
    beside: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def record(self, file: Path) -> int:
        """Run the session and write what the engine told of it; how many commands were run."""
        (self.folder / "context").mkdir()
        (self.folder / "context/Dockerfile").write_text(DOCKERFILE)
        with file.open("wb") as out:
            events = self.start("events --format '{{{{json .}}}}'", out)
            time.sleep(2)  # until docker events has connected: it does not say when
            number = sum(self.do(line) for line in SESSION.strip().splitlines())
            time.sleep(3)  # for the last events
            events.terminate()
            events.wait()
        return number

    def do(self, line: str) -> int:
        """One line of the session; 1 where it was a command, which needs no registry that is not there."""
        if "{registry}" in line and not self.registry:
            return 0
        sys.stderr.write(f"$ docker {line}\n")
        match line.split(maxsplit=1):
            case ["@until", rest]:
                state, name = rest.split()
                wait(lambda: self.is_in(name, state))
            case ["@join"]:
                while self.beside:
                    self.beside.pop().wait()
            case ["&", rest]:
                self.beside.append(self.start(rest))
                time.sleep(0.05)  # so that it arrives first
                return 1
            case _:
                self.start(line).wait()
                return 1
        return 0

    def start(self, line: str, out: object = None) -> subprocess.Popen[bytes]:
        """Begin one command; a command that hangs is ended."""
        arguments = shlex.split(line.format(dir=self.folder, registry=self.registry))
        if arguments[0] in {"create", "run", "build"}:
            arguments[1:1] = ["--network", "none"]  # the engine may have no other
        command = ["timeout", "300" if out else "20", "docker", *arguments]
        settings = {"DOCKER_HOST": self.host, "DOCKER_BUILDKIT": "0"}  # the classic builder
        streams = {"stdin": subprocess.DEVNULL, "stdout": out}
        return subprocess.Popen(command, env={**os.environ, **settings}, **streams)  # type: ignore[call-overload, no-any-return]

    def is_in(self, name: str, state: str) -> bool:
        """Whether a container is in a state; a restarting one only when its pause is long enough for a command."""
        command = ["docker", "-H", self.host, "inspect", "-f", "{{.State.Status}} {{.RestartCount}}", name]
        word, restarts = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        return word in _STATES[state] and (state == "exited" or int(restarts) >= 4)


def wait(found: Callable[[], bool]) -> None:
    """Ask again and again, for some seconds."""
    deadline = time.monotonic() + _PATIENCE
    with suppress(subprocess.CalledProcessError):
        while not found() and time.monotonic() < deadline:
            time.sleep(0.05)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="hull-rec-") as temporary:
        recorder = Recorder(sys.argv[1], Path(temporary), *sys.argv[3:])
        sys.stderr.write(f"{recorder.record(Path(sys.argv[2]))} commands\n")
