"""hullcheck.run.world: docker command lines on concrete names, and the state that they lead to."""

from __future__ import annotations

import pytest

from hullcheck.run.core import Refused
from hullcheck.run.outcome import Outcome
from hullcheck.run.world import World


def rules(outcome: Outcome) -> list[str]:
    """The rules that answered."""
    return [answered.rule.id for answered in outcome.operations]


def last(world: World, script: str) -> Outcome:
    """What the last command of a script came to."""
    return list(world.script(script))[-1]


@pytest.fixture
def world() -> World:
    """A world in which `web` runs."""
    made = World()
    made.docker("run -d --name web -p 8080:80 alpine:3.20 sleep infinity")
    return made


def test_the_example_of_the_design() -> None:
    """A container is run, ends with a code of its own, and the state tells it."""
    world = World(dialect="docker")
    outcome = world.docker("run -d --name web alpine:3.20 sleep 60")
    assert outcome.exit_code == 0
    assert len(outcome.stdout) == 65
    world.exit("web", 3)
    container = world.state.container("web")
    assert (container.status, container.exit_code, container.image) == ("exited", 3, "alpine:3.20")


def test_a_missing_image_is_pulled_and_create_is_asked_again() -> None:
    """`run` is create, refused; pull; create; start: as docker's command line does it."""
    outcome = World().docker("docker run -d alpine")
    assert rules(outcome)[0] == "container.create.no-image"
    assert rules(outcome)[2:5] == ["image.pull.pulled", "container.create.created", "container.start.started"]
    assert outcome.stderr.startswith(
        "Unable to find image 'alpine:latest' locally\nlatest: Pulling from library/alpine\n"
    )


def test_a_withdrawn_tag_cannot_be_pulled() -> None:
    """Everything can be pulled but what a registry line has taken away; `run` frames the error and exits with 125."""
    world = World()
    world.act("!registry withdraw gone")
    outcome = world.docker("run gone")
    assert outcome.exit_code == 125
    assert outcome.stderr.endswith(
        "docker: Error response from daemon: manifest for gone:latest not found: manifest unknown: manifest unknown.\n"
        "See 'docker run --help'.\n"
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("run --rm alpine true", 0),
        ("run --rm alpine false", 1),
        ("run --rm alpine sh -c 'exit 42'", 42),
        ("run --rm alpine nonexistent", 127),
        ("run --rm alpine /etc", 126),
        ("run --name web alpine", 125),
        ("run --rm --restart always alpine", 125),
        ("run UPPER", 125),
        ("run --bogus alpine", 125),
        ("rm nope", 1),
        ("rm -f nope", 0),
        ("rmi -f nope", 0),
        ("exec web sh -c 'exit 5'", 5),
        ("exec web nonexistent", 126),
        ("exec -d web nonexistent", 1),
        ("foo", 1),
    ],
)
def test_exit_statuses(world: World, line: str, code: int) -> None:
    """Docker's exit status: its own, 125 to 127, or the command's."""
    assert world.docker(line).exit_code == code


@pytest.mark.parametrize(
    "line", ["run alpine tail -f /dev/null", "wait web", "start -a web", "exec web tail -f /x", "logs -f web"]
)
def test_what_never_ends_is_refused(world: World, line: str) -> None:
    """A command that would wait for ever is refused, says how to mend it, and changes nothing."""
    before = world.state
    with pytest.raises(Refused, match=r"-d|!exit|exec"):
        world.docker(line)
    assert world.state == before


@pytest.mark.parametrize(
    "line", ["network ls", "ps --format x", "volume create v", "build https://example.org/x.git", "ps 'x"]
)
def test_what_is_not_modelled_is_refused_by_name(world: World, line: str) -> None:
    """Docker knows it, the specification does not: one line, and nothing changes."""
    before = world.state
    with pytest.raises(Refused):
        world.docker(line)
    assert world.state == before


def test_a_script_goes_on_after_a_line_that_is_not_understood() -> None:
    """The line yields a problem, and the next ones run."""
    outcomes = list(World().script("docker network ls\ndocker pull alpine"))
    assert [bool(outcome.problem) for outcome in outcomes] == [True, False]


def test_variables_and_substitutions(world: World) -> None:
    """An id from a variable, a list from `$( )`, and the last exit status."""
    assert last(world, 'id=$(docker create alpine)\ndocker rm "$id"').exit_code == 0
    assert last(world, "docker stop web; docker rm $(docker ps -aq)").exit_code == 0
    assert last(world, "docker rm nope\necho $?").stdout == "1\n"
    assert world.state.containers == ()


