"""The exported TLA+: it parses, it says what TLC shall check, and no step is generated twice."""

from __future__ import annotations

import re
import warnings

import pytest
import tree_sitter_tlaplus
from tree_sitter import Language, Node, Parser

from dockspec import specification
from dockspec.model import Always, Kind
from hullcheck.explore.scope import select
from hullcheck.export.tla import Module, tla
from hullcheck.scopes import SCOPES


@pytest.fixture(params=SCOPES, scope="session")
def module(request: pytest.FixtureRequest) -> Module:
    """Each scope of ``check``."""
    return tla(specification(), SCOPES[request.param])


@pytest.fixture(scope="session")
def parser() -> Parser:
    """The grammar that editors use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # some versions hand over the grammar as a number
        return Parser(Language(tree_sitter_tlaplus.language()))


def wrong(node: Node) -> list[Node]:
    """The places that are not TLA+."""
    here = [node] if node.type == "ERROR" or node.is_missing else []
    return here + [found for child in node.children if child.has_error or child.is_missing for found in wrong(child)]


def test_parses(module: Module, parser: Parser) -> None:
    """Every line is TLA+, and the module is called as it should be."""
    tree = parser.parse(module.text.encode())
    assert [(node.start_point, node.text) for node in wrong(tree.root_node)] == []
    assert f" MODULE {module.name} " in module.text


def test_names_are_defined_once(module: Module) -> None:
    """TLA+ forbids to define a name twice, or to bind one that is defined."""
    defined = re.findall(r"^(\w+)(?:\([^)]*\))? ==", module.text, re.MULTILINE)
    assert len(defined) == len({*defined})
    bound = {name for names in re.findall(r"(?:\\[AE]|\[)([^:|\]]+?)(?: :|\|->)", module.text)
             for name in re.findall(r"(\w+) \\in", names)}  # fmt: skip
    assert not bound & {*defined}


def test_every_rule_and_invariant() -> None:
    """Each rule that can answer is one disjunct of the next-state relation, each invariant is in the configuration."""
    spec, scope = specification(), SCOPES["names"]
    module = tla(spec, scope)
    selection = select(spec, scope)
    actions = re.findall(r"^  \\/ (?:\\E [^:]+ :\s+)?(\w+)", module.text, re.MULTILINE)
    assert len(actions) == len({*actions})
    taken = [r for o in selection.operations for r in o.rules if r.answer.kind is not Kind.REFUSED]
    absent = [r.id for r in taken if re.sub(r"\W", "_", r.id) not in actions]
    assert module.text.count("(never in this scope)") == len(absent)
    for prop in selection.properties:
        if isinstance(prop, Always):
            assert prop.id in module.text
    invariants = module.configuration.partition("INVARIANTS")[2].split()
    assert "Inv_container_names_unique" in invariants
    defined = {*re.findall(r"^(\w+) ==", module.text, re.MULTILINE)}
    assert {*invariants} <= defined
    assert "Never_container_reaches_running" in defined
    assert not [name for name in invariants if name.startswith("Never_")]


def test_no_step_twice(module: Module) -> None:
    """TLC would follow each side of a disjunction in a guard: so no conjunct of an action is one."""
    rules = module.text.partition("the rules:")[2].partition("---- every state")[0]
    conjuncts = re.findall(r"^  /\\ ((?:.|\n     )+)", rules, re.MULTILINE)
    assert conjuncts
    allowed = re.compile(r"\w+' = |UNCHANGED |Claim\(|.* = TRUE$", re.DOTALL)
    assert [text for text in conjuncts if not allowed.match(text)] == []


def test_configuration() -> None:
    """The constants are model values, what is interchangeable is a symmetry, and what is not is none."""
    module = tla(specification(), SCOPES["images"], "Docker")
    assert module.name == "Docker"
    assert "Symmetry == Permutations({image1, image2, image3, image4})\n" in module.text
    assert "SYMMETRY Symmetry" in module.configuration
    constants = module.configuration.partition("CONSTANTS")[2].partition("SYMMETRY")[0]
    assert re.findall(r"(\w+) = \1\n", constants)[:2] == ["None", "container1"]
    symmetry = next(line for line in module.text.splitlines() if line.startswith("Symmetry == "))
    assert "reference" not in symmetry
