"""The laws that hold for every target and every spec that can be drawn."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compiling import ROOT, Outcome, committed, compiled_spec, compiled_text
from tests.fields import FIELD_CHANGES
from tests.strategies import CONFIGS, PAGES, Spec, as_text, specs, targets_of
from twipc import registry
from twipc.driver import Compiled, images_of
from twipc.registry import target_names
from twipc.target import Approximate, Asked, Exact, FactKey, Facts, Outside, facts_of, spec_path
from twipc.target.fields import all_fields
from twipc.target.support import Settled, settle
from twipc.verify.disk import verify_folder
from twipc.verify.losses import WHOLE, losses

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def compiled(spec: Spec, lock: str = "") -> Outcome:
    """The outcome with every loss accepted: what is left are mistakes of the spec, and there are none."""
    there = {name: options for name, options in spec["targets"].items() if name in target_names()}
    spec = {**spec, "targets": there}
    files = {**PAGES, f"specs/{spec['environment']}.lock": lock} if lock else PAGES
    outcome = compiled_text(as_text(spec), files, stem=spec["environment"])
    losses = [f for f in outcome.findings if f.severity.value == "error" and f.target and f.at]
    if losses:
        accept = [{"code": f.code.id, "at": f.at, "target": f.target, "because": "drawn"} for f in losses]
        outcome = compiled_text(as_text({**spec, "accept": accept}), files, stem=spec["environment"])
    wrong = [f"{f.code.id} {f.message}" for f in outcome.findings if f.severity.value == "error"]
    assert not wrong, wrong
    assert {one.target.name for one in outcome.compiled} == set(there)
    return outcome


def texts(outcome: Outcome) -> dict[tuple[str, str], str]:
    return {(one.target.name, path): text for one in outcome.compiled for path, text in one.bundle.texts.items()}


@SLOW
@given(specs())
def test_reads_as_it_was_meant(spec: Spec) -> None:
    """Compiling reads back every bundle and would raise a Bug; origins are complete."""
    for one in compiled(spec).compiled:
        for artifact in one.bundle.artifacts:
            assert len(artifact.origins) == len(artifact.text.splitlines())
            # A file of the project's own is left as it is.
            assert artifact.text.endswith("\n") or artifact.text in CONFIGS.values()
            assert all(one.model.span(origin) for origin in artifact.origins)


@SLOW
@given(specs(), st.sampled_from((None, "127.0.0.1:5000", "ghcr.io/shop")))
def test_each_image_that_is_built_here_is_run_by_its_digest_in_the_lock(spec: Spec, registry: str | None) -> None:
    said = f"registry: {registry}\n" if registry else ""
    unlocked = compiled(spec, f"lock: 1\n{said}")
    assert unlocked.model
    names = sorted({one.pushed for images in images_of(unlocked.model).values() for one in images})
    digests = {name: f"sha256:{hashlib.sha256(name.encode()).hexdigest()}" for name in names}
    lines = "".join(f"  {json.dumps(name)}: {digest}\n" for name, digest in digests.items())
    outcome = compiled(spec, f"lock: 1\n{said}images:\n{lines}" if names else f"lock: 1\n{said}")
    assert not {"TW640", "TW641"} & set(outcome.codes)
    for one in outcome.compiled:
        images = one.target.images(one.model, one.options)
        baked = {image.service for image in images if image.folder}
        for image in images:
            if image.folder or image.service not in baked:
                where = [path for path, text in one.bundle.texts.items() if f'"{image.pushed}@{digests[image.pushed]}"' in text]
                assert where, (one.target.name, image)
                path, other = where[0], "sha256:" + "0" * 64
                assert noticed(one, {path: one.bundle.texts[path].replace(digests[image.pushed], other)})


def _shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(value[key], dice) for key in dice.sample(sorted(value), len(value))}
    return [_shuffled(item, dice) for item in value] if isinstance(value, list) else value


@SLOW
@given(specs(), st.integers(0, 1 << 32))
def test_the_same_in_any_key_order(spec: Spec, seed: int) -> None:
    # Dice of Hypothesis's own would be drawn for every key: that takes longer than all compiling.
    dice = random.Random(seed)
    assert texts(compiled(spec)) == texts(compiled(_shuffled(spec, dice)))


PRINT = """
import hashlib
from tests.cli.test_codes import EXAMPLES, whole
from tests.compiling import committed, compiled_spec, compiled_text
for name in committed():
    for one in compiled_spec(name).compiled:
        for path, text in one.bundle.texts.items():
            print(name, one.target.name, path, hashlib.sha256(text.encode()).hexdigest())
