"""Bombs, depth, size, encodings, broken YAML: one or more lines with a place, exit 1, and never a trace."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml12

from tests.cli import ROOT, WEB, Ran, execute, project, run, spec
from tests.compiling import committed
from twipc.syntax import MOST_BYTES

MIB = 1 << 20
SOUND = spec("prod")


def inside(value: str) -> str:
    """A sound spec but for a variable's value on line 9."""
    return SOUND + f"    env: {{A: {value}}}\n"


HOSTILE: dict[str, tuple[str | bytes, str, int]] = {
    "alias bomb": (
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)), "TW103", 1
    ),
    "merge-key bomb": (
        "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 8)),
        "TW103",
        1,
    ),
    "merge key without anchors": (SOUND + "    <<: {replicas: 2}\n", "TW103", 9),
    "recursive alias": (inside("&a [*a]"), "TW103", 9),
    "deep flow": (inside("[" * 500_000), "TW106", 9),
    "deep mappings": (inside("{a: " * 200_000), "TW106", 9),
    "deep blocks": (SOUND + "x:\n" + "".join(" " * n + "a:\n" for n in range(1, 1000)), "TW106", 58),
    "closed deep flow": (inside("[" * 60 + "]" * 60), "TW106", 9),
    "duplicate keys": (SOUND + "    image: shop/web:2\n", "TW102", 9),
    "two documents": (SOUND + "---\nservices: {}\n", "TW105", 9),
    "nothing": (b"", "TW105", 1),
    "over 1 MiB": (SOUND.encode() + b"#" * MIB, "TW106", 1),
    "much over 1 MiB": (b"a" * (2 * MIB), "TW106", 1),
    "UTF-16": (SOUND.encode("utf-16"), "TW107", 1),
    "UTF-32": (SOUND.encode("utf-32"), "TW107", 1),
    "Latin-1": (inside("é").encode("latin-1"), "TW107", 9),
    "invalid UTF-8": (SOUND.encode() + b"# \xff\n", "TW107", 9),
    "half a surrogate pair": (SOUND.encode() + b"# \xed\xa0\xbd\n", "TW107", 9),
    "NUL": (inside('"x\0y"'), "TW107", 9),
    "a terminal's escape": (SOUND + "# \x1b]0;owned\x07\n", "TW107", 9),
    "a line that only some readers end": (SOUND + "# x\u2028services: {}\n", "TW107", 9),
    "tab as indent": (SOUND + "\tenv: {}\n", "TW101", 9),
    "python object": (inside("!!python/object/apply:os.system [id]"), "TW108", 9),
    "local tag": (inside("!x y"), "TW108", 9),
    "number as key": (SOUND + "    env: {1: x}\n", "TW104", 9),
    "boolean as key": (SOUND + "    env: {true: x}\n", "TW104", 9),
    "null as key": (SOUND + "    env: {~: x}\n", "TW104", 9),
    "list as key": (SOUND + "    ? [a]\n    : b\n", "TW104", 9),
    "not a number": (SOUND + "    replicas: .nan\n", "TW202", 9),
    "infinity": (SOUND + "    replicas: .inf\n", "TW202", 9),
    "infinite processors": (SOUND + "    resources: {cpu: .inf}\n", "TW202", 9),
    "no number of processors": (SOUND + "    resources: {cpu: .nan}\n", "TW202", 9),
    "a version that is infinite": (SOUND.replace("twipc: 1", "twipc: .inf"), "TW202", 1),
    "5000 digits": (SOUND + f"    replicas: {'9' * 5000}\n", "TW202", 9),
    "5000 digits in hexadecimal": (SOUND + f"    replicas: 0x{'f' * 5000}\n", "TW202", 9),
    "an exponent without end": (SOUND + "    resources: {cpu: 1e999999999}\n", "TW202", 9),
    "a million digits": (SOUND + f"    replicas: {'9' * 1_000_000}\n", "TW202", 9),
    "a huge image": (SOUND.replace("shop/web:1", "x" * 900_000), "TW202", 7),
    "a huge key": (SOUND + f"    {'k' * 1000}: 1\n", "TW201", 9),
    "a huge unknown word": (SOUND + f"    restart: {'x' * 900_000}\n", "TW202", 9),
    "digits that are not ASCII": (SOUND + "    stop_grace: ٣s\n", "TW202", 9),
    "a size with a strange blank": (SOUND + '    resources: {memory: "512\u2003MiB"}\n', "TW202", 9),
}  # fmt: skip
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def said_well(ran: Ran) -> None:
    assert ran.code in (0, 1)
    assert "Traceback" not in ran.out + ran.err
    assert "bug" not in ran.err
    assert not CONTROLS.search(ran.out + ran.err)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_where_it_stands(name: str, tmp_path: Path) -> None:
    text, code, line = HOSTILE[name]
    content = text if isinstance(text, bytes) else text.encode()
    project(tmp_path)
    (tmp_path / "specs/prod.yaml").write_bytes(content)
    ran = run("lint", "prod", "--format", "json", at=tmp_path)
    assert ran.code == 1
    assert [one for one in ran.findings if not one["help"]] == []
    first = next(one for one in ran.findings if one["code"].startswith(code))
    assert (first["span"]["file"], first["span"]["line"]) == ("specs/prod.yaml", line)
    for arguments in (["compile", "prod"], ["verify", "prod"], ["compile", "-", "-o", "-"]):
        ran = run(*arguments, at=tmp_path, stdin=content)
        assert ran.code == 1
        said_well(ran)
        shown = ran.err if "-o" in arguments else ran.out
        assert f"{'<stdin>' if '-' in arguments else 'specs/prod.yaml'}:{line}:" in shown
        assert len(shown) < 100_000
    assert not (tmp_path / "out").exists()


