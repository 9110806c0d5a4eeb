"""A difference in words: whose it is, and just what differs."""

from __future__ import annotations

import pytest

from twipc.target import FactKey
from twipc.verify.compare import Difference
from twipc.verify.texts import NOTHING

A, B = ("prefix", "/a/", ("backend", "x")), ("prefix", "/", ("backend", "y"))


def told(field: str, owner: str, meant: object, said: object) -> str:
    return str(Difference(FactKey(field, tuple(owner.split("|"))), meant, said))


@pytest.mark.parametrize(
    ("field", "owner", "meant", "said", "words"),
    [
        ("service.replicas", "web", 1, 2, "service.replicas of web: says 2, the spec says 1"),
        ("service.replicas", "web", 1, "1", 'service.replicas of web: says "1", the spec says 1'),
        ("service.replicas", "web", 1, NOTHING, "service.replicas of web: says nothing, the spec says 1"),
        ("service.publish", "web|80|0", (80, ""), (81, ""), "service.publish of web, port 80: says 81, the spec says 80"),
        ("service.publish", "web|80|0", (80, ""), ("load balancer", ""), "says load balancer, the spec says 80"),
        ("service.publish", "web|80|1", (0, ""), (80, "::1"), "for time 2: says ::1:80, the spec says any free port"),
        ("service.env", "web", {"A": ("value", "x"), "B": ("secret", "")}, {"B": ("secret", "")}, "lacks A: x, which"),
        (
            "service.env",
            "web",
            {"A": ("secret", "")},
            {"A": ("value", "a secret")},
            'says A: "a secret", the spec says A: a secret',
        ),
        (
            "service.env",
            "web",
            {"DB_PASSWORD": ("value", "one"), "A": ("value", "x")},
            {"DB_PASSWORD": ("value", "two"), "A": ("value", "y")},
            "says A: y, DB_PASSWORD: …, the spec says A: x, DB_PASSWORD: …",
        ),
        (
            "service.env",
            "web",
            {"DB_PASSWORD": ("value", "one")},
            {"DB_PASSWORD": ("value", "two")},
            'says {"DB_PASSWORD": ["value", "…"]}, the spec says {"DB_PASSWORD": ["value", "…"]}',
        ),
        ("service.env", "web", {"DB_PASSWORD": ("secret", "")}, {}, "lacks DB_PASSWORD: a secret, which"),
        (
            "service.command",
            "web",
            ("run", "--token", "abc"),
            ("run", "--token", "xyz"),
            'says ["run", "--token", "…"], the spec',
        ),
        ("service.networks", "web", {"back": ()}, {"back": ("news",), "edge": ()}, "says back: news, edge: by its name alone,"),
        (
            "http.routes",
            "p",
            (A, B),
            (A, (*B[:2], ("backend", "z"))),
            "says prefix / to backend z, the spec says prefix / to backend y",
        ),
        ("http.routes", "p", (A, B), (B, A), "says prefix / to backend y, prefix /a/ to backend x in this order, the spec"),
        ("http.routes", "p", (A,), (A, B), "http.routes of p: says also prefix / to backend y, the spec does not"),
        ("backend.members", "p|app", (("a", 80), ("b", 80)), (("a", 80), ("b", 81)), "says b:81, the spec says b:80"),
        ("http.error_pages", "p", ((404, f"{'x' * 900}a\nb"),), ((404, f"{'x' * 900}c\nb"),), r"xc\nb, the spec says …"),
        ("baseline", "p|user", "101:101", "0:0", "`user` of p: twipc always writes 101:101, here is 0:0"),
        ("baseline", "p|user", "101:101", NOTHING, "`user` of p: 101:101 is missing, which twipc always writes"),
        ("baseline", "p|privileged", NOTHING, True, "`privileged` of p: here is true, which twipc never writes"),
        ("baseline", "p|cap_drop", ["ALL"], ["ALL", "X"], "`cap_drop` of p: here is also X, which twipc never writes"),
        ("baseline", "p|cap_drop", ["A", "B"], ["B"], "`cap_drop` of p: A is missing, which twipc always writes"),
        ("baseline", "p|limits", [{"a": 1, "b": 2}], [{"a": 1, "b": 3}], "twipc always writes b: 2, here is b: 3"),
        ("baseline", "p|nginx|events", ((),), ((), ()), "`events` of p's nginx: here is also an empty one, which"),
        ("baseline", "p|haproxy|x", ("check", "inter", "2s", "b"), ("check", "inter", "9s", "b"), "inter 2s, here is inter 9s"),
        ("baseline", "p|configuration digest", NOTHING, "does not fit", "`configuration digest` of p: does not fit"),
        ("options.subnets", "p", ("a", "b"), ("a", "c"), "options.subnets of p: says c, the spec says b"),
    ],
)
def test_a_difference_in_words(field: str, owner: str, meant: object, said: object, words: str) -> None:
    found = told(field, owner, meant, said)
    assert words in found
    assert "\n" not in found
    assert len(found) < 450
