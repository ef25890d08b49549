"""The language of the specification: a small first-order vocabulary that reads as a table and as a formula.

Everything dockspec says about Docker is said with the words of this module, so that one text can be run on one
state, compiled to arrays of states, handed to a solver, and printed. What the words leave out, on purpose:

- no integers: a counter or an exit code is a class (an enumeration);
- no nested application: an argument of a function is a variable;
- a partial function is only asked whether it *is defined* and whether it *maps to* something;
- an update overrides each function at most once, and its right-hand side reads the state before.

    sorts            Container, Image, ...             what there can be any number of
    functions        status: Container -> Status       what the state is made of
    formulas         (status(c) == RUNNING) & ~paused  what guards and properties say
    updates          becomes(status(c), RUNNING)       what rules do

Nothing here knows a Docker fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias


class SpecificationError(Exception):
    """The specification itself is malformed; raised while it is being defined, with the offending part named."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of object of which there may be any number; an object is known by its slot, 0, 1, 2, ..."""

    name: str

    def __repr__(self) -> str:
        return self.name


Type: TypeAlias = Sort | type[Enum] | type[bool]
"""What a term can denote: an object of a sort, a member of an enumeration, or a truth value."""

Value: TypeAlias = Enum | bool | int | None
"""A concrete value: a member, a truth value, a slot, or None where a partial function is undefined."""


def type_name(kind: Type) -> str:
    """The name of a type as it is printed."""
    return kind.name if isinstance(kind, Sort) else kind.__name__


# --- terms and formulas ---------------------------------------------------------------------------------------------


class Expr:
    """A term or a formula. ``==`` builds an equation, ``&``, ``|`` and ``~`` connect; ``key`` tells two apart."""

    type: Type
    key: tuple[object, ...]

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]  # an equation of the language, not of Python
        return _equation(self, other)

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]  # the same
        return ~_equation(self, other)

    def __hash__(self) -> int:
        return hash(self.key)

    def __and__(self, other: Expr) -> Expr:
        return conjunction(self, other)

    def __or__(self, other: Expr) -> Expr:
        return disjunction(self, other)

    def __invert__(self) -> Expr:
        return self.term if isinstance(self, Not) else Not(self)

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is a formula of the specification: connect it with & | ~, or evaluate it in a state")

    def one_of(self, *values: Enum) -> Expr:
        """The formula that this term is one of some members of its enumeration."""
        return Member(self, tuple(values))

    def parts(self) -> tuple[Expr, ...]:
        """The immediate sub-expressions."""
        return ()


@dataclass(frozen=True, eq=False, repr=False)
class Literal(Expr):
    """A member of an enumeration, a truth value, or NONE (the undefined value, only on the right of an update)."""

    value: Value

    @property
    def type(self) -> Type:  # type: ignore[override]
        return type(self.value) if isinstance(self.value, (Enum, bool)) else _NOTHING

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("literal", type(self.value).__name__, self.value)

    def __repr__(self) -> str:
        value = self.value
        return value.value if isinstance(value, Enum) else {True: "true", False: "false", None: "none"}[value]  # type: ignore[index]