def test_both_lines_of_a_duplicate_are_shown(tmp_path: Path) -> None:
    project(tmp_path, prod=SOUND + "    replicas: 1\n    image: shop/web:2\n")
    out = run("lint", at=tmp_path).out
    assert "    10 │     image: shop/web:2\n" in out.replace("   10 │", "    10 │", 1)
    assert '    7 │     image: "shop/web:1"\n' in out
    assert "specs/prod.yaml:7:5: the first stands here" in out


CHANGES: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "no line end at the end": lambda text: text.rstrip("\n"),
    "blank lines and comments": lambda text: "# first\n\n" + text.replace("\n", "  # so it is\n\n# and so\n"),
    "a document's marks": lambda text: f"%YAML 1.2\n---\n{text}...\n",
    "as JSON": lambda text: json.dumps(_read(text), ensure_ascii=False),
    "every character escaped": lambda text: re.sub(
        r'"((?:[^"\\]|\\.)*)"', lambda found: '"' + "".join(f"\\U{ord(one):08x}" for one in json.loads(found[0])) + '"',
        json.dumps(_read(text), ensure_ascii=False),
    ),
    "keys in another order": lambda text: json.dumps(_shuffled(_read(text), random.Random(1))),
}  # fmt: skip


def _read(text: str) -> Any:
    """What another reader makes of a spec."""
    found = yaml12.parse_yaml(text)
    assert isinstance(found, dict)
    return found


