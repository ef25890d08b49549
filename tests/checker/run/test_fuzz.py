"""No text makes a world fail: it is run, or refused in one line."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockspec.commandline import commands
from hullcheck.run import shell, world_lines
from hullcheck.run.outcome import Outcome
from hullcheck.run.world import World

NAMES = ("web", "db", "nope", "e", "", "sha256:00", "08b7", "$id", "$(docker ps -aq)", "$(docker images -q)", "'a b'")
IMAGES = (
    "alpine",
    "alpine:3.20",
    "app:1",
    "app:2",
    "nginx",
    "UPPER",
    "app@sha256:" + 64 * "0",
    "scratch",
    "a.tar",
    "-",
    "é",
)
WORDS = (*NAMES, *IMAGES, "sleep", "1000", "true", "false", "sh", "-c", "'exit 3'", "nonexistent", "/etc", "echo", "hi",
         "name=w", "status=exited", "dangling=true", "always", "on-failure:2", "KILL", "0", "restart", "crash", "begin",
         "end", "move", "withdraw", "3", "spent", "> a.tar", "< a.tar", "2>/dev/null", ".", "ignores", "c=web",
         "container.start")  # fmt: skip


@st.composite
def docker_lines(draw: st.DrawFn) -> str:
    """A docker command with flags that it has, and words that may fit."""
    command = draw(st.sampled_from(commands()))
    words = ["docker", draw(st.sampled_from(command.forms))]
    flags = [word for flag in command.flags for word in (f"--{flag.name}", *([f"-{flag.short}"] if flag.short else []))]
    words += draw(st.lists(st.sampled_from(flags), max_size=2)) if flags else []
    words += draw(st.lists(st.sampled_from(WORDS), min_size=command.least, max_size=command.least + 2))
    return " ".join(words)


@st.composite
def any_world_line(draw: st.DrawFn) -> str:
    """A world line with words that may fit."""
    words = [draw(st.sampled_from(world_lines.VERBS)), *draw(st.lists(st.sampled_from(WORDS), max_size=3))]
    return "!" + " ".join(words)


LIKELY = st.sampled_from(
    (
        "docker run -d --name web alpine sleep 1000", "docker run -d --name db --restart always alpine sleep 1000",
        "docker create --name e1 alpine:3.20", "docker commit web app:1", "docker tag alpine app:2", "docker rm -f web",
        "docker save -o a.tar app:1 alpine", "docker load -i a.tar", "docker rmi app:1", "docker image prune -af",
        "docker stop web", "docker start web", "!exit web 3", "!exit db 1", "!timer db", "!daemon restart",
        "id=$(docker create alpine)", "docker export web | docker import - flat:1", "docker pause web",
        "echo 'FROM alpine' > Dockerfile", "echo 'RUN exit 3' >> Dockerfile", "docker build -t app:3 - < Dockerfile",
        "!registry move alpine:latest", "docker push app:1", "docker pull alpine", "firewall-cmd --add-port=80/tcp",
        "systemctl start firewalld", "docker exec web ls", "!obstruct web", "!removal begin e1",
        "docker system prune -f",
    )
)  # fmt: skip


def run(world: World, text: str) -> list[Outcome]:
    """What a text comes to; nothing, where it is no script."""
    try:
        return list(world.script(text))
    except shell.SyntaxProblem:
        return []


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(LIKELY, LIKELY, docker_lines(), any_world_line()), min_size=1, max_size=25))
def test_plausible_lines(lines: list[str]) -> None:
    """Every line is run or refused; what is refused changes nothing; ids are the same the next time."""
    world, again = World(), World()
    for line in lines:
        before = world.state
        outcomes = run(world, line)
        assert outcomes == run(again, line)
        if outcomes and all(outcome.problem for outcome in outcomes):
            assert world.state == before
        assert all("\n" not in outcome.problem for outcome in outcomes)
        assert all(outcome.exit_code == 2 for outcome in outcomes if outcome.problem)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.text(alphabet="docker run!exit$()\"'|&;<>= \n\\-ab", max_size=60)))
def test_any_text(text: str) -> None:
    """Any text at all is a script, or no script of this kind."""
    assert all(isinstance(outcome.exit_code, int) for outcome in run(World(), text))