@dataclass(frozen=True, eq=False, repr=False)
class Variable(Expr):
    """A parameter of an operation, or a variable that a quantifier or an update binds."""

    name: str
    type: Type

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("variable", self.name, type_name(self.type))

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class Function:
    """A part of the state: a function from sorts to an enumeration, the truth values, or (partially) a sort.

    Attributes:
        name: unique, as ``container.status``.
        domain: the sorts of its arguments; empty for a constant of the world.
        type: what it maps to.
        initial: its value everywhere at the beginning.
        partial: whether it may be undefined (only functions into sorts are).
        rigid: whether it never changes (a constant of the world, chosen with the scope).
        about: what it stands for in Docker, and where that is from.
    """

    name: str
    domain: tuple[Sort, ...]
    type: Type
    initial: Value
    about: str
    partial: bool = False
    rigid: bool = False

    def __post_init__(self) -> None:
        if self.partial != isinstance(self.type, Sort):
            raise SpecificationError(f"{self.name}: exactly the functions into sorts are partial")

    def __call__(self, *arguments: Expr) -> Apply:
        return Apply(self, _arguments(self, arguments))

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False, repr=False)
class Apply(Expr):
    """The value of a function; ``primed`` in the state after a step, where a step property compares two states."""

    function: Function
    arguments: tuple[Variable, ...]
    primed: bool = False

    @property
    def type(self) -> Type:  # type: ignore[override]
        return self.function.type

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("apply", self.function.name, self.primed, *(a.key for a in self.arguments))

    def parts(self) -> tuple[Expr, ...]:
        return self.arguments

    def __repr__(self) -> str:
        prime = "'" if self.primed else ""
        inside = f"({', '.join(map(repr, self.arguments))})" if self.arguments else ""
        return f"{self.function.name}{prime}{inside}"


@dataclass(frozen=True, eq=False, repr=False)
class Equal(Expr):
    """Two terms are the same. With a partial function: it is defined and maps to the other."""

    left: Expr
    right: Expr
    type: Type = field(default=bool, init=False)

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("equal", self.left.key, self.right.key)

    def parts(self) -> tuple[Expr, ...]:
        return (self.left, self.right)

    def __repr__(self) -> str:
        return f"{self.left!r} = {self.right!r}"


@dataclass(frozen=True, eq=False, repr=False)
class Member(Expr):
    """A term is one of some members of its enumeration."""

    term: Expr
    values: tuple[Enum, ...]
    type: Type = field(default=bool, init=False)

    def __post_init__(self) -> None:
        for value in self.values:
            if type(value) is not self.term.type:
                raise SpecificationError(f"{self.term!r} is never {value!r}: it is of another type")

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("member", self.term.key, self.values)

    def parts(self) -> tuple[Expr, ...]:
        return (self.term,)

    def __repr__(self) -> str:
        return f"{self.term!r} in {{{', '.join(str(v.value) for v in self.values)}}}"


@dataclass(frozen=True, eq=False, repr=False)
class Defined(Expr):
    """A partial function has a value here."""

    term: Apply
    type: Type = field(default=bool, init=False)

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("defined", self.term.key)

    def parts(self) -> tuple[Expr, ...]:
        return (self.term,)

    def __repr__(self) -> str:
        return f"defined {self.term!r}"


@dataclass(frozen=True, eq=False, repr=False)
class Not(Expr):
    """Negation."""

    term: Expr
    type: Type = field(default=bool, init=False)

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("not", self.term.key)

    def parts(self) -> tuple[Expr, ...]:
        return (self.term,)

    def __repr__(self) -> str:
        return f"not ({self.term!r})" if isinstance(self.term, (And, Or, Equal, Member)) else f"not {self.term!r}"


@dataclass(frozen=True, eq=False, repr=False)
class And(Expr):
    """Conjunction; of nothing, truth."""

    terms: tuple[Expr, ...]
    type: Type = field(default=bool, init=False)

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("and", *(t.key for t in self.terms))

    def parts(self) -> tuple[Expr, ...]:
        return self.terms

    def __repr__(self) -> str:
        return " and ".join(f"({t!r})" if isinstance(t, Or) else repr(t) for t in self.terms) or "true"


@dataclass(frozen=True, eq=False, repr=False)
class Or(Expr):
    """Disjunction; of nothing, falsehood."""

    terms: tuple[Expr, ...]
    type: Type = field(default=bool, init=False)

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("or", *(t.key for t in self.terms))

    def parts(self) -> tuple[Expr, ...]:
        return self.terms

    def __repr__(self) -> str:
        return " or ".join(f"({t!r})" if isinstance(t, And) else repr(t) for t in self.terms) or "false"


