"""dockspec.claims: the article, claim by claim, each with a check that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dockspec import DIALECTS, specification
from dockspec.claims import ASIDES, CLAIMS, Claim, Verdict
from hullcheck import World

ARTICLE = Path(__file__).parents[1] / "data" / "article.txt"
CAPTION = re.compile(r"docker run start docker run start区别_")
PUNCTUATION = " 。,;()\n"


def _text() -> list[str]:
    """The article's lines, without the captions of its pictures."""
    return [line for line in ARTICLE.read_text("utf-8").splitlines() if line.strip() and not CAPTION.match(line)]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_check(claim: Claim) -> None:
    """Every line of every check exits and prints as the claim says, and every rule that decides it answers."""
    fired: set[str] = set()
    assert claim.checks, "a verdict without a check"
    for check in claim.checks:
        world = World(check.dialect, buildkit=check.buildkit)
        for line in check.lines:
            outcomes = list(world.script(line.command))
            printed = "".join(outcome.stdout + outcome.stderr for outcome in outcomes)
            fired |= {answered.rule.id for outcome in outcomes for answered in outcome.operations}
            assert not any(outcome.problem for outcome in outcomes), line.command
            assert outcomes[-1].exit_code == line.exits, f"{line.command}: {printed}"
            for text in line.shows:
                assert text in printed, line.command
            for text in line.lacks:
                assert text not in printed, line.command
    assert set(claim.rules) <= fired


def test_every_word_of_the_article_is_covered() -> None:
    """The quotations, in their order, and the two asides make up the whole article but its captions."""
    rest = "\n".join(_text())
    for claim in CLAIMS:
        before, found, rest = rest.partition(claim.quote)
        assert found, f"{claim.id} is not quoted in order"
        for aside in ASIDES:
            before = before.replace(aside, "")
        assert not before.strip(PUNCTUATION), f"before {claim.id} nobody judges {before!r}"
    assert not rest.strip(PUNCTUATION)


def test_ids() -> None:
    """Ids are unique and begin with ``article.``; rules, properties and dialects exist."""
    spec = specification()
    rules, properties = {rule.id for rule in spec.rules}, {prop.id for prop in spec.properties}
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)
    for claim in CLAIMS:
        assert re.fullmatch(r"article\.[a-z-]+", claim.id)
        assert set(claim.rules) <= rules, claim.id
        assert set(claim.properties) <= properties, claim.id
        assert all(check.dialect in DIALECTS for check in claim.checks)


def test_texts() -> None:
    """Every claim is quoted in its own words, and explained in English and in Chinese."""
    for claim in CLAIMS:
        assert claim.why.endswith(".")
        assert claim.why_chinese.endswith("。")
        assert re.search("[一-鿿]", claim.why_chinese)


def test_article_dialect() -> None:
    """The dialect ``article`` differs in the one claim that names it, and there the claim is not so for Docker."""
    differing = [claim for claim in CLAIMS if any(check.dialect == "article" for check in claim.checks)]
    assert [claim.id for claim in differing] == ["article.rmi-force"]
    assert differing[0].verdict is Verdict.NOT_SO
