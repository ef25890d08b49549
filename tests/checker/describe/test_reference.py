"""hullcheck.describe.reference: the whole, as it is committed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dockspec import DIALECTS, specification
from dockspec.claims import CLAIMS
from hullcheck.describe.lingua import CHINESE, ENGLISH, Lingua
from hullcheck.describe.reference import reference

TOP = Path(__file__).parents[3]
FILES = {ENGLISH: TOP / "spec" / "REFERENCE.md", CHINESE: TOP / "spec" / "REFERENCE.zh.md"}
ANCHOR, LINK = re.compile(r'<a id="([^"]+)"></a>'), re.compile(r"\]\(#([^)]+)\)")


@pytest.fixture(scope="module", params=[ENGLISH, CHINESE])
def text(request: pytest.FixtureRequest) -> str:
    """The reference in a language."""
    return reference(Lingua(request.param), "hullcheck describe")


def test_anchors_are_unique_and_every_link_leads_to_one(text: str) -> None:
    """No id stands twice, and no link leads nowhere."""
    anchors = ANCHOR.findall(text)
    assert len(set(anchors)) == len(anchors)
    assert set(LINK.findall(text)) <= set(anchors)


def test_everything_has_an_anchor(text: str) -> None:
    """States, operations, rules, properties, claims and dialects can be linked to."""
    spec = specification()
    wanted = {f"{m.name}.{s.value.value}" for m in spec.machines for s in m.states}
    wanted |= {o.id for o in spec.operations} | {rule.id for rule in spec.rules} | {p.id for p in spec.properties}
    wanted |= {claim.id for claim in CLAIMS} | {f"dialect.{name}" for name in DIALECTS}
    assert wanted <= set(ANCHOR.findall(text))


def test_what_a_dialect_alone_claims_is_told(text: str) -> None:
    """Such a property is named where the dialect is told."""
    assert all(f"- `{prop.id}`" in text for dialect in DIALECTS.values() for prop in dialect.properties)


def test_tables_are_tables(text: str) -> None:
    """Every row of a table has as many cells as its heading."""
    cells = re.compile(r"(?<!\\)\|")
    width = 0
    for line in text.splitlines():
        if not line.startswith("| "):
            width = 0
            continue
        here = len(cells.findall(line))
        assert here == (width or here), line
        width = here


def test_blocks_are_closed_and_no_tag_is_left(text: str) -> None:
    """Every fence is closed, and outside code nothing is read as a tag that is none."""
    assert text.count("\n```") % 2 == 0
    outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    tags = set(re.findall(r"<(/?[a-z]+)", re.sub(r"`[^`\n]*`", "", outside)))
    assert tags <= {"a", "/a", "br", "details", "/details", "summary", "/summary"}


def test_no_trailing_blanks(text: str) -> None:
    """The text is clean: one end of line at its end, and none before it is preceded by a blank."""
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not re.search(r"[ \t]+\n", text)


def test_the_chinese_one_speaks_chinese() -> None:
    """Outside code, formulas, Docker's own texts and sources no English sentence is left in the Chinese reference."""
    text = reference(Lingua(CHINESE), "hullcheck describe")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for line in text.splitlines():
        if line.startswith(("#", "> ", "- **来源", "|", "<")):
            continue
        plain = re.sub(r"`[^`]*`|\[[^\]]*\]\([^)]*\)", "", line)
        assert not re.search(r"\b(the|is|of|and|with)\b", plain), line


@pytest.mark.parametrize("lang", FILES)
def test_the_committed_one_is_fresh(lang: str) -> None:
    """What is committed is what is generated, byte for byte."""
    language = "" if lang == ENGLISH else f" --lang {lang}"
    command = f"hullcheck describe{language} -o spec/{FILES[lang].name}"
    assert FILES[lang].read_bytes() == reference(Lingua(lang), command).encode(), f"stale: {command}"
