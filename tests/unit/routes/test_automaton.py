"""The automaton takes what Python's own regular expressions take, and what cannot be one is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twipc.routes.automaton import Automaton
from twipc.routes.expression import NotUnderstood, expression

ATOMS = ["a", "b", "/", r"\.", ".", "[ab]", "[^/]", "[a-c1]", r"\d", r"\W", "(a|b)", "(?:a/|$)", "^", "$", r"\/", "x", r"[^\w]"]


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{1,}", "*?"])),
        st.builds("({}|{})".format, inner, inner),
    )


EXPRESSIONS = st.recursive(st.sampled_from(ATOMS), grown, max_leaves=4)
TEXTS = st.lists(st.text("ab/.x1", min_size=1, max_size=7), min_size=1, max_size=6)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), TEXTS, st.booleans())
def test_the_first_expression_that_matches_takes_a_text(sources: list[str], texts: list[str], any_case: bool) -> None:
    try:
        automaton = Automaton([expression(source, any_case=any_case) for source in sources])
    except NotUnderstood:
        return
    # `$` is the end here: a path has no line ends.
    compiled = [re.compile(source.replace("$", r"\Z").encode(), re.IGNORECASE if any_case else 0) for source in sources]
    for text in (one.upper() if any_case else one for one in texts):
        wanted = next((number for number, one in enumerate(compiled) if one.search(text.encode())), None)
        assert automaton.taker(automaton.walk(text.encode())) == wanted, (text, sources)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), TEXTS)
def test_all_expressions_that_match_are_known_where_they_are_asked_for(sources: list[str], texts: list[str]) -> None:
    try:
        automaton = Automaton([expression(source) for source in sources], first_only=False)
    except NotUnderstood:
        return
    compiled = [re.compile(source.replace("$", r"\Z").encode()) for source in sources]
    for text in texts:
        wanted = {number for number, one in enumerate(compiled) if one.search(text.encode())}
        assert automaton.takers(automaton.walk(text.encode())) == wanted, (text, sources)


@pytest.mark.parametrize(
    "source",
    [
        *(
            "(?=a)b",
            "(?!a)b",
            "(?<=a)b",
            "(?<!a)b",
            r"(a)\1",
            r"\bword",
            "a++",
            "(?i)a",
            "(?>a)",
            "(*UTF)a",
            r"\p{L}",
            r"\Qa\E",
        ),
        *("(a", "a)", "[a", "*a", "a{300}", "((a{200}){200})", "^*", "[é]", r"\x{41}", "a\\", "[z-a]", "[[:word:]]"),
    ],
)
def test_what_no_automaton_here_has_is_named(source: str) -> None:
    with pytest.raises(NotUnderstood) as said:
        expression(source)
    assert "\n" not in str(said.value)
    assert source in str(said.value)


def test_states_grow_with_the_patterns_not_with_their_number_squared() -> None:
    def states(count: int) -> int:
        automaton = Automaton([expression(rf"^/service-{number}/api/v{number % 7}/") for number in range(count)])
        found, waiting = {automaton.start}, [automaton.start]
        while waiting:
            fresh = {target for _, target in automaton.edges(waiting.pop())} - found
            found |= fresh
            waiting += fresh
        return len(found)

    assert states(400) < 4.5 * states(100)
