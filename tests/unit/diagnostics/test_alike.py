"""What is alike in many places is told once for people, and no place of it is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from twipc.diagnostics import Code, Finding, Related, Severity, Span, merged, told_once
from twipc.diagnostics.render import as_text

NOTE, WARNING, ERROR = (Code(f"TW90{number}", "a title", severity, why="because") for number, severity in enumerate(Severity))
FILE = "specs/prod.yaml"


def at(line: int, file: str = FILE, column: int = 5) -> Span:
    return Span(file, line, column, line, column + 4)


def said(line: int, code: Code = NOTE, message: str = "nothing restarts it", **more: Any) -> Finding:
    return Finding(code, message, at(line), **more)


def of(line: int, name: str, message: str = "services.{}.ready on ecs: 1s becomes 5s", **more: Any) -> Finding:
    """A finding on a service that its message names."""
    return said(line, WARNING, message.format(name), at=f"services.{name}.ready", **more)


def text(*findings: Finding, width: int = 0, source: str = "") -> list[str]:
    told = told_once(merged(findings))
    return as_text(told, {FILE: source}, colour=False, width=width).splitlines()


def heads(*findings: Finding) -> list[str]:
    """The places that findings are told at, in their order."""
    return [line.partition(": ")[0] for line in text(*findings) if re.match(r"\S+: \w+\[", line)]


def test_many_that_are_alike_are_told_at_the_first_with_its_line_and_all_the_places() -> None:
    source = "".join(f"a: {number}\n" for number in range(1, 30))
    many = [replace(said(line, help="do it", at=f"services.s{line}.x"), span=at(line, column=1)) for line in (3, 8, 9, 21)]
    assert text(*many, source=source) == [
        "specs/prod.yaml:3:1: note[TW900]: nothing restarts it",
        "    3 │ a: 3",
        "      │ ━━━━",
        "  help: do it",
        "  and 3 more: specs/prod.yaml:8:1, 9:1, 21:1",
    ]


def test_a_few_that_are_alike_are_told_each_by_itself() -> None:
    assert len(heads(said(3), said(8), said(9))) == 3
    assert len(heads(said(3), said(8), said(9), said(10))) == 1


def test_an_error_is_told_where_it_stands() -> None:
    assert len(heads(*(said(line, ERROR) for line in range(1, 50)))) == 49


@pytest.mark.parametrize(
    "other",
    [
        said(9, WARNING),
        said(9, message="something restarts it"),
        said(9, help="write something else"),
        said(9, target="ecs"),
        said(9, environment="train"),
        said(9, related=(Related(at(2), "it begins here"),)),
        replace(said(9), span=at(9, "specs/base.yaml")),
        replace(said(9), span=None),
    ],
)
def test_what_differs_in_more_than_its_place_is_told_by_itself(other: Finding) -> None:
    like = [said(line) for line in (3, 4, 5, 6)]
    assert "\n".join(text(*like, other)).count("[TW90") == 2
    assert len(heads(*like, said(9))) == 1


def test_all_stand_in_the_order_of_their_first_places() -> None:
    others = [said(4, WARNING, "a"), said(6, WARNING, "b"), said(12, WARNING, "a")]
    many = [said(line) for line in (5, 7, 8, 9)]
    findings = sorted([*others, *many], key=Finding.order)
    assert heads(*findings) == [f"specs/prod.yaml:{line}:5" for line in (4, 5, 6, 12)]


def test_places_go_on_in_lines_as_wide_as_the_terminal() -> None:
    many = [said(line) for line in range(1000, 1040)]
    for width in (43, 80, 120):
        lines = text(*many, width=width)[1:]
        assert all(width - len(" 1000:5,") < len(line) <= width for line in lines[:-1])
        assert " ".join(map(str.strip, lines)) == "and 39 more: specs/prod.yaml:" + ", ".join(
            f"{line}:5" for line in range(1001, 1040)
        )
    assert text(*many) == text(*many, width=80) != text(*many, width=75)
    assert {len(line) for line in text(*many, width=43)[2:-1]} == {43}
    assert len(text(*many, width=1)) == 1 + 1 + 39


def test_whom_a_message_names_is_told_with_the_place() -> None:
    for message in ("services.{}.ready on ecs: 1s becomes 5s", "nobody asks whether `{}` is ready"):
        lines = text(*(of(line, name, message) for line, name in ((3, "web"), (8, "api"), (9, "db"), (10, "cron"))))
        assert lines == [
            f"specs/prod.yaml:3:5: warning[TW901]: {message.format('web')}",
            "  and 3 more: api at specs/prod.yaml:8:5, db at 9:5, cron at 10:5",
        ]


def test_of_one_place_the_others_are_told_by_their_names() -> None:
    lines = text(*(of(3, name) for name in ("web", "api", "db")), of(8, "cron"), of(9, "late"))
    assert lines[1:] == ["  and 4 more: api, db, cron at specs/prod.yaml:8:5, late at 9:5"]


@pytest.mark.parametrize(
    "other",
    [
        of(9, "api", "services.{}.ready on ecs: 2s becomes 5s"),
        of(9, "api", help="write services.api.ready"),
        replace(of(9, "api"), at="services.api.health", message="services.api.health on ecs: 1s becomes 5s"),
        replace(of(9, "api"), message="services.web.ready on ecs: 1s becomes 5s"),
    ],
)
def test_what_differs_in_more_than_the_name_is_told_by_itself(other: Finding) -> None:
    assert len(heads(*(of(line, f"web{line}") for line in (3, 4, 5, 6)), other)) == 2


@given(
    st.lists(
        st.builds(
            lambda line, column, name, code, message, where: Finding(
                code, message.format(name), at(line, where, column), at=f"services.{name}.x"
            ),
            *(st.integers(1, 9), st.integers(1, 3), st.sampled_from(["a", "b", "web"])),
            st.sampled_from([NOTE, ERROR]),
            st.sampled_from(["plain", "services.{}.x on ecs: less", "it is `{}`"]),
            st.sampled_from([FILE, "specs/base.yaml"]),
        ),
        max_size=60,
    ),
    st.integers(0, 100),
)
def test_nothing_is_lost(findings: list[Finding], width: int) -> None:
    """What is told can be read back: of each finding its place, and its message with the name that stands beside the place."""
    found = sorted(findings, key=Finding.order)
    told = as_text(told_once(merged(found)), {}, colour=False, width=width)
    assert set(_read(told)) == {(str(one.span), one.message) for one in findings}


def _read(told: str) -> list[tuple[str, str]]:
    read = []
    for block in told.rstrip("\n").split("\n\n") if told else []:
        head, *rest = block.split("\n")
        place, _, message = re.sub(r"\w+\[TW90\d\]: ", "", head).partition(": ")
        read.append((place, message))
        file = place.split(":")[0]
        named = re.search(r"services\.(\w+)\.|`(\w+)`", message)
        others = " ".join(line.strip() for line in rest)
        for other in others.partition(": ")[2].split(", ") if others else []:
            name, _, where = other.rpartition(" at ") if re.search(r"\d$", other) else (other, "", place)
            where = where if where.startswith("specs/") else f"{file}:{where}"
            if named and name:
                read.append(
                    (where, message[: named.start()] + named[0].replace(named[1] or named[2], name) + message[named.end() :])
                )
            else:
                read.append((where, message))
    return read
