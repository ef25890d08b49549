"""The classic builder, step by step, as the article tells it: run, change, commit, again and again.

A Dockerfile step is one of three kinds: RUN makes a container, starts it, commits it and removes it; ENV, CMD and the
like make and remove a container without starting it; COPY and ADD need none. Every step makes an image whose parent
is the step before, and no image event tells of it: the images in between are born invisibly, and the last one gets
the tag.

BuildKit, the default of newer clients, makes one image without a parent, and no containers that are ever seen.
"""

from __future__ import annotations

from dockspec.container import (
    CONTAINER,
    MACHINE,
    NAME,
    ExitCode,
    Layer,
    Process,
    c,
    exists,
    exit_code,
    image_of,
    layer,
    name_of,
    process,
)
from dockspec.image import IMAGE, i, parent, present
from dockspec.language import TRUE, Update, Variable, becomes, some
from dockspec.model import Operation, Rule, accepted, failed, refused
from dockspec.operations.images import is_unknown
from dockspec.operations.shared import MEASURED, on_container

base = Variable("base", IMAGE)
keep = Variable("keep", bool)
step_name = Variable("step_name", NAME)
_other = Variable("other", CONTAINER)  # bound inside a formula below, and nowhere else

_SOURCE = f"builder/dockerfile/dispatchers.go; {MEASURED}"
_HTTP = "POST /build"
_made = (becomes(present(i), True), becomes(parent(i), base))
_name_is_free = ~some(_other, name_of(_other) == step_name)

_CREATED = (on_container("create"),)
_RAN = (*_CREATED, on_container("attach"), on_container("start"), on_container("die", exitCode="0"))
_DESTROYED = (on_container("destroy"),)


def _left_behind(written: Layer, code: ExitCode) -> tuple[Update, ...]:
    """The step's container stays as it was left, under a name that nobody chose."""
    return (
        becomes(name_of(c), step_name),
        becomes(image_of(c), base),
        becomes(process(c), Process.IGNORES),
        becomes(layer(c), written),
        becomes(exit_code(c), code),
    )


def _no_base(step: str) -> Rule:
    return Rule(
        f"build.{step}.no-base",
        ~present(base),
        refused(404, "NoSuchImage", "No such image: {base}"),
        "The image that the step builds on is gone.",
        _SOURCE,
    )


RUN = Operation(
    "build.run",
    parameters=(base, keep),
    fresh=(c, step_name, i),
    possible=~exists(c) & _name_is_free & is_unknown(i),
    about="A RUN step that succeeds: a container is made, run, committed and removed.",
    http=_HTTP,
    rules=(
        _no_base("run"),
        Rule(
            "build.run.kept",
            keep,
            accepted(200),
            "The step's image is made; with --rm=false its container stays, stopped.",
            _SOURCE,
            moves=(MACHINE.moves("build keeps", c),),
            effects=(*_made, *_left_behind(Layer.WRITTEN, ExitCode.ZERO)),
            events=_RAN,
        ),
        Rule(
            "build.run.made",
            TRUE,
            accepted(200),
            "A new layer, and an image whose parent is the step before; nothing of the container is left.",
            _SOURCE,
            effects=_made,
            events=(*_RAN, *_DESTROYED),
        ),
    ),
)

CONFIG = Operation(
    "build.config",
    parameters=(base, keep),
    fresh=(c, step_name, i),
    possible=~exists(c) & _name_is_free & is_unknown(i),
    about="An ENV, CMD, LABEL, ... step: a container is made and removed, and never started.",
    http=_HTTP,
    rules=(
        _no_base("config"),
        Rule(
            "build.config.kept",
            keep,
            accepted(200),
            "The step's image is made; with --rm=false its container stays, created.",
            _SOURCE,
            moves=(MACHINE.moves("build keeps unstarted", c),),
            effects=(*_made, *_left_behind(Layer.CLEAN, ExitCode.ZERO)),
            events=_CREATED,
        ),
        Rule(
            "build.config.made",
            TRUE,
            accepted(200),
            "An image with other settings and no layer of its own, whose parent is the step before.",
            _SOURCE,
            effects=_made,
            events=(*_CREATED, *_DESTROYED),
        ),
    ),
)

COPY = Operation(
    "build.copy",
    parameters=(base,),
    fresh=(i,),
    possible=is_unknown(i),
    about="A COPY or ADD step: files are put into a new layer, without a container.",
    http=_HTTP,
    rules=(
        _no_base("copy"),
        Rule(
            "build.copy.made",
            TRUE,
            accepted(200),
            "A new layer, and an image whose parent is the step before.",
            _SOURCE,
            effects=_made,
        ),
    ),
)

CACHED = Operation(
    "build.cached",
    parameters=(base, i),
    about="A step that was done before on the same image, with the same settings and files.",
    http=_HTTP,
    rules=(
        _no_base("cached"),
        Rule(
            "build.cached.missed",
            ~(parent(i) == base),
            refused(404, "CacheMiss", "no cached image"),
            "Only an image that was built on this very one can stand in; otherwise the step is done.",
            f"image/cache/cache.go:getLocalCachedImage; {MEASURED}",
        ),
        Rule(
            "build.cached.hit",
            TRUE,
            accepted(200),
            "The image of that time is used: no container, no new image.",
            f"image/cache/cache.go:getLocalCachedImage; {MEASURED}",
        ),
    ),
)

FAIL = Operation(
    "build.fail",
    parameters=(base, keep),
    fresh=(c, step_name),
    possible=~exists(c) & _name_is_free,
    about="A RUN step whose command ends with an error: the build ends there.",
    http=_HTTP,
    rules=(
        _no_base("fail"),
        Rule(
            "build.fail.container-left",
            keep,
            failed(200, "StepFailed", "The command '{command}' returned a non-zero code: {code}"),
            "The failed container stays, stopped with its code, although --rm is the default; the images of the steps "
            "before stay too, and no tag is given. docker exits with the command's code.",
            f"builder/dockerfile/evaluator.go:dispatchRequest; {MEASURED}",
            moves=(MACHINE.moves("build fails", c),),
            effects=_left_behind(Layer.WRITTEN, ExitCode.OWN),
            events=(*_CREATED, on_container("attach"), on_container("start"), on_container("die", exitCode="own")),
        ),
        Rule(
            "build.fail.container-removed",
            TRUE,
            failed(200, "StepFailed", "The command '{command}' returned a non-zero code: {code}"),
            "With --force-rm the failed container is removed too.",
            f"builder/dockerfile/evaluator.go:dispatchRequest; {MEASURED}",
            events=(
                *_CREATED,
                on_container("attach"),
                on_container("start"),
                on_container("die", exitCode="own"),
                *_DESTROYED,
            ),
        ),
    ),
)

PARENTLESS = Operation(
    "build.parentless",
    parameters=(),
    fresh=(i,),
    possible=is_unknown(i),
    about="BuildKit's build of any number of steps, or the classic builder's first step on scratch.",
    http=_HTTP,
    rules=(
        Rule(
            "build.parentless.made",
            TRUE,
            accepted(200),
            "One image with all its layers and its whole history, and no parent link: nothing can be seen in between.",
            f"builder/builder-next; {MEASURED}, with BuildKit and with the classic builder",
            effects=(becomes(present(i), True),),
        ),
    ),
)

OPERATIONS = (RUN, CONFIG, COPY, CACHED, FAIL, PARENTLESS)
