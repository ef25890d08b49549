"""A registry of conform's own: somebody publishes an image, and takes its tag away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from engine import Engine as Private
from engine import go_without

from hullcheck.conform import programs
from hullcheck.conform.daemon import folder
from hullcheck.conform.engine import ConnectionBroken, Engine
from hullcheck.conform.registry import Registry, registry


@pytest.fixture(scope="module")
def served() -> Iterator[Registry]:
    """A registry that runs."""
    with folder() as here, registry(here) as found:
        if found is None:
            go_without("docker-registry is not installed (Debian has it in docker-registry)")
        yield found


def digest_of(served: Registry, tag: str) -> str | None:
    """The digest that a tag has over there."""
    accepted = {"Accept": "application/vnd.docker.distribution.manifest.v2+json"}
    answer = requests.get(f"http://{served.address}/v2/app/manifests/{tag}", headers=accepted, timeout=20)
    return answer.headers["Docker-Content-Digest"] if answer.ok else None


def test_a_tag_is_published_moved_and_withdrawn(served: Registry) -> None:
    """It has the digest that was told; the other tag of the same image stays."""
    layer = programs.file("file", b"something")
    first = served.publish("app", "1", layer, {"number": "1"})
    assert digest_of(served, "1") == first.digest
    assert served.publish("app", "2", layer, {"number": "1"}) == first
    second = served.publish("app", "1", layer, {"number": "2"})
    assert second.image != first.image
    assert digest_of(served, "1") == second.digest
    served.withdraw("app", "1")
    assert digest_of(served, "1") is None
    assert digest_of(served, "2") == first.digest


def test_an_engine_reaches_it_or_does_not(engine: Private, served: Registry) -> None:
    """An engine on this machine reaches the one that is served, and nothing where none is."""
    if engine.daemon is None:
        go_without("the engine at DOCKER_HOST is not on this machine for certain")
    assert served.is_reached_by(Engine.at(engine.host))
    assert not Registry("127.0.0.1:9", served.folder).is_reached_by(Engine.at(engine.host))


def test_a_registry_that_is_gone_breaks_the_connection() -> None:
    """Its answer is what a run reports as broken."""
    with folder() as here, registry(here) as found:
        if found is None:
            go_without("docker-registry is not installed (Debian has it in docker-registry)")
    with pytest.raises(ConnectionBroken, match="the registry"):
        found.publish("app", "1", b"", {})