def test_connectives(world: World) -> None:
    """`&&` and `||` go by docker's exit status."""
    assert [o.command for o in world.script("docker rm nope && echo a || echo b; docker rm nope || true")] == [
        "docker rm nope",
        "echo b",
        "docker rm nope",
        "true",
    ]


def test_redirections(world: World) -> None:
    """What is redirected is not shown; a file can be read back; `2>&1` joins the streams."""
    assert last(world, "docker rm nope 2>/dev/null").stderr == ""
    assert last(world, "docker rm nope 2>&1").stdout == "Error: No such container: nope\n"
    assert last(world, "docker load < nothing").exit_code == 1
    assert last(world, "docker load < nothing").stderr == "sh: nothing: No such file or directory\n"


def test_archives(world: World) -> None:
    """What save wrote can be loaded, under the same ids; what export wrote can be imported, but not loaded."""
    world.docker("tag alpine:3.20 app:1")
    before = world.state.images
    assert last(world, "docker save -o a.tar app:1 && docker rm -f web && docker rmi app:1 alpine:3.20").exit_code == 0
    assert world.state.images == ()
    assert last(world, "docker load -i a.tar").stdout == "Loaded image: app:1\n"
    assert [image.id for image in world.state.images] == [image.id for image in before]
    assert last(world, "docker create --name c1 app:1; docker export c1 > f.tar; docker load -i f.tar").exit_code == 1
    assert last(world, "docker export c1 | docker import - flat:1").exit_code == 0
    assert last(world, "docker run flat:1").stderr.startswith(
        "docker: Error response from daemon: No command specified.\n"
    )


def test_save_writes_nothing_when_a_name_is_absent(world: World) -> None:
    """All names are looked up first."""
    assert last(world, "docker save -o a.tar alpine:3.20 nope:1").stderr == (
        "Error response from daemon: reference does not exist\n"
    )
    assert last(world, "docker load -i a.tar").stderr == "open a.tar: no such file or directory\n"


def test_save_to_the_terminal_is_refused_as_docker_does(world: World) -> None:
    """A tar is not written to a terminal."""
    outcome = world.docker("save alpine:3.20")
    assert (outcome.exit_code, outcome.stderr) == (
        1,
        "cowardly refusing to save to a terminal. Use the -o flag or redirect\n",
    )


def test_a_copy_has_a_future_of_its_own(world: World) -> None:
    """What happens in a fork does not happen in the world it came from."""
    fork = world.copy()
    fork.docker("rm -f web")
    assert fork.state.containers == ()
    assert world.state.container("web").status == "running"
    assert world.docker("create alpine:3.20").stdout == world.copy().core.payload.containers[1].id + "\n"


def test_removed_containers_leave_no_trace_in_new_ones(world: World) -> None:
    """A name can be used again; the new container has another id."""
    old = world.state.container("web").id
    world.docker("rm -f web")
    world.docker("create --name web alpine:3.20")
    assert world.state.container("web").id != old
    assert world.state.container("web").status == "created"


def test_restart_policies(world: World) -> None:
    """on-failure:2 restarts twice, and no more."""
    world.docker("run -d --name job --restart on-failure:2 alpine:3.20 sleep 1000")
    statuses = []
    for _ in range(3):
        world.exit("job", 1)
        statuses.append(world.state.container("job").status)
        if statuses[-1] == "restarting":
            world.act("!timer job")
    assert statuses == ["restarting", "restarting", "exited"]


def test_daemon_restart(world: World) -> None:
    """Only what a policy wants runs again."""
    world.docker("run -d --name kept --restart always alpine:3.20 sleep 1000")
    world.act("!daemon restart")
    assert world.state.container("kept").status == "running"
    assert world.state.container("web").status == "exited"


def test_exit_code_of_a_trapped_signal(world: World) -> None:
    """A handler of SIGTERM decides what `stop` ends with; without patience SIGKILL may win."""
    world.docker("""run -d --name sh alpine:3.20 sh -c 'trap "exit 7" TERM; while :; do sleep 1; done'""")
    world.docker("stop sh")
    assert world.state.container("sh").exit_code == 7
    last(world, "docker start sh; docker stop -t 0 sh")
    assert world.state.container("sh").exit_code == 137
    last(world, "!race term\ndocker start sh; docker stop -t 0 sh")
    assert world.state.container("sh").exit_code == 7


def test_interactive_shells(world: World) -> None:
    """Nobody types: a shell at a terminal ends at once; a detached one with -it runs; without, it ends."""
    assert world.docker("run -it --rm alpine:3.20 sh").exit_code == 0
    assert world.docker("exec -it web sh").exit_code == 0
    last(world, "docker run -dit --name waits alpine:3.20; docker run -d --name ends alpine:3.20")
    assert world.state.container("waits").status == "running"
    assert world.state.container("ends").status == "exited"


