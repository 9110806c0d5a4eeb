"""A difference is real and has the shortest request there is, and where none is told there is none."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from twipc.routes import pattern
from twipc.routes.cases import Case
from twipc.routes.compare import differences
from twipc.routes.follow import taken
from twipc.routes.hidden import hidden
from twipc.routes.table import Answer, Onward, Rule, Site, Table

HOSTS = ("a.example", "one.example", "x.one.example")
METHODS = ("GET", "POST", "PUT")
PATHS = ["/", *("/" + "/".join(parts) for size in (1, 2, 3) for parts in product("ab", repeat=size))]
PATHS += [f"{path}/" for path in PATHS[1:]] + ["/ab", "/a.b", "/ba/b"]
KINDS = st.sampled_from(("prefix", "exact", "glob"))
SAID = st.sampled_from(("/", "/a", "/a/", "/a/b", "/b/", "/ab", "/b/a/b"))
GLOBS = st.sampled_from(("/*", "/**", "/a/*", "/*/b", "/**b", "/a*", "/**/a"))


def rule(kind: str, said: str, glob: str, to: str, host: str, methods: frozenset[str] | None, more: str, unless: str) -> Rule:
    path = pattern.path(kind, glob if kind == "glob" else said)
    hosts = (pattern.host(host),) if host else ()
    return Rule(
        f"{kind} {said}",
        (path, pattern.path("glob", more)) if more else (path,),
        (Answer("backend", to),),
        (pattern.path("glob", unless),) if unless else (),
        hosts=hosts,
        methods=methods,
        at=(kind, said, glob, to, host, more, unless),
    )


RULES = st.builds(
    rule,
    KINDS,
    SAID,
    GLOBS,
    st.sampled_from("xyz"),
    st.sampled_from(("", "", "one.example", "*.one.example")),
    st.sampled_from((None, None, frozenset({"GET"}), frozenset({"POST", "PUT"}))),
    *(st.sampled_from(("", "", "", "/**b", "/a*")) for _ in range(2)),
)
TABLES = st.builds(Table, st.lists(RULES, max_size=4).map(tuple), st.just((Answer("status", "404"),)))


def site(table: Table, *, before: bool = False) -> Site:
    tables = {"inner": table}
    if before:
        first = Rule("prefix /a", (pattern.path("prefix", "/a"),), (Onward("inner"),))
        tables["outer"] = Table((first,), (Answer("status", "410"),))
    return Site("outer" if before else "inner", tables)


@settings(max_examples=150, deadline=None)
@given(TABLES, TABLES, st.booleans())
def test_what_differs_is_told_with_its_shortest_request_and_nothing_else(one: Table, other: Table, before: bool) -> None:
    first, second = site(one, before=before), site(other)
    told = differences(first, second)
    for each in told:
        asked = (each.request.case, each.request.path.encode())
        assert taken(first, *asked) == each.one
        assert taken(second, *asked) == each.other
        assert each.one.answers != each.other.answers
    known = {(each.one.answers, each.other.answers): len(each.request.path) for each in reversed(told)}
    for method, host, path in product(METHODS, HOSTS, PATHS):
        case = Case("http", method, host)
        both = (taken(first, case, path.encode()).answers, taken(second, case, path.encode()).answers)
        if both[0] != both[1]:
            assert both in known
            assert known[both] <= len(path)


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_hidden_rules_take_nothing_and_are_taken_by_those_that_are_named(table: Table) -> None:
    dead = {one.number: set(one.takers) for one in hidden(table)}
    whole = site(table)
    for method, host, path in product(METHODS, HOSTS, PATHS):
        case = Case("http", method, host)
        ((_, number),) = taken(whole, case, path.encode()).through
        assert number not in dead
        for each, takers in dead.items():
            alone = Site("inner", {"inner": Table((table.rules[each],), ())})
            if taken(alone, case, path.encode()).through[0][1] is not None:
                assert number in takers


def test_rules_that_take_all_between_them_hide_a_third() -> None:
    def of(kind: str, said: str) -> Rule:
        return Rule(said, (pattern.path(kind, said),), (Answer("backend", said),))

    table = Table((of("glob", "/a/*"), of("glob", "/a/*/**"), of("prefix", "/a/")), (Answer("status", "404"),))
    assert [(one.number, one.takers) for one in hidden(table)] == [(2, (0, 1))]


def test_a_circle_of_servers_comes_to_an_end() -> None:
    def to(server: str) -> Table:
        return Table((), (Onward(server),))

    found = taken(Site("a", {"a": to("b"), "b": to("a")}), Case("http", "GET", "a.example"), b"/")
    assert str(found) == "circle a → b → a"
