"""What two places state of an engine agrees, or the compile stops."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.cli import HEAD, project, run
from tests.compiling import compiled_text
from twipc import model
from twipc.driver import Compiled
from twipc.formats import engines
from twipc.formats.engines import ENGINES
from twipc.formats.haproxy import write as haproxy_write
from twipc.formats.writing import server_files
from twipc.target import BASELINE, DOCKER, Unreadable
from twipc.verify import differences

APP = (
    "services:\n  web: {image: shop/web:1, ports: {http: 8080}}\n  edge:\n    http:\n      engine: {name: %s, version: '%s'}\n"
    "      listen: 8080\n      backends: {app: {members: [web.http], retries: %d}}\n      default: {backend: app}\n"
)
STATS = "      stats: {number: 1936, auth: {secret: pass}}\nsecrets: {pass: {file: .secrets/pass}}\n"
VERSIONS = {"nginx": "1.30", "haproxy": "3.2"}
FILES = {"nginx": "edge/nginx.conf", "haproxy": "edge/haproxy.cfg"}


def spec(engine: str, targets: str, retries: int = 1) -> str:
    return f"{HEAD}environment: prod\ntargets: {targets}\n" + APP % (engine, VERSIONS[engine], retries)


def compiled(engine: str, retries: int = 1) -> Compiled:
    (one,) = compiled_text(spec(engine, f"{{{engine}: {{}}}}", retries)).compiled
    return one


def told(engine: str, old: str, new: str) -> list[tuple[tuple[str, tuple[str, ...]], object]]:
    one = compiled(engine)
    text = one.bundle.texts[FILES[engine]]
    assert old in text
    facts = one.target.read({FILES[engine]: text.replace(old, new, 1)})
    found = differences(one.model, one.target, one.options, facts)
    return [((one.key.field, one.key.owner), one.said) for one in found]


@pytest.mark.parametrize(("grace", "drained"), [("", "14s"), ("2m", "119s"), ("2500ms", "1500ms"), ("500ms", "1s")])
@pytest.mark.parametrize(("engine", "word"), [("nginx", "worker_shutdown_timeout"), ("haproxy", "hard-stop-after")])
def test_what_is_in_flight_has_a_second_less_than_until_the_kill(engine: str, word: str, grace: str, drained: str) -> None:
    own = f"  edge:\n    stop_grace: {grace}\n" if grace else "  edge:\n"
    (one,) = compiled_text(spec(engine, f"{{{engine}: {{}}}}").replace("  edge:\n", own)).compiled
    text = one.bundle.texts[FILES[engine]]
    (line,) = [line for line in text.splitlines() if line.split()[:1] == [word]]
    assert line.split()[1].rstrip(";") == drained
    for other in ("", line.replace(drained, "13s")):
        facts = one.target.read({FILES[engine]: text.replace(line, other)})
        assert differences(one.model, one.target, one.options, facts)


@pytest.mark.parametrize("target", ["compose", "swarm", "part"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_health_port_that_nobody_answers_stops_the_compile(
    engine: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(tmp_path, prod=spec(engine, f"{{{engine if target == 'part' else target}: {{}}}}"))
    monkeypatch.setattr(model, "HEALTH_PORT", 8078)
    ran = run("compile", at=root)
    assert ran.code == 70, ran.out + ran.err
    assert "8078" in ran.err
    assert not (root / "out").exists()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_health_path_that_nobody_answers_stops_the_compile(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(tmp_path, prod=spec(engine, "{compose: {}}"))
    complete = import_module("twipc.resolve.complete")
    asked = complete.ENGINE_HEALTH.model_copy(update={"path": "/alive"})
    monkeypatch.setattr(complete, "ENGINE_TIMES", complete.ENGINE_TIMES.model_copy(update={"http": asked}))
    assert run("compile", at=root).code == 70


def test_another_user_of_the_statistics_stops_the_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path, prod=spec("haproxy", "{haproxy: {}}") + STATS)
    assert run("compile", at=root).code == 0
    monkeypatch.setattr(haproxy_write, "STATS_USER", "it's me")
    ran = run("compile", at=project(tmp_path / "other", prod=spec("haproxy", "{haproxy: {}}") + STATS))
    assert ran.code == 70
    assert "it's me" in ran.err
    assert engines.STATS_USER == "stats"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_names_its_own_paths(engine: str) -> None:
    (one,) = compiled_text(spec(engine, "{compose: {}}")).compiled
    image = ENGINES[engine]
    assert {"/tmp", "/run/secrets", image.config, image.pages} <= set(image.own_paths)
    assert f'target: "{image.config}"' in one.bundle.texts["docker-compose.yml"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_comment_at_the_end_of_a_line_is_told(engine: str) -> None:
    line = {"nginx": "    tcp_nopush on;", "haproxy": "    maxconn 4000"}[engine]
    (found,) = told(engine, line, f"{line} # why")
    number = compiled(engine).bundle.texts[FILES[engine]].splitlines().index(line) + 1
    assert found == ((BASELINE, ("edge", engine, f"comment at the end of line {number}")), "why")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_byte_order_mark_is_refused(engine: str) -> None:
    with pytest.raises(Unreadable, match="begins with a byte order mark"):
        told(engine, "# ", "\ufeff# ")


def test_a_second_answer_to_who_asks_for_nothing_known_is_told() -> None:
    """It is never reached: somebody thought that it was the one."""
    line = "    http-request return status 404 default-errorfiles\n"
    served = "default: {status: 404}\n      routes: [{match: {prefix: /a/}, backend: app}]"
    (one,) = compiled_text(spec("haproxy", "{haproxy: {}}").replace("default: {backend: app}", served)).compiled
    text = one.bundle.texts[FILES["haproxy"]]
    assert line in text
    (found,) = differences(
        one.model, one.target, one.options, one.target.read({FILES["haproxy"]: text.replace(line, line + line)})
    )
    assert (found.key.field, found.said) == ("http.default.status", (404, 404))


def test_all_tries_of_nginx_end() -> None:
    """Each may connect and wait as long as it would alone."""
    one = compiled("nginx", retries=2)
    http = one.model.environment.services["edge"].http
    assert http
    once = int(http.timeouts.connect) + int(http.timeouts.response)
    assert f"proxy_next_upstream_timeout {once * 3}ms;" in one.bundle.texts[FILES["nginx"]]
    (found,) = told("nginx", f"proxy_next_upstream_timeout {once * 2}ms", "proxy_next_upstream_timeout 1s")
    assert found == ((BASELINE, ("edge", "nginx", "upstream app / time of all tries")), (1000,))
    assert "proxy_next_upstream_timeout" not in compiled("nginx", retries=0).bundle.texts[FILES["nginx"]]


def test_nginx_logs_whom_the_peer_names_as_client() -> None:
    text = compiled("nginx").bundle.texts[FILES["nginx"]]
    (line,) = (line for line in text.splitlines() if "log_format" in line)
    assert '"peer":"$remote_addr","forwarded_for":"$logged_forwarded_for"' in line
    assert "map $http_x_forwarded_for $logged_forwarded_for {" in text


def test_every_file_that_an_engine_is_given_lies_on_its_own_paths() -> None:
    web = "  web: {image: x/y:1, ports: {http: 8080}}\n"
    edge = """\
  edge:
    http:
      engine: {name: haproxy, version: "2.8"}
      listen: 8080
      backends: {app: {members: [web.http], hold: 1s}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
"""
    head = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {haproxy: {}}\nservices:\n"
    outcome = compiled_text(f"{head}{web}{edge}")
    assert outcome.model, [finding.message for finding in outcome.findings]
    given = {file.container_path for file in server_files(outcome.model, "edge", DOCKER)}
    assert len(given) == 2
    assert given <= set(ENGINES["haproxy"].own_paths)
