"""Templates: what Jinja makes of them is kept, and made anew where anything that it hangs on is another."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.compiling import ROOT
from twipc.target import jinja, templates

Start = Callable[[], list[str]]
"""What is rendered by a process of its own, after the templates that it had to compile."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The templates of a package."""
    folder = tmp_path / "a_package" / "templates"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "whole.j2").write_text('{% include "part.j2" %}\n')
    (folder / "part.j2").write_text("one\n")
    monkeypatch.delitem(sys.modules, "a_package", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return folder


@pytest.fixture
def start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    assert folder.is_dir()

    def start() -> list[str]:
        compiled: list[str] = []
        compile = Environment.compile

        def told(environment: Environment, source: str, name: str, filename: str) -> object:
            compiled.append(name)
            return compile(environment, source, name, filename)

        jinja.environment.cache_clear()
        with monkeypatch.context() as patched:
            patched.setattr(Environment, "compile", told)
            text, _ = templates.render("a_package", "whole.j2", (), {})
        return [*compiled, text]

    return start


def test_a_template_is_compiled_once(start: Start, folder: Path) -> None:
    assert start() == ["whole.j2", "part.j2", "one\n"]
    assert start() == ["one\n"]
    assert {file.name for file in folder.iterdir()} == {"whole.j2", "part.j2", "__pycache__"}


def test_another_text_is_compiled_anew_whatever_its_time_is(start: Start, folder: Path) -> None:
    start()
    part = folder / "part.j2"
    before = part.stat()
    part.write_text("two\n")
    os.utime(part, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert start() == ["part.j2", "two\n"]


def test_another_jinja_or_other_settings_compile_anew(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    monkeypatch.setattr(jinja, "_MADE_BY", jinja._MADE_BY + b" of tomorrow")
    assert start() == ["whole.j2", "part.j2", "one\n"]


def test_what_was_kept_and_is_damaged_is_made_anew(start: Start, folder: Path) -> None:
    start()
    Path(cache_from_source(str(folder / "part.j2"))).write_bytes(b"of something else")
    assert start() == ["part.j2", "one\n"]


def test_nothing_is_kept_where_nobody_may_write_or_python_is_told_not_to(
    start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert start() == start() == ["whole.j2", "part.j2", "one\n"]
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (folder / "__pycache__").write_text("no folder")
    assert start() == start() == ["whole.j2", "part.j2", "one\n"]


def test_each_template_is_kept_under_a_name_of_its_own() -> None:
    shipped = [str(path) for path in (ROOT / "twipc").glob("formats/*/templates/*.*")]
    assert len(set(map(cache_from_source, shipped))) == len(shipped) > 5
