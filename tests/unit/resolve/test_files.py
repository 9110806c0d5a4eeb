"""Files of the project arrive as they are, byte for byte, or a finding says why they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import run
from tests.compiling import compiled_text
from tests.strategies import CONFIGS
from twipc.resolve.files import CONFIG

HEAD = "twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}, compose-2.4: {}, swarm: {}}\n"
SPEC = HEAD + 'services:\n  web:\n    image: shop/web:1\n    configs: {/etc/app.conf: "FILE"}\n'


def project(folder: Path, content: bytes, spec: str = SPEC) -> Path:
    (folder / "specs").mkdir()
    (folder / "specs" / "prod.yaml").write_text(spec.replace("FILE", "app.conf"))
    (folder / "app.conf").write_bytes(content)
    return folder


@pytest.mark.parametrize("text", CONFIGS.values())
def test_every_byte_arrives(text: str, tmp_path: Path) -> None:
    project(tmp_path, text.encode())
    assert run("compile", "prod", at=tmp_path).code == 0
    copies = sorted(tmp_path.glob("out/prod/*/web/files/etc/app.conf"))
    assert len(copies) == 3
    assert {copy.read_bytes() for copy in copies} == {text.encode()}
    assert run("compile", "--check", "prod", at=tmp_path).code == 0
    assert run("verify", "prod", at=tmp_path).code == 0


@pytest.mark.parametrize(("old", "new"), [(b"\r\n", b"\n"), (b"1", b"2"), (b"[a]", b""), (b"=1\r\n", b"=1")])
def test_another_text_is_noticed_where_it_stands(old: bytes, new: bytes, tmp_path: Path) -> None:
    project(tmp_path, CONFIGS["app/windows.ini"].encode())
    run("compile", "prod", at=tmp_path)
    copy = tmp_path / "out/prod/compose/web/files/etc/app.conf"
    copy.write_bytes(copy.read_bytes().replace(old, new))
    found = [one for one in run("verify", "--format", "json", "prod", at=tmp_path).findings if one["severity"] == "error"]
    assert [finding["code"] for finding in found] == ["TW601"]
    assert found[0]["span"]["file"] == "out/prod/compose/web/files/etc/app.conf"
    assert found[0]["message"].startswith("service.configs of web: says /etc/app.conf: ")


def test_what_changed_in_the_project_is_stale(tmp_path: Path) -> None:
    project(tmp_path, b"a\n")
    run("compile", "prod", at=tmp_path)
    digest = (tmp_path / "out/prod/compose/docker-compose.yml").read_text()
    (tmp_path / "app.conf").write_bytes(b"b\n")
    assert run("compile", "--check", "prod", at=tmp_path).code == 1
    run("compile", "prod", at=tmp_path)
    # Its digest is a label, so that `up` makes the container anew.
    assert (tmp_path / "out/prod/compose/docker-compose.yml").read_text() != digest


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "`app.conf` is not UTF-8 text"),
        (b"a\0b", "`app.conf` holds NUL: it is no text"),
        (b"\xed\xa0\x80", "`app.conf` is not UTF-8 text"),
        (b"x" * (CONFIG.most + 1), f"`app.conf` has over {CONFIG.most} bytes"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    found = run("lint", "--format", "json", "prod", at=project(tmp_path, content)).findings
    told = [(finding["code"], finding["message"]) for finding in found if finding["severity"] != "note"]
    assert told == [("TW436", message)]


def test_the_largest_is_taken(tmp_path: Path) -> None:
    project(tmp_path, "é".encode() * (CONFIG.most // 2))
    assert run("lint", "prod", at=tmp_path).code == 0


@pytest.mark.parametrize("file", [".secrets/key", "./.secrets/key", ".secrets/./key"])
def test_a_secret_is_no_config(file: str) -> None:
    text = SPEC.replace("FILE", file) + "    secrets: [key]\nsecrets: {key: {file: .secrets/key, swarm: shop-key}}\n"
    found = [one for one in compiled_text(text, {file: "hunter2"}).findings if one.severity.value == "error"]
    assert [(one.code.id, one.message, one.help) for one in found] == [
        ("TW436", f"`{file}` holds the secret `key`", "take it out here, and write `secrets: [key]`")
    ]
    assert not compiled_text(text, {file: "hunter2"}).compiled


def test_a_swarm_has_no_empty_config() -> None:
    text = SPEC.replace("FILE", "empty.conf")
    found = compiled_text(text, {"empty.conf": ""}).findings
    assert [(one.at, one.target) for one in found if one.code.id == "SWARM104"] == [
        ("services.web.configs[/etc/app.conf]", "swarm")
    ]
    assert compiled_text(text.replace(", swarm: {}", ""), {"empty.conf": ""}).compiled


def test_places_that_are_nearly_one_are_two_configs_of_a_swarm() -> None:
    places = ("/a/b", "/a_.b", "/a.b", "/a_/b", "/a-b", "/a_b", "/a__b")
    text = SPEC.replace('{/etc/app.conf: "FILE"}', "{" + ", ".join(f"{place}: a" for place in places) + "}")
    text += "  web-a:\n    image: shop/web:1\n    configs: {/b: a}\n"
    stack = compiled_text(text, {"a": "a\n"}, targets=["swarm"]).compiled[0].bundle.texts["docker-stack.yml"]
    declared = stack.partition("\nconfigs:\n")[2]
    assert declared.count("\n    file: ") == len(places) + 1
