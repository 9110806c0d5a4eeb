"""What a server does with all requests equals what another does if no request tells them apart, however it is found."""

from __future__ import annotations

import json
import random
from cProfile import Profile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.compiling import compiled_text
from tests.unit.routes.test_compare import RULES, TABLES, site
from twipc.formats import reading
from twipc.formats.reading import routing_of
from twipc.routes import pattern, routing
from twipc.routes.compare import differences
from twipc.routes.entries import entries
from twipc.routes.expression import expression
from twipc.routes.plain import IN_PATHS, plain
from twipc.routes.routing import Routing
from twipc.routes.table import Answer, Rule, Site, Table
from twipc.target import BASELINE, FactKey
from twipc.verify.compare import Difference


@settings(max_examples=150, deadline=None)
@given(TABLES, TABLES, st.lists(RULES, max_size=2), st.lists(RULES, max_size=2), st.booleans())
def test_the_short_way_comes_to_what_automata_say(
    one: Table, other: Table, before: list[Rule], behind: list[Rule], https: bool
) -> None:
    first, second = (
        replace(table, rules=(*before, *table.rules, *behind), https=https and table is other) for table in (one, other)
    )
    told = Routing(first).differences(Routing(second))
    assert bool(told) == bool(differences(site(first), site(second)))
    assert (Routing(first) == Routing(second)) == (not told)
    assert all(each.one.answers != each.other.answers for each in told)


@pytest.mark.parametrize(
    ("kind", "said", "source"),
    [
        ("prefix", "/a.b/", r"^/a\.b/"),
        ("prefix", "/a", "^/a(/|$)"),
        ("prefix", "/é", "^/é(?:/|$)"),
        ("exact", "/a", "^/a$"),
        ("glob", "/a/**", "^/a/.*$"),
        ("glob", "/*.png", r"^/[^/]*\.png$"),
        ("glob", "/**/b*", "^/.*/b[^/]*$"),
    ],
)
def test_a_path_is_the_same_entry_as_its_expression(kind: str, said: str, source: str) -> None:
    assert plain(pattern.path(kind, said), IN_PATHS) == plain(expression(source), IN_PATHS)


def test_what_no_path_holds_is_no_entry() -> None:
    assert plain(expression(r"^/(\n|a)$"), IN_PATHS) == plain(expression("^/a$"), IN_PATHS)


def test_where_nobody_comes_by_https_a_rule_for_it_takes_nothing() -> None:
    rule = Rule("/a", (pattern.path("exact", "/a"),), (Answer("backend", "x"),), at=(1,))
    asked, every, none = (
        Routing(Table(rules, (Answer("status", "404"),))) for rules in ((replace(rule, scheme="https"),), (rule,), ())
    )
    assert asked == none
    assert [asked != none, asked != every] == [False, True]


def test_a_difference_of_which_others_take_the_shortest_request_is_found() -> None:
    def table(to: str) -> Table:
        first, second = pattern.path("exact", "/a"), pattern.path("glob", "/a*")
        rules = (
            Rule("/a", (first,), (Answer("backend", "x"),), at=(1,)),
            Rule("/a*", (second,), (Answer("backend", to),), at=(2,)),
        )
        return Table(rules, (Answer("status", "404"),))

    assert [str(each.request) for each in Routing(table("y")).differences(Routing(table("z")))] == ["GET /aa"]


def test_what_differs_is_no_entry_of_the_same() -> None:
    patterns = [
        pattern.path("prefix", "/a"),
        pattern.path("prefix", "/a/"),
        pattern.path("exact", "/a"),
        pattern.path("glob", "/a*"),
    ]
    assert len({plain(one, IN_PATHS) for one in patterns}) == len(patterns)


def test_what_no_request_reaches_is_left_out() -> None:
    def of(said: str, to: str) -> Rule:
        return Rule(said, (pattern.path("prefix", said),), (Answer("backend", to),), at=(said,))

    table = Table((of("/a/", "x"), of("/a/b/", "y"), of("/", "z"), of("/c", "y")), (Answer("status", "404"),))
    assert [rule.said for entry in entries(table, https=False) for rule in entry.rules] == ["/a/", "/"]


def spec(engine: str, routes: list[dict[str, Any]], target: str = "", **more: Any) -> str:
    http = {
        "engine": {"name": engine, "version": "1.30" if engine == "nginx" else "3.2"},
        "listen": 8080,
        "backends": {name: {"members": ["web.http"]} for name in ("one", "two")},
        "routes": routes,
        "default": {"status": 404},
    }
    services = {"edge": {"http": http, "ready": {"http": "/ready"}}, "web": {"image": "shop/web:1", "ports": {"http": 8080}}}
    head = {"twipc": 1, "project": "shop", "environment": "prod", "targets": {target or engine: {}}}
    return json.dumps({**head, "services": services, **more})


