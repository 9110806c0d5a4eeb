"""A regular expression that is compiled late is otherwise the same, and is not compiled before."""

from __future__ import annotations

import copy
import re

import pytest

from twipc.regex import late_regex


def test_it_finds_what_a_compiled_one_finds() -> None:
    late, compiled = late_regex("(A)|b", re.IGNORECASE), re.compile("(A)|b", re.IGNORECASE)
    text = "xaxbxB"
    assert late.pattern == compiled.pattern
    assert late.findall(text) == compiled.findall(text) == ["a", "", ""]
    assert [found.span() for found in late.finditer(text)] == [found.span() for found in compiled.finditer(text)]
    assert late.fullmatch("a")
    assert late.fullmatch("ab") is None
    assert late.match(text, 1)
    assert not late.match(text)
    assert late.search(text)
    assert late.split(text) == compiled.split(text)
    assert late.sub("-", text) == "x-x-x-"
    assert late_regex(rb"\d").findall(b"a1") == [b"1"]


def test_it_is_compiled_once_and_not_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    compile = re.compile

    def counted(pattern: str, flags: int) -> re.Pattern[str]:
        asked.append(pattern)
        return compile(pattern, flags)

    monkeypatch.setattr(re, "compile", counted)
    late = late_regex("late")
    assert (late.pattern, asked) == ("late", [])
    assert late.search("too late")
    assert late.fullmatch("late")
    assert asked == ["late"]


def test_a_copy_finds_the_same() -> None:
    late = late_regex("late")
    for one in (copy.copy(late), copy.deepcopy(late)):
        assert one.search("too late")


def test_what_a_compiled_one_has_not_it_has_not() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = late_regex("late").nothing  # type: ignore[attr-defined]
