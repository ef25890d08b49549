"""Images in the local store: tag, rmi, image prune, commit, export, import.

rmi has two faces, as in the engine (``daemon/images/image_delete.go:ImageDelete``): by reference it takes a name away,
and the image only goes with its last one; by id it means the image itself, with every name.
"""

from __future__ import annotations

from dockspec.container import (
    Status,
    c,
    image_of,
    is_used,
    is_used_by_running,
    is_used_by_stopped,
    status,
)
from dockspec.image import (
    ARCHIVE,
    IMAGE,
    REFERENCE,
    ReferenceKind,
    archived,
    before,
    comes_from,
    has_children,
    has_one_reference,
    i,
    is_ancestor,
    is_prunable,
    is_referenced,
    is_tagged,
    j,
    kind,
    parent,
    present,
    r,
    refers,
    registry,
    s,
    same_repository,
)
from dockspec.language import NONE, TRUE, Expr, Update, Variable, becomes, defined, every, implies, named, some
from dockspec.model import Event, Operation, Rule, accepted, failed, refused
from dockspec.operations.shared import (
    MEASURED,
    absent_container,
    force,
    marked,
    on_container,
    on_image,
    on_images,
)

prune = Variable("prune", bool)
all_unused = Variable("all_unused", bool)
pause = Variable("pause", bool)

# bound inside the predicates below, and nowhere else
_link, _built, _owner = Variable("link", IMAGE), Variable("built", IMAGE), Variable("owner", IMAGE)
_kept, _tag, _later = Variable("kept", REFERENCE), Variable("tag", REFERENCE), Variable("later", REFERENCE)
_archive = Variable("archive", ARCHIVE)

_DELETE = "daemon/images/image_delete.go"


@named
def is_unknown(i: Variable) -> Expr:
    """Nothing knows the identity any more: its slot can be used for another image."""
    return ~(
        present(i)
        | has_children(i)
        | is_used(i)
        | some(_tag, registry(_tag) == i)
        | some(_archive, archived(_archive, i))
    )


# --- tag ------------------------------------------------------------------------------------------------------------

TAG = Operation(
    "image.tag",
    parameters=(i, r),
    about="Lets a tag name an image; if it named another one before, it moves.",
    http="POST /images/{name}/tag",
    rules=(
        Rule(
            "image.tag.absent",
            ~present(i),
            refused(404, "NoSuchImage", "No such image: {i}"),
            "The store has no such image.",
            f"daemon/images/image_tag.go:TagImage; {MEASURED}",
        ),
        Rule(
            "image.tag.digest",
            kind(r) == ReferenceKind.DIGEST,
            refused(400, "BadReference", "refusing to create a tag with a digest reference"),
            "A digest says what it names; it cannot be given.",
            f"api/server/router/image/image_routes.go:postImagesTag; {MEASURED}",
        ),
        Rule(
            "image.tag.tagged",
            TRUE,
            accepted(201),
            "The tag names the image. Another image that had it loses it silently, and is dangling or intermediate if "
            "that was its last. The same target again is accepted too, with an event.",
            f"daemon/images/image_tag.go:TagImage, reference/store.go:addReference; {MEASURED}",
            effects=(becomes(refers(r), i),),
            events=(on_image("tag", i, name="{r}"),),
        ),
    ),
)

# --- rmi: what goes with an image -----------------------------------------------------------------------------------


@named
def goes_along(i: Variable, j: Variable) -> Expr:
    """The cascade: with i goes its ancestor j, if j and all between are unnamed, unused and otherwise childless."""
    between = is_ancestor(_link, i) & comes_from(_link, j)
    return is_ancestor(j, i) & every(_link, implies(between, is_prunable(_link) & ~is_used(_link)))


def deleted(gone: Expr) -> tuple[Update, ...]:
    """Effects: the images j for which ``gone`` holds leave the store."""
    return (becomes(present(j), False, each=j, where=gone), becomes(parent(j), NONE, each=j, where=gone))


_UNUSED_PARENTS = (
    "Parents go along as long as nothing names them, no container uses them and nothing else is built on them."
)

# --- rmi by reference -----------------------------------------------------------------------------------------------


@named
def is_last_tag_of_repository(r: Variable, i: Variable) -> Expr:
    """No other tag of the same repository names the image."""
    other_tag = (refers(_tag) == i) & (kind(_tag) == ReferenceKind.TAG) & (_tag != r)
    return ~some(_tag, other_tag & same_repository(r, _tag))


