"""Words of other tools: each is answered, and each answer is one that the language takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from tests.compiling import compiled_text
from twipc import reference
from twipc.cli import VERBS
from twipc.diagnostics import Path, Report
from twipc.spec import Environment, Noun
from twipc.spec.desugar import desugar
from twipc.spec.foreign import folded, sections, words
from twipc.spec.shape import UNBOUND, ListOf, MapOf, OfNoun, Shape, fields
from twipc.syntax import parse, plain


def nouns(shape: Shape, path: Path = ()) -> Iterator[tuple[type[Noun], Path]]:
    """Every noun and a path that leads to it, as a spec would have it."""
    match shape:
        case OfNoun(noun):
            yield noun, path
            for name, inner in fields(noun).items():
                yield from nouns(inner, (*path, name))
        case MapOf(value):
            yield from nouns(value, (*path, "some"))
        case ListOf(item):
            yield from nouns(item, (*path, 0))


PLACES = {noun.__name__: (noun, path) for noun, path in reversed([*nouns(OfNoun(Environment))])}
SECTIONS = [name for name in sections() if " " not in name]
FORMS = ("as a ", "in it a ")
TOLD = sorted(
    {((row[0] if name.startswith(FORMS) else name).split()[0], row[-1]) for name, rows in sections().items() for row in rows}
)
FIELDS = {name for noun, _ in PLACES.values() for name in (*fields(noun), *UNBOUND.get(noun, ()))}


def names(noun: str) -> list[str]:
    return [*fields(PLACES[noun][0]), *PLACES[noun][0].SHARED]


def test_every_row_is_of_a_noun_and_reached() -> None:
    for name in SECTIONS:
        written = [folded(word) for theirs, _, _ in sections()[name] for word in theirs.split()]
        assert len(written) == len(set(written)), name
        assert not set(written) & {folded(field) for field in names(name)}, name
    for name, rows in sections().items():
        for place in [row[0] for row in rows] if name.startswith(FORMS) else [name] if name not in SECTIONS else []:
            noun, field = place.split()
            assert field in names(noun)


@pytest.mark.parametrize("noun", SECTIONS)
def test_a_place_is_one_that_explain_knows(noun: str) -> None:
    for entry in words(noun).values():
        if entry.place:
            found = reference.find(entry.place)
            assert [place.dotted for place in found][:1] == [entry.place], entry


@pytest.mark.parametrize(("noun", "told"), TOLD)
def test_every_example_is_taken(noun: str, told: str) -> None:
    for said in re.findall("`([^`]+)`", told):
        verb = re.fullmatch(r"twipc ([a-z]+)(?: (\S+))?", said)
        if verb:
            assert verb[1] in VERBS
            assert not verb[2] or reference.find(verb[2])
        elif ": " in said:
            assert is_taken(noun, said), said
        elif re.fullmatch("[a-z_]+", said):
            assert said in FIELDS | set(literals()), said


def is_taken(noun: str, said: str) -> bool:
    """Whether this field with this value is one of the noun's, or of one around it or named beside it."""
    ((field, value),) = yaml.safe_load(said).items()
    return any(
        isinstance(value, str) if field in PLACES[name][0].SHARED else holds(*PLACES[name], field, value)
        for name in (noun, "Backend", "Route", "Http", "Service", "Environment", "Volume")
    )


def holds(noun: type[Noun], path: Path, field: str, value: Any) -> bool:
    nested: Any = {field: value}
    for step in reversed(path):
        nested = [nested] if isinstance(step, int) else {step: nested}
    node = desugar(parse(json.dumps(nested).encode(), "specs/prod.yaml", Report())).node((*path, field))
    info = next((info for each, info in noun.model_fields.items() if field in (each, info.alias)), None)
    if node is None or info is None:
        return False
    annotation: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    try:
        TypeAdapter(annotation).validate_python(plain(node), strict=True)
    except ValidationError:
        return False
    return True


@cache
def literals() -> frozenset[str]:
    """The words that stand for values somewhere."""
    return frozenset(re.findall("[a-z_]+", " ".join(place.takes for place in reference.every())))


EMPTY = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: [compose]\nservices: {web: {image: shop/web:1}}\n"


@pytest.mark.parametrize(
    ("said", "help"),
    [
        (
            "volumes: {data: }",
            "say who may write it, as in `volumes: {news: {access: single-writer}}` where one writes at a time,",
        ),
        ("networks: {back: }", "an empty one is `networks: {back: {}}`,"),
        ("secrets: {key: }", "say where it is, as in `secrets: {key: {file: .secrets/key}}`,"),
        ("volumes: ", "write a value (an empty one is {})"),
    ],
)
def test_what_is_empty_is_told_as_it_would_be_written(said: str, help: str) -> None:
    (found,) = [one for one in compiled_text(f"{EMPTY}{said}\n").findings if one.code.id == "TW202"]
    assert found.help == f"{help} or take it out; null only removes what an extended file says"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("container_name", "there is no `container_name`: the key above it"),
        ("hostname", "there is no `hostname`: it is found by its key"),
        ("containers", "`containers` is `services` here"),
        ("healthcheck", "`healthcheck` is `services.*.health` here"),
        ("proxy_pass", "`proxy_pass` is `services.*.http.backends` here"),
    ],
)
def test_a_word_is_taken_for_one_of_services_before_it_is_one_of_what_lies_in_them(word: str, said: str) -> None:
    assert (reference.answer(word) or "").startswith(said)


@pytest.mark.parametrize(
    ("command", "help"),
    [
        (f"run {'--a=b ' * 50}", f'Write ["run", {", ".join(50 * [chr(34) + "--a=b" + chr(34)])}].'),
        (f"run {'--a=b ' * 100}", "A list is written [a, b]."),
    ],
)
def test_a_line_of_words_is_told_as_a_list_while_it_can_be_read(command: str, help: str) -> None:
    text = EMPTY.replace("shop/web:1", f"shop/web:1, command: '{command.strip()}'")
    (found,) = [one for one in compiled_text(text).findings if one.code.id == "TW202"]
    assert found.help == f"Replaces the image's command; no shell. {help}"
