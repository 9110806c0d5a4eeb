"""What the README shows is so: its spec compiles, its finding is printed like that, its comment ignores."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli import ROOT, WEB, project, run, spec
from twipc.cli import VERBS

README = (ROOT / "README.md").read_text()
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
AROUND = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services:
  web: {image: shop/web:1, ports: {http: 80}}
  proxy:
    http:
      engine: {name: haproxy, version: "3.2"}
      listen: 8080
      backends: {app: {members: [web.http]}, static: {members: [web.http]}}
      default: {backend: static}
      routes:
LINE
        - {match: {prefix: /}, backend: app}
"""


def block(holds: str) -> str:
    (found,) = (text for _, text in BLOCKS if holds in text)
    return found


def test_the_spec_compiles(tmp_path: Path) -> None:
    ran = run("compile", "--strict", at=project(tmp_path, prod=block("# specs/prod.yaml")))
    assert ran.code == 0, ran.out
    assert sorted(path.name for path in (tmp_path / "out" / "prod").iterdir()) == ["compose", "nginx"]


def test_the_finding_is_printed_like_that(tmp_path: Path) -> None:
    shown = block("error[TW301]")
    (line,) = re.findall(r"^ +14 │ (.*)$", shown, re.MULTILINE)
    assert run("lint", at=project(tmp_path, prod=AROUND.replace("LINE", line))).out.strip() == shown.strip()


def test_the_comment_ignores(tmp_path: Path) -> None:
    ran = run("lint", "--strict", at=project(tmp_path, prod=spec("prod", WEB + block("twipc: ignore[TW415]"))))
    assert (ran.code, ran.out) == (0, "")


def test_the_acceptance_accepts_on_both_targets(tmp_path: Path) -> None:
    text = block("# specs/prod.yaml").replace("health: {http: /live}", "ready: {http: /ready}")
    assert "TW514" in run("lint", "--format", "json", at=project(tmp_path, prod=text)).codes
    ran = run("lint", "--strict", "--format", "json", at=project(tmp_path, prod=text + block("accept:")))
    assert (ran.code, ran.codes) == (0, [])


def test_every_command_and_option_is_one() -> None:
    commands = (ROOT / "twipc/cli/COMMANDS.md").read_text()
    verbs = set(re.findall(r"(?:^    |`)twipc ([a-z]+)", README, re.MULTILINE))
    assert {"compile", "lint", "routes", "explain", "schema"} <= verbs <= VERBS.keys()
    assert not [option for option in set(re.findall(r"--[a-z]+", README)) - {"--update"} if f"  {option}" not in commands]


COMPOSE = """\
version: "3"
services:
  web:
    image: shop/web:1
    environment: [MODE=live]
    ports: ["8080:8080"]
    restart: unless-stopped
    volumes: ["data:/data"]
    deploy: {replicas: 1}
volumes: {data: {}}
"""


def test_who_brings_a_compose_file_is_led_to_a_spec(tmp_path: Path) -> None:
    """As it says: the head in the place of `version`, and then what lint tells."""
    (tmp_path / "docker-compose.yml").write_text(COMPOSE)
    assert run("lint", "docker-compose.yml", at=tmp_path).code == 1
    head = block("# specs/prod.yaml").partition("\nservices:")[0]
    text = COMPOSE.replace('version: "3"\n', head)
    told = run("lint", "prod", "--format", "json", at=project(tmp_path, prod=text)).findings
    assert all(one["help"] for one in told if one["severity"] == "error")
    for theirs, ours in (
        ("environment: [MODE=live]", "env: {MODE: live}"),
        ('ports: ["8080:8080"]', "ports: {http: 8080}\n    publish: [{port: http, host: 8080}]"),
        ("unless-stopped", "always"),
        ('volumes: ["data:/data"]', "mounts: {/data: data}"),
        ("deploy: {replicas: 1}", "replicas: 1"),
        ("{data: {}}", "{data: {access: single-writer}}"),
        ("targets: {compose: {}, nginx: {}}", "targets: {compose: {}}"),
    ):
        assert theirs in text
        text = text.replace(theirs, ours)
    assert run("lint", "--strict", at=project(tmp_path, prod=text)).code == 0
