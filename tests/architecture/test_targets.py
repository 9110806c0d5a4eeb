"""What every target owes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compiling import ROOT
from twipc.formats.engines import ENGINES
from twipc.formats.reading import ENGINE_SUPPORT
from twipc.registry import target, target_names
from twipc.target import Outside
from twipc.target.fields import all_fields, engine_fields
from twipc.target.support import OUTSIDE_ORCHESTRATORS, Answer, When


def folder(name: str) -> Path:
    return ROOT / "targets" / name.replace("-", "_").replace(".", "_")


def outside(answer: Answer) -> bool:
    return isinstance(answer, Outside) or (isinstance(answer, When) and (outside(answer.then) or outside(answer.otherwise)))


@pytest.mark.parametrize("name", target_names())
def test_a_target_answers_for_every_field(name: str) -> None:
    assert set(target(name).support.fields) == set(all_fields()) - set(engine_fields()) - {
        field for field in all_fields() if field.startswith("service.ready.")
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_answers_for_every_field_of_servers(engine: str) -> None:
    assert set(ENGINE_SUPPORT[engine]) == set(engine_fields())


@pytest.mark.parametrize("name", [name for name in target_names() if target(name).orchestrates])
def test_an_orchestrator_puts_nothing_outside_but_what_was_reviewed(name: str) -> None:
    answers: dict[str, Answer] = dict(target(name).support.fields)  # type: ignore[arg-type]
    assert {field for field, answer in answers.items() if outside(answer)} <= set(OUTSIDE_ORCHESTRATORS)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_puts_nothing_outside_but_what_was_reviewed(engine: str) -> None:
    answers: dict[str, Answer] = dict(ENGINE_SUPPORT[engine])  # type: ignore[arg-type]
    assert {field for field, answer in answers.items() if outside(answer)} <= set(OUTSIDE_ORCHESTRATORS)


@pytest.mark.parametrize("name", target_names())
def test_a_target_is_one_folder_with_a_page_of_its_own(name: str) -> None:
    page = (folder(name) / "README.md").read_text()
    assert page.startswith(f"# {name}")
    for file in ("__init__.py", "support.py", "lower.py", "read.py", "baseline.py"):
        assert (folder(name) / file).is_file()
