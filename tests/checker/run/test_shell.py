"""hullcheck.run.shell: the reader of what people paste."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hullcheck.run.shell import (
    Assignment,
    Chain,
    Command,
    Pipeline,
    Redirect,
    Script,
    Substitution,
    SyntaxProblem,
    Text,
    Variable,
    Word,
    WorldLine,
    commands,
    fields,
    joined,
    read,
)


def word(text: str) -> Word:
    """A word of one plain text."""
    return Word((Text(text),))


def words(line: str) -> list[str]:
    """The plain words of a script of one command."""
    (command,) = commands(read(line))
    return [literal for literal in (part.literal for part in command.words) if literal is not None]


def problem(text: str) -> SyntaxProblem:
    """The problem that a text has."""
    with pytest.raises(SyntaxProblem) as refusal:
        read(text)
    return refusal.value


def outcome(text: str) -> Script | SyntaxProblem:
    """What becomes of a text, as a value."""
    try:
        return read(text)
    except SyntaxProblem as refusal:
        return refusal


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("docker ps -a", ["docker", "ps", "-a"]),
        ("docker\tps   -a  ", ["docker", "ps", "-a"]),
        ("docker run 'a b' \"c d\"", ["docker", "run", "a b", "c d"]),
        ("docker run a'b'\"c\"\\ d", ["docker", "run", "abc d"]),
        ("docker run '' \"\"", ["docker", "run", "", ""]),
        ('docker run "a\\"b\\\\c\\d\\$x"', ["docker", "run", 'a"b\\c\\d$x']),
        ("docker run '$x' \\$x", ["docker", "run", "$x", "$x"]),
        ("docker run --name=web a=b#c", ["docker", "run", "--name=web", "a=b#c"]),
        ("docker run -d \\\n  alp\\\nine", ["docker", "run", "-d", "alpine"]),
        ("docker run -d \\\r\n  alpine\r\n", ["docker", "run", "-d", "alpine"]),
        ("docker ps # all", ["docker", "ps"]),
        ("$ docker ps", ["docker", "ps"]),
        ("$ docker run \\\n> -d alpine", ["docker", "run", "-d", "alpine"]),
        ("sudo docker ps", ["docker", "ps"]),
        ("$ sudo docker ps", ["docker", "ps"]),
        ("docker ps -f name=^/web$ -f '{{.ID}}'", ["docker", "ps", "-f", "name=^/web$", "-f", "{{.ID}}"]),
        ('echo "it\'s $" 5$', ["echo", "it's $", "5$"]),
        ("docker inspect {{.Id}}", ["docker", "inspect", "{{.Id}}"]),
        ("docker run – alpine", ["docker", "run", "–", "alpine"]),
    ],
)
def test_words_are_read_as_the_shell_reads_them(line: str, expected: list[str]) -> None:
    """Quotation marks, backslashes, continuations, comments, prompt signs and sudo."""
    assert words(line) == expected


def test_variables_and_substitutions_keep_their_quoting() -> None:
    """Quoted or not decides whether the value will be split."""
    script = read('docker rm $x "${y}z" $(docker ps -aq)')
    *_, command = commands(script)
    assert command.words[2:] == (
        Word((Variable("x"),)),
        Word((Variable("y", quoted=True), Text("z"))),
        Word((Substitution(read("docker ps -aq")),)),
    )


# --- statements -------------------------------------------------------------------------------------------------------


def test_the_shape_of_a_script() -> None:
    """Semicolons and line ends part statements; && and || join pipelines, also over a line end."""
    assert read("docker ps; true &&\n false || echo x\n\n# done\n") == Script(
        (
            Chain(Pipeline((Command((word("docker"), word("ps"))),))),
            Chain(
                Pipeline((Command((word("true"),)),)),
                (
                    ("&&", Pipeline((Command((word("false"),)),))),
                    ("||", Pipeline((Command((word("echo"), word("x"))),))),
                ),
            ),
        )
    )


def test_assignments_stand_alone_or_before_a_command() -> None:
    """x=word, x= and x=$(docker ...)."""
    assert list(commands(read("a=1 b= DOCKER_BUILDKIT=0 docker ps"))) == [
        Command(
            (word("docker"), word("ps")),
            (Assignment("a", word("1")), Assignment("b", Word(())), Assignment("DOCKER_BUILDKIT", word("0"))),
        ),
    ]
    inner, outer = commands(read("id=$(docker create alpine)"))
    assert inner == Command((word("docker"), word("create"), word("alpine")))
    assert outer == Command((), (Assignment("id", Word((Substitution(read("docker create alpine")),))),))


@pytest.mark.parametrize(
    ("text", "redirect"),
    [
        ("> a.tar", Redirect(1, ">", word("a.tar"))),
        (">> a.txt", Redirect(1, ">>", word("a.txt"))),
        ("< a.tar", Redirect(0, "<", word("a.tar"))),
        ("2>/dev/null", Redirect(2, ">", word("/dev/null"))),
        ("2>&1", Redirect(2, ">&", word("1"))),
        (">&2", Redirect(1, ">&", word("2"))),
    ],
)
def test_redirections_are_data_on_the_command(text: str, redirect: Redirect) -> None:
    """Descriptor, operator and target; they are no words."""
    assert list(commands(read(f"docker save alpine {text}"))) == [
        Command((word("docker"), word("save"), word("alpine")), (), (redirect,)),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "docker export web | docker import - flat:1",
        "docker container export web | docker image import - flat:1",
        "docker save alpine |\n docker load",
    ],
)
def test_two_pipes_are_read(line: str) -> None:
    """What export and save write, import and load read."""
    (statement,) = read(line).statements
    assert isinstance(statement, Chain)
    assert len(statement.first.commands) == 2


def test_a_world_line_hands_its_words_on() -> None:
    """With variables in it; a comment and a semicolon end it."""
    assert read("!exit $id 3 # bye\n!daemon restart; docker ps").statements[:2] == (
        WorldLine((word("exit"), Word((Variable("id"),)), word("3"))),
        WorldLine((word("daemon"), word("restart"))),
    )


def test_every_command_knows_its_place() -> None:
    """Line and column count from 1, inside a substitution and after a continuation too."""
    text = "docker ps\n\n  x=$(docker create \\\n alpine); docker rm $x\n!exit web\n"
    places = [(str(command), command.line, command.column) for command in commands(read(text))]
    assert places == [
        ("docker ps", 1, 1),
        ("docker create alpine", 3, 7),
        ("x=$(docker create alpine)", 3, 3),
        ("docker rm ${x}", 4, 11),
    ]
    world = read(text).statements[-1]
    assert isinstance(world, WorldLine)
    assert (world.line, world.column) == (5, 1)
    assert [statement.line for statement in read(text).statements] == [1, 3, 4, 5]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("if true; then docker ps; fi", (1, 1), "the shell's if"),
        ("for x in a b; do docker rm $x; done", (1, 1), "the shell's for"),
        ("docker ps\nf() { docker ps; }", (2, 1), "the function f"),
        ("(docker ps)", (1, 1), "a subshell"),
        ("docker ps )", (1, 11), "a ) without its ("),
        ("docker rm web*", (1, 14), "a file pattern (*)"),
        ("docker rm we?", (1, 13), "a file pattern (?)"),
        ("docker rm w[ab]", (1, 12), "a file pattern ([)"),
        ("docker rm {a,b}", (1, 11), "a brace expansion"),
        ("docker ps &", (1, 11), "a command in the background (&)"),
        ("docker ps &> x", (1, 11), "&>"),
        ("docker rm `docker ps -aq`", (1, 11), "backquotes"),
        ("docker ps | grep web", (1, 13), "the command 'grep'"),
        ("docker ps | docker import -", (1, 11), "a pipe"),
        ("docker build - <<EOF", (1, 16), "<<"),
        ("docker ps > ", (1, 11), "a redirection to nowhere"),
        ("> x", (1, 1), "a redirection without a command"),
        ("docker ps 3> x", (1, 11), "the descriptor 3"),
        ("docker ps 2>&x", (1, 11), ">&x"),
        ("echo $((1+1))", (1, 6), "arithmetic"),
        ("echo ${x:-y}", (1, 6), "${...} with more than a name in it"),
        ("echo $1", (1, 6), "$1"),
        ("echo $()", (1, 6), "an empty $( )"),
        ("! docker ps", (1, 1), "! alone"),
        ("true && !exit web", (1, 9), "! within a line"),
        ("true;; false", (1, 5), "; where a command should stand"),
        ("&& docker ps", (1, 1), "& where a command should stand"),
        ("docker\u00a0ps", (1, 7), "a space that is none for the shell"),
        ("cd src", (1, 1), "the command 'cd'"),
        ("docker ps\nls\n", (2, 1), "the command 'ls'"),
    ],
)
def test_the_rest_of_the_shell_is_refused_with_its_place(text: str, place: tuple[int, int], what: str) -> None:
    """One problem: where, what, how to mend; and no more input would help."""
    refusal = problem(text)
    assert ((refusal.line, refusal.column), refusal.what) == (place, what)
    assert refusal.mend
    assert not refusal.incomplete
    assert str(refusal) == f"line {place[0]}, column {place[1]}: {what}: {refusal.mend}"


@pytest.mark.parametrize(
    "text",
    ["docker run 'a", 'docker run "a', "docker rm $(docker ps", "docker ps &&", "docker export x |", "docker run \\\n",
     "docker run \\", "echo ${x"],
)  # fmt: skip
def test_a_text_that_ends_too_early_is_incomplete(text: str) -> None:
    """A prompt may ask for the next line."""
    assert problem(text).incomplete


def test_nesting_has_a_limit() -> None:
    """A text nested very deep is refused instead of exhausting the stack."""
    assert "nested" in problem("echo " + "$(echo " * 5000).what


# --- expansion --------------------------------------------------------------------------------------------------------

VARIABLES = {"id": "abc", "many": " a  b\n", "none": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$id", ["abc"]),
        ('"$id"', ["abc"]),
        ("x${id}y", ["xabcy"]),
        ("$many", ["a", "b"]),
        ('"$many"', [" a  b\n"]),
        ("x${many}y", ["x", "a", "b", "y"]),
        ("''$many", ["", "a", "b"]),
        ("$none", []),
        ("$unset$none", []),
        ('"$none"', [""]),
        ("$none''", [""]),
        ("$(docker ps -aq)", ["c1", "c2"]),
        ('"$(docker ps -aq)"', ["c1\nc2"]),
    ],
)
def test_fields_are_split_as_the_shell_splits_them(text: str, expected: list[str]) -> None:
    """Unquoted values at blanks and line ends, quoted ones never; the line ends at the end of an output go."""
    *_, command = commands(read(f"echo {text}"))
    assert fields(command.words[1], VARIABLES, lambda _: "c1\nc2\n\n") == expected


def test_the_value_of_an_assignment_is_not_split() -> None:
    """Quoted or not."""
    *_, command = commands(read("x=$many$(docker ps -aq)"))
    assert joined(command.assignments[0].value, VARIABLES, lambda _: "c1\nc2\n") == " a  b\nc1\nc2"


PIECES = st.sampled_from(["a", "'b c'", "''", '""', "$p", '"$p"', "${q}", '"${q}x"', "\\ ", "$unset", '"$unset"', "-1"])


@pytest.mark.skipif(shutil.which("sh") is None, reason="no sh on this machine to compare with")
@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(PIECES, min_size=1, max_size=4).map("".join), max_size=4))
def test_the_real_shell_agrees_on_fields(texts: list[str]) -> None:
    """The same words, the same fields as sh."""
    line = " ".join(["true", *texts])
    (command,) = commands(read(line))
    variables = {"p": " 1  2 ", "q": "3"}
    ours = [field for part in command.words[1:] for field in fields(part, variables, lambda _: "")]
    script = f"p=' 1  2 '; q=3; set -- {' '.join(texts)}; for x do printf '<%s>' \"$x\"; done"
    theirs = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert theirs == "".join(f"<{field}>" for field in ours)


# --- printing back, and any text --------------------------------------------------------------------------------------

TEXTS = st.text(max_size=6) | st.sampled_from(["docker", "x=1", "if", "*", "a'b", "$x", "–rm", "1", "sudo"])
NAMES = st.sampled_from(["x", "id", "_y1"])


def merged(parts: list[Text | Variable | Substitution]) -> Word:
    """A word as the reader builds it: no two texts side by side, and an empty one only alone."""
    kept: list[Text | Variable | Substitution] = []
    for part in parts:
        if isinstance(part, Text) and (kept and isinstance(kept[-1], Text)):
            continue
        kept.append(part)
    return Word(tuple(kept))


def word_of(script: st.SearchStrategy[Script]) -> st.SearchStrategy[Word]:
    """Words of texts, variables and substitutions."""
    part = (
        st.builds(Text, TEXTS)
        | st.builds(Variable, NAMES, st.booleans())
        | st.builds(Substitution, script, st.booleans())
    )
    return st.lists(part, min_size=1, max_size=3).map(merged)


def script_of(inner: st.SearchStrategy[Script]) -> st.SearchStrategy[Script]:
    """Scripts whose substitutions hold *inner* ones."""
    any_word = word_of(inner)
    heads = st.sampled_from(["docker", "echo", ":"]).map(word)
    command = st.builds(
        lambda head, tail, assignments, redirects: Command((head, *tail), tuple(assignments), tuple(redirects)),
        heads,
        st.lists(any_word, max_size=3),
        st.lists(st.builds(Assignment, NAMES, any_word | st.just(Word(()))), max_size=2),
        st.lists(
            st.builds(Redirect, st.sampled_from([0, 1, 2]), st.sampled_from(["<", ">", ">>"]), any_word), max_size=2
        ),
    )
    pipeline = command.map(lambda one: Pipeline((one,)))
    chain = st.builds(
        Chain,
        pipeline,
        st.lists(st.tuples(st.sampled_from(["&&", "||"]), pipeline), max_size=2).map(tuple),
    )
    world = st.lists(any_word, max_size=2).map(lambda tail: WorldLine((word("exit"), *tail)))
    return st.lists(chain | world, min_size=1, max_size=3).map(lambda statements: Script(tuple(statements)))


SCRIPTS = st.recursive(st.just(read("docker ps -aq")), script_of, max_leaves=3)


@given(SCRIPTS)
def test_a_script_prints_back(script: Script) -> None:
    """What is printed reads back to the same syntax."""
    assert read(str(script)) == script


FRAGMENTS = st.sampled_from(
    [
        *("docker", "run", "ps", "echo", "sudo", "a", "é", "1", "x=", "$x", "!exit"),
        *("\n", "\r\n", "\r", "\t", "\\\n", "$ ", "> ", "2>", ">&", "&&", "||", "$(", "${"),
        *" ;|&$(){}'\"\\#!=<>*`",
    ]
)


@given(st.lists(FRAGMENTS, max_size=12).map("".join) | st.text(max_size=30))
@example("$")
@example("²>x")
@example('"$')
@example("x=$(")
@example("sudo")
@example("docker ps \\")
def test_any_text_is_a_script_or_has_a_problem(text: str) -> None:
    """No other exception comes out; a problem lies within the text; a script prints back."""
    result = outcome(text)
    if isinstance(result, Script):
        assert read(str(result)) == result
    else:
        lines = text.replace("\r\n", "\n").split("\n")
        assert 1 <= result.line <= len(lines)
        assert 1 <= result.column <= len(lines[result.line - 1]) + 1
