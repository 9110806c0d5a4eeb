"""An environment is run: up, status, down, against an engine that is played."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.cli import execute, project, run, spec, start
from tests.cli.docker import Docker

WEB = """\
services:
  web:
    image: "shop/web:1"
    replicas: 2
    ports: {http: 8080}
    health: {command: [check], interval: 1s, timeout: 1s, failures: 1, start_period: 1s}
  edge:
    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      backends: {app: {members: [web.http]}}
      routes: [{match: {prefix: /}, backend: app}]
      default: {status: 404}
    publish: [{port: http, host: 80}]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project, compiled."""
    return compiled(tmp_path, WEB)


def compiled(folder: Path, body: str) -> Path:
    root = project(folder, prod=spec("prod", body))
    assert run("compile", at=root).code == 0
    return root


def test_up_starts_everything_and_waits(engine: Docker, shop: Path) -> None:
    ran = run("up", "prod", at=shop)
    assert ran.code == 0, ran.err
    assert engine.names() == {"shop-prod-edge-1": "running", "shop-prod-web-1": "running", "shop-prod-web-2": "running"}
    assert engine.changes() == ["compose up --remove-orphans"]
    assert "shop-prod is up" in ran.err
    assert "context default" in ran.err


def test_up_twice_changes_nothing(engine: Docker, shop: Path) -> None:
    run("up", "prod", at=shop)
    engine.change(asked=[])
    ran = run("up", "prod", at=shop)
    assert ran.code == 0
    assert engine.changes() == []
    assert "nothing was to change" in ran.err


def test_a_new_version_stands_beside_the_old_one_until_it_is_ready(engine: Docker, shop: Path) -> None:
    run("up", "prod", at=shop)
    engine.change(asked=[])
    compiled(shop, WEB.replace("web:1", "web:2"))
    assert run("up", "prod", at=shop).code == 0
    assert list(engine.names()) == ["shop-prod-edge-1", "shop-prod-web-3", "shop-prod-web-4"]
    words = [change.split()[:2] for change in engine.changes()]
    assert words == [["compose", "create"], *[["container", "start"]] * 2, *[["container", "stop"], ["container", "rm"]] * 2]
    assert "--no-recreate --scale web=4" in engine.changes()[0]


def test_a_new_version_that_fails_goes_and_the_old_one_stays(engine: Docker, shop: Path) -> None:
    run("up", "prod", at=shop)
    compiled(shop, WEB.replace("web:1", "web:2"))
    engine.change(becomes={"web": {"Health": {"Status": "unhealthy"}}})
    ran = run("up", "prod", "--format", "json", at=shop)
    assert (ran.code, ran.codes) == (1, ["TW630"])
    assert list(engine.names()) == ["shop-prod-edge-1", "shop-prod-web-1", "shop-prod-web-2"]


def test_what_holds_a_port_of_the_host_is_made_anew(engine: Docker, shop: Path) -> None:
    run("up", "prod", at=shop)
    engine.change(asked=[])
    compiled(shop, WEB.replace("404", "403"))
    assert run("up", "prod", at=shop).code == 0
    assert engine.changes()[0] == "compose create edge"
    assert len(engine.changes()) == 2


def test_who_is_ill_is_told_with_its_last_words_and_no_secret(engine: Docker, shop: Path) -> None:
    engine.change(becomes={"web": {"Health": {"Status": "unhealthy"}}})
    ran = run("up", "prod", at=shop)
    assert ran.code == 1
    assert "error[TW630]: `web` is not ready: unhealthy" in ran.out
    assert "shop-prod-web-1, its last lines:" in ran.err
    assert "hunter2" not in ran.out + ran.err
    assert "\x1b[31m" not in ran.err


def test_what_the_engine_refuses_is_told_in_its_words(engine: Docker, shop: Path) -> None:
    engine.change(fails={"up": [1, "Bind for 0.0.0.0:80 failed: port is already allocated"]})
    ran = run("up", "prod", at=shop)
    assert ran.code == 3
    assert "error[TW615]" in ran.out
    assert "port is already allocated" in ran.out


def test_nothing_of_somebody_elses_is_touched(engine: Docker, shop: Path) -> None:
    theirs = {"Id": "f" * 64, "Name": "/shop-prod-web-1", "Created": "2026-01-02T03:04:05Z", "Image": "x", "State": {}}
    theirs |= {"Config": {"Image": "other/app:9", "Labels": {}}, "NetworkSettings": {}}
    engine.change(containers=[theirs])
    for verb in ("up", "down"):
        ran = run(verb, "prod", at=shop)
        assert ran.code == 1
        assert "error[TW620]: `shop-prod-web-1` is somebody else's: image other/app:9, made 2026-01-02 03:04" in ran.out
    assert engine.changes() == []


def test_a_name_that_only_begins_like_ours_is_nobodys_business(engine: Docker, shop: Path) -> None:
    theirs = {"Id": "f" * 64, "Name": "/shop-prod-old-web-1", "Image": "x", "State": {}, "NetworkSettings": {}}
    engine.change(containers=[theirs | {"Config": {"Image": "other/app:9", "Labels": {}}}])
    assert run("up", "prod", at=shop).code == 0
    assert run("down", "prod", at=shop).code == 0
    assert list(engine.names()) == ["shop-prod-old-web-1"]


def test_down_ends_entries_first_and_is_fine_twice(engine: Docker, shop: Path) -> None:
    run("up", "prod", at=shop)
    edge = engine.containers["shop-prod-edge-1"]["Id"]
    engine.change(asked=[])
    ran = run("down", "prod", at=shop)
    assert (ran.code, engine.names()) == (0, {})
    assert engine.changes()[0] == f"container stop {edge[:6]}"
    assert [change.split()[:2] for change in engine.changes()[1:]] == [
        ["container", "stop"],
        ["container", "rm"],
        ["network", "rm"],
    ]
    engine.change(asked=[])
    again = run("down", "prod", at=shop)
    assert (again.code, engine.changes()) == (0, [])
    assert "nothing of shop-prod is there" in again.err


def test_status_shows_what_differs(engine: Docker, shop: Path) -> None:
    assert run("status", "prod", at=shop).code == 1
    run("up", "prod", at=shop)
    ran = run("status", "prod", at=shop)
    assert ran.code == 0
    assert ran.out.splitlines()[0].split() == ["SERVICE", "INSTANCE", "STATE", "PUBLISHED"]
    engine.change(containers=engine.state["containers"][1:])
    ran = run("status", "prod", "--format", "json", at=shop)
    assert (ran.code, ran.codes) == (1, ["TW631"])
    assert len(json.loads(ran.out)["instances"]) == 2


def test_a_dry_run_prints_and_changes_nothing(engine: Docker, shop: Path) -> None:
    ran = run("up", "prod", "--dry-run", at=shop)
    assert ran.code == 0
    first, second = ran.out.splitlines()
    assert first == (
        "docker compose --progress plain --project-name shop-prod --file out/prod/compose/docker-compose.yml "
        "--env-file /dev/null up --detach --remove-orphans  # create and start everything"
    )
    assert second.startswith("# wait until all are ready")
    assert engine.changes() == []


@pytest.mark.usefixtures("engine")
def test_progress_is_lines_of_json_on_request(shop: Path) -> None:
    ran = run("up", "prod", "--format", "json", at=shop)
    assert [json.loads(line)["event"] for line in ran.err.splitlines()][:2] == ["said", "step"]
    assert json.loads(ran.out)["environment"] == "prod"


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        ({"engine": "down"}, "TW611"),
        ({"engine": "silent"}, "TW611"),
        ({"engine": "denied"}, "TW612"),
        ({"context": False}, "TW613"),
        ({"compose": False}, "TW614"),
    ],
)
@pytest.mark.parametrize("verb", ["up", "down", "status"])
def test_without_an_engine_it_ends_with_3(engine: Docker, shop: Path, scene: dict[str, object], code: str, verb: str) -> None:
    engine.change(**scene)
    ran = run(verb, "prod", "--format", "json", at=shop)
    assert (ran.code, ran.codes) == (3, [code])
    assert "hunter2" not in ran.out + ran.err


def test_a_missing_secret_is_told_with_the_line_that_makes_it(engine: Docker, tmp_path: Path) -> None:
    asked = WEB.replace("replicas: 2\n", "replicas: 2\n    secrets: [key]\n") + "secrets: {key: {file: .secrets/prod/key}}\n"
    shop = compiled(tmp_path, asked)
    ran = run("up", "prod", at=shop)
    assert ran.code == 1
    assert "error[TW622]: `.secrets/prod/key` is not there" in ran.out
    made = "printf %s 'THE VALUE' > .secrets/prod/key && chmod 444 .secrets/prod/key"
    line = f"mkdir -p .secrets/prod && chmod 700 .secrets/prod && {made}"
    assert f"help: make it: {line}" in ran.out
    assert engine.state["asked"] == []
    subprocess.run(["sh", "-c", line], cwd=shop, check=True)
    assert run("up", "prod", at=shop).code == 0


@pytest.mark.usefixtures("engine")
def test_a_secret_that_git_has_is_told(tmp_path: Path) -> None:
    file = ".secrets/:(top) it's"
    asked = WEB.replace("replicas: 2\n", "replicas: 2\n    secrets: [key]\n") + f'secrets: {{key: {{file: "{file}"}}}}\n'
    shop = compiled(tmp_path, asked)
    (shop / ".secrets").mkdir()
    (shop / file).write_text("hunter2")
    assert "TW721" not in run("up", "prod", "--dry-run", at=shop).out
    subprocess.run(["git", "init", "-q"], cwd=shop, check=True)
    assert "TW721" not in run("up", "prod", "--dry-run", at=shop).out
    subprocess.run(["git", "add", "."], cwd=shop, check=True)
    ran = run("up", "prod", at=shop)
    assert ran.code == 0
    assert f"warning[TW721]: `{file}` is in git: the secret `key`" in ran.out
    line = next(part for part in ran.out.split("`") if part.startswith("git rm"))
    subprocess.run(["sh", "-c", line], cwd=shop, check=True)
    assert "TW721" not in run("up", "prod", at=shop).out


def test_an_interrupted_up_leaves_what_runs(engine: Docker, shop: Path) -> None:
    engine.change(becomes={"web": {"Health": {"Status": "starting"}}})
    # Who runs the tests in the background of a shell has SIGINT ignored, and all that is started there.
    heeding = {"preexec_fn": partial(signal.signal, signal.SIGINT, signal.SIG_DFL)}
    with start("up", "prod", at=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **heeding) as running:
        deadline = time.monotonic() + 30
        while "shop-prod-web-1" not in engine.names() and time.monotonic() < deadline:
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert b"what runs, runs on" in err
    assert len(engine.names()) == 3
    well = [{**one, "State": {**one["State"], "Health": {"Status": "healthy"}}} for one in engine.state["containers"]]
    engine.change(containers=well)
    assert execute("up", "prod", at=shop).code == 0


def test_scale_runs_more_and_less_and_leaves_the_spec(engine: Docker, shop: Path) -> None:
    assert "error[TW632]" in run("scale", "prod", "web=3", at=shop).out
    run("up", "prod", at=shop)
    assert run("scale", "prod", "web=3", at=shop).code == 0
    assert len(engine.names()) == 4
    assert run("status", "prod", at=shop).code == 1
    assert run("scale", "prod", "web=1", at=shop).code == 0
    assert list(engine.names()) == ["shop-prod-edge-1", "shop-prod-web-1"]
    assert run("up", "prod", at=shop).code == 0
    assert len(engine.names()) == 3


@pytest.mark.parametrize(
    ("count", "code"), [("edge=2", "COMPOSE101"), ("edge=0", "TW634"), ("store=2", "TW401"), ("web=9", "TW404")]
)
def test_scale_refuses_what_compile_would_before_the_engine_sees_it(
    engine: Docker, tmp_path: Path, count: str, code: str
) -> None:
    store = "  store: {image: shop/s:1, mounts: {/data: news}}\nvolumes: {news: {access: single-writer}}\n"
    edge = WEB.replace('nginx, version: "1.30"', 'haproxy, version: "3.2"')
    shop = compiled(tmp_path, edge + store)
    ran = run("scale", "prod", count, "--format", "json", at=shop)
    assert (ran.code, [one for one in ran.codes if one == code]) == (1, [code])
    assert engine.state["asked"] == []


def test_scale_goes_as_far_as_the_range(engine: Docker, tmp_path: Path) -> None:
    """By hand where nothing scales by itself: never beyond what the spec says is the most."""
    scaled = WEB.replace("    replicas: 2\n", "    replicas: 2\n    resources: {cpu: 1}\n    autoscaling: {max: 3, cpu: 60}\n")
    accept = "accept: [{code: TW511, at: services.web.autoscaling, target: compose, because: by hand there}]\n"
    shop = compiled(tmp_path, scaled + accept)
    run("up", "prod", at=shop)
    for count, codes in (("web=3", []), ("web=1", []), ("web=4", ["TW499"])):
        ran = run("scale", "prod", count, "--format", "json", at=shop)
        assert (ran.code, [one for one in ran.codes if one.startswith("TW4")]) == (len(codes), codes)
    assert list(engine.names()) == ["shop-prod-edge-1", "shop-prod-web-1"]


@pytest.mark.parametrize("count", ["web", "web=", "web=-1", "web=many", "web=1001", "wbe=1", "web=٣"])
@pytest.mark.usefixtures("engine")
def test_what_is_no_number_of_a_service_is_wrong_usage(shop: Path, count: str) -> None:
    assert run("scale", "prod", count, at=shop).code == 2


def test_an_entry_is_scaled_to_nothing_where_that_is_said(engine: Docker, shop: Path) -> None:
    run("up", "prod", at=shop)
    assert run("scale", "prod", "edge=0", "--yes", at=shop).code == 0
    assert list(engine.names()) == ["shop-prod-web-1", "shop-prod-web-2"]


def test_logs_name_who_said_what_and_cover_secrets(engine: Docker, shop: Path) -> None:
    assert run("logs", "prod", at=shop).code == 1
    run("up", "prod", at=shop)
    engine.change(said={"shop-prod-web-1": "first\nAPI_TOKEN=hunter2hunter2", "shop-prod-web-2": "\x1b[2Jsecond"})
    ran = run("logs", "prod", "web", at=shop)
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "shop-prod-web-1 | first"
    assert "shop-prod-web-2 | \\u001b[2Jsecond" in ran.out
    assert "hunter2" not in ran.out
    assert run("logs", "prod", "wbe", at=shop).code == 2


def test_build_builds_each_image_once_and_labels_it(engine: Docker, tmp_path: Path) -> None:
    body = "services:\n  a1: {image: shop/web:1, build: app}\n  b1: {image: shop/web:1, build: app}\n  c1: {image: x/y:1}\n"
    (tmp_path / "app").mkdir()
    shop = compiled(tmp_path, body)
    assert run("build", "prod", at=shop).code == 0
    assert engine.changes() == ["build --tag shop/web:1 --label io.twipc.project=shop app"]
    assert run("build", "prod", "c1", at=shop).code == 2
    dry = run("build", "prod", "--dry-run", at=shop)
    assert dry.out == "docker build --tag shop/web:1 --label io.twipc.project=shop -- app  # build shop/web:1 of app\n"


def test_up_builds_first_where_that_is_asked(engine: Docker, tmp_path: Path) -> None:
    body = "services:\n  a1: {image: shop/web:1, build: app}\n  b1: {image: shop/web:1, build: app}\n"
    (tmp_path / "app").mkdir()
    shop = compiled(tmp_path, body)
    built = "build --tag shop/web:1 --label io.twipc.project=shop app"
    engine.change(images=[])
    dry = run("up", "prod", "--build", "--dry-run", at=shop)
    assert dry.code == 0, dry.out
    assert [line.split()[1] for line in dry.out.splitlines() if line.startswith("docker ")] == ["build", "compose"]
    assert engine.changes() == []
    assert run("up", "prod", at=shop).code == 1
    engine.change(images=None)
    assert run("up", "prod", "--build", at=shop).code == 0
    assert engine.changes()[0] == built
    assert set(engine.names()) == {"shop-prod-a1-1", "shop-prod-b1-1"}
    # What is built anew, and comes to the same, changes nothing.
    assert "nothing was to change" in run("up", "prod", "--build", at=shop).err


@contextmanager
def entry(engine: Docker, upstream: str) -> Iterator[int]:
    """The port of one that says in its log that it sent all to a member, but what is below /twipc-test."""
    log = ["not json"]

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            nowhere = self.path.startswith("/twipc-test?")
            line = {"request": f"GET {self.path} HTTP/1.1", "upstream": "" if nowhere else upstream}
            log.append(json.dumps(line))
            engine.change(said={"shop-prod-edge-1": "\n".join(log)})
            self.send_response(404 if nowhere else 200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


WHO = {"10.9.3.1:8080": ("shop-prod-web-1", 0), "10.9.4.1:8080": ("shop-prod-edge-1", 1), "": ("edge", 1)}


@pytest.mark.parametrize("upstream", WHO)
def test_each_route_is_asked_and_who_answered_is_read_from_the_log(engine: Docker, tmp_path: Path, upstream: str) -> None:
    engine.change(host="unix:///var/run/docker.sock")
    with entry(engine, upstream) as port:
        shop = compiled(tmp_path, WEB.replace("prefix: /}", "prefix: /app/}").replace("host: 80", f"host: {port}"))
        assert run("up", "prod", at=shop).code == 0
        ran = run("test", "prod", at=shop)
        one = run("test", "prod", "/app/x?y=1", at=shop)
        benched = run("bench", "prod", "/app/", "-n", "20", "-c", "3", "--format", "json", at=shop)
        (shop / "before.json").write_text(benched.out)
        slow = run("bench", "prod", "/app/", "-n", "10", "-c", "5", "--rate", "20", "--format", "json", at=shop)
        compared = run("bench", "prod", "/app/", "-n", "5", "-c", "1", "--compare", "before.json", at=shop)
    name, code = WHO[upstream]
    assert ran.code == code, ran.out
    table = [line.split() for line in ran.out.splitlines()[1:3]]
    assert [(row[1], row[4]) for row in table] == [("/app/", "200"), ("default", "404")]
    assert table[0][5] == name
    assert (one.code, "GET /app/x?y=1" in one.out, "Server: BaseHTTP" in one.out) == (0, True, True)
    figures = json.loads(benched.out)["bench"]
    assert (figures["requests"], figures["lost"], figures["non_2xx"], benched.code) == (20, 0, 0, 0)
    bounded = json.loads(slow.out)["bench"]
    assert (bounded["requests"], bounded["most_per_second"]) == (10, 20)
    assert bounded["per_second"] <= 10 / 9 * 20  # the first begins at once
    assert "what --rate 20 lets through" in slow.err
    assert compared.out.splitlines()[1].split() == ["requests", "20", "5", "0.25"]


def test_what_cannot_be_compared_is_wrong_usage(shop: Path) -> None:
    (shop / "x.json").write_text("[]")
    assert run("bench", "prod", "--compare", "x.json", at=shop).code == 2


def test_images_are_listed_with_what_the_engine_has_of_them(engine: Docker, shop: Path) -> None:
    ran = run("images", "prod", at=shop)
    assert [line.split()[:4] for line in ran.out.splitlines()[1:]] == [
        ["nginx:1.30-alpine", "edge", "12.3", "MB"],
        ["shop/web:1", "web", "12.3", "MB"],
    ]
    engine.change(images={"shop/web:1": "sha256:1"})
    assert "not here yet" in run("images", "prod", at=shop).out


def test_clean_lists_first_and_removes_only_when_that_is_said(engine: Docker, shop: Path) -> None:
    run("up", "prod", at=shop)
    containers = engine.state["containers"]
    containers[0]["State"] = {"Status": "exited", "ExitCode": 1}
    used = containers[1]["Image"]
    engine.change(containers=containers, image=["sha256:old", used], asked=[])
    listed = run("clean", "prod", at=shop)
    assert (listed.code, engine.changes()) == (0, [])
    assert listed.out.splitlines() == ["remove container shop-prod-edge-1, exited (1)", "remove image old"]
    assert run("clean", "prod", "--yes", at=shop).code == 0
    assert [change.split()[:2] for change in engine.changes()] == [["container", "rm"], ["image", "rm"]]
    assert engine.state["image"] == [used]
    assert "nothing of shop-prod is left behind" in run("clean", "prod", "--yes", at=shop).err


def test_networks_go_when_nothing_runs_in_them(engine: Docker, shop: Path) -> None:
    run("up", "prod", at=shop)
    assert "network" not in run("clean", "prod", "--yes", at=shop).out
    run("down", "prod", at=shop)
    engine.change(networks=["net1"])
    assert run("clean", "prod", "--yes", at=shop).out == "remove 1 network\n"
    assert engine.state["networks"] == []


def test_an_image_with_several_names_is_removed_by_all_of_them(engine: Docker, shop: Path) -> None:
    names = ["registry.example.com/shop/web:1", "shop/web:1"]
    engine.change(image=["sha256:mine"], tags={"sha256:mine": names})
    ran = run("clean", "prod", "--images", "--yes", at=shop)
    assert (ran.code, engine.state["image"]) == (0, []), ran.out
    assert ran.out == f"remove image mine, called {' and '.join(names)}\n"


def test_data_is_removed_by_its_name_alone_and_when_nothing_runs(engine: Docker, shop: Path) -> None:
    engine.change(volume=["shop-prod_news"])
    assert "is left behind but its data: shop-prod_news (--volumes removes it)" in run("clean", "prod", "--yes", at=shop).err
    for said in ([], ["--yes"], ["--yes", "--yes-delete-data", "shop"]):
        ran = run("clean", "prod", "--volumes", *said, at=shop)
        assert (ran.code, ran.out, engine.state["volume"]) == (0, "volume shop-prod_news\n", ["shop-prod_news"])
    assert run("clean", "prod", "--yes-delete-data", "shop-prod", at=shop).code == 2
    run("up", "prod", at=shop)
    assert "TW637" in run("clean", "prod", "--volumes", "--yes-delete-data", "shop-prod", at=shop).out
    run("down", "prod", at=shop)
    assert run("clean", "prod", "--volumes", "--yes-delete-data", "shop-prod", at=shop).code == 0
    assert engine.state["volume"] == []
    assert run("clean", "prod", "--yes", at=shop).err.endswith("nothing of shop-prod is left behind\n")


@pytest.mark.parametrize(("scene", "code"), [({}, 0), ({"engine": "down"}, 3), ({"compose": False}, 3)])
def test_doctor_says_what_is_missing(engine: Docker, tmp_path: Path, scene: dict[str, object], code: int) -> None:
    engine.change(**scene)
    ran = run("doctor", at=tmp_path)
    assert ran.code == code
    assert ("error" in ran.out) is bool(code)
    assert "hunter2" not in ran.out + ran.err
