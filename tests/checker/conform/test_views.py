"""What can be seen of a state: on both sides the same words, and each difference told of its fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dockspec import container, image
from dockspec.container import CONTAINER, NAME, Status
from dockspec.evaluation import State
from dockspec.image import IMAGE
from hullcheck.conform import views
from hullcheck.conform.declared import Kind
from hullcheck.conform.playing import Contrast, contrasts
from hullcheck.conform.stage import Stage
from hullcheck.worlds import world


class Lists:
    """An engine that lists two images, the second upon another one."""

    name = "podman"

    def __init__(self, parent: str) -> None:
        self._parent = parent

    def get(self, path: str, **_: object) -> Any:  # noqa: ANN401  # as JSON has it
        """What it answers."""
        if path != "/images/json":
            return []
        common: Mapping[str, object] = {"RepoTags": ["docker.io/library/x-app:1"], "RepoDigests": ["app@sha256:0"]}
        return [
            {"Id": "sha256:aa", "ParentId": "", "Digest": "sha256:1", **common},
            {"Id": "sha256:bb", "ParentId": self._parent, "Digest": "sha256:2", "RepoTags": None, "RepoDigests": None},
        ]


def stage(parent: str) -> Stage:
    """A run that made three images, of which the engine lists two."""
    made = Stage(Lists(parent), "x", ("app:1",))  # type: ignore[arg-type]  # as much of an engine as is needed
    for slot, identity in enumerate(("aa", "bb", "cc")):
        made.adopt_image(slot, identity, 1)
    return made


def built(*present: int) -> State:
    """Image 1 was built on image 0; some are there."""
    state = world({CONTAINER: 1, NAME: 1, IMAGE: 2}, ())
    return state.setting({(image.parent, (1,)): 0} | {(image.present, (slot,)): True for slot in present})


@pytest.mark.parametrize(("parent", "seen"), [("aa", 0), ("sha256:aa", 0), ("cc", None), ("", None)])
def test_a_parent_is_seen_if_it_is_there(parent: str, seen: int | None) -> None:
    """Whether or not its id has the algorithm before it; one that is gone is none, whoever still tells of it."""
    assert views.seen(stage(parent))["image 1"]["parent"] == seen


def test_a_parent_is_expected_if_it_is_there() -> None:
    """The same of the specification."""
    assert views.expected(built(0, 1), {})["image 1"]["parent"] == 0
    assert views.expected(built(1), {})["image 1"]["parent"] is None


def test_what_podman_writes_beside_a_name_is_left_out() -> None:
    """The registry that it puts before a tag, and the digests that it shows of every tag."""
    assert views.seen(stage(""))["image 0"]["references"] == (0,)


def test_lists_differ_apart_from_the_state() -> None:
    """That ps leaves a container out is no other state; that it is not there is."""
    state = world({CONTAINER: 1, NAME: 1, IMAGE: 1}, ()).setting(
        {(container.status, (0,)): Status.PAUSED, (container.process_space, (0,)): True}
    )
    wanted = views.expected(state, {})
    shown = {"container 0": {**wanted["container 0"], "in ps": False}}
    assert [*contrasts(wanted, wanted)] == []
    assert [*contrasts(wanted, shown)] == [Contrast(Kind.LISTS, "container 0: in ps is yes; on the engine no")]
    assert {contrast.kind for contrast in contrasts(wanted, {})} == {Kind.STATE}