def _shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(value[key], dice) for key in dice.sample(sorted(value), len(value))}
    return [_shuffled(item, dice) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", committed())
@pytest.mark.parametrize("change", CHANGES)
def test_how_a_spec_is_written_changes_no_byte(name: str, change: str) -> None:
    text = (ROOT / "specs" / f"{name}.yaml").read_text()
    other = CHANGES[change](text)
    assert other != text
    before, after = (run("compile", "-", "-o", "-", at=ROOT, stdin=one.encode()) for one in (text, other))
    assert (after.code, after.out) == (0, before.out)
    assert before.out.count("\n--- ") > 2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_raw_bytes_end_soon(seed: int, tmp_path: Path) -> None:
    """In a process of its own, as 64 KiB; how much sooner than this bound is told by the figures."""
    content = random.Random(seed).randbytes(64 << 10) if seed else bytes(range(32, 127)) * 690
    if seed > 1:
        content = content.translate(bytes(ord("\n {}[]:,-#a'\"&*!|>?%@"[byte % 21]) for byte in range(256)))
    project(tmp_path, prod=SOUND)
    (tmp_path / "specs/prod.yaml").write_bytes(content)
    said_well(execute("lint", at=tmp_path, timeout=60))
    said_well(execute("compile", "-", at=tmp_path, stdin=content, timeout=60))


def test_many_wrong_words_among_many_cost_as_much_as_there_are(tmp_path: Path) -> None:
    """Each of 1500 names that lead nowhere is compared with those around it, not with 1500."""
    import difflib
    from unittest.mock import patch

    body = "services:\n" + "".join(
        f"  s{number}x: {{image: x, depends_on: [s{number}y], networks: [n{number}]}}\n" for number in range(1500)
    )
    project(tmp_path, prod=spec("prod", body))
    looked = 0
    real = difflib.get_close_matches

    def counted(word: str, known: Any, *rest: Any) -> list[str]:
        nonlocal looked
        looked += len(known)
        return real(word, known, *rest)

    with patch.object(difflib, "get_close_matches", counted):
        ran = run("lint", "--format", "json", at=tmp_path)
    assert len(ran.findings) == 3000
    assert 0 < looked < 1500 * 100
    assert max(len(one["help"]) for one in ran.findings) < 1000
    assert ran.findings[0]["help"].startswith("did you mean `s0x`? known are: s0x, ")
    assert " and 1460 more" in ran.findings[0]["help"]


def test_more_codes_than_a_comment_can_mean(tmp_path: Path) -> None:
    project(tmp_path, prod=SOUND + f"# twipc: ignore[{','.join(['TW99x'] * 10_000)}] reason\n")
    ran = run("lint", "--format", "json", at=tmp_path)
    assert [one["message"] for one in ran.findings] == ["the comment names over 20 codes"]


def test_a_spec_of_just_1_mib_is_read(tmp_path: Path) -> None:
    filled = SOUND + "#" * (MOST_BYTES - len(SOUND))
    project(tmp_path, prod=filled)
    assert run("lint", at=tmp_path).code == 0
    (tmp_path / "specs/prod.yaml").write_text(filled + "#")
    assert run("lint", at=tmp_path).code == 1


def test_what_builds_on_each_other_without_end(tmp_path: Path) -> None:
    """Files and services: 50 may, more are said in a line."""
    chain = "".join(f"  s{number}x: {{from: s{number - 1}x}}\n" for number in range(1, 1500))
    base = f"twipc: 1\nproject: shop\nservices:\n  s0x: {{image: shop/web:1}}\n{chain}"
    late = "twipc: 1\nextends: base.yaml\nenvironment: prod\ntargets: {compose: {}}\nservices:\n  web: {from: LAST}\n"
    project(tmp_path, base=base, prod=late.replace("LAST", "s40x"))
    assert run("lint", at=tmp_path).code == 0
    (tmp_path / "specs/prod.yaml").write_text(late.replace("LAST", "s1499x"))
    ran = run("lint", "--format", "json", at=tmp_path)
    assert [(one["code"], one["message"]) for one in ran.findings] == [("TW208", "over 50 services are taken from each other")]
    for number in range(1200):
        (tmp_path / f"specs/b{number}.yaml").write_text(f"extends: b{number + 1}.yaml\n")
    (tmp_path / "specs/prod.yaml").write_text(SOUND + "extends: b0.yaml\n")
    ran = run("lint", "prod", "--format", "json", at=tmp_path)
    assert [(one["code"], one["message"]) for one in ran.findings] == [("TW207", "over 50 files extend each other")]


@pytest.mark.parametrize("value", ["/dev/zero.yaml", "../out.yaml", "../specs/../../out.yaml", "sub.yaml", "pipe.yaml",
                                   "zero.yaml", "loop.yaml", '"a\\0b.yaml"', "prod.yaml", f"{'a/' * 3000}b.yaml",
                                   f"{'a' * 300}.yaml", ])  # fmt: skip
def test_what_can_not_be_extended(value: str, tmp_path: Path) -> None:
    project(tmp_path / "home", prod=SOUND + f"extends: {value}\n")
    specs = tmp_path / "home/specs"
    (tmp_path / "out.yaml").write_text(WEB)
    (specs / "sub.yaml").mkdir()
    os.mkfifo(specs / "pipe.yaml")
    (specs / "zero.yaml").symlink_to("/dev/zero")
    (specs / "loop.yaml").symlink_to("loop.yaml")
    ran = run("lint", "prod", "--format", "json", at=tmp_path / "home")
    assert [(one["code"], one["span"]["line"]) for one in ran.findings] == [("TW207", 9)]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("stop_grace: {PASSWORD: hunter2}", "a mapping is not a duration"),
        ("stop_grace: [5s]", "a list is not a duration"),
        ("stop_grace: true", "`true` is not a duration"),
        ("stop_grace: .inf", "`.inf` is not a duration"),
        ("stop_grace: 0x10", "`0x10` is not a duration"),
        ("resources: {cpu: [1]}", "a list is not a number of processors"),
        ("resources: {memory: {a: 1}}", "a mapping is not a size"),
        ("publish: [{port: http, host: True}]", "`True` is not a port number"),
    ],
)
def test_a_value_is_told_as_it_was_written(field: str, said: str, tmp_path: Path) -> None:
    """Not as Python writes it."""
    project(tmp_path, prod=SOUND + f"    {field}\n")
    assert [one["message"] for one in run("lint", "--format", "json", at=tmp_path).findings] == [said]