@dataclass(frozen=True, eq=False, repr=False)
class Quantified(Expr):
    """For every object (``universal``) or for some object of a sort."""

    universal: bool
    variables: tuple[Variable, ...]
    body: Expr
    type: Type = field(default=bool, init=False)

    def __post_init__(self) -> None:
        for variable in self.variables:
            if not isinstance(variable.type, Sort):
                raise SpecificationError(f"a quantifier ranges over a sort, {variable.name} does not")

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("all" if self.universal else "some", *(v.key for v in self.variables), self.body.key)

    def parts(self) -> tuple[Expr, ...]:
        return (self.body,)

    def __repr__(self) -> str:
        word = "for all" if self.universal else "for some"
        return f"{word} {', '.join(map(repr, self.variables))}: ({self.body!r})"


@dataclass(frozen=True, eq=False, repr=False)
class If(Expr):
    """One value or another, by a formula."""

    condition: Expr
    then: Expr
    otherwise: Expr

    @property
    def type(self) -> Type:  # type: ignore[override]
        return self.otherwise.type if self.then.type is _NOTHING else self.then.type

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("if", self.condition.key, self.then.key, self.otherwise.key)

    def parts(self) -> tuple[Expr, ...]:
        return (self.condition, self.then, self.otherwise)

    def __repr__(self) -> str:
        return f"({self.then!r} if {self.condition!r} else {self.otherwise!r})"


@dataclass(frozen=True, eq=False, repr=False)
class Reaches(Expr):
    """One or more steps of a partial function from a sort to itself lead from one object to another.

    The only transitive notion of the language (an image's ancestors). It is recomputed from the function and costs no
    state; a proof may keep it as a relation of its own.
    """

    function: Function
    start: Variable
    end: Variable
    primed: bool = False
    type: Type = field(default=bool, init=False)

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("reaches", self.function.name, self.primed, self.start.key, self.end.key)

    def parts(self) -> tuple[Expr, ...]:
        return (self.start, self.end)

    def __repr__(self) -> str:
        return f"{self.function.name}{chr(39) if self.primed else ''}+({self.start!r}, {self.end!r})"


@dataclass(frozen=True, eq=False, repr=False)
class Named(Expr):
    """A formula under a name of the field (``has_children(i)``): printed by the name, read as what it stands for."""

    name: str
    arguments: tuple[Expr, ...]
    body: Expr

    @property
    def type(self) -> Type:  # type: ignore[override]
        return self.body.type

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return self.body.key

    def parts(self) -> tuple[Expr, ...]:
        return (self.body,)

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(map(repr, self.arguments))})"


@dataclass(frozen=True, eq=False, repr=False)
class Fired(Expr):
    """In a step property: the step was taken by a rule of which this holds. Decided when the rule is known."""

    what: str
    holds: Callable[[object], bool]
    type: Type = field(default=bool, init=False)

    @property
    def key(self) -> tuple[object, ...]:  # type: ignore[override]
        return ("fired", self.what)

    def __repr__(self) -> str:
        return self.what


# --- building them --------------------------------------------------------------------------------------------------

TRUE, FALSE = Literal(True), Literal(False)
NONE = Literal(None)
_NOTHING = Sort("nothing")


def expr(value: Expr | Enum | bool) -> Expr:
    """A member or a truth value as a term; a term as it is."""
    return value if isinstance(value, Expr) else Literal(value)


def conjunction(*terms: Expr) -> Expr:
    """All of them, flattened; a single one stays what it is."""
    flat = tuple(_flatten(And, terms))
    if any(isinstance(t, Literal) and t.value is False for t in flat):
        return FALSE
    return flat[0] if len(flat) == 1 else (And(flat) if flat else TRUE)


def disjunction(*terms: Expr) -> Expr:
    """One of them, flattened; a single one stays what it is."""
    flat = tuple(_flatten(Or, terms))
    if any(isinstance(t, Literal) and t.value is True for t in flat):
        return TRUE
    return flat[0] if len(flat) == 1 else (Or(flat) if flat else FALSE)