@named
def goes_with_reference(s: Variable, r: Variable, i: Variable) -> Expr:
    """With r, image i loses the reference s: r itself, or a digest, when r is the last tag of its repository."""
    digest = (kind(r) == ReferenceKind.TAG) & (kind(s) == ReferenceKind.DIGEST) & same_repository(r, s)
    return (refers(s) == i) & ((s == r) | (digest & is_last_tag_of_repository(r, i)))


@named
def keeps_a_reference(i: Variable, r: Variable) -> Expr:
    """After r is taken away, another reference still names the image."""
    return some(_kept, (refers(_kept) == i) & ~goes_with_reference(_kept, r, i))


named_image = refers(r) == i
untagged = (becomes(refers(s), NONE, each=s, where=some(i, named_image & goes_with_reference(s, r, i))),)
untag_event = Event("image", "untag", (i,), {}, named_image, each=True)

UNTAG = Operation(
    "image.untag",
    parameters=(r, force, prune),
    about="rmi by tag or digest: takes the reference away, and the image with its last one.",
    http="DELETE /images/{reference}",
    rules=(
        Rule(
            "image.untag.absent-forced",
            ~defined(refers(r)) & force,
            refused(404, "NoSuchImage", "No such image: {r}", exit_code=0),
            "The engine answers 404; docker's command line prints it, and with -f still counts it as success.",
            f"daemon/images/image.go:GetImage; {MEASURED}",
        ),
        Rule(
            "image.untag.absent",
            ~defined(refers(r)),
            refused(404, "NoSuchImage", "No such image: {r}"),
            "No image has that name.",
            f"daemon/images/image.go:GetImage; {MEASURED}",
        ),
        Rule(
            "image.untag.used",
            ~force & some(i, named_image & has_one_reference(i) & is_used(i)),
            refused(
                409,
                "ImageInUse",
                'conflict: unable to remove repository reference "{r}" (must force) - container {user.short} is using '
                "its referenced image {image.short}",
            ),
            "Without -f, the last name of an image that any container uses is not taken away.",
            f"{_DELETE}:ImageDelete; {MEASURED}",
        ),
        Rule(
            "image.untag.untagged",
            some(i, named_image & keeps_a_reference(i, r)),
            accepted(200),
            "Other names are left: only the name goes, whatever uses the image. With the last tag of a repository, "
            "the digests of that repository go too.",
            f"{_DELETE}:ImageDelete; {MEASURED}",
            effects=untagged,
            events=(untag_event,),
        ),
        Rule(
            "image.untag.kept",
            some(i, named_image & (has_children(i) | is_used_by_running(i))),
            accepted(200),
            "The last name goes, and the image stays: something is built on it, or (-f) a running container uses it.",
            f"{_DELETE}:imageDeleteHelper; {MEASURED}",
            effects=untagged,
            events=(untag_event,),
        ),
        Rule(
            "image.untag.deleted",
            prune,
            accepted(200),
            "The last name goes, and the image with it, also under a container that does not run (-f). "
            + _UNUSED_PARENTS,
            f"{_DELETE}:imageDeleteHelper; {MEASURED}",
            effects=(*untagged, *deleted(some(i, named_image & ((j == i) | goes_along(i, j))))),
            events=(
                untag_event,
                on_images("delete", j, some(i, named_image & ((j == i) | goes_along(i, j)))),
            ),
        ),
        Rule(
            "image.untag.deleted-alone",
            TRUE,
            accepted(200),
            "With --no-prune the parents stay, the nearest of them dangling if nothing names it.",
            f"{_DELETE}:imageDeleteHelper; {MEASURED}",
            effects=(*untagged, *deleted(refers(r) == j)),
            events=(untag_event, on_images("delete", j, refers(r) == j)),
        ),
    ),
)

# --- rmi by id ------------------------------------------------------------------------------------------------------


def _conflict(label: str, when: Expr, error_class: str, *, must: str, why: str, says: str) -> Rule:
    return Rule(
        f"image.remove.{label}",
        when,
        refused(409, error_class, f"conflict: unable to delete {{i.short}} ({must}) - {why}"),
        says,
        f"{_DELETE}:checkImageDeleteConflict; {MEASURED}",
    )


