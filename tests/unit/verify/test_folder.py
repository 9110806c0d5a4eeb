"""What `verify` and `--check` say of edited artifacts: all of it, at its line, and nothing twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.cli import PROD, project, run
from tests.compiling import compiled_spec, compiled_text
from twipc.diagnostics import Span
from twipc.target import BASELINE, FactKey, Facts, Unreadable
from twipc.verify.disk import verify_folder

HAPROXY = PROD.replace("nginx", "haproxy").replace('"1.30"', '"3.2"').replace("compose: {}", "compose: {}, swarm: {}")
WHOLE = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices: {web: {image: shop/web:1}}\n"
CONF = "out/prod/compose/edge/haproxy.cfg"
COMPOSE = "out/prod/compose/docker-compose.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    project(tmp_path)
    (tmp_path / "specs/prod.yaml").write_text(HAPROXY)
    ran = run("compile", at=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    return tmp_path


def edit(root: Path, file: str, old: str, new: str) -> int:
    """Replaces the first; gives its line."""
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def lines(root: Path, *arguments: str, code: str) -> list[str]:
    ran = run(*arguments, "--format", "concise", at=root)
    assert ran.code == 1, ran.out
    return [line for line in ran.out.splitlines() if f"[{code}]" in line]


def test_a_digest_is_silent_where_its_files_speak(root: Path) -> None:
    edit(root, CONF, "maxconn 4000", "maxconn 9")
    for arguments, code in ((["verify"], "TW601"), (["compile", "--check"], "TW704")):
        said = lines(root, *arguments, code=code)
        assert len(said) == 1
        assert "maxconn 9" in said[0]
        assert "digest" not in said[0]


def test_a_digest_speaks_where_its_files_mean_the_same(root: Path) -> None:
    """Docker would make the container again, for a blank."""
    number = edit(root, CONF, "maxconn 4000", "maxconn  4000")
    said = lines(root, "verify", code="TW601")
    assert len(said) == 1
    assert said[0].startswith(f"{CONF}:{number}:")
    assert "digest" in said[0]
    assert "means the same" not in run("compile", "--check", at=root).out


def test_a_digest_comes_last(root: Path) -> None:
    edit(root, COMPOSE, "init: false", "init: true")
    edit(root, COMPOSE, 'io.twipc.config: "sha256:', 'io.twipc.config: "sha256:0')
    said = lines(root, "compile", "--check", code="TW704")
    assert len(said) == 1
    assert 0 < said[0].index("`init` of edge: twipc always writes false, here is true") < said[0].index("digest")


def test_a_file_that_ends_too_early_is_unreadable_at_its_last_line(root: Path) -> None:
    conf = root / "out/prod/haproxy/edge/haproxy.cfg"
    count = len(conf.read_text().splitlines())
    conf.write_text(conf.read_text().removesuffix("\n"))
    said = lines(root, "verify", code="TW602")
    assert len(said) == 1
    assert said[0].startswith(f"out/prod/haproxy/edge/haproxy.cfg:{count}:")
    assert "means the same" not in run("compile", "--check", at=root).out


def test_an_unreadable_file_is_named_at_its_own_change(root: Path) -> None:
    edit(root, COMPOSE, "init: false", "init: true")
    number = edit(root, COMPOSE, "services:", "services: [")
    assert lines(root, "verify", code="TW602")[0].startswith(f"{COMPOSE}:{number}:")


@pytest.mark.parametrize(("new", "ends"), [(b"\r\n", "CRLF"), (b"", "nothing")])
def test_a_page_with_other_line_ends_is_told_at_its_line(tmp_path: Path, new: bytes, ends: str) -> None:
    project(tmp_path)
    (tmp_path / "page.html").write_text("one\ntwo\n")
    pages = "error_pages: [{status: [404], page: page.html}]\n      listen"
    (tmp_path / "specs/prod.yaml").write_text(HAPROXY.replace("listen", pages))
    assert run("compile", at=tmp_path).code == 0
    page = next((tmp_path / "out/prod/haproxy").rglob("404.*"))
    page.write_bytes(page.read_bytes().removesuffix(b"\n") + new)
    said = lines(tmp_path, "verify", code="TW604")
    assert {found["target"] for found in findings(tmp_path)} == {"haproxy"}
    assert len(said) == 1
    assert f"/404.html:{len(page.read_bytes().splitlines())}:" in said[0]
    assert f"here the line ends with {ends}, the spec makes LF" in said[0]


def test_each_difference_is_told_where_it_stands(root: Path) -> None:
    numbers = [edit(root, COMPOSE, 'user: "99:99"', 'user: "0:0"'), edit(root, COMPOSE, "read_only: true", "read_only: false")]
    numbers.append(edit(root, CONF, "maxconn 4000", "maxconn 9"))
    said = lines(root, "verify", code="TW601")
    found = [":".join(line.split(":")[:2]) for line in said]
    assert sorted(found) == sorted([f"{COMPOSE}:{numbers[0]}", f"{COMPOSE}:{numbers[1]}", f"{CONF}:{numbers[2]}"])


def findings(root: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("verify", "--format", "json", at=root).out)["findings"]
    return [finding for finding in found if finding["severity"] == "error"]


def test_a_difference_names_the_place_of_the_spec_and_what_to_do(root: Path) -> None:
    number = edit(root, COMPOSE, "hello", "goodbye")
    (found,) = findings(root)
    assert found["message"] == "service.env of web: says GREETING: goodbye, the spec says GREETING: hello"
    assert found["help"] == "change the spec and compile, or compile to undo the edit"
    assert (found["at"], found["target"]) == ("services.web.env", "compose")
    line = (root / COMPOSE).read_text().splitlines()[number - 1]
    span = {"file": COMPOSE, "line": number, "column": len(line) - len(line.lstrip()) + 1, "end_line": number}
    assert found["span"] == {**span, "end_column": len(line) + 1}
    (related,) = found["related"]
    assert related["message"] == "the spec says it here"
    assert (related["span"]["file"], related["span"]["line"]) == ("specs/base.yaml", 7)


ROUTES = [
    {"match": {"prefix": ["/a/", "/aa/"]}, "backend": "app"},
    {"match": {"prefix": "/b/"}, "backend": "other"},
    {"match": {"prefix": "/c/"}, "backend": "app"},
]


@pytest.mark.parametrize(
    ("engine", "version", "old", "new", "request_", "leads"),
    [
        ("nginx", "1.30", "^/b/", "^/bb/", "`GET /b/` leads to status 404, the spec says backend other", "says prefix /bb/"),
        (
            "haproxy",
            "3.2",
            "-- '/b/'",
            "-- '/bb/'",
            "`GET /b/` leads to status 404, the spec says backend other",
            "says prefix /bb/",
        ),
        (
            "nginx",
            "1.30",
            "^/aa/",
            "^/b/",
            "`GET /b/` leads to backend app, the spec says backend other",
            "the spec says prefix /aa/",
        ),
    ],
)
def test_a_route_is_named_with_a_request_that_is_answered_otherwise(
    tmp_path: Path, engine: str, version: str, old: str, new: str, request_: str, leads: str
) -> None:
    project(tmp_path)
    http = {
        "engine": {"name": engine, "version": version},
        "listen": 8080,
        "backends": {name: {"members": ["web.http"]} for name in ("app", "other")},
        "routes": ROUTES,
        "default": {"status": 404},
    }
    web = {"image": "shop/web:1", "ports": {"http": 8080}}
    head = {"twipc": 1, "project": "shop", "environment": "prod", "targets": {engine: {}}}
    spec = json.dumps({**head, "services": {"edge": {"http": http}, "web": web}}, indent=1)
    (tmp_path / "specs/prod.yaml").write_text(spec)
    assert run("compile", at=tmp_path).code == 0
    conf = next((tmp_path / f"out/prod/{engine}").rglob("*.c*f*g" if engine == "haproxy" else "*.conf"))
    edit(tmp_path, str(conf.relative_to(tmp_path)), old, new)
    (found,) = findings(tmp_path)
    assert request_ in found["message"]
    assert leads in found["message"]
    number = 0 if old == "^/aa/" else 1
    assert found["at"] == f"services.edge.http.routes.{number}"
    (related,) = found["related"]
    rows = [row for row, line in enumerate(spec.splitlines(), 1) if '"match"' in line]
    assert related["span"]["line"] == rows[number] - 1


def test_what_twipc_adds_is_nowhere_in_the_spec(root: Path) -> None:
    edit(root, CONF, "maxconn 4000", "maxconn 9")
    (found,) = findings(root)
    assert "twipc always writes" in found["message"]
    assert (found["related"], found["help"]) == ([], "compile to undo the edit")


def test_an_option_is_said_with_its_target(tmp_path: Path) -> None:
    project(tmp_path, prod=WHOLE.replace("{compose: {}}", "{swarm: {discovery: tasks}}"))
    assert run("compile", at=tmp_path).code == 0
    edit(tmp_path, "out/prod/swarm/docker-stack.yml", 'endpoint_mode: "vip"', 'endpoint_mode: "dnsrr"')
    (found,) = findings(tmp_path)
    assert found["at"] == "targets.swarm.discovery"
    assert [one["span"]["line"] for one in found["related"]] == [4]


@pytest.mark.parametrize("name", ["prod", "train"])
def test_two_equal_edits_are_told_each_at_its_own_line(name: str) -> None:
    """Lines that stand alike in two places of a file, both dropped."""
    told = 0
    for one in compiled_spec(name).compiled:
        for artifact in one.bundle.artifacts:
            lines = artifact.text.splitlines(keepends=True)
            for text in _twice(lines):
                rest = "".join(line for line in lines if line.strip() != text)
                found = verify_folder(
                    one.model, one.target, one.options, one.bundle, "out", {**one.bundle.texts, artifact.path: rest}
                )
                placed = [finding.span.line for finding in found if finding.span and finding.code.id == "TW601"]
                assert len(placed) < 2 or len(set(placed)) > 1, (one.target.name, artifact.path, text)
                told += len(placed) > 1
    assert told > 20


def _twice(lines: list[str]) -> list[str]:
    count = Counter(line.strip() for line in lines)
    return sorted(text for text in count if count[text] == 2 and len(text) > 3)


def test_each_edit_is_told_in_the_section_that_it_is_in(root: Path) -> None:
    """The same edit in the only backend and in the frontend."""
    text = (root / CONF).read_text().splitlines(keepends=True)
    edited = [number for number, line in enumerate(text, 1) if line.strip() == "no log"]
    (root / CONF).write_text("".join(line for line in text if line.strip() != "no log"))
    assert [one["span"]["line"] for one in findings(root)] == [number - at for at, number in enumerate(edited)]


def test_a_default_is_related_to_nothing(root: Path) -> None:
    edit(root, COMPOSE, 'stop_grace_period: "15s"', 'stop_grace_period: "16s"')
    (found,) = findings(root)
    assert found["related"] == []


def test_what_is_missing_is_named_with_what_stands_there(root: Path) -> None:
    (root / CONF).unlink()
    (found,) = findings(root)
    assert (found["code"], found["message"], found["target"]) == ("TW603", f"{CONF} is not there", "compose")
    (root / CONF).mkdir()
    (found,) = findings(root)
    assert found["message"] == f"{CONF} is a folder, not a file"


def test_the_folder_of_a_target_is_no_folder_of_a_service(tmp_path: Path) -> None:
    """The findings are in out/prod/compose/docker-compose.yml: the digest of the service `compose` is another's."""
    project(tmp_path)
    (tmp_path / "specs/prod.yaml").write_text(HAPROXY.replace("  edge:", "  compose:"))
    assert run("compile", at=tmp_path).code == 0
    edit(tmp_path, COMPOSE, "init: false", "init: true")
    edit(tmp_path, COMPOSE, 'io.twipc.config: "sha256:', 'io.twipc.config: "sha256:0')
    said = lines(tmp_path, "verify", code="TW601")
    assert ["digest" in line for line in said].count(True) == 1


