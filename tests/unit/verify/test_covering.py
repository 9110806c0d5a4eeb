"""What looks like a secret is covered, wherever it stands; what only says that there is one is not."""

from __future__ import annotations

import pytest

from twipc.verify.covering import covered


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"DB_PASSWORD": "one"}, {"DB_PASSWORD": "…"}),
        ({"DB_PASSWORD": ("value", "one")}, {"DB_PASSWORD": ("value", "…")}),
        ({"DB_PASSWORD": ("secret", "")}, {"DB_PASSWORD": ("secret", "")}),
        ({"DB_PASSWORD": ("a", "secret")}, {"DB_PASSWORD": ("a", "secret")}),
        ({"DB_PASSWORD": ["one", "two"]}, {"DB_PASSWORD": ["…", "…"]}),
        ({"DB_PASSWORD": {"A": "x"}}, {"DB_PASSWORD": {"A": "x"}}),
        ({"A": {"DB_PASSWORD": "one"}}, {"A": {"DB_PASSWORD": "…"}}),
        ({"A": "x", "B": 1}, {"A": "x", "B": 1}),
        (("run", "--token", "abc", "x"), ("run", "--token", "…", "x")),
        (["run", "--token=abc"], ["run", "…"]),
        (("run", 1, "abc"), ("run", 1, "abc")),
        ((("--token", "abc"), "x"), (("--token", "…"), "x")),
        ("https://me:hunter2@shop.example/", "…"),
        ("x", "x"),
        (None, None),
        (7, 7),
    ],
)
def test_what_is_covered(value: object, shown: object) -> None:
    assert covered(value) == shown
    assert type(covered(value)) is type(value) or shown == "…"


def test_two_secrets_are_told_apart_without_being_told() -> None:
    one, other, same = (covered({"TOKEN": text}) for text in ("a1", "b2", "a1"))
    assert one == other
    assert repr(one) != repr(other)
    assert repr(one) == repr(same)
