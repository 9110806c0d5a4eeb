"""What a route matches, as a regular expression and read back from one."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twipc.formats.paths import literal, pattern
from twipc.formats.routes import glob_of, looked_for, route_of
from twipc.routes.automaton import Automaton
from twipc.routes.pattern import path as path_pattern
from twipc.spec.values.requests import _glob, _request_path

PIECES = st.sampled_from([*"/ab.*'\"$;{}()[]|^+-~=!&@:,<> ", "**", "(/|$)", "[^/]*", ".*", "é", "€", "$1"])
PATHS = st.lists(PIECES, max_size=10).map(lambda pieces: re.sub("/+", "/", "/" + "".join(pieces)))
ANY_PATH = PATHS | st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="%?#\\"), max_size=20
).map(lambda text: re.sub("/+", "/", "/" + text))
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=8)


def legal(path: str, *, glob: bool = False) -> str:
    try:
        return _glob(path) if glob else _request_path(path)
    except ValueError:
        assume(False)
        raise


@given(ANY_PATH, st.sampled_from(("prefix", "exact")))
def test_a_route_comes_back_as_it_was(path: str, kind: str) -> None:
    path = legal(path)
    assert route_of(pattern(kind, path)) == (kind, path)


@given(ANY_PATH)
def test_a_glob_comes_back_as_it_was(path: str) -> None:
    path = legal(path, glob=True)
    # Without a star it matches just itself.
    assert route_of(pattern("glob", path)) == ("glob" if "*" in path else "exact", path)
    assert glob_of(pattern("glob", path)) == path


@pytest.mark.parametrize("glob", ["/**-**-", "/**/**/", "/**a**a", "/**.**.**."])
def test_a_glob_of_equal_parts_comes_back_as_it_was(glob: str) -> None:
    assert glob_of(pattern("glob", glob)) == glob


@given(ANY_PATH, LINES)
def test_a_literal_matches_just_itself(path: str, more: str) -> None:
    assert re.fullmatch(literal(path), path)
    assert not more or not re.fullmatch(literal(path), path + more)


@given(ANY_PATH, ANY_PATH)
def test_a_prefix_ends_at_a_boundary(path: str, other: str) -> None:
    path = legal(path)
    taken = bool(re.search(pattern("prefix", path), other))
    assert taken == (other.startswith(path) if path.endswith("/") else other == path or other.startswith(f"{path}/"))


@given(st.lists(st.sampled_from(("/", "a", "b", ".", "*", "**")), max_size=6), st.text("/ab.", max_size=8))
def test_a_star_stays_within_its_segment(pieces: list[str], text: str) -> None:
    glob = legal(re.sub("/+", "/", "/" + "".join(pieces)), glob=True)
    assert bool(re.search(pattern("glob", glob), f"/{text}")) == matches(glob, f"/{text}")


@given(st.data())
def test_the_first_place_that_fits_is_enough(data: st.DataObject) -> None:
    """What has found a place for one star never looks for another, and takes the same paths as an automaton does."""
    pieces = data.draw(st.lists(st.sampled_from(("/", "a", "b", "ab", ".", "*", "*", "**")), max_size=14))
    glob = legal(re.sub("/+", "/", "/" + "".join(pieces)), glob=True)
    automaton = Automaton((path_pattern("glob", glob),))
    assert looked_for(pattern("glob", glob)) == path_pattern("glob", glob) or "(?" not in pattern("glob", glob)
    for _ in range(5):
        fills = {"**": st.text("ab./", max_size=4), "*": st.text("ab.", max_size=3)}
        near = [data.draw(fills.get(piece, st.sampled_from((piece, piece, piece, "", "a")))) for piece in pieces]
        path = re.sub("/+", "/", "/" + "".join(near))
        taken = automaton.taker(automaton.walk(path.encode())) is not None
        assert bool(re.search(pattern("glob", glob), path)) == taken


def matches(glob: str, path: str) -> bool:
    """The same by trying."""
    if glob.startswith("*"):
        deep = glob.startswith("**")
        ends = [end for end in range(len(path) + 1) if deep or "/" not in path[:end]]
        return any(matches(glob[2 if deep else 1 :], path[end:]) for end in ends)
    return glob == path if not glob or not path else glob[0] == path[0] and matches(glob[1:], path[1:])


@given(LINES | PATHS)
def test_any_expression_is_a_route_or_none(text: str) -> None:
    for expression in (text, f"^{text}", f"^/{text}$", f"^/{text}(/|$)"):
        found = route_of(expression)
        if found is not None:
            assert pattern(*found) == expression or pattern("exact", found[1]) == expression or "\\" in text


OTHERS = (
    "",
    "/a",
    "^a",
    "^/a",
    "^/a|b$",
    "^/(a)$",
    "^/a+$",
    "^/a?(/|$)",
    "^/[ab]$",
    "^/a{2}$",
    "^/.$",
    "^/a^b$",
    "^/a\\",
    "^/a\\$",
)
# What looks like a route's expression and matches otherwise.
FALSE = ("^/\\d$", "^/\\1$", "^/(/|$)", "^/a/(/|$)", "^/[^/]*.*$", "^/[^/]*[^/]*$", "^/a\\*b.*$")
# What takes the same with a time that grows with a power of the path's length, or something else.
SLOW = (
    "^/[^/]*a[^/]*b$",
    "^/.*a.*b$",
    "^/.*a[^/]*b$",
    "^/(?>[^/]*?a)$",
    "^/(?>[^/]*a)[^/]*b$",
    "^/(?>[^/]*?a/)[^/]*b$",
    "^/(?>.*?a)$",
    "^/(?>.*?a)[^/]*b$",
    "^/(?>.*?)[^/]*b$",
    "^/(?:(?![^/]*a$)[^/]*+/)*+[^/]*a$",
    "^/(?:(?!(?>[^/]*?a)[^/]*b)[^/]*+/)*+(?>[^/]*?a)[^/]*b$",
    "^/(?:(?!(?>[^/]*?a)[^/]*b$)[^/]*+/)*+(?>[^/]*?a)[^/]*c$",
    "^/(?:(?=(?>[^/]*?a)[^/]*b$)[^/]*+/)*+(?>[^/]*?a)[^/]*b$",
    "^/(?:(?!(?>[^/]*?a)[^/]*b$)[^/]*/)*(?>[^/]*?a)[^/]*b$",
)


@pytest.mark.parametrize("expression", OTHERS + FALSE + SLOW)
def test_other_expressions_are_no_route(expression: str) -> None:
    assert route_of(expression) is None


@pytest.mark.parametrize("expression", ["^/a", "/a$", "^a$", "^/a\\*b.*$", "^/a$$", "^/a\\"])
def test_other_expressions_are_no_glob(expression: str) -> None:
    assert glob_of(expression) is None