def test_a_published_port_is_that_of_the_spec(root: Path) -> None:
    edit(root, COMPOSE, 'published: "80"', 'published: "81"')
    (found,) = findings(root)
    assert found["at"] == "services.edge.publish.http"
    assert found["related"][0]["span"]["line"] == 15


def read_otherwise(*facts: tuple[FactKey, object]) -> list[tuple[str, Span | None]]:
    """What is said of a folder that is as it should be, if its reader says these facts too."""
    (one,) = compiled_text(WHOLE).compiled
    texts = {artifact.path: artifact.text for artifact in one.bundle.artifacts}
    said = {**one.target.read(texts), **dict(facts)}
    found = verify_folder(one.model, replace(one.target, read=lambda _texts: said), one.options, one.bundle, "out", texts)
    return [(finding.message, finding.span) for finding in found]


def test_where_only_the_reader_differs_there_is_no_line() -> None:
    """The text is what it should be: it is twipc itself that is wrong."""
    message = "service.image of web: says shop/web:2, the spec says shop/web:1"
    assert read_otherwise((FactKey("service.image", ("web",)), "shop/web:2")) == [(message, None)]


def test_an_empty_text_is_nothing_but_where_a_reader_found_it_left_over() -> None:
    assert read_otherwise((FactKey("service.user", ("web",)), "")) == []
    left = FactKey(BASELINE, ("web", "odd"))
    assert read_otherwise((left, "")) == [('`odd` of web: here is "", which twipc never writes', None)]
    assert [read_otherwise((left, None)), read_otherwise((left, ())), read_otherwise((left, {}))] == [[], [], []]


