"""The hooks as a team has them: the real pre-commit, installed in a git repository, asked by `git commit`."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import ROOT, program

# Installing the hooks takes a while: once, in one worker.
pytestmark = pytest.mark.xdist_group("hooks")

HOOK_REPOSITORY = ("twipc", "targets", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
PROJECT = ("specs", "app", "out")
CONFIGURATION = """\
repos:
  - repo: {url}
    rev: v0.1.0
    hooks:
      - id: twipc-lint
      - id: twipc-check
"""


class Repository:
    def __init__(self, folder: Path, copied: tuple[str, ...]) -> None:
        self.folder = folder
        folder.mkdir()
        for name in copied:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, folder / name)
        self.git("init", "--quiet")

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        # What is set around the tests must not reach the hooks: git's own variables, a path to the checkout.
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
        names = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        own = {"GIT_CONFIG_GLOBAL": os.devnull, "PRE_COMMIT_HOME": str(self.folder.with_name("pre-commit"))}
        return subprocess.run(
            command,
            cwd=self.folder,
            env=ours | names | own | more,
            capture_output=True,
            text=True,
            check=False,
        )

    def git(self, *arguments: str) -> None:
        done = self.run(str(program("git")), *arguments)
        assert done.returncode == 0, done.stderr

    def commit(self) -> tuple[bool, str]:
        """Whether everything that is in the folder now was let in, and what was said."""
        self.git("add", "--all")
        done = self.run("git", "commit", "--message", "x")
        return done.returncode == 0, done.stdout + done.stderr

    def compile(self) -> None:
        done = self.run(sys.executable, "-m", "twipc", "compile", PYTHONPATH=str(ROOT))
        assert done.returncode == 0, done.stderr

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path).read_text()
        assert old in text
        (self.folder / path).write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    folder = tmp_path_factory.mktemp("team")
    hooks = Repository(folder / "hooks", HOOK_REPOSITORY)
    assert hooks.commit()[0]
    hooks.git("tag", "v0.1.0")

    team = Repository(folder / "project", PROJECT)
    (team.folder / ".pre-commit-config.yaml").write_text(CONFIGURATION.format(url=hooks.folder))
    installed = team.run(sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    allowed, said = team.commit()
    assert allowed, said
    assert said.count("Passed") == 2, said
    return team


@pytest.fixture
def team(committed: Repository) -> Iterator[Repository]:
    """A repository with the hooks in force, and all that is in it committed."""
    committed.git("tag", "--force", "start")
    yield committed
    committed.git("reset", "--quiet", "--hard", "start")


def test_a_changed_base_checks_its_children_again(team: Repository) -> None:
    team.edit("specs/base.yaml", "image: twip/web:1.0.0", "image: twip/web:1.0.1")
    allowed, said = team.commit()
    assert not allowed
    assert re.search(r"twipc lint\.+Passed", said), said
    for environment in ("train", "prod", "public"):
        assert f"out/{environment}/" in said

    team.compile()
    allowed, said = team.commit()
    assert allowed, said


def test_a_wrong_spec_is_told_with_its_line(team: Repository) -> None:
    base = team.folder / "specs/base.yaml"
    base.write_text("\nnonsense: 1\n" + base.read_text())
    allowed, said = team.commit()
    assert not allowed
    assert re.search(r"twipc lint\.+Failed", said), said
    assert "specs/base.yaml:2:1: error" in said
    assert "nonsense" in said


def test_a_changed_page_is_missed_where_it_is_served_from(team: Repository) -> None:
    team.edit("app/static/404.html", "</body>", "<p>elsewhere</p></body>")
    allowed, said = team.commit()
    assert not allowed
    assert "out/train/nginx/" in said


def test_a_deleted_artifact_is_missed(team: Repository) -> None:
    artifact = next((team.folder / "out" / "train").rglob("*.yml"))
    artifact.unlink()
    allowed, said = team.commit()
    assert not allowed
    assert str(artifact.relative_to(team.folder)) in said


def test_an_edited_artifact_is_noticed(team: Repository) -> None:
    artifact = next((team.folder / "out" / "train").rglob("*.yml"))
    artifact.write_text(artifact.read_text() + "# by hand\n")
    allowed, said = team.commit()
    assert not allowed
    assert str(artifact.relative_to(team.folder)) in said


def test_a_commit_of_something_else_passes(team: Repository) -> None:
    (team.folder / "notes.txt").write_text("x")
    allowed, said = team.commit()
    assert allowed, said
