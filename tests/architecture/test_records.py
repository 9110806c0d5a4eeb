"""Records are made in one way: as msgspec's structs, of which nothing else is used. What is valid, Pydantic alone says."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import ROOT

MAY = {"msgspec": {"Struct", "field"}, "msgspec.structs": {"replace"}}
MODULES = sorted(path.relative_to(ROOT) for folder in ("twipc", "targets") for path in (ROOT / folder).rglob("*.py"))


def taken(path: Path) -> Iterator[tuple[str, str]]:
    """What a module imports of a kind of records, and from where."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "", alias.name) for alias in node.names]
        yield from (one for one in names if one[0].partition(".")[0] in ("msgspec", "dataclasses"))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_records_are_structs_and_nothing_else_of_msgspec_is_used(path: Path) -> None:
    assert [(module, name) for module, name in taken(path) if name not in MAY.get(module, ())] == []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_record_that_says_what_it_equals_says_what_it_does_not(path: Path) -> None:
    """Struct has a `!=` of its own, which does not ask `==`."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.ClassDef):
            said = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
            assert ("__eq__" in said) == ("__ne__" in said), node.name
