"""Linters of other people find nothing in what is committed, beyond what waivers.yaml waives one by one."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.compiling import ROOT
from tests.tools import program, tool

OUT = ROOT / "out"
WAIVERS = Path(__file__).parent / "waivers.yaml"
Found = tuple[str, str, str]
"""A rule, the target's folder in out/, and the service."""


def waived() -> set[Found]:
    return {
        (waiver["rule"], folder, service)
        for waiver in yaml.safe_load(WAIVERS.read_text())
        for folder, services in waiver["where"].items()
        for service in services
    }


def compose_lint(*files: Path) -> Iterator[tuple[Found, str]]:
    """Each finding at medium and above, with its own words."""
    done = subprocess.run(
        [program("compose-lint"), "check", "--format", "json", *files], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    for finding in json.loads(done.stdout)["findings"]:
        if finding["severity"] != "low":
            folder = (ROOT / finding["file"]).parent.relative_to(OUT)
            yield (finding["rule_id"], str(folder), finding["service"]), finding["message"]


def gixy(file: Path) -> list[str]:
    """Each finding at any level, in one line."""
    done = subprocess.run([tool("gixy"), "-f", "json", file], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return [f"{finding['severity']} {finding['plugin']}: {finding['summary']}" for finding in json.loads(done.stdout)]


def test_compose_lint_finds_what_is_waived_and_nothing_else() -> None:
    files = sorted(file for name in ("docker-compose.yml", "docker-stack.yml") for file in OUT.rglob(name))
    assert len(files) >= 5
    found = dict(compose_lint(*files))
    assert {finding: found[finding] for finding in set(found) - waived()} == {}
    assert waived() - set(found) == set(), "these waive nothing"


def test_each_waiver_gives_a_reason() -> None:
    assert all(len(waiver["because"]) > 20 for waiver in yaml.safe_load(WAIVERS.read_text()))


@pytest.mark.parametrize("file", sorted(OUT.rglob("nginx.conf")), ids=lambda file: str(file.relative_to(OUT)))
def test_gixy_finds_nothing(file: Path) -> None:
    assert gixy(file) == []


def test_gixy_finds_something_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    file.write_text("http { server { location / { proxy_set_header Host $http_host; return 302 https://a$uri; } } }")
    assert gixy(file)


DOCKERFILES = sorted((ROOT / "app").glob("*/Dockerfile")) + sorted(OUT.rglob("Dockerfile"))


def hadolint(file: Path) -> list[str]:
    """Each finding at any level, in one line."""
    done = subprocess.run([program("hadolint"), "--format", "json", file], capture_output=True, text=True, check=False)
    return [f"{finding['line']} {finding['code']}: {finding['message']}" for finding in json.loads(done.stdout)]


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_hadolint_finds_nothing(file: Path) -> None:
    assert hadolint(file) == []


def test_hadolint_finds_something_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM nginx:latest\nCMD nginx\n")
    assert {line.split()[1] for line in hadolint(file)} == {"DL3007:", "DL3025:"}
