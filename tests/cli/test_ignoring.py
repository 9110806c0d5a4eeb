"""`# twipc: ignore[CODE] reason`: what it takes out, what it cannot, and what is a comment at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml12
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli import BASE, HEAD, PROD, ROOT, WEB, Ran, project, run, spec
from twipc.diagnostics import Report, Stopped
from twipc.syntax import comments, parse

LEFT = "volumes:\n  news: {access: shared}"
IGNORED = f"{LEFT}  # twipc: ignore[TW415] its service comes later\n"
FORMATS = ("text", "concise", "json", "sarif", "github")


def lint(folder: Path, body: str, *arguments: str) -> Ran:
    return run("lint", "--format", "json", *arguments, at=project(folder, prod=spec("prod", body)))


@pytest.mark.parametrize("format", FORMATS)
def test_every_verb_speaks_every_format(format: str, tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", f"{WEB}{LEFT}\n"))
    for arguments in (["lint"], ["compile"], ["compile", "--check"], ["verify"]):
        ran = run(*arguments, "--format", format, at=tmp_path)
        assert (ran.code, ran.out.count("no service mounts")) == (0, 1), ran.out
        assert "TW415" in ran.out
    project(tmp_path, prod=spec("prod", WEB + IGNORED))
    out = run("lint", "--format", format, at=tmp_path).out
    assert "no service mounts" not in out
    if format == "sarif":
        assert json.loads(out)["runs"][0]["results"] == []


def test_a_missing_artifact_has_a_place_in_sarif(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod"))
    results = json.loads(run("compile", "--check", "--format", "sarif", at=tmp_path).out)["runs"][0]["results"]
    assert [one["ruleId"] for one in results] == ["TW702"]
    assert all(one["locations"] for one in results)


@pytest.mark.parametrize(
    "body",
    [
        IGNORED,
        "volumes:\n  # twipc: ignore[TW415] later\n  news: {access: shared}\n",
        "volumes:\n  # twipc: ignore[TW415] later\n\n  # and what it is for\n \n  news: {access: shared}\n",
        "volumes:\n  news: {access: shared}  # Twipc: Ignore[TW415] later\n",
        "volumes:\n  news: {access: shared}  # a journal # twipc: ignore[TW415] later\n",
        "volumes: {news: {access: shared}, olds: {access: shared}}  #twipc:ignore[ TW415 ] both # twipc\n",
    ],
)
def test_what_is_ignored_is_not_there(body: str, tmp_path: Path) -> None:
    ran = lint(tmp_path, WEB + body, "--strict")
    assert (ran.code, ran.findings) == (0, [])
    assert run("compile", "--strict", at=tmp_path).code == 0
    assert (tmp_path / "out/prod/compose").exists()
    assert run("verify", "--strict", at=tmp_path).code == 0


def test_several_codes_by_comma(tmp_path: Path) -> None:
    body = WEB + "    ready: {http: /up}  # twipc: ignore[TW408, TW501] the proxy comes later\n"
    assert [one["message"] for one in lint(tmp_path, body).findings] == ["nothing to ignore: no TW501 on line 9"]
    assert lint(tmp_path, body.replace(", TW501", "")).codes == []


@pytest.mark.parametrize(
    ("comment", "said", "column"),
    [
        ("# twipc: ignore[TW301] known", "TW301 is an error: a comment ignores warnings and notes alone", 43),
        ("# twipc: ignore[TW415]", "the comment gives no reason to ignore it", 27),
        ("# twipc: ignore[] known", "the comment names no code to ignore", 27),
        ("# twipc: ignore TW415 known", "the comment names no code to ignore", 27),
        ("# twipc: ignore[TW415 known", "the comment names no code to ignore", 27),
        ("# twipc: ignore[tw415] known", "`tw415` is no code", 43),
        ("# twipc: ignore[TW415,,] known", "a code is missing here", 49),
        ("# twipc ignore[TW415] known", "the comment ignores nothing: it is not written like that", 27),
        ("# twipc: ignores [TW415] known", "the comment ignores nothing: it is not written like that", 27),
        ("# twipc:disable=[TW415] known", "the comment ignores nothing: it is not written like that", 27),
    ],
)
def test_a_comment_that_cannot_ignore_is_a_finding(comment: str, said: str, column: int, tmp_path: Path) -> None:
    ran = lint(tmp_path, f"{WEB}{LEFT}  {comment}\n")
    assert ran.code == 0
    wrong = [one for one in ran.findings if one["code"] == "TW109"]
    assert (wrong[0]["message"], wrong[0]["span"]["column"]) == (said, column)
    assert run("compile", "--strict", at=tmp_path).code == 1
    assert not (tmp_path / "out").exists()


def test_an_error_is_not_ignored(tmp_path: Path) -> None:
    ran = lint(tmp_path, "services: {web: {image: shop/web:1, imgae: x}}  # twipc: ignore[TW201] known\n")
    assert ran.code == 1
    assert sorted(ran.codes) == ["TW109", "TW201"]


@pytest.mark.parametrize(
    "comment", ["# twipc: 1", "# twipc: ignored once", "# twipc: ignore-all", "# see `# twipc: ignore`", "#x# twipc: ignore"]
)
def test_other_comments_are_left_alone(comment: str, tmp_path: Path) -> None:
    assert lint(tmp_path, f"{WEB}# all of them\n{comment}\n").codes == []


def test_one_finding_takes_one_comment(tmp_path: Path) -> None:
    body = WEB + "volumes:\n  # twipc: ignore[TW415] later\n" + "  news: {access: shared}  # twipc: ignore[TW415,TW415] later\n"
    assert [(one["code"], one["span"]["line"]) for one in lint(tmp_path, body).findings] == [("TW110", 11), ("TW110", 11)]


def test_unused_ones_fail_a_strict_compile(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", f"{WEB}# twipc: ignore[TW415] nothing\n"))
    ran = run("compile", "--strict", at=tmp_path)
    assert ran.code == 1
    assert "warning[TW110]: nothing to ignore: no TW415 here, where nothing follows" in ran.out
    assert not (tmp_path / "out").exists()
    assert run("compile", at=tmp_path).code == 0
    assert run("verify", "--format", "json", at=tmp_path).codes == ["TW110"]


def extending(environment: str, more: str = "") -> str:
    return f"{HEAD}environment: {environment}\nextends: base.yaml\ntargets: {{compose: {{}}, compose-2.4: {{}}}}\n{WEB}{more}"


MOUNTED = "    mounts: {/data: news}\n"


def test_a_comment_in_an_extended_file_is_for_all_who_take_it(tmp_path: Path) -> None:
    project(tmp_path, base=HEAD + IGNORED, prod=extending("prod"), late=extending("late", MOUNTED))
    assert run("lint", "--format", "json", at=tmp_path).codes == []
    assert run("lint", "late", "--format", "json", at=tmp_path).codes == [], "prod was not looked at: it may use the comment"
    assert run("compile", "--target", "compose", "--strict", at=tmp_path).code == 0


def test_an_unused_comment_in_an_extended_file_is_said_once(tmp_path: Path) -> None:
    texts = {name: extending(name, MOUNTED) for name in ("prod", "late")}
    project(tmp_path, base=HEAD + IGNORED, **texts)
    ran = run("lint", "--format", "json", at=tmp_path)
    assert [(one["code"], one["span"]["file"]) for one in ran.findings] == [("TW110", "specs/base.yaml")]
    assert run("compile", "--target", "compose", "--format", "json", at=tmp_path).codes == [], "not all targets were looked at"
    (tmp_path / "specs/late.yaml").write_text(texts["late"] + "    replicas: many\n")
    assert run("lint", "--format", "json", at=tmp_path).codes == ["TW202"], "late may need it once it is right"


def test_artifacts_that_name_their_spec_do_not_hide_it(tmp_path: Path) -> None:
    project(tmp_path, base=BASE, prod=PROD + "# twipc: ignore[TW415] nothing\n")
    assert run("compile", "--format", "json", at=tmp_path).codes == ["TW110"]
    assert run("verify", "--format", "json", at=tmp_path).codes == ["TW110"]
    assert run("lint", "prod", "--format", "json", at=tmp_path).codes == ["TW110"]


def test_a_comment_on_standard_input(tmp_path: Path) -> None:
    project(tmp_path, base=HEAD + IGNORED)
    for body, found in ((IGNORED, []), (f"{LEFT}\n", ["TW415"]), ("# twipc: ignore[TW415] x\n", ["TW110"])):
        assert run("lint", "-", "--format", "json", at=tmp_path, stdin=spec("prod", WEB + body).encode()).codes == found


PIECES = (
    'a{}: "x # y"',
    "a{}: 'x '' # y'  # real",
    "a{}: x#y # real",
    "a{}: [x, # real\n  'y # z', # real\n  z]",
    "a{}: |  # real\n  text # not\n  # not\n# real",
    "a{}: >-\n  folded # not\n\n  # not",
    "a{}: |+\n  kept # not\n\n",
    'a{}: "two\n  # lines" # real',
    "a{}: two\n  plain lines # real",
    "'a # {}': x # real # more",
    "? a{} # real\n: x",
    "a{}: # real\n  - x # real\n  # real\n  - |2\n    # not",
    "a{}:",
    "  # real",
    '"a{}": {{"b # c": "d # e"}} # real',
    "a{}: 日本 # real",
    "a{}: '😀 # not' # real",
)


def change_is_harmless(lines: list[str], number: int, column: int) -> bool:
    """Whether the data is the same with other words after the `#` at a column: then it is a comment."""
    changed = [*lines[: number - 1], f"{lines[number - 1][:column]}Z", *lines[number:]]
    try:
        return bool(yaml12.parse_yaml("\n".join(changed)) == yaml12.parse_yaml("\n".join(lines)))
    except ValueError:
        return False


def agrees(text: str) -> int:
    """Compares each `#` with what a second reader says; gives how many there are."""
    lines = text.splitlines()
    found = {(one.span.line, one.span.column) for one in comments(parse(text.encode(), "x", Report()), text)}
    hashes = 0
    for number, line in enumerate(lines, 1):
        for column in (at + 1 for at, char in enumerate(line) if char == "#"):
            hashes += 1
            inside = any(one[0] == number and one[1] < column for one in found)
            assert ((number, column) in found or inside) == change_is_harmless(lines, number, column), (number, column)
    return hashes


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6))
def test_what_is_a_comment_is_what_a_second_reader_drops(pieces: list[str]) -> None:
    text = "first: 1\n" + "\n".join(piece.format(number) for number, piece in enumerate(pieces)) + "\n"
    try:
        parse(text.encode(), "x", Report())
    except Stopped:
        pytest.fail(text)
    agrees(text)


@pytest.mark.parametrize("name", ["base", "train", "prod", "public"])
def test_the_comments_of_the_committed_specs(name: str) -> None:
    assert agrees((ROOT / f"specs/{name}.yaml").read_text()) > 0


def test_each_service_that_nothing_restarts_is_ignored_at_its_own_line(tmp_path: Path) -> None:
    check, mark = "health: {command: [check]}", "  # twipc: ignore[COMPOSE102] watched by hand"
    body = f"services:\n  api:\n    image: shop/api:1\n    {check}\n  web:\n    image: shop/web:1\n    {check}{mark}\n"
    project(tmp_path, prod=spec("prod", body))
    found = run("lint", "--format", "json", at=tmp_path).findings
    assert [(row["code"], row["at"]) for row in found] == [("COMPOSE102", "services.api.health")]