def test_what_is_added_and_what_is_missing_is_told_as_such(root: Path) -> None:
    edit(root, COMPOSE, "    init: false\n", "    privileged: true\n")
    said = sorted(found["message"] for found in findings(root))
    assert said == [
        "`init` of edge: false is missing, which twipc always writes",
        "`privileged` of edge: here is true, which twipc never writes",
    ]


def test_a_server_that_is_called_otherwise_is_missing_and_added(root: Path) -> None:
    number = edit(root, COMPOSE, "\n  edge:\n", "\n  edgz:\n")
    ran = run("verify", "--format", "concise", at=root)
    assert (ran.code, ran.err) == (1, "")
    assert f"{COMPOSE}:{number + 1}:" in ran.out
    assert "edgz" in ran.out


def test_a_comment_is_told_at_its_line(root: Path) -> None:
    number = edit(root, CONF, "# ", "# really ")
    (found,) = findings(root)
    assert (found["code"], found["target"], found["span"]["file"], found["span"]["line"]) == ("TW604", "compose", CONF, number)
    assert found["message"].startswith("a comment of edge/haproxy.cfg: here is `# really ")


def test_an_unreadable_file_is_named_though_another_comes_before_it(root: Path) -> None:
    edit(root, COMPOSE, "init: false", "init: true")
    number = edit(root, CONF, "maxconn 4000", "maxconn '4000")
    (found,) = findings(root)
    assert (found["code"], found["target"], found["span"]["file"], found["span"]["line"]) == ("TW602", "compose", CONF, number)
    assert found["message"].startswith(f"{CONF}: ")


def test_what_cannot_be_read_without_a_change_has_no_line() -> None:
    (one,) = compiled_text(WHOLE).compiled
    texts = {artifact.path: artifact.text for artifact in one.bundle.artifacts}

    def blind(_texts: object) -> Facts:
        raise Unreadable("docker-compose.yml", "it is dark")

    (found,) = verify_folder(one.model, replace(one.target, read=blind), one.options, one.bundle, "out", texts)
    assert (found.message, found.span, found.target) == ("out/docker-compose.yml: it is dark", None, "compose")
