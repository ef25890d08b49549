"""Archives: save writes images, their tags and the links between them; load brings the same images back.

An archive is written name by name: ``more`` adds to what it holds, so that ``docker save a b`` is two steps of one
archive.
"""

from __future__ import annotations

from collections.abc import Callable

from dockspec.image import (
    IMAGE,
    ReferenceKind,
    a,
    archived,
    archived_parent,
    archived_reference,
    i,
    k,
    kind,
    parent,
    present,
    r,
    refers,
    s,
)
from dockspec.language import NONE, TRUE, Expr, Update, Variable, becomes, choose, defined, some
from dockspec.model import Event, Operation, Rule, accepted, refused
from dockspec.operations.shared import MEASURED

more = Variable("more", bool)
_mother = Variable("mother", IMAGE)  # bound inside a formula below, and nowhere else

_SAVE = "image/tarexport/save.go:save"


def _written(is_saved: Callable[[Variable], Expr]) -> tuple[Update, ...]:
    """The saved image joins the archive, or is all that it holds; a link is written where both its ends are in it."""

    def is_inside(image: Variable) -> Expr:
        return is_saved(image) | (more & archived(a, image))

    linked = is_inside(k) & some(_mother, (parent(k) == _mother) & is_inside(_mother))
    return (
        becomes(archived(a, k), is_inside(k), each=k),
        becomes(archived_parent(a, k), choose(linked, parent(k), NONE), each=k),
    )


SAVE = Operation(
    "image.save",
    parameters=(a, r, more),
    about="save by tag or digest: writes the image with its settings and history, and the tag.",
    http="GET /images/get",
    rules=(
        Rule(
            "image.save.absent",
            ~defined(refers(r)),
            refused(404, "NoSuchImage", "reference does not exist"),
            "Nothing has that name, and nothing is written.",
            f"{_SAVE}; {MEASURED}",
        ),
        Rule(
            "image.save.saved",
            TRUE,
            accepted(200),
            "The archive names the image by the tag; a digest is not written. Its parents' layers are in it, its "
            "parent images only if they are saved too.",
            f"{_SAVE}; {MEASURED}",
            effects=(
                *_written(lambda image: refers(r) == image),
                becomes(
                    archived_reference(a, s),
                    choose(s == r, refers(r), choose(more, archived_reference(a, s), NONE)),
                    each=s,
                    where=(kind(s) == ReferenceKind.TAG),
                ),
            ),
            events=(Event("image", "save", (k,), {}, refers(r) == k, each=True),),
        ),
    ),
)

SAVE_ID = Operation(
    "image.save-id",
    parameters=(a, i, more),
    about="save by id: writes the image without any tag.",
    http="GET /images/get",
    rules=(
        Rule(
            "image.save-id.absent",
            ~present(i),
            refused(404, "NoSuchImage", "No such image: {i}"),
            "The store has no such image, and nothing is written.",
            f"{_SAVE}; {MEASURED}",
        ),
        Rule(
            "image.save-id.saved",
            TRUE,
            accepted(200),
            "The archive holds the image, but no name for it.",
            f"{_SAVE}; {MEASURED}",
            effects=(
                *_written(lambda image: image == i),
                becomes(archived_reference(a, s), NONE, each=s, where=~more),
            ),
            events=(Event("image", "save", (i,)),),
        ),
    ),
)

_link_is_missing = archived(a, k) & defined(archived_parent(a, k)) & ~defined(parent(k))

LOAD = Operation(
    "image.load",
    parameters=(a,),
    about="Reads an archive: every image in it is in the store again, under the same id.",
    http="POST /images/load",
    rules=(
        Rule(
            "image.load.loaded",
            TRUE,
            accepted(200),
            "An image that is present already stays as it is. Links come back where the archive holds both ends. Tags "
            "in the archive move to its images; other images lose them. One event, none for the tags.",
            f"image/tarexport/load.go:Load; {MEASURED}",
            effects=(
                becomes(present(k), True, each=k, where=archived(a, k)),
                becomes(parent(k), archived_parent(a, k), each=k, where=_link_is_missing),
                becomes(refers(s), archived_reference(a, s), each=s, where=defined(archived_reference(a, s))),
            ),
            events=(Event("image", "load", (k,), {}, archived(a, k), each=True),),
        ),
    ),
)

OPERATIONS = (SAVE, SAVE_ID, LOAD)
