"""The little of Go's templates that people type after ``docker inspect -f``: fields, and ``json`` of a field.

Source: text/template's printing of values, measured on docker 20.10.24 for texts, numbers and truth values.
"""

from __future__ import annotations

import json
import re
from typing import Final

from hullcheck.run.core import Refused

_ACTION: Final = re.compile(r"{{(.*?)}}", re.DOTALL)
_FIELD: Final = re.compile(r"(json )?((?:\.[A-Za-z]\w*)+|\.)")


def filled(template: str, document: object) -> str:
    """A template with the fields of a document in it.

    Args:
        template: as ``{{.Id}} {{json .State}}``.
        document: what ``docker inspect`` tells of one object.

    Raises:
        Refused: for anything but a field or ``json`` of one, and for a field that the document does not have.
    """
    return _ACTION.sub(lambda action: _value(action.group(1).strip(), document), template)


def _value(action: str, document: object) -> str:
    field = _FIELD.fullmatch(action)
    if field is None:
        raise Refused(f"docker inspect -f: {{{{{action}}}}} is more than a field: outside the specification")
    value = document
    for key in field.group(2).split(".")[1:]:
        if not key:
            continue
        if not isinstance(value, dict) or key not in value:
            raise Refused(f"docker inspect -f: {field.group(2)} is no field that the specification tells")
        value = value[key]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if field.group(1) else _printed(value)


def _printed(value: object) -> str:
    """A value as Go prints it."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return f"map[{' '.join(f'{key}:{_printed(value[key])}' for key in sorted(value))}]"
        case list():
            return f"[{' '.join(map(_printed, value))}]"
        case None:
            return "<no value>"
        case _:
            return str(value)
