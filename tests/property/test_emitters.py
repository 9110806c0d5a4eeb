"""An emitter that says something else than it should: the compile stops by itself, and nothing is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.cli import run
from tests.compiling import ROOT
from twipc.target import jinja
from twipc.target.templates import Quoted

Fault = tuple[str, str, Callable[[Any], Any]]
"""A module, a function in it, and what becomes of the function."""


def swapped(old: str, new: str) -> Callable[[Any], Any]:
    """A template's text with one thing said otherwise; that it is there at all shows in the compile that stops."""

    def fault(render: Any) -> Any:
        def wrong(*arguments: Any) -> Any:
            text, origins = render(*arguments)
            return text.replace(old, new), origins

        return wrong

    return fault


def instead(result: Any) -> Callable[[Any], Any]:
    return lambda _function: lambda *_arguments, **_named: result


def plus_one(function: Any) -> Any:
    return lambda value: Quoted(str(int(function(value)) + 1))


FAULTS: dict[str, Fault] = {
    "a duration in another unit": ("twipc.formats.composefile.write", "duration", lambda _f: lambda value: f"{int(value)}s"),
    "half of the memory": ("twipc.formats.composefile.program", "memory", lambda f: lambda value: f(type(value)(value // 2))),
    "variables that vanish": ("twipc.formats.composefile.write", "environment", instead({})),
    "no health check": ("twipc.formats.composefile.write", "healthcheck", instead(None)),
    "no hardening": ("twipc.formats.composefile.program", "hardening", instead({})),
    "logs that go nowhere": ("twipc.formats.composefile.write", "logging", instead({"driver": "none"})),
    "as many processes as anybody wants": (
        "twipc.formats.composefile.program",
        "limits",
        lambda f: lambda *a: {**f(*a), "pids": 0},
    ),
    "logs of ECS in another group": ("twipc.targets.ecs.task.container", "log_group_of", instead("/shop")),
    "volumes that are not mounted": ("twipc.formats.composefile.volumes", "mounts", instead([])),
    "services on no network of theirs": ("twipc.formats.composefile.write", "networks", instead({})),
    "networks that are all open": ("twipc.formats.composefile.write", "network", instead({})),
    "labels of nobody": ("twipc.formats.composefile.write", "owner_labels", instead({})),
    "a dollar that is interpolated": ("twipc.formats.composefile.write", "interpolated", lambda _f: lambda text: f'"{text}$x"'),
    "nobody who is awaited": ("twipc.formats.composefile.write", "depends_on", instead({})),
    "the new task before the one whose port it wants": (
        "twipc.targets.swarm.lower",
        "_roll",
        lambda f: lambda *a: {**f(*a), "order": "start-first"},
    ),
    "tasks of a stack anywhere": ("twipc.targets.swarm.lower", "_placement", instead({})),
    "deployments of ECS unsaid": ("twipc.targets.ecs.service.input", "deployment", instead({})),
    "tasks of ECS on any host": (
        "twipc.targets.ecs.service.input",
        "placement",
        instead({"placementConstraints": [{"type": "distinctInstance"}]}),
    ),
    "repositories that go with their stack": (
        "twipc.targets.ecs.images.repositories",
        "_repository",
        lambda f: lambda *a: {**f(*a), "DeletionPolicy": "Delete"},
    ),
    "haproxy's numbers one too high": ("twipc.formats.haproxy.write", "number", plus_one),
    "nginx's numbers one too high": ("twipc.formats.nginx.write", "number", plus_one),
    "routes in another order": (
        "twipc.formats.nginx.write",
        "_values",
        lambda f: lambda *a: {**(values := f(*a)), "routes": values["routes"][::-1]},
    ),
    "prefixes that leak": (
        "twipc.formats.nginx.write",
        "pattern",
        lambda f: lambda kind, path: f(kind, path.rstrip("/") or "/"),
    ),
    "haproxy without its statistics": (
        "twipc.formats.haproxy.write",
        "_stats",
        instead({"stats": None, "variable": None}),
    ),
    "a template's timer": ("twipc.formats.haproxy.write", "render", swapped("hold valid 1s", "hold valid 9s")),
    "a template's check": ("twipc.formats.haproxy.write", "render", swapped("observe layer4", "observe layer7")),
    "a template's header": ("twipc.formats.nginx.write", "render", swapped('Forwarded ""', 'Forwarded "x"')),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed specs, compiled nowhere yet."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("specs", "app"):
        shutil.copytree(ROOT / folder, root / folder)
    return root


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_an_emitter_stops_the_compile(name: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module_name, function, fault = FAULTS[name]
    module = import_module(module_name)
    monkeypatch.setattr(module, function, fault(getattr(module, function)))
    ran = run("compile", at=project)
    assert ran.code == 70, ran.out + ran.err
    assert "this is a bug in twipc" in ran.err
    assert "Traceback" not in ran.err
    assert not (project / "out").exists()


def test_without_a_fault_it_compiles(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "project")
    assert run("compile", at=tmp_path / "project").code == 0


def test_a_template_prints_only_what_a_quoting_function_made() -> None:
    with pytest.raises(TypeError, match="only what a quoting function made"):
        jinja.only_quoted("; return 200;")
