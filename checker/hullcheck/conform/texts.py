"""What an engine's texts say: the class of an error, by data (``classes.json``), and what is the same in each run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hullcheck.conform.stage import PREFIX

FILE = Path(__file__).with_name("classes.json")


@cache
def classes(engine: str) -> Mapping[str, re.Pattern[str]]:
    """Class -> what its texts contain, for an engine's name; ``docker``'s for an unknown one."""
    tables = json.loads(FILE.read_text("utf-8"))
    return {
        name: re.compile("|".join(f"(?:{text})" for text in texts), re.IGNORECASE)
        for name, texts in tables.get(engine, tables["docker"]).items()
    }


def fits(engine: str, error_class: str, message: str) -> bool:
    """Whether a text can be one of a class; no text fits no class."""
    if not error_class or not message:
        return error_class == message == ""
    pattern = classes(engine).get(error_class)
    return pattern is not None and pattern.search(message) is not None


def class_of(engine: str, message: str) -> str:
    """The first class that a text fits; empty for a success, ``Unknown`` where none fits."""
    if not message:
        return ""
    return next((name for name, pattern in classes(engine).items() if pattern.search(message)), "Unknown")


def masked(text: str) -> str:
    """A text without what differs from one run to another: ids, names, and where the engine keeps its files."""
    text = re.sub(r"/\S*?/(?=(?:overlay2|image|containers|vfs)/)", "/var/lib/docker/", text)
    text = re.sub(r"\b127\.0\.0\.1:\d+/", "", text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "<id>", text)
    text = re.sub(r"\b[0-9a-f]{12}\b", "<short id>", text)
    return re.sub(rf"{PREFIX}[0-9a-f]+-\d+-?", "", text)