for code in EXAMPLES:
    for one in compiled_text(whole(code.bad)).findings:
        print(code.id, ascii((one.code.id, one.message, one.help, one.span, one.related, one.at, one.target)))
"""


def test_the_same_under_any_hash_seed_locale_time_zone_and_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    outputs = set()
    for seed, zone, language in (("0", "UTC", "C"), ("1", "Asia/Tokyo", "C.UTF-8"), ("77", "America/New_York", "tr_TR.UTF-8")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": language,
            "PYTHONPATH": str(ROOT),
            "HOME": seed,
        }
        folder = tmp_path_factory.mktemp("anywhere")
        done = subprocess.run(
            [sys.executable, "-c", PRINT], env=environment, cwd=folder, capture_output=True, text=True, check=True
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert outputs.pop().count("\n") > 10


def noticed(one: Compiled, changed: dict[str, str]) -> bool:
    found = verify_folder(one.model, one.target, one.options, one.bundle, "out", {**one.bundle.texts, **changed})
    return any(found)


FOLDERS = sorted((folder.parent.name, folder.name) for folder in (ROOT / "out").glob("*/*") if folder.is_dir())


def test_every_committed_folder_is_checked() -> None:
    assert [(name, one.target.name) for name in committed() for one in compiled_spec(name).compiled] == FOLDERS


@pytest.mark.parametrize(("name", "target"), FOLDERS)
def test_the_checker_notices_each_line_that_is_dropped_and_each_digit_that_is_changed(name: str, target: str) -> None:
    """A fault in any line of any committed artifact is a finding, on that file."""
    missed = []
    outcome = compiled_spec(name, [target])
    assert outcome.compiled, outcome.codes
    (one,) = outcome.compiled
    for artifact in one.bundle.artifacts:
        lines = artifact.text.splitlines(keepends=True)
        for index, line in enumerate(lines):
            faults = ["" if line.strip() else line]
            digits = [place for place, character in enumerate(line) if character.isdigit()]
            if digits:
                place = digits[len(digits) // 2]
                faults.append(line[:place] + str((int(line[place]) + 1) % 10) + line[place + 1 :])
            for fault in faults:
                broken = "".join([*lines[:index], fault, *lines[index + 1 :]])
                if broken != artifact.text and not noticed(one, {artifact.path: broken}):
                    missed.append(f"{artifact.path}:{index + 1}: {line.strip()} -> {fault.strip()}")
    assert not missed, "\n".join(missed)


@SLOW
@given(specs(), st.integers(1, 3))
def test_one_more_replica_changes_only_the_count(spec: Spec, replicas: int) -> None:
    name = next(name for name, service in spec["services"].items() if "http" not in service)
    fewer = _stateless(spec, name, replicas)
    before, after = texts(compiled(fewer)), texts(compiled(_stateless(spec, name, replicas + 1)))
    assert before.keys() == after.keys()
    pairs = {
        key: [(old, new) for old, new in zip(before[key].splitlines(), after[key].splitlines(), strict=True) if old != new]
        for key in before
        if before[key] != after[key]
    }
    orchestrators = [target for target in fewer["targets"] if target in target_names() and registry.target(target).orchestrates]
    assert {target for target, _ in pairs} == set(orchestrators), pairs
    for ((old, new),) in pairs.values():
        assert old.replace(str(replicas), str(replicas + 1)) == new, pairs


def _stateless(spec: Spec, name: str, replicas: int) -> Spec:
    """The spec with so many replicas of a service that has no state and no port outside, and room for them everywhere."""
    changed: Spec = json.loads(json.dumps(spec))
    service = changed["services"][name]
    service.pop("mounts", None)
    service.pop("mode", None)
    mounted = {volume for one in changed["services"].values() for volume in one.get("mounts", {}).values()}
    changed["volumes"] = {volume: noun for volume, noun in changed.get("volumes", {}).items() if volume in mounted}
    service.pop("publish", None)
    service["replicas"] = replicas
    for one in changed["services"].values():
        for backend in one.get("http", {}).get("backends", {}).values():
            backend["max_members"] = 30
    return {**changed, "targets": targets_of(changed)}


FIELDS = [
    (target, engine, field) for target in target_names() for engine, changes in FIELD_CHANGES.items() for field in changes
]


def test_each_field_has_a_change() -> None:
    assert set().union(*FIELD_CHANGES.values()) == set(all_fields())


@pytest.mark.parametrize(("name", "engine", "field"), FIELDS, ids=str)
def test_every_field_matters_or_is_answered_for(name: str, engine: str, field: str) -> None:
    """Another value of a field changes the output of a target that says it, and nothing in that of one that does not."""
    base, path, value = FIELD_CHANGES[engine][field]
    target = registry.target(name)
    both = [one for one in (_unchanged(json.dumps(base), name), compiled_for(with_value(base, path, value), name)) if one]
    if not both:
        assert target.support.only not in ("", engine)
        return
    told = [_told(one, field) for one in both]
    assert any(told), f"the change of {field} makes no fact"
    for one, facts in zip(both, told, strict=True):
        _is_named_at_its_place(one, facts)
    # What a target adds of its own may follow from others' business: nginx hashes by name where volumes have one writer.
    should_differ = len(both) == 1 or _heard(told[0]) != _heard(told[1]) or _own(both[0]) != _own(both[1])
    differs = len(both) == 1 or both[0].bundle.texts != both[1].bundle.texts
    assert differs == should_differ, f"{name} answers {told} for {field}: that does not fit what it writes"


def _told(one: Compiled, field: str) -> dict[FactKey, tuple[Settled, object]]:
    """The answer for each fact of a field, and what reading back gives."""
    told: dict[FactKey, tuple[Settled, object]] = {}
    for key, fact in facts_of(one.model, one.target.discovery(one.options)).items():
        if key.field == field:
            asked = Asked(key, fact, one.model, one.options)
            answer = settle(one.target.support.answer(key, one.model), asked)
            heard = answer.how(asked) if isinstance(answer, Approximate) else fact if isinstance(answer, Exact) else None
            told[key] = (answer, heard)
    return told


def _is_named_at_its_place(one: Compiled, told: dict[FactKey, tuple[Settled, object]]) -> None:
    """A written value that is lost is told once, where it stands: in what is lost as a whole, at that."""
    named = [(finding.at, finding.span) for finding in losses(one.model, one.target, one.options)]
    assert len({place for place, _ in named}) == len(named)
    places = {place for place, _ in named}
    meant = facts_of(one.model, one.target.discovery(one.options))
    for key, (answer, heard) in told.items():
        path = spec_path(key, one.model)
        if not isinstance(answer, Exact | Outside) and heard != meant[key] and one.model.written(path):
            depth = next((depth for start, depth in WHOLE.items() if key.field.startswith(start)), len(path))
            whole, name = (one.model.tree.name(path[:steps]) for steps in (depth, len(path)))
            inside = [place for place in places if place.startswith((f"{name}.", f"{name}["))]
            assert whole in places or name in places or inside, f"{name} is lost on {one.target.name}, and named as {places}"


def _own(one: Compiled) -> Facts:
    return one.target.baseline(one.model, one.options)


def _heard(told: dict[FactKey, tuple[Settled, object]]) -> dict[FactKey, object]:
    return {key: heard for key, (_, heard) in told.items() if heard not in (None, "", (), {})}


@lru_cache(maxsize=8)
def _unchanged(spec: str, name: str) -> Compiled | None:
    """Most fields are changed in the same spec."""
    return compiled_for(json.loads(spec), name)


def compiled_for(spec: Spec, name: str) -> Compiled | None:
    """The spec on one target, every loss accepted; None where the target has nothing to write."""
    engines = {service["http"]["engine"]["name"] for service in spec["services"].values() if "http" in service}
    only = registry.target(name).support.only
    if only and only not in engines:
        return None
    return compiled({**spec, "targets": {name: targets_of(spec).get(name, {})}}).compiled[0]


def with_value(spec: Spec, path: tuple[str | int, ...], value: object) -> Spec:
    changed: Spec = json.loads(json.dumps(spec))
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return changed
