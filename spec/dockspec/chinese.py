"""The specification's prose in Chinese, for the readers of the article: states, rules, operations, properties.

The texts stand in ``chinese.toml``, keyed by the English sentence that they translate.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def catalogue() -> Mapping[str, str]:
    """English sentence -> the same in Chinese."""
    return tomllib.loads(files("dockspec").joinpath("chinese.toml").read_text("utf-8"))


def chinese(english: str) -> str:
    """A sentence of the specification in Chinese; one that is not translated yet stays English."""
    return catalogue().get(english, english)
