"""Environments of one project keep out of each other's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli import run
from tests.compiling import ROOT

ACCESS_POINT = "fsap-1a1b2c3d4e5f60718"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample project, in which `public` mounts the journal of `prod`."""
    for folder in ("specs", "app/static"):
        (tmp_path / folder).mkdir(parents=True)
        for path in (ROOT / folder).glob("*.*"):
            (tmp_path / folder / path.name).write_bytes(path.read_bytes())
    public = tmp_path / "specs" / "public.yaml"
    assert ACCESS_POINT in public.read_text()
    public.write_text(public.read_text().replace(ACCESS_POINT, "fsap-0a1b2c3d4e5f60718"))
    return tmp_path


@pytest.mark.parametrize("verb", ["lint", "compile"])
def test_two_environments_do_not_write_one_journal(sample: Path, verb: str) -> None:
    ran = run(verb, "--format", "json", at=sample)
    second = [finding for finding in ran.findings if finding["code"] == "TW401"]
    assert ran.code == 1
    assert [finding["message"] for finding in second] == [
        "`twip-prod` and `twip-public` would both write `fsap-0a1b2c3d4e5f60718`"
    ]
    assert second[0]["span"]["file"] == "specs/public.yaml"
    assert not (sample / "out").exists()


def test_what_was_written_before_stays(sample: Path) -> None:
    assert run("compile", "prod", at=sample).code == 0
    before = sorted(path for path in (sample / "out").rglob("*") if path.is_file())
    assert run("compile", at=sample).code == 1
    assert sorted(path for path in (sample / "out").rglob("*") if path.is_file()) == before
