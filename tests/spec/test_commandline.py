"""dockspec.commandline: docker's command line as docker 20.10.24 reads it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dockspec._flags import Command, flags
from dockspec.commandline import (
    BadRestartPolicy,
    Invocation,
    NotModelled,
    RestartPolicy,
    UsageError,
    commands,
    parse,
    parse_restart,
    usage,
)

MEASURED_VERSION = "20.10.24"


def read(line: str) -> Invocation:
    """Parse a line written without the word docker."""
    return parse(shlex.split(line))


def outcome(argv: list[str]) -> Invocation | UsageError | NotModelled:
    """What becomes of a list of words, as a value."""
    try:
        return parse(argv)
    except (UsageError, NotModelled) as refusal:
        return refusal


def refused(line: str) -> UsageError:
    """The refusal that a line gets."""
    with pytest.raises(UsageError) as refusal:
        read(line)
    return refusal.value


# --- commands and their forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("ps", "ps"),
        ("container ls", "ps"),
        ("container ps", "ps"),
        ("container list", "ps"),
        ("images", "images"),
        ("image ls", "images"),
        ("image list", "images"),
        ("image rm x", "rmi"),
        ("image remove x", "rmi"),
        ("container rm x", "rm"),
        ("container run x", "run"),
        ("builder build .", "build"),
        ("image prune", "image prune"),
        ("system prune -f", "system prune"),
        ("system info", "info"),
    ],
)
def test_every_form_has_one_canonical_name(line: str, command: str) -> None:
    """Management forms and synonyms lead to the short name."""
    assert read(line).command == command


def test_inspect_of_one_kind_is_inspect_with_a_type() -> None:
    """`container inspect` and `image inspect` differ from inspect by their type alone."""
    assert read("container inspect web") == Invocation("inspect", {"type": "container"}, ("web",))
    assert read("image inspect alpine") == Invocation("inspect", {"type": "image"}, ("alpine",))


@pytest.mark.parametrize("line", ["", "help", "--help", "-D", "-h"])
def test_docker_alone_asks_for_help(line: str) -> None:
    """Without a command there is nothing to do but to help."""
    assert read(line).command == "help"


@pytest.mark.parametrize("line", ["help rm", "rm --help", "rm -h", "rm x --help", "rm -fh"])
def test_help_names_the_command(line: str) -> None:
    """The words of the command are the arguments, however help was asked for, and arguments are not counted."""
    assert read(line) == Invocation("help", {}, ("rm",))


def test_the_version_flag_is_a_version_command() -> None:
    """`docker -v` and `docker --version`, unless a command follows."""
    assert read("-v") == read("--version") == Invocation("version", {"version": True})
    assert read("-v ps").command == "ps"


# --- flags ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("run -it alpine", {"interactive": True, "tty": True}),
        ("run -dp 80:80 alpine", {"detach": True, "publish": ("80:80",)}),
        ("run -p80 --publish=81 -p 82 alpine", {"publish": ("80", "81", "82")}),
        ("run --rm=false alpine", {"rm": False}),
        ("run -d=true alpine", {"detach": True}),
        ("run --name a --name b alpine", {"name": "b"}),
        ("stop -t5 web", {"time": 5}),
        ("stop -t=5 web", {"time": 5}),
        ("stop --time 0x10 web", {"time": 16}),
        ("stop -t -1 web", {"time": -1}),
        ("stop web -t 010", {"time": 8}),
        ("commit --pause=false web", {"pause": False}),
        (
            "ps -aq --filter status=exited -f name=web",
            {"all": True, "quiet": True, "filter": ("status=exited", "name=web")},
        ),
        ("build -t a -t b:1 .", {"tag": ("a", "b:1")}),
        ("update --restart=on-failure:3 web", {"restart": "on-failure:3"}),
    ],
)
def test_flags_are_read_as_pflag_reads_them(line: str, options: dict[str, object]) -> None:
    """Joined letters, joined values, =, repetition; under canonical long names."""
    assert dict(read(line).options) == options


def test_flags_end_where_the_words_of_the_container_begin() -> None:
    """For run, create, exec and top the flags after the first argument belong to somebody else."""
    assert read("run --rm alpine ls -l --rm") == Invocation("run", {"rm": True}, ("alpine", "ls", "-l", "--rm"))
    assert read("exec -d web sh -c 'a b'").arguments == ("web", "sh", "-c", "a b")
    assert read("top web -o pid").arguments == ("web", "-o", "pid")
    assert read("rm web -f") == Invocation("rm", {"force": True}, ("web",))


def test_two_dashes_end_the_flags() -> None:
    """What follows is an argument, whatever it looks like; and a single dash is one."""
    assert read("rm -- -f web").arguments == ("-f", "web")
    assert read("import - flat").arguments == ("-", "flat")


def test_flags_without_effect_are_accepted_and_named() -> None:
    """By canonical long name, once, in order."""
    assert read("run -e A=b --net host -e C=d -m 1g -v x:/y alpine").ignored == (
        "--env",
        "--network",
        "--memory",
        "--volume",
    )


def test_typed_access_to_options() -> None:
    """Each accessor answers for its kind, and with nothing for what was not typed."""
    invocation = read("run -d --name web -p 80 alpine")
    assert invocation.switch("detach")
    assert not invocation.switch("rm")
    assert invocation.switch("pause", default=True)
    assert invocation.text("name") == "web"
    assert invocation.text("pull") is None
    assert invocation.texts("publish") == ("80",)
    assert invocation.texts("filter") == ()
    assert read("stop -t 3 web").number("time") == 3
    assert invocation.number("time") is None


# --- docker's refusals ------------------------------------------------------------------------------------------------

RM_BLOCK = (
    "\"docker rm\" requires at least 1 argument.\nSee 'docker rm --help'.\n\n"
    "Usage:  docker rm [OPTIONS] CONTAINER [CONTAINER...]\n\nRemove one or more containers\n"
)


@pytest.mark.parametrize(
    ("line", "text", "code"),
    [
        ("rm", RM_BLOCK, 1),
        ("rm --bogus x", "unknown flag: --bogus\nSee 'docker rm --help'.\n", 125),
        ("rm -fz x", "unknown shorthand flag: 'z' in -z\nSee 'docker rm --help'.\n", 125),
        ("run --name", "flag needs an argument: --name\nSee 'docker run --help'.\n", 125),
        ("run -p", "flag needs an argument: 'p' in -p\nSee 'docker run --help'.\n", 125),
        ("rm ---x", "bad flag syntax: ---x\nSee 'docker rm --help'.\n", 125),
        ("rm -f= x", "unknown shorthand flag: '=' in -=\nSee 'docker rm --help'.\n", 125),
        ("bogus", "docker: 'bogus' is not a docker command.\nSee 'docker --help'\n", 1),
        ("help bogus", "unknown help topic: bogus\n", 1),
        ("update web", "you must provide one or more flags when using this command\n", 1),
        ("start -a x y", "you cannot start and attach multiple containers at once\n", 1),
        ("rename a ''", "Error: Neither old nor new names may be empty\n", 1),
        ("inspect --type bogus x", '"bogus" is not a valid value for --type\n', 1),
        (
            "run Alpine",
            "docker: invalid reference format: repository name must be lowercase.\nSee 'docker run --help'.\n",
            125,
        ),
        ("create Alpine", "invalid reference format: repository name must be lowercase\n", 1),
        ("run -p abc a", "docker: Invalid containerPort: abc.\nSee 'docker run --help'.\n", 125),
        (
            "create --rm --restart always a",
            "docker: Conflicting options: --restart and --rm.\nSee 'docker create --help'.\n",
            125,
        ),
        ("run -d -a stdout a", "Conflicting options: -a and -d\n", 1),
        (
            "stop -t abc web",
            (
                'invalid argument "abc" for "-t, --time" flag: strconv.ParseInt: parsing "abc": invalid syntax\n'
                "See 'docker stop --help'.\n"
            ),
            125,
        ),
    ],
)
def test_docker_refuses_in_its_own_words(line: str, text: str, code: int) -> None:
    """The exact text on standard error and the exit code of docker 20.10.24."""
    refusal = refused(line)
    assert (refusal.text, refusal.exit_code) == (text, code)


def test_a_refusal_names_the_form_that_was_typed() -> None:
    """`docker container list x` is refused as `docker container ls`."""
    assert refused("container list x").text.startswith('"docker container ls" accepts no arguments.\n')


def test_an_unknown_word_in_a_group_gets_its_usage() -> None:
    """Docker prints the group's usage and nothing else, and exits with 1."""
    refusal = refused("container bogus")
    assert (refusal.text, refusal.exit_code) == (usage("container"), 1)
    assert "\n  ls          List containers\n" in refusal.text


