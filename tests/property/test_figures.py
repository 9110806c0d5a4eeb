"""The figures in bench/ are true of a smaller run, and would show what they count."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.faults import Fault, page, tried
from bench.losses import HEARD, NAMED, SILENT, accepted, corpus, measured, verdict
from tests.compiling import ROOT
from tests.fields import FIELD_CHANGES
from tests.property.test_laws import with_value
from tests.strategies import targets_of
from twipc import driver
from twipc.formats.composefile import program
from twipc.verify import disk


def test_the_readers_notice_what_is_seeded() -> None:
    results = list(tried(seed=2, share=0.01))
    assert len(results) > 100
    assert [str(fault) for fault, noticed in results if not noticed] == []


def test_a_fault_that_no_reader_notices_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With readers whose facts nobody compares."""
    monkeypatch.setattr(disk, "differences", lambda *_: [])
    results = list(tried(seed=2, share=0.005))
    assert any(noticed for _, noticed in results), "what cannot be read is noticed still"
    assert any(not noticed for _, noticed in results)


def test_a_missed_fault_is_named() -> None:
    fault = Fault("another number", "prod/swarm/x:1", "a 1\n", "a 2\n")
    text = page([(fault, False), (fault, True)], 1, 1)
    assert "1 noticed: 50.00 %" in text
    assert "- another number: prod/swarm/x:1: `a 1` → `a 2`" in text


def test_no_field_is_lost_in_silence() -> None:
    tallies, silent = measured(4, 2, seed=2)
    assert silent == []
    assert all(tally[HEARD] for tally in tallies.values())


@pytest.mark.parametrize(
    ("field", "target", "said"),
    [("service.stop_grace", "compose", HEARD), ("service.stop_signal", "ecs", NAMED), ("service.read_only", "swarm", HEARD)],
)
def test_what_becomes_of_a_change(field: str, target: str, said: str) -> None:
    spec, path, value = FIELD_CHANGES["nginx"][field]
    spec = {**spec, "targets": targets_of(spec)}
    before = accepted(spec, target)
    assert before
    assert verdict(before, with_value(spec, path, value), path, target) == said


def test_a_silent_loss_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emitter that forgets how a program runs, in a compile that does not read back."""
    monkeypatch.setattr(driver, "validate", lambda _compiled: None)
    monkeypatch.setattr(program, "hardening", lambda _name, _service: {})
    spec, path, value = FIELD_CHANGES["nginx"]["service.working_dir"]
    spec = {**spec, "targets": targets_of(spec)}
    before = accepted(spec, "compose")
    assert before
    assert verdict(before, with_value(spec, path, value), path, "compose") == SILENT


def test_kompose_is_asked_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kompose = tmp_path / "kompose"
    kompose.write_text("#!/bin/sh\necho the same\n")
    kompose.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    tallies, _ = measured(2, 2, seed=2)
    assert tallies["kompose"][SILENT] == tallies["compose"][HEARD] > 0


def test_the_corpus_is_the_same_each_time() -> None:
    assert corpus(3) == corpus(3)


@pytest.mark.parametrize("command", ["faults", "hostile", "losses"])
def test_without_the_packages_of_development_a_line_tells_what_to_do(command: str) -> None:
    """Without site there are none but Python's own."""
    ran = subprocess.run(
        [sys.executable, "-S", "-m", f"bench.{command}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert "`./test --version` installs" in ran.stderr