all_untagged = becomes(refers(s), NONE, each=s, where=refers(s) == i)
untag_each_event = Event("image", "untag", (j, s), {}, (j == i) & (refers(s) == j), each=True)

HAS_CHILDREN = _conflict(
    "has-children",
    has_children(i),
    "HasChildren",
    must="cannot be forced",
    why="image has dependent child images",
    says="What something is built on cannot be deleted by its id, not even with -f.",
)

REMOVE = Operation(
    "image.remove",
    parameters=(i, force, prune),
    about="rmi by id: deletes the image itself, with every name it has.",
    http="DELETE /images/{id}",
    rules=(
        Rule(
            "image.remove.absent-forced",
            ~present(i) & force,
            refused(404, "NoSuchImage", "No such image: {i}", exit_code=0),
            "The engine answers 404; docker's command line prints it, and with -f still counts it as success.",
            f"daemon/images/image.go:GetImage; {MEASURED}",
        ),
        Rule(
            "image.remove.absent",
            ~present(i),
            refused(404, "NoSuchImage", "No such image: {i}"),
            "The store has no such image.",
            f"daemon/images/image.go:GetImage; {MEASURED}",
        ),
        HAS_CHILDREN,
        _conflict(
            "used-by-running",
            is_used_by_running(i),
            "ImageInUseByRunning",
            must="cannot be forced",
            why="image is being used by running container {user.short}",
            says="What a running, paused or restarting container uses cannot be deleted, not even with -f.",
        ),
        _conflict(
            "several-references",
            ~force & ~has_one_reference(i),
            "SeveralReferences",
            must="must be forced",
            why="image is referenced in multiple repositories",
            says="With several tags, -f is needed to delete the image under all of them; the text says repositories "
            "even for two tags of one.",
        ),
        _conflict(
            "used-by-stopped",
            ~force & is_used_by_stopped(i),
            "ImageInUseByStopped",
            must="must be forced",
            why="image is being used by stopped container {user.short}",
            says="What a container that does not run uses is deleted only with -f.",
        ),
        Rule(
            "image.remove.deleted",
            prune,
            accepted(200),
            "The image goes with all its names. " + _UNUSED_PARENTS,
            f"{_DELETE}:imageDeleteHelper; {MEASURED}",
            effects=(all_untagged, *deleted((j == i) | goes_along(i, j))),
            events=(untag_each_event, on_images("delete", j, (j == i) | goes_along(i, j))),
        ),
        Rule(
            "image.remove.deleted-alone",
            TRUE,
            accepted(200),
            "With --no-prune the parents stay, the nearest of them dangling if nothing names it.",
            f"{_DELETE}:imageDeleteHelper; {MEASURED}",
            effects=(all_untagged, *deleted(j == i)),
            events=(untag_each_event, on_image("delete", i)),
        ),
    ),
)

# --- image prune ----------------------------------------------------------------------------------------------------


@named
def is_pruned(j: Variable) -> Expr:
    """It and everything built on it is unused, and (unless -a) has no tag; what is built on has no digest either."""
    unnamed = all_unused | ~(is_tagged(_built) | (is_referenced(_built) & has_children(_built)))
    return present(j) & every(_built, implies(comes_from(_built, j), ~is_used(_built) & unnamed))


@named
def loses_its_name(r: Variable) -> Expr:
    """Pruned by name although its image stays: image prune takes names away in alphabetical order until one is left.

    The image stays because a container uses it (then its last repository stays, with the last tag in it), or because
    something that stays is built on it (then no name is left).
    """
    visited = all_unused | ~(is_tagged(_owner) | has_children(_owner))
    later = (refers(_later) == _owner) & before(r, _later)
    both_tags = (kind(r) == ReferenceKind.TAG) & (kind(_later) == ReferenceKind.TAG)
    is_not_last = some(_later, later & (both_tags | ~same_repository(r, _later)))
    return some(_owner, (refers(r) == _owner) & visited & (~is_used(_owner) | is_not_last))


@named
def has_its_own_event(r: Variable, j: Variable) -> Expr:
    """Its own event tells that it goes: a tag, or a digest that does not go with the last tag of its repository."""
    tag = (refers(_tag) == j) & (kind(_tag) == ReferenceKind.TAG)
    return (kind(r) == ReferenceKind.TAG) | ~some(_tag, tag & same_repository(r, _tag))