@pytest.mark.parametrize("dash", "–—−‐")
def test_a_typographic_dash_gets_dockers_answer_and_a_hint(dash: str) -> None:
    """Docker takes the word for a name; the hint says which dash to type."""
    refusal = refused(f"run {dash}{dash}rm alpine")
    assert refusal.text == "docker: invalid reference format.\nSee 'docker run --help'.\n"
    assert refusal.hint is not None
    assert refusal.hint.endswith("type --rm")
    accepted = read(f"rm {dash}f web")
    assert accepted.arguments == (f"{dash}f", "web")
    assert accepted.hint is not None
    assert accepted.hint.endswith("type -f")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("network ls", "docker network"),
        ("compose up", "docker compose"),
        ("container cp a b", "docker container cp"),
        ("ps --format x", "docker ps --format"),
        ("run --cidfile x alpine", "docker run --cidfile"),
        ("inspect --type volume x", "docker inspect --type=volume"),
    ],
)
def test_what_the_spec_does_not_tell_is_refused_by_name(line: str, what: str) -> None:
    """Known to docker, so it is no usage error."""
    with pytest.raises(NotModelled) as refusal:
        read(line)
    assert refusal.value.what == what


def test_dockers_refusal_comes_before_the_specs() -> None:
    """A line that docker would not take gets docker's words, though it also asks for something not modelled."""
    assert refused("ps --format x y").text.startswith('"docker ps" accepts no arguments.')


