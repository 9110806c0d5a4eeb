"""Where two texts differ is told in the same way for long ones, and in little time."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from twipc.verify import stretches as module
from twipc.verify.stretches import stretches

LINES = st.lists(st.sampled_from("aaabbcdefg"), max_size=12)


@given(LINES, LINES, st.sampled_from([0, 1000]))
@example(list("abc"), list("cab"), 0)
@example(list("abcd"), list("dbca"), 0)
def test_one_text_becomes_the_other_where_they_differ_and_nowhere_else(wanted: list[str], there: list[str], long: int) -> None:
    with patch.object(module, "_LONG", long):
        found = list(stretches(wanted, there))
    made, before = list[str](), 0
    for first, last, start, end in found:
        assert before <= first <= last
        assert wanted[first:last] != there[start:end]
        made += wanted[before:first]
        assert start == len(made)
        made += there[start:end]
        before = last
    assert made + wanted[before:] == there


def test_a_long_text_with_many_changes_is_compared_line_by_line_only_near_them() -> None:
    wanted = [
        line
        for number in range(2000)
        for line in (f"{number}:", *("read_only: true",) * 9, "level: info", *("init: true",) * 9)
    ]
    there = [line.replace("info", "debug") for line in wanted]
    assert list(stretches(wanted, there)) == [(20 * at + 10, 20 * at + 11, 20 * at + 10, 20 * at + 11) for at in range(2000)]
