"""BuildKit, on a real engine: one image without a parent, and no container that is ever seen."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from engine import Engine

DOCKERFILE = "FROM busybox\nCOPY file /copied\nENV A=1\nRUN touch /made\n"


def test_a_build_makes_one_image_without_a_parent(engine: Engine, tmp_path: Path) -> None:
    """Whatever its steps are: what the rule build.parentless.made says."""
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "file").write_text("something")
    before = {image["Id"] for image in engine.asked("/images/json", all=1)}
    told = subprocess.run(
        [engine.client, "build", "--network", "none", "--tag", "built:1", str(tmp_path)],
        env={**engine.environment, "DOCKER_BUILDKIT": "1"}, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    if "buildx component is missing" in told.stderr:
        pytest.skip("docker's command line has no BuildKit of its own from 23.0 on, and buildx is not installed")
    try:
        assert told.returncode == 0, told.stderr
        (made,) = [image for image in engine.asked("/images/json", all=1) if image["Id"] not in before]
        assert (made["RepoTags"], made["ParentId"]) == (["built:1"], "")
        assert len(engine.asked("/images/built:1/history")) == len(engine.asked("/images/busybox/history")) + 3
        assert engine.asked("/containers/json", all=1) == []
    finally:
        engine.docker("rmi", "-f", "built:1")
        engine.docker("builder", "prune", "-af")
