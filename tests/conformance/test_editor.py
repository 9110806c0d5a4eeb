"""What an editor shows of a spec: the real language server for YAML, with the schemas beside the committed specs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml12
from hypothesis import HealthCheck, given, settings

from tests.compiling import SPECS
from tests.conformance.language_server import LanguageServer
from tests.fields import FIELD_CHANGES
from tests.strategies import Spec, as_text, specs
from tests.tools import tool
from twipc.catalogue import codes
from twipc.diagnostics import Code
from twipc.registry import target, target_names
from twipc.schema import environment_schema

pytestmark = pytest.mark.xdist_group("editor")

COMMITTED = sorted(path.name for path in SPECS.glob("*.yaml"))
EXAMPLES = [code for code in codes().values() if code.good]
HEAD = "# yaml-language-server: $schema=environment.schema.json\ntwipc: 1\nproject: shop\nenvironment: prod\n"
FRAGMENT = "# yaml-language-server: $schema=fragment.schema.json\n"
BEGUN = {"a server before one backend", "asked by http"}
SERVICE = "services:\n  web:\n"
HTTP = f"{SERVICE}    http:\n"


class Editor:
    """A folder of specs like the committed one, and what the server says of texts in it."""

    def __init__(self, server: LanguageServer, folder: Path) -> None:
        self.server = server
        self.folder = folder

    def underlined(self, text: str, name: str = "shop.yaml") -> list[tuple[int, str]]:
        """(line, message) of every diagnostic."""
        found = self.server.diagnostics(self.folder / name, text)
        return [(one["range"]["start"]["line"], one["message"]) for one in found]

    def wrong(self, text: str) -> list[tuple[int, str]]:
        """The same of an environment's text, its lines counted without the head."""
        return [(line - HEAD.count("\n"), message) for line, message in self.underlined(HEAD + text)]

    def offered(self, text: str) -> dict[str, str]:
        """What may stand where the text has a `|`, and what is filled in."""
        items = self.server.completion(self.folder / "shop.yaml", HEAD + text)
        return {item["label"]: item["insertText"] for item in items}

    def shown(self, text: str) -> str:
        return self.server.hover(self.folder / "shop.yaml", HEAD + text)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("specs")
    for file in SPECS.iterdir():
        shutil.copy(file, folder)
    with LanguageServer([tool("yaml-language-server"), "--stdio"]) as server:
        yield Editor(server, folder)


@pytest.mark.parametrize("name", COMMITTED)
def test_a_committed_spec_has_nothing_underlined_and_its_schema_was_read(editor: Editor, name: str) -> None:
    text = (SPECS / name).read_text()
    assert editor.underlined(text, name) == []
    assert [message for _, message in editor.underlined(f"{text}\nservicez: {{}}\n", name)] == [
        "Property servicez is not allowed."
    ]


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.id)
def test_a_good_example_has_nothing_underlined(editor: Editor, code: Code) -> None:
    assert editor.underlined(FRAGMENT + code.good) == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(spec=specs())
