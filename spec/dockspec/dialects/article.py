"""Docker as the article tells it. One claim of it cannot be true together with the others, and Docker refuses it."""

from __future__ import annotations

from dockspec import image
from dockspec.dialects.overlay import Dialect, changed
from dockspec.model import Row
from dockspec.operations.images import HAS_CHILDREN
from dockspec.operations.shared import force

ARTICLE = Dialect(
    "article",
    "Docker as the article tells it: rmi -f deletes an image although something is built on it.",
    (
        changed(
            HAS_CHILDREN.id,
            "The article: with -f the read-only layers in between can be deleted too.",
            "docker create --name c0 alpine:3.20",
            "docker commit c0",
            "docker rm c0",
            "docker rmi -f $(docker images -q alpine)",
            when=HAS_CHILDREN.when & ~force,
        ),
    ),
    {
        "image": (
            Row("image.remove", (image.Status.DIGEST_ONLY,), image.Status.REMOVED, "-f, although it has children"),
        )
    },
)