PRUNE = Operation(
    "image.prune",
    parameters=(all_unused,),
    about="Removes the dangling images that no container uses; with -a, every image that no container uses.",
    http="POST /images/prune",
    rules=(
        Rule(
            "image.prune.pruned",
            TRUE,
            accepted(200),
            "As rmi without -f by each name of each such image. So with -a a tagged image on which a used one is "
            "built loses its names and stays, and a used image with several tags keeps only the alphabetically last.",
            f"daemon/images/image_prune.go:ImagesPrune; {MEASURED}",
            effects=(
                *deleted(is_pruned(j)),
                becomes(refers(r), NONE, each=r, where=loses_its_name(r)),
            ),
            events=(
                Event(
                    "image",
                    "untag",
                    (j, r),
                    {},
                    (refers(r) == j) & loses_its_name(r) & has_its_own_event(r, j),
                    each=True,
                ),
                on_images("delete", j, is_pruned(j)),
                Event("image", "prune", ()),
            ),
        ),
    ),
)

# --- commit, export, import -----------------------------------------------------------------------------------------

COMMIT = Operation(
    "container.commit",
    parameters=(c, pause),
    fresh=(i,),
    possible=is_unknown(i),
    about="Makes an image of a container: the layers of its image and, on top, a read-only copy of its read-write "
    "layer.",
    http="POST /commit",
    rules=(
        absent_container("container.commit"),
        marked(
            "container.commit",
            409,
            "You cannot commit container {c.id} which is Dead",
            "daemon/commit.go:CreateImageFromContainer",
            "Its read-write layer is gone, or about to go. The text says Dead in both states.",
        ),
        Rule(
            "container.commit.image-gone",
            ~some(j, (image_of(c) == j) & present(j)),
            failed(500, "ParentGone", "failed to get digest {image.id}: open {path}: no such file or directory"),
            "The image under the container was removed by force, and the new one would have no parent. A running "
            "container is paused meanwhile all the same.",
            f"daemon/images/image_commit.go:CommitImage; {MEASURED}",
            events=(
                on_container("pause", where=pause & (status(c) == Status.RUNNING)),
                on_container("unpause", where=pause & (status(c) == Status.RUNNING)),
            ),
        ),
        Rule(
            "container.commit.committed",
            TRUE,
            accepted(201),
            "A new image whose parent is the container's image; the container itself stays what it was. A running one "
            "is paused meanwhile, unless --pause=false. A tag is given in the same call.",
            f"daemon/commit.go:CreateImageFromContainer; {MEASURED}",
            effects=(becomes(present(i), True), becomes(parent(i), image_of(c))),
            events=(
                on_container("pause", where=pause & (status(c) == Status.RUNNING)),
                on_container("commit"),
                on_container("unpause", where=pause & (status(c) == Status.RUNNING)),
            ),
        ),
    ),
)

EXPORT = Operation(
    "container.export",
    parameters=(c,),
    about="Writes a container's files, as they are seen through all layers, as one tar: no layers, no history, no "
    "settings.",
    http="GET /containers/{id}/export",
    rules=(
        absent_container("container.export"),
        marked(
            "container.export",
            409,
            "You cannot export container {c.id} which is Dead",
            "daemon/export.go:ContainerExport",
            "Its files are gone, or about to go.",
        ),
        Rule(
            "container.export.exported",
            TRUE,
            accepted(200),
            "In every other state; nothing changes.",
            f"daemon/export.go:ContainerExport; {MEASURED}",
            events=(on_container("export"),),
        ),
    ),
)

IMPORT = Operation(
    "image.import",
    parameters=(),
    fresh=(i,),
    possible=is_unknown(i),
    about="Makes an image of a tar of files: one layer, no parent, no history but its own.",
    http="POST /images/create?fromSrc=-",
    rules=(
        Rule(
            "image.import.imported",
            TRUE,
            accepted(200),
            "Every import makes another image, even of the same tar, because the time is part of it. A tag is given "
            "in the same call.",
            f"daemon/images/image_import.go:ImportImage; {MEASURED}",
            effects=(becomes(present(i), True),),
            events=(on_image("import", i),),
        ),
    ),
)

OPERATIONS = (TAG, UNTAG, REMOVE, PRUNE, COMMIT, EXPORT, IMPORT)