def implies(premise: Expr, conclusion: Expr) -> Expr:
    """If the one, then the other."""
    return disjunction(~premise, conclusion)


def every(*variables_and_body: Expr) -> Expr:
    """``every(i, k, body)``: the body holds for all i and k."""
    return _quantified(True, variables_and_body)


def some(*variables_and_body: Expr) -> Expr:
    """``some(i, body)``: the body holds for at least one i."""
    return _quantified(False, variables_and_body)


def defined(term: Apply) -> Expr:
    """The partial function has a value here."""
    if not term.function.partial:
        raise SpecificationError(f"{term!r} is always defined: {term.function.name} is total")
    return Defined(term)


def choose(condition: Expr, then: Expr | Enum | bool, otherwise: Expr | Enum | bool) -> Expr:
    """The one value where the condition holds, else the other."""
    return If(condition, expr(then), expr(otherwise))


def reaches(function: Function, start: Variable, end: Variable) -> Expr:
    """One or more applications of the function lead from start to end."""
    if function.domain != (function.type,):
        raise SpecificationError(f"{function.name} does not lead from a sort to itself")
    return Reaches(function, start, end)


def named(function: Callable[..., Expr]) -> Callable[..., Expr]:
    """A Python function that builds a formula, made to print by its own name.

    What it binds itself must not be called like what it is applied to; the variable would be captured, and that raises.
    """

    def build(*arguments: Expr) -> Expr:
        body = function(*arguments)
        given = {name for argument in arguments for name in free_variables(argument)}
        for part in walk(body):
            captured = given & {v.name for v in part.variables} if isinstance(part, Quantified) else set()
            if captured:
                raise SpecificationError(
                    f"{function.__name__} binds {min(captured)}, which it is applied to: rename one"
                )
        return Named(function.__name__.strip("_").replace("_", " "), arguments, body)

    build.__doc__, build.__name__ = function.__doc__, function.__name__
    return build


def after(term: Expr) -> Expr:
    """The same expression, read in the state after the step."""
    return rewrite(term, _prime)


def walk(term: Expr) -> Iterator[Expr]:
    """The expression and everything inside it, outside first."""
    yield term
    for part in term.parts():
        yield from walk(part)


def free_variables(term: Expr) -> dict[str, Variable]:
    """The variables that the expression reads and no quantifier in it binds, by name."""
    match term:
        case Variable():
            return {term.name: term}
        case Quantified(variables=bound, body=body):
            inside = free_variables(body)
            return {name: v for name, v in inside.items() if name not in {b.name for b in bound}}
        case _:
            return {name: v for part in term.parts() for name, v in free_variables(part).items()}


def rewrite(term: Expr, leaf: Callable[[Expr], Expr | None]) -> Expr:  # noqa: C901, PLR0911  # one case a word
    """A copy in which every sub-expression for which ``leaf`` returns one is replaced by it."""
    replaced = leaf(term)
    if replaced is not None:
        return replaced
    match term:
        case Equal(left=left, right=right):
            return Equal(rewrite(left, leaf), rewrite(right, leaf))
        case Member(term=inner, values=values):
            return Member(rewrite(inner, leaf), values)
        case Defined(term=inner):
            return Defined(_apply(rewrite(inner, leaf)))
        case Not(term=inner):
            return Not(rewrite(inner, leaf))
        case And(terms=terms):
            return And(tuple(rewrite(t, leaf) for t in terms))
        case Or(terms=terms):
            return Or(tuple(rewrite(t, leaf) for t in terms))
        case Quantified(universal=universal, variables=variables, body=body):
            return Quantified(universal, variables, rewrite(body, leaf))
        case If(condition=condition, then=then, otherwise=otherwise):
            return If(rewrite(condition, leaf), rewrite(then, leaf), rewrite(otherwise, leaf))
        case Named(name=name, arguments=arguments, body=body):
            return Named(name, tuple(rewrite(a, leaf) for a in arguments), rewrite(body, leaf))
        case _:
            return term


