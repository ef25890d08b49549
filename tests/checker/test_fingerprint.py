"""The fingerprint of a specification."""

from __future__ import annotations

import dataclasses

from dockspec import specification
from dockspec.language import FALSE
from hullcheck.fingerprint import fingerprint


def test_it_sees_every_change() -> None:
    """Another guard, kind of answer, row or property: another fingerprint. Other prose: the same."""
    spec = specification()
    rule = next(r for r in spec.rules if r.id == "container.rm.running")
    same = spec.replaced({rule.id: dataclasses.replace(rule, says="Other words.", source="elsewhere")})
    assert fingerprint(same) == fingerprint(spec)
    assert fingerprint(spec.replaced({rule.id: dataclasses.replace(rule, when=FALSE)})) != fingerprint(spec)
    assert fingerprint(spec.replaced({rule.id: None})) != fingerprint(spec)
    assert fingerprint(dataclasses.replace(spec, properties=spec.properties[1:])) != fingerprint(spec)
    machine = spec.machines[0]
    fewer = dataclasses.replace(machine, rows=machine.rows[1:])
    assert fingerprint(dataclasses.replace(spec, machines=(fewer, *spec.machines[1:]))) != fingerprint(spec)
