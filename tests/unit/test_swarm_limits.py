"""What a swarm's limits are measured of, to the byte: the files that it is given, and the servers whose file may be large."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

import pytest

from tests.compiling import Outcome, compiled_text
from twipc.limit import Limit
from twipc.registry import target
from twipc.target import Held, Measured

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {swarm: {discovery: tasks}}
services:
  web: {image: shop/web:1, ports: {http: 8080}, configs: {/etc/full: full.conf, /etc/void: void.conf}}
  files:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      routes: [{match: {prefix: /}, files: /srv/files}]
      default: {status: 404}
      error_pages: [{status: [404], page: void.html}, {status: [503], page: full.html}]
  edge:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {exact: [/a, /b], host: shop.example}, backend: app}, {match: {glob: /a*}, backend: app}]
      default: {status: 404}
"""
TEXTS = {"full.conf": "é\n", "void.conf": "", "void.html": "", "full.html": "<p>é</p>\n"}
FILES = 2000 + 4 * len("/")
EDGE = 2000 + 2 * (2000 + 4 * len("/a" + "shop.example")) + 2000 + 4 * len("/a*")
"""What the configuration of each may have, generously: by its backends, its paths and their characters."""


def configs() -> Held:
    """The limit of configs, as the target has it."""
    (held,) = (one for one in target("swarm").limits if isinstance(one, Held) and one.limit.what == "a swarm's config")
    return held


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return compiled_text(SPEC, TEXTS)


def test_every_file_that_is_given_as_it_is_is_measured_and_an_empty_one_is_advised_of(outcome: Outcome) -> None:
    assert outcome.model
    page, file = "give the page some text, or take it out", "give the file some text, or take it out"
    pages = ("services", "files", "http", "error_pages")
    given = ("services", "web", "configs")
    assert list(configs().measure(outcome.model, None)) == [
        Measured((*pages, 0, "page"), 0, "`void.html`", key=False, help=page),
        Measured((*pages, 1, "page"), 10, "`full.html`", key=False),
        Measured((*given, "/etc/full"), 3, "`full.conf`", key=False),
        Measured((*given, "/etc/void"), 0, "`void.conf`", key=False, help=file),
    ]


@pytest.mark.parametrize("discovery", ["tasks", None])
def test_a_servers_file_is_measured_as_it_is_written(discovery: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of tasks are longer than those of plain Docker, by which it is measured for those who do not have the target."""
    spec = SPEC if discovery else SPEC.replace("{swarm: {discovery: tasks}}", "{compose: {}}")
    outcome = compiled_text(spec, {file: text or "x" for file, text in TEXTS.items()})
    (compiled,) = outcome.compiled
    held = configs()
    limit_of(held, 2, monkeypatch)
    assert outcome.model
    texts = compiled.bundle.texts
    assert list(held.written(outcome.model, compiled.options if discovery else None)) == [
        Measured(("services", name, "http"), len(texts[file].encode()), file)
        for name, file in (("edge", "edge/haproxy.cfg"), ("files", "files/nginx.conf"))
    ]


@pytest.mark.parametrize(
    ("half", "names"), [(FILES - 1, ["edge", "files"]), (FILES, ["edge"]), (EDGE - 1, ["edge"]), (EDGE, [])]
)
def test_only_what_may_be_more_than_half_as_large_is_written_to_measure_it(
    outcome: Outcome, half: int, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = configs()
    limit_of(held, 2 * half + 1, monkeypatch)
    assert outcome.model
    assert [one.path[1] for one in held.written(outcome.model, None)] == names


def limit_of(held: Held, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller limit: a server that comes to the real one takes seconds to write."""
    few = Limit(what="few", most=most, source="this test")
    monkeypatch.setattr(import_module(cast(Any, held.written).__module__), "_CONFIG", few)
