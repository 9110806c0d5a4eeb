"""Training as a user has it: built, up, asked, measured, with ups and downs of its parts, and down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.dockerd import Failed
from tests.e2e.environment import Twip, add
from tests.e2e.lab import Answer, Lab
from tests.e2e.lab.bases import NGINX
from tests.e2e.page import linked

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.timeout(900)]

ALLOCATED = "port is already allocated"


@pytest.fixture(scope="module")
def train(lab: Lab, project: Path) -> Iterator[Twip]:
    """Built here and up, for all scenarios below; they leave it as it was."""
    twip = Twip(lab, project, "train")
    with lab.unbuilt():
        assert "twipc build train" in twip.run("up", code=1).stdout
        twip.run("build")
        with twip.up():
            yield twip
        twip.run("clean", "--images", "--yes")


def test_training_is_what_its_spec_says(train: Twip) -> None:
    train.run("status")
    assert "nothing was to change" in train.run("up").stderr
    routes = train.run("test").stdout.splitlines()
    assert [line.split()[1] for line in routes[1:]] == ["/images/", "/"], routes
    assert "twip-train-web" in routes[2]
    assert "Upstream-Address: " in train.run("test", "/").stdout
    figures = train.bench()
    assert (figures["requests"], figures["clients"]) == (1000, 10)
    assert figures["lost"] == figures["non_2xx"] == 0


def test_nginx_itself_serves_images_and_styles(lab: Lab, train: Twip) -> None:
    page = lab.ask("/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html;charset=utf-8")
    assert page.headers["served-by"] in {one["Id"][:12] for web in ("web1", "web2") for one in train.containers(web)}
    used = {path: lab.ask(path) for path in linked(page.text)}
    assert {path.split("/")[1] for path in used} == {"images", "styles"}
    assert {answer.status for answer in used.values()} == {200}
    assert [answer.headers.get("served-by") for answer in used.values()] == [None] * len(used)
    types = {path.rpartition(".")[2]: answer.headers["content-type"] for path, answer in used.items()}
    assert types == {"css": "text/css", "png": "image/png", "svg": "image/svg+xml"}


@pytest.mark.usefixtures("train")
def test_a_client_stays_with_its_web(lab: Lab) -> None:
    if not lab.clients:
        pytest.skip("addresses of clients missing (only an engine of the tests' own has several)")
    webs = {client: {lab.ask("/", source=client).headers["served-by"] for _ in range(5)} for client in lab.clients}
    assert {len(one) for one in webs.values()} == {1}
    assert len(set.union(*webs.values())) == 2
    # Each has its own journal: who asks from the same address sees what was added there.
    for client in lab.clients[:8]:
        assert add(lab, f"from {client}", source=client).status == 201
        assert f"from {client}\n" in lab.ask("/news", source=client).text


def test_without_a_web_there_is_an_error_page_and_with_one_an_answer(lab: Lab, train: Twip) -> None:
    before = {address for web in ("web1", "web2") for address in train.addresses(web)}
    lab.engine.docker("kill", *train.ids("web1"), *train.ids("web2"))
    answers = [lab.ask("/")]
    train.run("scale", "web1=0", "web2=0")
    answers += [lab.ask("/") for _ in range(5)]
    assert {answer.status for answer in answers} <= {502, 503, 504}
    assert {answer.text for answer in answers} == {(train.project / "app/static/50x.html").read_text()}
    assert max(answer.seconds for answer in answers) < 1
    assert lab.ask("/images/logo.svg").status == 200
    train.run("test", code=1)
    train.run("status", code=1)
    with in_their_place(train, 2):
        train.run("scale", "web1=1")
        (address,) = train.addresses("web1")
        assert address not in before
        everybody_is_answered(lab)
        train.run("scale", "web2=1")
    train.run("status")


@contextmanager
def in_their_place(twip: Twip, count: int) -> Iterator[None]:
    """Others take the addresses that have become free in the environment's network."""
    docker = twip.lab.engine.docker
    taken = ("--detach", "--network", f"{twip.name}_default", "--entrypoint", "sleep", NGINX.name, "1000")
    others = [docker("run", *taken).strip() for _ in range(count)]
    try:
        yield
    finally:
        docker("rm", "--force", *others)


def everybody_is_answered(lab: Lab) -> None:
    """Whichever web a client had, and within the time in which names are asked for again."""
    end = time.monotonic() + 5
    while {lab.ask("/", source=client).status for client in (lab.clients or ("",))} != {200}:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_second_static_is_refused_before_the_engine_sees_it(lab: Lab, train: Twip) -> None:
    assert "COMPOSE101" in train.run("scale", "static=2", code=1, engine="unix:///there-is-none").stdout
    # What the engine itself says of it, where nobody has looked before.
    with pytest.raises(Failed, match=ALLOCATED):
        train.compose("up", "--detach", "--no-deps", "--no-recreate", "--scale", "static=2", "static")
    assert lab.ask("/").status == 200
    assert len(train.containers("static")) == 2
    train.run("up")
    train.run("status")
    assert lab.ask("/").status == 200


def test_without_static_nobody_answers_and_a_taken_port_is_told(lab: Lab, train: Twip) -> None:
    asked = train.run("scale", "static=0", code=1).stdout
    assert "--yes" in asked
    train.run("scale", "static=0", "--yes")
    assert is_refused(lab)
    other = lab.engine.docker("run", "--detach", "--publish", "80:80", "--entrypoint", "sleep", NGINX.name, "1000").strip()
    try:
        assert ALLOCATED in train.run("up", code=3).stdout
    finally:
        lab.engine.docker("rm", "--force", other)
    train.run("up")
    assert lab.ask("/").status == 200


def test_news_survive_down_and_up(lab: Lab, train: Twip) -> None:
    assert add(lab, "before").status == 201
    assert "<p>before</p>" in lab.ask("/").text
    train.run("down")
    assert is_refused(lab)
    left = train.left()
    assert left["containers"] == left["networks"] == []
    assert len(left["volumes"]) == 2
    train.run("down")
    train.run("up")
    # The same client finds them again, and no other web has them.
    assert "before" in lab.ask("/news").text.splitlines()
    assert sum(answer.text.splitlines().count("before") for answer in news(train)) == 1


def news(twip: Twip) -> list[Answer]:
    """What all its webs hold, each asked by its own port."""
    ports = [one["NetworkSettings"]["Ports"]["8080/tcp"][0] for web in ("web1", "web2") for one in twip.containers(web)]
    assert {port["HostIp"] for port in ports} == {"127.0.0.1"}
    return [twip.lab.ask("/news", int(port["HostPort"]), to="127.0.0.1") for port in ports]


def is_refused(lab: Lab) -> bool:
    """Whether nobody listens."""
    with pytest.raises(OSError, match="refused"):
        lab.ask("/")
    return True