def wild(dice: random.Random, *, plainly: bool) -> dict[str, Any]:
    """A route of many stars, with `plainly` by its path alone; of some dozens an automaton has very many states."""
    words = ["".join(dice.choices("abcdefgh", k=2)) for _ in range(3)]
    match: dict[str, Any] = {"glob": [f"/*{'*'.join(words)}", f"/**/{words[0]}*{words[1]}"]}
    if dice.random() < 0.3:
        match = {"prefix": [f"/{words[0]}", f"/{words[1]}/"]}
    if not plainly and dice.random() < 0.5:
        match["host"] = [f"*.{words[0]}.example", f"{words[1]}.example"]
    if not plainly and dice.random() < 0.5:
        match["method"] = ["GET", "POST"]
    return {"match": match, "backend": dice.choice(("one", "two"))}


@pytest.mark.parametrize("engine", ["nginx", "haproxy"])
@pytest.mark.parametrize("plainly", [False, True])
def test_our_own_configurations_are_proved_without_automata_of_their_routes(
    engine: str, plainly: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[int] = []

    def counted(one: Site, other: Site) -> Any:
        followed.append(len(list(one.rules)) + len(list(other.rules)))
        return differences(one, other)

    monkeypatch.setattr(routing, "differences", counted)
    monkeypatch.setattr("twipc.routes.automaton.MOST_STATES", 500)
    dice = random.Random(3)
    # Of paths alone nginx has locations, and no map.
    outcome = compiled_text(spec(engine, [wild(dice, plainly=plainly) for _ in range(80)]))
    assert outcome.compiled, [one.message for one in outcome.findings]
    (one,) = outcome.compiled
    assert one.bundle.texts
    assert max(followed, default=0) <= 4, "the server's own paths, which stand in another order"


def test_a_configuration_that_sends_requests_elsewhere_is_no_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the list of facts says: a fault that both a writer and a reader of facts have is seen by the other reading."""
    from twipc.driver import Bug

    text = spec("nginx", [{"match": {"prefix": "/a"}, "backend": "one"}, {"match": {"prefix": "/"}, "backend": "two"}])
    monkeypatch.setattr(reading, "_said", lambda name, text: Routing(routing_of(name, text.replace('"^/a(/|$)"', '"^/a"'))))
    with pytest.raises(Bug, match=r"edge: `GET /aa` leads to backend one, the spec says backend two"):
        compiled_text(text)


def test_too_many_stars_are_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(5)

    def table(count: int) -> Table:
        globs = ["/" + "*".join(dice.choices("abcd", k=6)) for _ in range(count)]
        rules = tuple(Rule(one, (pattern.path("glob", one),), (Answer("backend", one),), at=(one,)) for one in globs)
        return Table(rules, (Answer("status", "404"),))

    monkeypatch.setattr("twipc.routes.automaton.MOST_STATES", 200)
    one, other = Routing(table(12)), Routing(table(12))
    assert one == Routing(one.table)
    assert one != other
    said = str(Difference(FactKey(BASELINE, ("edge", "requests")), one, other))
    assert said.startswith("edge: whether every request goes where the spec says cannot be told: ")
    assert "too many stars" in said


def test_a_path_as_it_came_is_not_the_normalised_one() -> None:
    table = Table((Rule("/a", (pattern.path("exact", "/a"),), (Answer("backend", "x"),), at=(1,)),), (Answer("status", "404"),))
    found = Routing(table).differences(Routing(replace(table, raw=True)))
    assert [str(each.request) for each in found]
    assert not Routing(table).differences(Routing(table))


def test_behind_a_load_balancer_that_ends_tls_nobody_comes_by_https() -> None:
    """On ECS no certificate is there: the redirect takes all, and that is told."""
    from tests.unit.formats.test_tls import errors, outcome

    found = outcome("nginx", "ecs")
    assert ("TW511", "services.edge.http.routes.1.redirect") in errors(found)


@pytest.mark.parametrize("engine", ["nginx", "haproxy"])
def test_the_work_of_reading_grows_with_the_routes(engine: str) -> None:
    """In calls, which are the same on every machine."""

    def calls(count: int) -> int:
        routes = [{"match": {"prefix": f"/p{number}"}, "backend": ("one", "two")[number % 2]} for number in range(count)]
        (one,) = compiled_text(spec(engine, routes)).compiled
        (text,) = (text for path, text in one.bundle.texts.items() if path.endswith((".conf", ".cfg")))
        profile = Profile()
        profile.runcall(
            lambda: entries(routing_of({"nginx": "nginx.conf", "haproxy": "haproxy.cfg"}[engine], text), https=False)
        )
        return sum(one.callcount for one in profile.getstats())

    assert calls(800) < 5 * calls(200)