# --- restart policies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("", ("no", 0)),
        ("no", ("no", 0)),
        ("always", ("always", 0)),
        ("unless-stopped", ("unless-stopped", 0)),
        ("on-failure", ("on-failure", 0)),
        ("on-failure:3", ("on-failure", 3)),
        ("always:0", ("always", 0)),
    ],
)
def test_a_restart_policy_is_read(text: str, policy: tuple[str, int]) -> None:
    """Its name, and the number of retries (0: no bound)."""
    assert parse_restart(text) == RestartPolicy(*policy)


@pytest.mark.parametrize(
    ("text", "said", "side"),
    [
        ("a:1:2", "invalid restart policy format", "client"),
        ("on-failure:x", "maximum retry count must be an integer", "client"),
        ("bogus", "invalid restart policy 'bogus'", "engine"),
        ("always:3", "maximum retry count cannot be used with restart policy 'always'", "engine"),
        ("on-failure:-1", "maximum retry count cannot be negative", "engine"),
    ],
)
def test_a_bad_restart_policy_is_refused_by_client_or_engine(text: str, said: str, side: str) -> None:
    """The text, and who says it."""
    with pytest.raises(BadRestartPolicy) as refusal:
        parse_restart(text)
    assert (refusal.value.text, refusal.value.side) == (said, side)


# --- the tables -------------------------------------------------------------------------------------------------------


def test_no_form_is_given_to_two_commands() -> None:
    """Every form and synonym leads to one command, and every command is called by its first form."""
    forms = [form for command in commands() for form in (*command.forms, *command.synonyms)]
    assert len(forms) == len(set(forms))
    assert all(command.name == command.forms[0] for command in commands())


@pytest.mark.parametrize("row", ["--x bogus", "x", "-x --y", "--a\n--a"])
def test_a_bad_row_is_refused(row: str) -> None:
    """A table that does not read, or gives a flag twice, fails where it is defined."""
    with pytest.raises(ValueError, match=r"row of a flag table|twice"):
        flags(modelled=row)


WORDS = st.sampled_from(
    [word for command in commands() for form in command.forms for word in form.split()]
    + [f"-{flag.short}" for command in commands() for flag in command.flags if flag.short]
    + [f"--{flag.name}" for command in commands() for flag in command.flags]
    + ["--", "-", "", "=", "--=x", "-t=", "help", "-h", "–f", "alpine", "A", "1", "0_7", "a=b", "80:80"],
)


@given(st.lists(WORDS | st.text(max_size=8), max_size=7))
@example(["stop", "-t", "9" * 5000, "x"])
@example(["run", "-\udcff", "x"])
@example(["run", "-p", "²", "x"])
def test_any_words_are_read_or_refused_as_documented(argv: list[str]) -> None:
    """No other exception comes out; an accepted line holds only flags that its command knows."""
    known = {command.name: {flag.canonical for flag in command.flags} for command in commands()}
    match outcome(argv):
        case UsageError(text=text, exit_code=code):
            assert text.endswith("\n")
            assert code in {1, 125}
        case NotModelled(what=what):
            assert what.startswith("docker ")
        case Invocation(command=command, options=options):
            assert set(options) <= known.get(command, set()) | {"version", "type"}


