"""What AWS's own engine and checkov find in templates of ECS, beyond what waivers-aws.yaml waives one by one."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from tests.compiling import ROOT
from tests.conformance.test_ecs_alb import LOGGED, shop
from tests.conformance.test_ecs_template import templates, text_of
from tests.conformance.unsaid import unsaid
from tests.tools import tool

OUT = ROOT / "out"
WAIVERS = yaml.safe_load((Path(__file__).parent / "waivers-aws.yaml").read_text())
BAD = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {
        "Open": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "a group",
                "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}],
                "SecurityGroupEgress": [{"IpProtocol": "tcp", "FromPort": "x", "ToPort": 22, "CidrIp": "0.0.0.0/0"}],
            },
        }
    },
}
# By rule and kind of resource: where, and in whose words.
Found = dict[tuple[str, str], list[str]]


@cache
def committed() -> dict[str, str]:
    paths = sorted(OUT.glob("*/ecs/*template.json"))
    assert paths
    return {str(path.relative_to(OUT).with_suffix("")): path.read_text() for path in paths}


@cache
def fullest() -> dict[str, str]:
    """Those with each kind of resource in them, among others."""
    return {
        **committed(),
        **{words: text_of(outcome) for words, outcome in unsaid().items()},
        "tls": text_of(shop()),
        "logged": text_of(shop(LOGGED)),
    }


@cache
def texts() -> dict[str, str]:
    return {**fullest(), **dict(templates())}


def files(folder: Path, wanted: Mapping[str, str]) -> list[Path]:
    """Templates as files, with the bad one among them."""
    found = []
    for name, text in (*wanted.items(), ("bad", json.dumps(BAD))):
        found.append(folder / name.replace("/", "-").replace(" ", "-") / "template.json")
        found[-1].parent.mkdir()
        found[-1].write_text(text)
    return found


def sorted_out(found: Iterator[tuple[str, str, str, str]]) -> tuple[Found, set[str]]:
    """What is in templates of ours, and the rules that the bad one breaks."""
    ours: Found = {}
    broken = set()
    for path, rule, kind, said in found:
        if Path(path).parent.name == "bad":
            broken.add(rule)
        else:
            ours.setdefault((rule, kind), []).append(f"{path}: {said}")
    return ours, broken


def waived(prefix: str) -> set[tuple[str, str]]:
    return {(one["rule"], one["kind"]) for one in WAIVERS if one["rule"].startswith("CKV") == (prefix == "CKV")}


def test_cloudformation_validate_finds_what_is_waived_and_nothing_else(tmp_path: Path) -> None:
    python = tool("cloudformation-validate")
    done = subprocess.run(
        [python, Path(__file__).parent / "validating.py", *files(tmp_path, texts())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    found = [one for one in json.loads(done.stdout) if one["severity"] not in ("INFO", "DEBUG")]
    ours, broken = sorted_out((one["path"], one["rule"], one["kind"], one["said"]) for one in found)
    assert {key: said for key, said in ours.items() if key not in waived("")} == {}
    assert waived("") - set(ours) == set(), "these waive nothing"
    assert broken


def test_checkov_finds_what_is_waived_and_nothing_else(tmp_path: Path) -> None:
    """In fewer than cloudformation-validate does: it takes a second for each."""
    judged = files(tmp_path, fullest())
    asked = ["--framework", "cloudformation", "--skip-download", "--quiet", "--compact", "--output", "json"]
    done = subprocess.run(
        [tool("checkov"), *asked, "--directory", tmp_path],
        env=os.environ | {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"},  # it would ask PyPI for its newest version
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    failed = report["results"]["failed_checks"]
    ours, broken = sorted_out(
        (one["file_path"], one["check_id"], one["resource"].partition(".")[0], f"{one['resource']} {one['check_name']}")
        for one in failed
    )
    assert {key: said for key, said in ours.items() if key not in waived("CKV")} == {}
    assert waived("CKV") - set(ours) == set(), "these waive nothing"
    assert "CKV_AWS_24" in broken
    resources = sum(len(json.loads(path.read_text())["Resources"]) for path in judged)
    assert (report["summary"]["resource_count"], report["summary"]["parsing_errors"]) == (resources, 0)


def test_each_waiver_gives_a_reason() -> None:
    assert all(len(waiver["because"]) > 40 for waiver in WAIVERS)


def test_each_kind_of_resource_is_judged() -> None:
    """One that the target learns to make has to be in one of the templates here."""
    sources = "".join(path.read_text() for path in (ROOT / "targets" / "ecs").rglob("*.py"))
    known = set(re.findall(r'"(AWS::[A-Za-z0-9]+::[A-Za-z0-9]+)"', sources))
    made = {one["Type"] for text in fullest().values() for one in json.loads(text)["Resources"].values()}
    assert known
    assert known - made == set()
