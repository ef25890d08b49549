"""What the benchmark explores: the scope ``interplay`` of ``check``, larger, and with fewer references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dockspec.container import CONTAINER, NAME
from dockspec.image import IMAGE, REFERENCE
from dockspec.model import Always, Specification, Step
from hullcheck.explore import Scope
from hullcheck.explore.claims import rows_id, total_id
from hullcheck.scopes import INTERPLAY
from hullcheck.worlds import references

_SPELLED = ("app:1", "web:1", "app:2")


def _scope(name: str, containers: int, images: int, tags: int, without: tuple[str, ...] = ()) -> Scope:
    sizes = {CONTAINER: containers, NAME: containers, IMAGE: images, REFERENCE: tags}
    about = f"{containers} containers and as many names, {images} images, {tags} tag{'s' if tags > 1 else ''}"
    return replace(INTERPLAY, name=name, about=about, sizes=sizes, rigid=references(*_SPELLED[:tags]), without=without)


TINY = _scope("tiny", 2, 2, 1)
"""For tests of the benchmark itself."""
COMPARED = _scope("compared", 3, 3, 1, ("container.pause", "container.unpause"))
"""About two million states: SPIN searches it too."""
SMALL = _scope("small", 3, 2, 3)
"""About a million states, like the large one."""
LARGE = _scope("large", 4, 2, 3)
"""More than sixty million states."""

MODELS: Mapping[str, Scope] = {scope.name: scope for scope in (TINY, COMPARED, SMALL, LARGE)}


def shared(spec: Specification) -> list[str]:
    """The ids of the properties that both check while they search: of states, of steps, and those of the form."""
    stated = [p.id for p in spec.properties if isinstance(p, (Always, Step))]
    return [*stated, *map(rows_id, spec.machines), *map(total_id, spec.operations)]