# --- held against the real client -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def docker() -> str:
    """The path of a docker client of the measured version, the first on the search path; no engine is needed."""
    seen = []
    for folder in os.get_exec_path():
        path = shutil.which("docker", path=folder)
        if path is not None:
            version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
            if MEASURED_VERSION in version:
                return path
            seen.append(version)
    pytest.skip(f"needs a docker client {MEASURED_VERSION}, whose texts these are; found: {', '.join(seen) or 'none'}")


def ask(docker: str, argv: list[str], home: str) -> tuple[str, int]:
    """Standard error and exit code of the real client, which finds no engine."""
    environment = {"PATH": os.environ["PATH"], "HOME": home, "DOCKER_HOST": "unix:///nonexistent"}
    done = subprocess.run(
        [docker, *argv],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    return done.stderr, done.returncode


LINES = """
rm | rm --bogus x | rm -fz x | rm ---x | rm --=x | rm -f= x | rm -f=maybe x | container rm | image remove
container list x
run | run --name | run -p | run -it=x a | run -é a | run --rm=tRue a | run -p 99999 a
run -p 80:80:80:80 a | run -p /tcp a
run -p 1:2:3 a | run -p 80/foo a | run -p 80:80-90 a | run -p [::1:80:80 a
run --blkio-weight 70000 a | run Alpine | run –rm x
run --restart=a:b:c -p abc a | run --restart=a:b:c A
create --rm --restart always a | create A | run -d -a stdout a
stop -t | stop -t abc x | stop -t 08 x
stop -t 9999999999999999999 x | stop --time= x | stop -t ' 1' x | ps x | ps -n foo
ps -f x | ps --no-trunc=x
images a b | rename a | rename a b c | rename a '' | tag a | tag x A | tag x a: | tag b:c --type
commit | commit x A
commit a b --force | pull | pull A | push '' | save | load x | import | import - A | export | history a b
build
build -t A . | exec a | top | update a | update --restart=on-failure:x a | start -a x y
inspect --type=bogus a
container bogus | container --bogus | image help | system -x | builder x | bogus | -D bogus
help bogus | help -x | '' | –rm
image prune x | container prune --bogus | system prune x | builder prune x | info x
version x | kill -s | wait -x | logs a b
"""


def test_the_real_client_refuses_the_same_lines_with_the_same_words(docker: str, tmp_path: object) -> None:
    """Text and exit code, line by line."""
    lines = [line.strip() for line in re.split(r" \| |\n", LINES) if line.strip()]
    expected = {line: (refusal.text, refusal.exit_code) for line in lines for refusal in [refused(line)]}
    answered = {line: ask(docker, shlex.split(line), str(tmp_path)) for line in lines}
    assert answered == expected


def test_the_real_client_has_the_same_flags(docker: str, tmp_path: object) -> None:
    """Every table row but the hidden ones stands in `docker COMMAND --help`, letter, name and kind, and no other."""

    def rows(command: Command) -> set[tuple[str, str, str]]:
        return {(flag.short, flag.name, flag.word) for flag in command.flags if not flag.hidden}

    def shown(command: Command) -> set[tuple[str, str, str]]:
        done = subprocess.run(
            [docker, *command.name.split(), "--help"],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        found = re.findall(r"^  (?:-(\w), |    )--([\w-]+)(?: ([a-z][\w-]*))?(?: {2,}|$)", done.stdout, re.MULTILINE)
        return {row for row in found if row[1] != "help"}

    assert {command.name: rows(command) for command in commands()} == {
        command.name: shown(command) for command in commands()
    }


def test_the_real_client_knows_the_hidden_flags(docker: str, tmp_path: object) -> None:
    """A hidden flag is accepted, though no help tells of it."""
    hidden = [(command, flag) for command in commands() for flag in command.flags if flag.hidden]
    assert hidden
    for command, flag in hidden:
        text, _ = ask(docker, [*command.name.split(), f"--{flag.name}"], str(tmp_path))
        assert "unknown flag" not in text