def _prime(term: Expr) -> Expr | None:
    match term:
        case Apply(function=function, arguments=arguments):
            return Apply(function, arguments, primed=True)
        case Reaches(function=function, start=start, end=end):
            return Reaches(function, start, end, primed=True)
        case _:
            return None


def _flatten(kind: type[And | Or], terms: Sequence[Expr]) -> Iterator[Expr]:
    neutral = kind is And
    for term in terms:
        if isinstance(term, kind):
            yield from term.terms
        elif not (isinstance(term, Literal) and term.value is neutral):
            yield term


def _equation(left: Expr, other: object) -> Expr:
    if other is None or (isinstance(other, Literal) and other.value is None):
        raise SpecificationError(f"ask whether {left!r} is defined(...), not whether it equals NONE")
    right = expr(other)  # type: ignore[arg-type]  # of anything else the type differs: the next line refuses it
    if left.type is not right.type:
        raise SpecificationError(f"{left!r} = {right!r}: the two sides are of different types")
    if _is_partial(left) and _is_partial(right):
        raise SpecificationError(
            f"{left!r} = {right!r}: at most one side may be partial; name the value with some(...)"
        )
    return Equal(left, right)


def _is_partial(term: Expr) -> bool:
    return isinstance(term, Apply) and term.function.partial


def _arguments(function: Function, arguments: Sequence[Expr]) -> tuple[Variable, ...]:
    if len(arguments) != len(function.domain):
        raise SpecificationError(f"{function.name} takes {len(function.domain)} arguments, not {len(arguments)}")
    checked = []
    for argument, sort in zip(arguments, function.domain, strict=True):
        if not isinstance(argument, Variable) or argument.type is not sort:
            raise SpecificationError(f"{function.name} takes a variable of sort {sort}, not {argument!r}")
        checked.append(argument)
    return tuple(checked)


def _quantified(universal: bool, parts: Sequence[Expr]) -> Expr:
    *variables, body = parts
    checked = []
    for variable in variables:
        if not isinstance(variable, Variable):
            raise SpecificationError(f"a quantifier binds variables, not {variable!r}")
        checked.append(variable)
    return Quantified(universal, tuple(checked), body)


def _apply(term: Expr) -> Apply:
    if not isinstance(term, Apply):
        raise SpecificationError(f"{term!r} is not the value of a function")
    return term


# --- updates --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Update:
    """One guarded override: for each of the ``each`` variables, where ``where`` holds, the function gets a new value.

    The arguments that are not among ``each`` are parameters of the operation: the update touches that one point.
    """

    target: Apply
    value: Expr
    where: Expr = TRUE
    each: tuple[Variable, ...] = ()

    def __repr__(self) -> str:
        head = f"for each {', '.join(map(repr, self.each))} " if self.each else ""
        where = "" if self.where is TRUE else f"where {self.where!r} " if self.each else f"if {self.where!r} "
        return f"{head}{where}{': ' if head or where else ''}{self.target!r} := {self.value!r}".replace(" : ", ": ")


def becomes(
    target: Apply, value: Expr | Enum | bool, *, where: Expr = TRUE, each: Variable | tuple[Variable, ...] = ()
) -> Update:
    """The update that ``target`` takes on ``value``, where a formula holds, at one point or for each of some objects.

    Raises:
        SpecificationError: when the value is of another type, or the function never changes.
    """
    bound = (each,) if isinstance(each, Variable) else each
    right = expr(value)
    if target.function.rigid:
        raise SpecificationError(f"{target.function.name} never changes: it is a constant of the world")
    if not (right.type is target.type or (right.type is _NOTHING and target.function.partial)):
        raise SpecificationError(f"{target!r} := {right!r}: the two sides are of different types")
    unused = [v for v in bound if v.name not in {a.name for a in target.arguments}]
    if unused:
        raise SpecificationError(f"{target!r}: for each {unused[0].name} of what? it is no argument of the function")
    return Update(target, right, where, bound)
