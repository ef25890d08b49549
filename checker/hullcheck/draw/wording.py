"""What a reader calls things: commands for operations, words for guards."""

from __future__ import annotations

import re

from dockspec.language import And, Apply, Defined, Equal, Expr, Literal, Named, Not, Or, Quantified, Variable


def slug(text: str) -> str:
    """A text as a part of an id."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


_COMMANDS = {
    "image.pull": "pull",
    "image.tag": "tag",
    "image.load": "load",
    "image.import": "import",
    "image.untag": "rmi NAME",
    "image.remove": "rmi ID",
    "image.prune": "image prune",
    "container.commit": "commit",
    "build.run": "build",
    "build.config": "build",
    "build.copy": "build",
    "build.parentless": "build",
}


def command(trigger: str) -> str:
    """The command that a trigger stands for, as it is typed; a trigger that is no operation's id as it is."""
    return _COMMANDS.get(trigger, trigger)


_PHRASES: dict[str, tuple[str, str]] = {
    "force": ("-f", "no -f"),
    "prune": ("no --no-prune", "--no-prune"),
    "present": ("the store has it", "the store has no such image"),
    "image.present": ("the store has it", "the store has no such image"),
    "reference.image": ("an image has that name", "no image has that name"),
    "has children": ("something is built on it", "nothing is built on it"),
    "has one reference": ("it has one name only", "it has several names"),
    "is referenced": ("it has a name", "it has no name"),
    "keeps a reference": ("another name is left", "no other name is left"),
    "is used": ("a container uses it", "no container uses it"),
    "is used by running": ("a running container uses it", "no running container uses it"),
    "is used by stopped": ("a container that does not run uses it", "only running containers use it"),
}


def in_words(guard: Expr) -> str:
    """A guard in a few words, made from the guard itself; what has no words is printed in the language of the spec."""
    return _words(guard, 0)


def _words(term: Expr, negated: int) -> str:  # noqa: PLR0911  # one case a word of the language
    match term:
        case Not(term=inner):
            return _words(inner, 1 - negated)
        case And(terms=terms) | Or(terms=terms):
            kept = [t for t in terms if not _is_naming(t)]
            both = isinstance(term, And) is not bool(negated)
            words = [_words(t, negated) for t in kept]
            if both and "it has a name" in words and "it has several names" in words:
                words.remove("it has a name")
            return (", and " if both else ", or ").join(words)
        case Quantified(universal=False, body=body):
            return _words(body, negated)
        case Named(name=name) | Variable(name=name) if name in _PHRASES:
            return _PHRASES[name][negated]
        case Apply(function=function) if function.name in _PHRASES:
            return _PHRASES[function.name][negated]
        case Defined(term=inner):
            return _words(inner, negated)
        case Literal(value=True):
            return "otherwise"
        case _:
            return f"not {term!r}" if negated else repr(term)


def _is_naming(term: Expr) -> bool:
    """Whether it only says which image a reference names."""
    return isinstance(term, Equal) and isinstance(term.left, Apply) and isinstance(term.right, Variable)
