"""The decision that ``docker rmi`` is: rule by rule, as the engine asks, from a name or an id to what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dockspec import DIALECTS, specification
from dockspec import image as images
from dockspec.model import Kind, Operation, Rule, Specification
from hullcheck.draw.diagram import Diagram, Text
from hullcheck.draw.geometry import Box, Label
from hullcheck.draw.sheet import Sheet, wrapped
from hullcheck.draw.style import KINDS, LARGE, SMALL
from hullcheck.draw.wording import in_words

_STORES = ("docker", "docker-containerd")
"""The dialects that are drawn whole, one below the other, as far as they exist; others are told where they differ."""

_COLUMNS = ((0.0, "image.untag", "a tag or a digest"), (314.0, "image.remove", "an image id"))
_QUESTION, _GAP, _ANSWER = 158.0, 26.0, 114.0
_STEP, _PAD = 16.0, 6.0


def rmi(_spec: Specification) -> Diagram:
    """The picture of the decision, in each image store that the specification knows."""
    sheet = Sheet("rmi")
    top = 0.0
    stores = [name for name in _STORES if name in DIALECTS]
    for store in stores:
        top = _store(sheet, specification(store), top, heading=len(stores) > 1)
    sheet.key([(kind.value, KINDS[kind]) for kind in (Kind.ACCEPTED, Kind.REFUSED)], (4, top + 4))
    return sheet.diagram(
        "What docker rmi does",
        "Two columns of questions, in the order in which the engine asks them: on the left for a tag or digest, on "
        "the right for an image id. The first question that is answered with yes decides: the image or its name is "
        "removed, or the call is refused. Questions that another dialect asks otherwise are marked.",
    )


def _store(sheet: Sheet, spec: Specification, top: float, *, heading: bool) -> float:
    prefix = f"{spec.dialect}."
    if heading:
        sheet.left(f"{prefix}about", (0, top), spec.about, size=SMALL + 1, bold=True)
        top += 18
    start = Box(190, top, 380, top + 26)
    sheet.box(
        f"{prefix}start", start, ("docker rmi [-f] NAME or ID",), size=LARGE, bold=True, style="rounded", part="begin"
    )
    bottoms = []
    for left, identifier, words in _COLUMNS:
        operation = spec.operation(identifier)
        x = left + _QUESTION / 2
        sheet.arrow(
            f"{prefix}{identifier}",
            f"{prefix}start",
            prefix + operation.rules[0].id,
            ((start.left if x < start.left else start.right, top + 13), (x, top + 13), (x, top + 46)),
            (Text(words),),
            Label(x, top + 34, "right"),
        )
        bottoms.append(_questions(sheet, prefix, operation, left, top + 46, _differing(spec, operation)))
    return max(bottoms) + 10


def _questions(  # noqa: PLR0917  # what is drawn, where, with which notes
    sheet: Sheet, prefix: str, operation: Operation, left: float, top: float, others: Mapping[str, str]
) -> float:
    for number, rule in enumerate(operation.rules):
        last = number == len(operation.rules) - 1
        question = in_words(rule.when)
        lines = wrapped(question if last else f"{question}?", _QUESTION - 8, 10)
        notes = wrapped(others[rule.id], _QUESTION - 8, SMALL) if rule.id in others else []
        outcome = _outcome(rule)
        high = max(len(lines) * 12 + len(notes) * 12, len(outcome) * 12) + _PAD * 2
        box = Box(left, top, left + _QUESTION, top + high)
        answer = Box(box.right + _GAP, top, box.right + _GAP + _ANSWER, top + high)
        fill = KINDS[rule.answer.kind]
        sheet.box(
            prefix + rule.id,
            box,
            lines,
            note=notes,
            style="rounded",
            part="question",
            says=f"{rule.when!r}. {rule.says}",
        )
        sheet.box(
            f"{prefix}{rule.id}.answer",
            answer,
            outcome[:1],
            note=outcome[1:],
            fill=fill.fill,
            border=fill.border,
            ink=fill.text,
            part="answer",
            says=rule.answer.message or rule.says,
        )
        middle = (box.top + box.bottom) / 2
        sheet.arrow(
            f"{prefix}{rule.id}.yes",
            prefix + rule.id,
            f"{prefix}{rule.id}.answer",
            ((box.right, middle), (answer.left, middle)),
            () if last else (Text("yes"),),
            Label((box.right + answer.left) / 2 - 3, middle, "over"),
        )
        if not last:
            x = left + _QUESTION / 2
            following = prefix + operation.rules[number + 1].id
            sheet.arrow(
                f"{prefix}{rule.id}.no",
                prefix + rule.id,
                following,
                ((x, box.bottom), (x, box.bottom + _STEP)),
                (Text("no"),),
                Label(x + 2, box.bottom + _STEP / 2 - 2, "right"),
            )
        top += high + _STEP
    return top - _STEP


def _outcome(rule: Rule) -> list[str]:
    """What becomes of it, in two lines."""
    if rule.answer.kind is Kind.REFUSED:
        return [
            f"refused {rule.answer.status}",
            rule.answer.error_class + ("" if rule.answer.exit_code else ", exit 0"),
        ]
    written = {update.target.function.name for update in rule.updates}
    gone = [u for u in rule.updates if u.target.function.name == images.present.name]
    if not gone:
        return ["untagged", "the image stays"] if images.refers.name in written else ["nothing"]
    cascade = "goes along" in repr(gone[0].where)
    return ["deleted", "unused parents too" if cascade else "parents stay"]


def _differing(spec: Specification, operation: Operation) -> Mapping[str, str]:
    """Where other dialects ask otherwise: rule id -> what they ask."""
    found: dict[str, list[str]] = {}
    for name in _others(spec):
        theirs = {rule.id: rule for rule in specification(name).operation(operation.id).rules}
        for rule in operation.rules:
            other = theirs.get(rule.id)
            if other is None:
                found.setdefault(rule.id, []).append(f"{name}: not asked")
            elif repr(other.when) != repr(rule.when):
                found.setdefault(rule.id, []).append(f"{name}: {in_words(other.when)}?")
    return {identifier: "; ".join(words) for identifier, words in found.items()}


def _others(spec: Specification) -> Iterable[str]:
    return (name for name in sorted(DIALECTS) if name != spec.dialect and name not in _STORES)
