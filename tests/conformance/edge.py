"""One HTTP server, compiled for an engine by the command line's own passes and run on the real one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from targets.ecs.edges import edges
from tests.compiling import Outcome, compiled_text
from tests.conformance.live import Backend, Report, Request, Scenario, Step, Wait, run
from twipc.driver import Compiled
from twipc.formats.engines import ENGINES
from twipc.formats.writing import server_files
from twipc.target import DOCKER, Discovery

VERSIONS = {"nginx": ("nginx", "1.30"), "haproxy": ("haproxy", "3.2"), "haproxy-2.8": ("haproxy", "2.8")}
TOOLS = tuple(VERSIONS)
HAPROXIES = TOOLS[1:]
FIRST, SECOND, THIRD = ADDRESSES = ("10.0.1.1", "10.0.1.2", "10.0.1.3")
PORT = 8080
READY = "/health/ready?of=all&deep=1"
PAGES = {"pages/404.html": "<p>our 404</p>\n", "pages/50x.html": "<p>our 50x</p>\n", "pages/400.html": "<p>our 400</p>\n"}
PAGES |= {"pages/413.html": "<p>our 413</p>\n"}
ERROR_PAGES = [
    {"status": [400], "page": "pages/400.html"},
    {"status": [404], "page": "pages/404.html"},
    {"status": [413], "page": "pages/413.html"},
    {"status": [500, 502, 503, 504], "page": "pages/50x.html"},
]
EXPOSED = {
    "Request-Time": "request-time",
    "Upstream-Address": "upstream-address",
    "Upstream-Response-Time": "upstream-response-time",
}
HTTP: Mapping[str, Any] = {
    "listen": PORT,
    "backends": {"app": {"members": ["web.http"]}},
    "routes": [{"match": {"prefix": "/"}, "backend": "app"}],
    "default": {"status": 404},
    "error_pages": ERROR_PAGES,
    "expose_headers": EXPOSED,
}
WEB: Mapping[str, Any] = {"image": "twip/web:1.0.0", "ports": {"http": PORT}}


def spec(
    http: Mapping[str, Any],
    *,
    tool: str,
    version: str = "",
    edge: Mapping[str, Any] | None = None,
    secrets: Mapping[str, Any] | None = None,
    **services: Any,
) -> str:
    """A spec whose service `edge` serves as `HTTP` says, but for what `http` says otherwise."""
    engine, tried = VERSIONS[tool]
    server = {**HTTP, "engine": {"name": engine, "version": version or tried}, **http}
    document = {
        "twipc": 1,
        "project": "live",
        "environment": "edge",
        "targets": {engine: {}},
        "services": {"edge": {"http": server, **(edge or {})}, "web": WEB, **services},
        "volumes": {
            volume: {"access": "single-writer"} for one in services.values() for volume in one.get("mounts", {}).values()
        },
        "secrets": {"haproxy-stats": {"file": "password"}, **(secrets or {})},
    }
    # JSON is YAML; but its \u escapes are UTF-16, which YAML's are not.
    return json.dumps(document, ensure_ascii=False)


def files(text: str, discovery: Discovery = DOCKER, service: str = "edge") -> dict[str, str]:
    """The files of a server by their place in its container; the target has read them back by then."""
    outcome = compiled_text(text, PAGES, stem="edge")
    assert outcome.compiled, [str(finding.message) for finding in outcome.findings]
    assert outcome.model
    return {file.container_path: file.artifact.text for file in server_files(outcome.model, service, discovery)}


def serve(
    http: Mapping[str, Any],
    *steps: Step,
    tool: str,
    names: Mapping[str, tuple[str, ...]] | None = None,
    backends: tuple[Backend, ...] = (),
    more: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    discovery: Discovery = DOCKER,
    settled: bool = True,
    **spec_parts: Any,
) -> Report:
    """Runs steps against `edge`; a name leads to all its backend's addresses unless `names` says otherwise."""
    config = files(spec(http, tool=tool, **spec_parts), discovery)
    backends = backends or (Backend("web", ADDRESSES, PORT, ready=(READY,)),)
    known = {backend.service: backend.addresses for backend in backends}
    first: tuple[Step, ...] = (Wait(Request("/", port=PORT), seconds=5),) if settled else ()
    return run(
        Scenario(
            tool,
            {**config, **(more or {})},
            (*first, *steps),
            {**known, **(names or {})},
            backends,
            environment or {},
        )
    )


def copies(outcome: Outcome, engine: str) -> dict[str, dict[str, str]]:
    """Every configuration of an engine in an environment's bundles: `target: path` and the files in the container."""
    image = ENGINES[engine]
    name = image.config.rpartition("/")[2]
    found: dict[str, dict[str, str]] = {}
    for one in outcome.compiled:
        texts = one.bundle.texts
        for path, text in texts.items():
            folder, _, file = path.rpartition("/")
            if file == name:
                pages = {other: body for other, body in texts.items() if other.startswith(f"{folder}/pages/")}
                placed = {f"{image.pages}/{other.rpartition('/')[2]}": body for other, body in pages.items()}
                found[f"{one.target.name}: {path}"] = {image.config: text, **placed}
    return found


def carriers(outcome: Outcome, engine: str) -> set[str]:
    """The targets of an environment that owe a copy of the engine's configuration: not where others stand in its place."""
    orchestrate = (one for one in outcome.compiled if one.target.orchestrates and _runs(one, engine))
    return {one.target.name for one in orchestrate} | {one.target.name for one in outcome.compiled if one.target.name == engine}


def _runs(one: Compiled, engine: str) -> bool:
    giving = edges(one.model, one.options) if one.target.name == "ecs" else {}
    return any(http.engine.name == engine for name, http in one.model.servers if name not in giving)