def test_a_drawn_spec_has_nothing_underlined(editor: Editor, spec: Spec) -> None:
    assert editor.underlined(f"{HEAD.splitlines()[0]}\n{as_text(spec)}") == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("servicez: {}", 0, "Property servicez is not allowed."),
        (f"{SERVICE}    image: shop/web:1\n    imgae: shop/web:1\n", 3, "Property imgae is not allowed."),
        (f"{SERVICE}    health: {{htpp: /live}}\n", 2, "Property htpp is not allowed."),
        # Of a one-of form it is what is wrong with the long one that is told, not that it is not the short one.
        (f"{HTTP}      listen: {{prt: http}}\n", 3, "Property prt is not allowed."),
        (f"{HTTP}      routes:\n        - {{match: {{prefix: /}}, backnd: app}}\n", 4, "Property backnd is not allowed."),
        ("targets: {kompose: {}}", 0, "Property kompose is not allowed."),
        ("targets: [compose, kompose]", 0, 'Value is not accepted. Valid values: "compose", "compose-2.4",'),
        ("services:\n  Web: {image: shop/web:1}\n", 1, "Property Web is not allowed."),
        (f"{SERVICE}    restart: sometimes\n", 2, 'Value is not accepted. Valid values: "always", "on-failure", "never".'),
        ("volumes:\n  news:\n    access: single\n", 2, 'Value is not accepted. Valid values: "single-writer", "shared",'),
        (f"{HTTP}      engine: {{name: apache}}\n", 3, 'Value is not accepted. Valid values: "nginx", "haproxy".'),
        (f"{SERVICE}    replicas: many\n", 2, "Incorrect type. Expected one of integer, null."),
        (f'{SERVICE}    ports: {{http: "80"}}\n', 2, 'Incorrect type. Expected "object | integer | null".'),
        (f"{SERVICE}    env: {{DEBUG: 1}}\n", 2, 'Incorrect type. Expected "object | string | null".'),
        (f"{SERVICE}    command: [null]\n", 2, 'Incorrect type. Expected "string".'),
        (f"{SERVICE}    replicas: 1001\n", 2, "Value is above the maximum of 1000."),
    ],
)
def test_a_mistake_is_underlined_on_its_line(editor: Editor, text: str, line: int, message: str) -> None:
    ((found, told),) = editor.wrong(text)
    assert (found, told[: len(message)]) == (line, message)


@pytest.mark.parametrize(
    "text",
    [
        *(f"{SERVICE}    env: {{A: {value}}}\n" for value in ("text", "{secret: key}", "{value: text}", "null")),
        *(f"{HTTP}      listen: {value}\n" for value in ("8080", "{port: web, number: 8080}", "null")),
        *(f"{SERVICE}    health: {{http: {value}}}\n" for value in ("/live", "{path: /live, port: http, client: curl}")),
        *(f"{SERVICE}    mounts: {{/data: {value}}}\n" for value in ("news", "{volume: news}", "null")),
        *(f"targets: {value}\n" for value in ("[compose, nginx]", "{compose: {}, nginx: {}}", "{compose: null}")),
        *("services: {web: null}\n", f"{SERVICE}    image: null\n", "volumes:\n  news:\n", "services: null\n"),
    ],
)
def test_each_form_of_a_value_is_one(editor: Editor, text: str) -> None:
    assert editor.wrong(text) == []


def keys(noun: str) -> set[str]:
    """The keys that a noun has in the schema; of the whole file those that are not there yet."""
    schema: Any = environment_schema()
    fields = set((schema["$defs"][noun] if noun else schema)["properties"])
    return fields if noun else fields - {"twipc", "project", "environment"}


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("|", ""),
        (f"{SERVICE}    |", "Service"),
        (f"{HTTP}      |", "Http"),
        (f"{HTTP}      engine: {{n|}}", "Engine"),
        (f"{HTTP}      backends:\n        app:\n          |", "Backend"),
        (f"{HTTP}      routes:\n        - |", "Route"),
        (f"{HTTP}      routes:\n        - {{m|}}", "Route"),
        (f"{HTTP}      routes:\n        - match:\n            |", "Match"),
        (f"{SERVICE}    publish:\n      - |", "Publish"),
        (f"{SERVICE}    health:\n      |", "Health"),
        ("volumes:\n  news:\n    |", "Volume"),
        ("volumes: {news: {a|}}", "Volume"),
        ("accept:\n  - |", "Acceptance"),
    ],
)
def test_the_keys_of_a_noun_are_offered(editor: Editor, text: str, noun: str) -> None:
    assert set(editor.offered(text)) - BEGUN == keys(noun)


