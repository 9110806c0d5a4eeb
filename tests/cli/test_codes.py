"""Every diagnostic code is raised by a run of the command line: by its own examples, or by the scene that it names."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from click.testing import CliRunner

import targets
import twipc
from tests.cli.scenes import SCENES, project
from twipc.catalogue import codes
from twipc.cli import cli
from twipc.diagnostics import Code, Severity

HEAD = {
    "twipc": "twipc: 1",
    "project": "project: shop",
    "environment": "environment: prod",
    "targets": "targets: {compose: {}}",
}
MARK = re.compile(r"#! ([A-Z0-9]+)")
EXAMPLES = [code for code in codes().values() if code.bad]


def whole(example: str) -> str:
    """An example with the head that it leaves out, below it so that its own lines keep their numbers."""
    missing = [line for key, line in HEAD.items() if not re.search(rf"^{key}:", example, re.MULTILINE)]
    return example.rstrip("\n") + "\n" + "".join(f"{line}\n" for line in missing) if not _several(example) else example


def _several(example: str) -> bool:
    return "\n---" in example


def lint(folder: Path, spec: str, asked: str = "") -> list[tuple[str, int]]:
    """(code, line) of every finding, without notes that were not asked for."""
    ran = CliRunner().invoke(cli, ["lint", "--format", "json", str(project(folder, spec))], prog_name="twipc")
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    found = json.loads(ran.stdout)["findings"]
    return [
        (one["code"], one["span"]["line"] if one["span"] else 0)
        for one in found
        if one["severity"] != "note" or one["code"] == asked
    ]


def test_every_code_that_is_made_is_in_the_catalogue() -> None:
    """One that is not there has no page, and no place in SARIF."""
    for package in (twipc, targets):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] in ("twipc", "targets")]
    made = {code.id for module in ours for code in vars(module).values() if isinstance(code, Code)}
    assert made == set(codes())


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.id)
def test_a_bad_example_causes_just_its_code_on_the_marked_line(code: Code, tmp_path: Path) -> None:
    spec = whole(code.bad)
    marked = [(code_id, number) for number, line in enumerate(spec.splitlines(), 1) for code_id in MARK.findall(line)]
    found = lint(tmp_path, spec, code.id)
    assert {one[0] for one in found} == {code.id}
    assert not marked or found == marked


@pytest.mark.parametrize("code", [code for code in EXAMPLES if code.severity is not Severity.NOTE], ids=lambda code: code.id)
def test_what_is_to_be_changed_says_what_to_do_next(code: Code, tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["lint", "--format", "json", str(project(tmp_path, whole(code.bad)))], prog_name="twipc")
    assert [one["message"] for one in json.loads(ran.stdout)["findings"] if one["code"] == code.id and not one["help"]] == []


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.id)
def test_a_good_example_causes_nothing(code: Code, tmp_path: Path) -> None:
    assert lint(tmp_path, whole(code.good), code.id) == []


ALL = textwrap.dedent("""\
    targets:
      compose: {}
      compose-2.4: {}
      haproxy: {}
      nginx: {}
      swarm: {}
      ecs:
        launch: fargate
        region: eu-west-1
        cluster: shop
        namespace: shop.internal
        registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com
        subnets: [subnet-0a1b2c3d4e5f60718]
        security_groups: [sg-0a1b2c3d4e5f60718]
        execution_role: "arn:aws:iam::111122223333:role/shop"
    """)


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.id)
def test_what_is_wrong_is_told_on_every_target(code: Code, tmp_path: Path) -> None:
    """A target's checks see specs that the language's rules refuse: none may fall over one."""
    spec = whole(code.bad)
    lint(tmp_path, spec.replace(f"{HEAD['targets']}\n", ALL))


def test_every_code_has_an_example_or_names_its_scene() -> None:
    assert not [code.id for code in codes().values() if not code.bad and code.id not in SCENES]
    assert all(bool(code.bad) == bool(code.good) for code in codes().values())
    assert all(bool(code.bad) != bool(code.raised_by) for code in codes().values())


@pytest.mark.parametrize("code", sorted(SCENES))
def test_a_scene_raises_its_code(code: str, tmp_path: Path) -> None:
    assert code in SCENES[code](tmp_path)
