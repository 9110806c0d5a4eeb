"""No value of a secret is in anything that twipc writes or says: neither those behind the spec, nor those that stand in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cli import Ran, execute, project, run, spec
from tests.strategies import PAGES, Spec, as_text, specs

MARK = "kD7-marked-93f1"
FORMATS = ("text", "concise", "json", "sarif", "github")
VERBS = (
    *(["lint"], ["compile"], ["compile", "--check"], ["compile", "--diff"], ["compile", "-o", "-"], ["verify"]),
    *(["compile", "--force"], ["lint", "--strict"], ["schema"], ["targets", "--support"], ["explain", "TW465"]),
)
opened: list[str] = []
watching = False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if watching and event == "open" and isinstance(arguments[0], str | bytes):
        opened.append(os.fsdecode(arguments[0]))


sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every file that is opened meanwhile."""
    global watching
    opened.clear()
    watching = True
    try:
        yield opened
    finally:
        watching = False


def with_secrets(drawn: Spec) -> Spec:
    """A drawn spec with each kind of use, of secrets whose files are there."""
    places = {"swarm": "shop-db-1", "ecs": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db"}
    named: Spec = {"db-password": {"file": ".secrets/db", **places}, **drawn.get("secrets", {})}
    services = {
        name: service if "http" in service else {**service, "env": {**service["env"], "DB_PASSWORD": {"secret": "db-password"}}}
        for name, service in drawn["services"].items()
    }
    return {**drawn, "services": services, "secrets": named}


def hide(root: Path) -> set[Path]:
    """The secrets' files, each with the mark."""
    files = {root / ".secrets" / name for name in ("db", "stats", "stats-password")}
    (root / ".secrets").mkdir()
    for file in files:
        file.write_text(f"{MARK}\n")
    return files


def told(root: Path, files: set[Path]) -> list[str]:
    """The files below `root`, and names of files, that hold the mark, but for the secrets' own."""
    found = [path for path in root.rglob("*") if path not in files and path.is_file()]
    return [str(path) for path in found if MARK in str(path) or MARK.encode() in path.read_bytes()]


VARIABLES = dict.fromkeys(("DB_PASSWORD", "STATS_PASSWORD", "HOME_TOKEN", "A", "B_C", "Y", "AWS_SECRET_ACCESS_KEY", "B"), MARK)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(specs(), st.sampled_from(FORMATS), st.sampled_from(["", "  nonsense: [", "extends: nothing.yaml"]))
def test_a_secret_behind_the_spec_is_nowhere(drawn: Spec, format: str, slip: str) -> None:
    with TemporaryDirectory() as folder, patch.dict(os.environ, {**VARIABLES, "TWIPC_TRACEBACK": "1"}):
        root = project(Path(folder), prod=as_text(with_secrets(drawn)) + slip)
        for name, text in PAGES.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        files = hide(root)
        for verb in VERBS:
            form = ["--format", format] if verb[0] in ("lint", "compile", "verify") else []
            with watched() as names:
                ran = run(*verb, *form, at=root)
            assert ran.code in (0, 1), (verb, ran)
            assert MARK not in ran.out + ran.err
            assert not [name for name in names if "/.secrets" in name or name.startswith(".secrets")]
        assert not told(root, files)


def test_the_watch_sees_a_file_that_is_opened(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with watched() as names:
        (tmp_path / "x").read_bytes()
    assert names == [str(tmp_path / "x")]


STATS = """\
  web: {{image: "shop/web:1", ports: {{http: 8080}}}}
  edge:
    http:
      engine: {{name: haproxy, version: "3.2"}}
      listen: 8080
      backends: {{app: {{members: [web.http]}}}}
      routes: [{{match: {{prefix: /}}, backend: app}}]
      default: {{status: 404}}
      error_pages: [{{status: [404], page: "{page}"}}]
      stats: {{number: 1936, auth: {{secret: token}}}}
secrets: {{token: {{file: .secrets/stats}}}}
"""


@pytest.mark.parametrize(
    "page", [".secrets/stats", "./.secrets/./stats", ".SECRETS/stats", "pages/link.html", "pages/far.html"]
)
def test_a_secret_is_not_read_as_a_page(page: str, tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", "services:\n" + STATS.format(page=page)))
    files = hide(tmp_path)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/link.html").symlink_to("../.secrets/stats")
    (tmp_path / "pages/far.html").symlink_to("link.html")
    with watched() as names:
        ran = run("compile", "--format", "json", at=tmp_path)
    assert ran.code == 1
    assert set(ran.codes) <= {"TW466", "TW310"}
    assert not [name for name in names if ".secrets" in name or "pages/" in name]
    files |= {tmp_path / "pages/link.html", tmp_path / "pages/far.html"}
    assert not told(tmp_path, files)


def test_a_secret_is_not_read_as_a_spec(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", "extends: ../.secrets/stats\nservices:\n" + STATS.format(page="x")))
    hide(tmp_path)
    ran = run("lint", at=tmp_path)
    assert (ran.code, "TW207" in ran.out, MARK in ran.out + ran.err) == (1, True, False)


literals = st.one_of(
    st.builds(lambda name: f"env: {{{name}: {MARK}}}", st.sampled_from(["DB_PASSWORD", "API_TOKEN", "A_SECRET", "STRIPE_KEY"])),
    st.builds(lambda scheme: f'env: {{URL: "{scheme}://app:{MARK}@db/shop"}}', st.sampled_from(["postgres", "https", "amqp"])),
    st.builds(lambda word: f'command: [run, "{word}={MARK}"]', st.sampled_from(["--password", "DB_TOKEN", "--api-key"])),
    st.just(f"command: [run, --password, {MARK}]"),
    st.builds(
        lambda word: f"command: [sh, -c, '{word}']",
        st.sampled_from(
            [f"export PGPASSWORD={MARK}; run", f"run -Dpassword={MARK} x", f'curl -H "Authorization: Bearer {MARK}" x']
        ),
    ),
    st.just(f'env: {{DSN: "Server=db;User Id=app;Password={MARK};"}}'),
    st.just(f'env: {{PEM: "-----BEGIN PRIVATE KEY-----\\n{MARK}\\n"}}'),
    st.just(f"env:\n      PEM: |\n        -----BEGIN PRIVATE KEY-----\n        {MARK}"),
)
slips = st.sampled_from(["", "replicas: x", "stray: 1", "env: {A: b}", "health: {http: /up}", "\tx: 1", "x: ["])


@settings(max_examples=40, deadline=None)
@given(literals, slips, st.sampled_from(FORMATS))
@example(f"env: {{DB_PASSWORD: [{MARK}]}}", "", "text")
@example(f"env: {{DB_PASSWORD: 12{MARK}, A_TOKEN: &x {MARK}}}", "", "text")
def test_a_secret_in_the_spec_is_found_and_not_said(literal: str, slip: str, format: str) -> None:
    with TemporaryDirectory() as folder:
        body = f'services:\n  web:\n    image: "shop/web:1"\n    {literal}\n    {slip}\n'
        root = project(Path(folder), prod=spec("prod", body))
        ran = run("lint", "--format", format, at=root)
        assert MARK not in ran.out + ran.err
        if ran.code == 0:
            assert ran.out.count("TW465") >= 1
            assert run("lint", "--strict", at=root).code == 1


def bad_number(value: str) -> Ran:
    with TemporaryDirectory() as folder:
        return run("lint", at=project(Path(folder), prod=spec("prod", f"services: {{web: {{image: a/b:1, env: {value}}}}}\n")))


@pytest.mark.parametrize("value", ["{DB_PASSWORD: 8274619}", "{A_TOKEN: 1.25e7}", "{A_TOKEN: {value: 8274619}}"])
def test_a_number_that_is_a_password(value: str) -> None:
    ran = bad_number(value)
    assert "TW202" in ran.out
    assert not [text for text in ("8274619", "1.25e7", "12500000") if text in ran.out]


def test_it_can_be_ignored_with_a_reason(tmp_path: Path) -> None:
    line = '    env: {DB_PASSWORD: "x-y-z"}  # twipc: ignore[TW465] the sample database of the training\n'
    project(tmp_path, prod=spec("prod", 'services:\n  web:\n    image: "shop/web:1"\n' + line))
    ran = run("lint", "--strict", at=tmp_path)
    assert (ran.code, ran.out) == (0, "")


def test_a_traceback_of_ours_holds_no_secret(tmp_path: Path) -> None:
    """A run of its own, with the whole trace: also of a writing that fails."""
    project(tmp_path, prod=spec("prod", "services:\n" + STATS.format(page="pages/404.html")))
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/404.html").write_text("no\n")
    files = hide(tmp_path)
    (tmp_path / "out").write_text("in the way")
    ran = execute("compile", at=tmp_path, env={**VARIABLES, "TWIPC_TRACEBACK": "1"})
    assert ran.code == 4
    assert MARK not in ran.out + ran.err
    assert not told(tmp_path, files)


def test_a_private_key_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(f"-----BEGIN EC PRIVATE KEY-----\n{MARK}\n")
    body = 'services:\n  web:\n    image: "shop/web:1"\n    configs: {/etc/key.pem: key.pem}\n'
    ran = run("lint", at=project(tmp_path, prod=spec("prod", body)))
    assert "prod.yaml:8:29: warning[TW465]" in ran.out
    assert MARK not in ran.out