def test_a_key_that_is_there_is_not_offered_again(editor: Editor) -> None:
    assert keys("Service") - set(editor.offered(f"{SERVICE}    image: shop/web:1\n    replicas: 2\n    |")) == {
        "image",
        "replicas",
    }


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"{SERVICE}    restart: |", {"always", "on-failure", "never", "null"}),
        (f"{HTTP}      engine: {{name: |}}", {"nginx", "haproxy", "null"}),
        ("volumes: {news: {access: |}}", {"single-writer", "shared", "read-only", "per-replica", "scratch", "null"}),
        ("targets: [|]", set(target_names())),
        ("targets:\n  |", set(target_names())),
        (f"{SERVICE}    env:\n      A:\n        |", {"secret", "address", "only", "value"}),
        (f"{HTTP}      listen:\n        |", {"port", "number"}),
    ],
)
def test_values_and_long_forms_are_offered(editor: Editor, text: str, values: set[str]) -> None:
    assert set(editor.offered(text)) == values


def filled(snippet: str, depth: int = 0) -> str:
    """What stands there when each place of a snippet is left as it is."""
    choice, default, bare = r"\$\{\d+\|([^,]*),[^}]*\}", r"\$\{\d+:([^}]*)\}", r"\$\{?\d+\}?"
    return re.sub(f"{choice}|{default}|{bare}", r"\1\2", snippet).replace("\n", "\n" + " " * depth)


@pytest.mark.parametrize(
    ("before", "depth"), [("", 0), (f"{SERVICE}    ", 4), (f"{HTTP}      ", 6), (f"{SERVICE}    publish:\n      - ", 8)]
)
def test_what_is_filled_in_is_no_mistake(editor: Editor, before: str, depth: int) -> None:
    """A key whose value is still to be written is null, which every key may be."""
    for label, snippet in editor.offered(f"{before}|").items():
        # A list is begun with an item of which nothing is there yet.
        if not snippet.endswith(("- ", "- ${1}")):
            assert editor.wrong(before + filled(snippet, depth)) == [], label


def test_a_server_is_begun_whole(editor: Editor) -> None:
    begun = editor.offered(f"{HTTP}      |")["a server before one backend"]
    server: Any = yaml12.parse_yaml(filled(begun))
    assert server["engine"] == {"name": "nginx", "version": "1.30"}
    assert server["routes"] == [{"match": {"prefix": "/"}, "backend": "app"}]
    assert set(server) == {"engine", "listen", "backends", "routes", "default"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ser|vices: {}\n", "What runs."),
        (f"{SERVICE}    rest|art: always\n", "When an ended instance is started again"),
        (f"{SERVICE}    rest|art: always\n", "* `on-failure`"),
        (f"{SERVICE}    repl|icas: 2\n", "Default: `1`"),
        (f"{SERVICE}    stop_g|race: 5s\n", "Default: `15s`"),
        (f"{SERVICE}    health: {{interval: 5s|}}\n", "Time between two checks."),
        (f"{SERVICE}    build: {{con|text: web}}\n", "folder"),
        (f"{HTTP}      eng|ine: {{name: nginx}}\n", "The program that serves."),
        (f"{HTTP}      routes: [{{ma|tch: {{prefix: /}}}}]\n", "Which requests"),
        ("targets: {sw|arm: {}}\n", target("swarm").summary),
        ("targets: {ecs: {reg|ion: eu-west-1}}\n", "region"),
        ("volumes:\n  news: {acc|ess: shared}\n", "Who may write it"),
    ],
)
def test_what_a_field_promises_is_shown(editor: Editor, text: str, words: str) -> None:
    shown = editor.shown(text)
    assert words in shown
    # No headline of the whole file above each field, and code as code.
    assert not shown.startswith("#")
    assert "\\`" not in shown


def test_every_field_of_a_service_shows_its_own_description(editor: Editor) -> None:
    fields = environment_schema()["$defs"]["Service"]["properties"]
    for name, field in fields.items():
        shown = editor.shown(f"{SERVICE}    {name[:1]}|{name[1:]}: null\n")
        assert shown.replace("\\", "").startswith(field["description"]), name


@pytest.mark.parametrize("engine", FIELD_CHANGES)
def test_a_spec_with_every_field_has_nothing_underlined(editor: Editor, engine: str) -> None:
    spec, _, _ = FIELD_CHANGES[engine]["service.image"]
    assert editor.underlined(f"{HEAD.splitlines()[0]}\n{as_text(spec)}") == []