def test_a_finite_sleep_can_be_waited_for(world: World) -> None:
    """`wait` lets a process end that does so by itself, and the clock moves."""
    assert last(world, "docker run -d --name nap alpine:3.20 sleep 100; docker wait nap").stdout == "0\n"
    assert "About a minute ago" in last(world, "docker ps -a").stdout


def test_events_carry_names_and_codes(world: World) -> None:
    """The events of a signal, of a removal by force, of a rename."""
    assert world.docker("kill -s SIGHUP web").events[0].attributes["signal"] == "1"
    events = [(e.action, e.attributes.get("exitCode")) for e in world.docker("rm -f web").events]
    assert events == [("kill", None), ("die", "137"), ("destroy", None)]
    assert (
        last(world, "docker create --name c1 alpine:3.20; docker rename c1 c2").events[-1].attributes["oldName"]
        == "/c1"
    )


def test_moved_tags(world: World) -> None:
    """After the registry's tag moved, a pull takes the tag from the old image, which stays under its container."""
    old = world.state.images[0].id
    assert last(world, "!registry move alpine:3.20\ndocker pull alpine:3.20").exit_code == 0
    images = {image.id: image.references for image in world.state.images}
    assert "alpine:3.20" not in images[old]
    assert world.state.container("web").image == old.removeprefix("sha256:")[:12]


BAD_WORLD_LINES = (
    "!exit", "!exit nope", "!exit web 256", "!exit web 1 maybe", "!daemon stop", "!timer web", "!registry move", "!fly",
    "!program x y", "!race", "!removal begin", "!step", "!step nope", "!step container.rm c=web",
    "!step container.rm c=web force=maybe", "!step container.rm d=web", "!registry move UPPER",
)  # fmt: skip


def test_world_lines_say_what_they_want(world: World) -> None:
    """A bad world line is refused with its usage, or with what there is."""
    for line in BAD_WORLD_LINES:
        with pytest.raises(Refused):
            world.act(line)


def test_declared_programs(world: World) -> None:
    """`!program` says what an unknown program is like."""
    world.act("!program worker ends-badly")
    last(world, "docker run -d --name w1 alpine:3.20 worker; docker stop w1")
    assert world.state.container("w1").exit_code == 1
    world.act("!program broken not-started")
    assert world.docker("run -d --name w2 alpine:3.20 broken").exit_code == 125


def test_a_digest_says_the_id_of_an_image_with_one_name() -> None:
    """With the containerd store it can be pasted from what pull prints; of an image with more names it is refused."""
    world = World("docker-containerd")
    pulled = last(world, "docker pull alpine:3.20").stdout
    digest = next(line.removeprefix("Digest: ") for line in pulled.splitlines() if line.startswith("Digest: "))
    assert digest == last(world, "docker images -q --no-trunc alpine").stdout.strip()
    assert "one name" in last(world, f"docker tag alpine:3.20 web:1\ndocker rmi alpine@{digest}").problem
    assert last(world, f"docker rmi alpine:3.20\ndocker rmi alpine@{digest}").exit_code == 1
    assert last(world, f"docker rmi web@{digest}").stdout.startswith("Untagged: web:1\nDeleted: sha256:")
    assert world.core.images() == []


def test_removals_that_fail(world: World) -> None:
    """An obstacle leaves a dead container, which can be removed when the obstacle is gone."""
    world.act("!obstruct web")
    assert world.docker("rm -f web").exit_code == 1
    assert world.state.container("web").status == "dead"
    assert "Removal In Progress" in world.docker("ps -a").stdout
    world.act("!clear web")
    assert world.docker("rm web").exit_code == 0


def test_any_step(world: World) -> None:
    """`!step` asks any operation by the names of its parameters."""
    outcome = world.act("!step container.kill c=web signal=term")
    assert rules(outcome) == ["container.kill.ignored"]
    outcome = world.act("!step container.create n=made i=alpine:3.20 restart_policy=always rm=false command=ends_well")
    assert world.state.container("made").restart_policy == "always"


def test_buildkit_makes_one_image() -> None:
    """The classic builder leaves one image a step, BuildKit one without a parent."""
    script = (
        "docker pull alpine\necho 'FROM alpine' > D; echo 'RUN true' >> D; echo 'ENV A=b' >> D\n"
        "docker build -t app:1 - < D"
    )
    classic, buildkit = World(), World(buildkit=True)
    assert last(classic, script).exit_code == 0
    assert last(buildkit, script).exit_code == 0
    assert len(classic.state.images) == 3
    assert [image.parent for image in buildkit.state.images] == ["", ""]
