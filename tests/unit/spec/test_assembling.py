"""`extends`, `from` and overlays: what stands in which file, and where findings then point."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from _ruamel_yaml import CParser
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli import BASE, HEAD, PROD, WEB, project, run, spec
from twipc.diagnostics import Finding, Report, Stopped
from twipc.driver import load
from twipc.model import Model
from twipc.project import Project as OnDisk

TOP = "environment: prod\ntargets: {compose: {}}\n"


def together(files: Mapping[str, str]) -> tuple[dict[str, Any] | None, tuple[Finding, ...]]:
    """The data of `specs/prod.yaml` with the files it extends, and the findings."""
    from twipc.spec import assemble

    report = Report()
    contents = {f"specs/{name}": text.encode() for name, text in files.items()}
    try:
        tree = assemble("specs/prod.yaml", contents["specs/prod.yaml"], contents.get, report)
    except Stopped:
        return None, report.findings
    return tree.data(), report.findings


def data(**files: str) -> dict[str, Any]:
    found, findings = together({f"{name}.yaml": text for name, text in files.items()})
    assert found is not None, findings
    return found


def said(**files: str) -> list[tuple[str, str]]:
    found, findings = together({f"{name}.yaml": text for name, text in files.items()})
    assert found is None or findings
    return [(one.code.id, str(one.span)) for one in findings]


def service(**files: str) -> dict[str, Any]:
    found = data(**files)["services"]["web"]
    assert isinstance(found, dict)
    return found


def over(base: str, child: str) -> dict[str, Any]:
    """The service `web` of a child laid over that of a base, both in flow style."""
    return service(
        base=f"services: {{web: {base}}}\n", prod=f"extends: base.yaml\nenvironment: prod\nservices: {{web: {child}}}\n"
    )


@pytest.mark.parametrize(
    ("base", "child", "wanted"),
    [
        ("{env: {A: x, B: y}}", "{env: {B: z}}", {"env": {"A": {"value": "x"}, "B": {"value": "z"}}}),
        ("{env: {A: x, B: y}}", "{env: {B: null}}", {"env": {"A": {"value": "x"}}}),
        ("{env: {A: x}}", "{env: null}", {}),
        ("{env: {A: x}}", "{env: }", {}),
        ("{command: [a, b]}", "{command: [c]}", {"command": ("c",)}),
        ("{publish: [{port: a}]}", "{publish: [{port: b}]}", {"publish": ({"port": "b"},)}),
        ("{replicas: 2}", "{replicas: 3}", {"replicas": 3}),
        ("{env: {A: x}}", "{env: {A: {secret: s}}}", {"env": {"A": {"secret": "s"}}}),
        ("{env: {A: {secret: s}}}", "{env: {A: x}}", {"env": {"A": {"value": "x"}}}),
        ("{ports: {http: 80}}", "{ports: {http: {number: 81}}}", {"ports": {"http": {"number": 81}}}),
        ("{ports: {http: {number: 80}}}", "{ports: {http: 81}}", {"ports": {"http": {"number": 81}}}),
        ("{build: app}", "{build: {dockerfile: D}}", {"build": {"context": "app", "dockerfile": "D"}}),
        ("{build: {context: a, dockerfile: D}}", "{build: b}", {"build": {"context": "b", "dockerfile": "D"}}),
        (
            "{health: {http: /up, interval: 1s}}",
            "{health: {timeout: 2s}}",
            {"health": {"http": {"path": "/up"}, "interval": "1s", "timeout": "2s"}},
        ),
        ("{health: {http: /up, interval: 1s}}", "{health: {command: [c]}}", {"health": {"command": ("c",)}}),
        ("{health: {http: /up, interval: 1s}}", "{health: {http: null, command: [c]}}", {"health": {"command": ("c",)}}),
        ("{health: {http: /up, interval: 1s}}", "{health: {http: null}}", {"health": {"interval": "1s"}}),
        ("{health: {http: /up}}", "{health: null}", {}),
        ("{http: {default: {status: 404}}}", "{http: {default: {backend: b}}}", {"http": {"default": {"backend": "b"}}}),
        (
            "{http: {default: {status: 404}}}",
            "{http: {default: {backend: b, status: null}}}",
            {"http": {"default": {"backend": "b"}}},
        ),
        ("{env: {A: x}}", "{env: [A]}", {"env": ("A",)}),
    ],
)
def test_a_child_laid_over_its_base(base: str, child: str, wanted: object) -> None:
    assert over(base, child) == wanted


def test_a_null_that_removes_nothing_is_a_finding(tmp_path: Path) -> None:
    ran = run("lint", "--format", "json", str(project(tmp_path, prod=spec("prod", WEB + "    ready: null\n"))), at=tmp_path)
    assert ran.code == 2, "a folder is no spec"
    ran = run("lint", "--format", "json", at=tmp_path)
    assert [(one["code"], one["at"]) for one in ran.findings] == [("TW202", "services.web.ready")]


def test_a_fragments_service_enters_only_where_it_is_named() -> None:
    base = "services: {a1: {image: a}, b1: {image: b}, c1: {image: c}}\n"
    found = data(base=base, prod=f"{TOP}extends: base.yaml\nservices: {{a1: {{}}, d1: {{from: c1, replicas: 2}}}}\n")
    assert found["services"] == {"a1": {"image": "a"}, "d1": {"image": "c", "replicas": 2}}


def test_an_environment_under_an_environment_gives_all_it_names() -> None:
    found = data(
        base="services: {a1: {image: a}, b1: {image: b}}\n",
        live="environment: live\nextends: base.yaml\nservices: {a1: {replicas: 2}}\n",
        prod="environment: prod\nextends: live.yaml\nservices: {c1: {from: b1}}\n",
    )
    assert found["services"] == {"a1": {"image": "a", "replicas": 2}, "c1": {"image": "b"}}
    assert found["environment"] == "prod"


def test_an_environment_takes_a_service_of_its_base_out() -> None:
    found = data(
        live="environment: live\nservices: {a1: {image: a}, b1: {image: b}}\n",
        prod="environment: prod\nextends: live.yaml\nservices: {a1: null}\n",
    )
    assert found["services"] == {"b1": {"image": "b"}}


def test_an_empty_service_does_not_vanish(tmp_path: Path) -> None:
    """`web:` for `web: {}`: it must not take out what the environment means to take in."""
    project(tmp_path, base=BASE, prod=PROD.replace("web: {}", "web:"))
    ran = run("lint", at=tmp_path)
    assert ran.code == 1
    assert "specs/prod.yaml:7:3: error[TW202]: `web` is empty" in ran.out
    assert "{}" in ran.out


def test_from_takes_a_service_that_takes_another() -> None:
    found = data(
        base="services: {a1: {image: a, replicas: 1}, b1: {from: a1, replicas: 2}}\n",
        prod="environment: prod\nextends: base.yaml\nservices: {c1: {from: b1, stop_grace: 1s}}\n",
    )
    assert found["services"]["c1"] == {"image": "a", "replicas": 2, "stop_grace": "1s"}


def test_from_in_a_circle_is_said() -> None:
    found = said(
        base="services: {a1: {from: b1}, b1: {from: a1}}\n",
        prod="environment: prod\nextends: base.yaml\nservices: {c1: {from: b1}}\n",
    )
    assert {code for code, _ in found} == {"TW208"}


def test_from_may_name_the_service_it_replaces() -> None:
    assert service(
        base="services: {web: {image: a}}\n", prod="environment: prod\nextends: base.yaml\nservices: {web: {from: web}}\n"
    ) == {"image": "a"}


@pytest.mark.parametrize("written", ["other", "[a]", "1", "{}", "''", '"a\\0b"'])
def test_from_that_leads_nowhere(written: str) -> None:
    files = {
        "base": "services: {web: {image: a}}\n",
        "prod": f"environment: prod\nextends: base.yaml\nservices:\n  w2: {{from: {written}}}\n",
    }
    assert said(**files) == [("TW208", "specs/prod.yaml:4:14")]


@pytest.mark.parametrize("web", ["5", "[]", "x", ""])
def test_from_a_service_that_is_none(web: str) -> None:
    files = {
        "base": f"services:\n  web: {web}\n",
        "prod": "environment: prod\nextends: base.yaml\nservices: {w2: {from: web}}\n",
    }
    assert said(**files) == [("TW208", "specs/prod.yaml:3:23")]


def test_an_unknown_key_stands_where_its_file_says_it(tmp_path: Path) -> None:
    project(tmp_path, base=BASE + "    imgae: x\n", prod=PROD)
    assert run("lint", "--format", "concise", at=tmp_path).out.startswith("specs/base.yaml:8:5: error[TW201]")


def test_from_a_service_of_the_same_file_is_said() -> None:
    assert said(prod="environment: prod\nservices: {a1: {image: a}, b1: {from: a1}}\n") == [("TW208", "specs/prod.yaml:2:39")]


@pytest.mark.parametrize(
    "written", ["none.yaml", "../../x", "/etc/passwd", "../../../../etc/passwd", "[a]", "{}", "5", '"a\\0b"', ".", "..", "''"]
)
def test_extends_that_leads_nowhere(tmp_path: Path, written: str) -> None:
    project(tmp_path / "deep", prod=f"{HEAD}environment: prod\nextends: {written}\ntargets: {{compose: {{}}}}\n{WEB}")
    (tmp_path / "x").write_text("services: {}\n")
    ran = run("lint", "--format", "json", at=tmp_path / "deep")
    assert ran.code == 1
    assert [(one["code"], one["span"]["line"], one["span"]["column"]) for one in ran.findings] == [("TW207", 4, 10)]


@pytest.mark.parametrize("kind", ["outside", "dangling", "loop", "folder"])
def test_extends_through_a_link(tmp_path: Path, kind: str) -> None:
    root = project(tmp_path / "deep", prod=f"{HEAD}environment: prod\nextends: base.yaml\ntargets: {{compose: {{}}}}\n{WEB}")
    (tmp_path / "outside").write_text("secret: yes\n")
    base = root / "specs/base.yaml"
    if kind == "folder":
        base.mkdir()
    else:
        base.symlink_to({"outside": tmp_path / "outside", "dangling": tmp_path / "none", "loop": base}[kind])
    ran = run("lint", "prod", at=root)
    assert ran.code == 1
    assert "error[TW207]" in ran.out
    assert "secret" not in ran.out


def test_extends_in_a_circle() -> None:
    assert said(prod="environment: prod\nextends: a.yaml\n", a="extends: b.yaml\n", b="extends: ./prod.yaml\n") == [
        ("TW207", "specs/b.yaml:1:10")
    ]
    assert said(prod="environment: prod\nextends: prod.yaml\n") == [("TW207", "specs/prod.yaml:2:10")]


def test_spans_point_into_the_file_that_says_it(tmp_path: Path) -> None:
    base = BASE + "    replicas: many\n    ports: {http: 8080, http: 1}\n"
    project(tmp_path, base=base.replace(", http: 1", ", admin: 99999").replace("    ports: {http: 8080}\n", "", 1), prod=PROD)
    prod = (tmp_path / "specs/prod.yaml").read_text() + "    stop_grace: 5\n"
    (tmp_path / "specs/prod.yaml").write_text(prod)
    ran = run("lint", at=tmp_path)
    lines = [line.split(" error")[0] for line in ran.out.splitlines() if "error[" in line]
    assert lines == ["specs/base.yaml:7:15:", "specs/base.yaml:8:32:", "specs/prod.yaml:16:17:"]
    assert "replicas: many" in ran.out
    assert "stop_grace: 5" in ran.out


def test_a_missing_field_of_a_taken_service_points_at_who_takes_it(tmp_path: Path) -> None:
    project(tmp_path, base="twipc: 1\nproject: shop\nservices:\n  web: {publish: [{port: http}]}\n", prod=PROD)
    ran = run("lint", "--format", "concise", at=tmp_path)
    assert ran.out.startswith("specs/base.yaml:4:19: error[TW203]: `host` is required")


def test_overlay_changes_none_of_its_sources() -> None:
    files = {
        "base": "services: {a1: {env: {A: x}, ports: {http: 80}}}\n",
        "prod": "environment: prod\nextends: base.yaml\nservices:\n"
        "  {b1: {from: a1, env: {A: y}}, c1: {from: a1, ports: {http: 81}}, a1: {}}\n",
    }
    found = data(**files)["services"]
    assert found["a1"] == {"env": {"A": {"value": "x"}}, "ports": {"http": {"number": 80}}}
    assert found["b1"]["env"]["A"] == {"value": "y"}
    assert found["c1"]["ports"]["http"] == {"number": 81}


@pytest.mark.parametrize("targets", ["[compose, nginx]", "[compose, nginx, compose]", "{compose: {}, nginx: {}}"])
def test_targets_may_be_a_list(targets: str) -> None:
    assert data(prod=f"environment: prod\ntargets: {targets}\n")["targets"] == {"compose": {}, "nginx": {}}


def model_of(root: Path) -> Model:
    report = Report()
    return load(OnDisk(root), "specs/prod.yaml", (root / "specs/prod.yaml").read_bytes(), "prod", report)


def test_crlf_and_comments_and_key_order_change_nothing(tmp_path: Path) -> None:
    project(tmp_path)
    assert run("compile", at=tmp_path).code == 0
    for name in ("base", "prod"):
        path = tmp_path / f"specs/{name}.yaml"
        head, services = path.read_text().split("services:\n")
        text = "# a comment\r\nservices:\n" + services + "".join(reversed(head.splitlines(keepends=True)))
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\r", "").replace("\n", "\r\n").encode())
    ran = run("compile", "--check", at=tmp_path)
    assert (ran.code, ran.out) == (0, "")


TEXTS = [PROD.encode(), BASE.encode(), spec("prod", WEB + "    health: {http: /up, command: [a]}\n").encode()]
BITS = [*b"null ~ {} [] '' 1e3 -1 yes .nan *a &a << # | : -".split(), b": ", b"\n", b"\t", b"!!str ", b"9" * 50]


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([*TEXTS, b""]),
    st.binary(max_size=30),
    st.sampled_from(["cut", "swap", "insert", "bit", "drop line", "twice"]),
)
def test_no_mutated_spec_makes_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, seed: int, text: bytes, noise: bytes, how: str
) -> None:
    dice = random.Random(seed)
    place = dice.randrange(len(text) + 1)
    lines = text.splitlines(keepends=True)
    line = dice.randrange(len(lines) or 1)
    content = {
        "cut": text[:place],
        "swap": text.replace(dice.choice(text.split() or [b"x"]), dice.choice(BITS), 1),
        "insert": text[:place] + noise + text[place:],
        "bit": text[:place] + dice.choice(BITS) + text[place:],
        "drop line": b"".join(lines[:line] + lines[line + 1 :]),
        "twice": b"".join(lines[:line] + lines[line : line + 1] * 2 + lines[line + 1 :]),
    }[how]
    root = project(_folder(tmp_path_factory))
    (root / "specs/prod.yaml").write_bytes(content)
    ran = run("lint", "--format", "json", "specs/prod.yaml", at=root)
    assert ran.code in (0, 1), ran
    assert "Traceback" not in ran.err
    texts = {"specs/prod.yaml": content, "specs/base.yaml": BASE.encode()}
    for finding in ran.findings:
        assert finding["message"]
        span = finding["span"]
        count = texts[span["file"]].decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert 1 <= span["line"] <= count
        assert span["column"] >= 1
    rows = [(one["code"], one["message"], str(one["span"])) for one in ran.findings if not one["target"]]
    assert len(rows) == len(set(rows)), "said once each"


_FOLDERS: list[Path] = []


def _folder(factory: pytest.TempPathFactory) -> Path:
    if not _FOLDERS:
        _FOLDERS.append(factory.mktemp("mutated"))
    return _FOLDERS[0]


def test_a_file_is_read_once_however_many_ask_for_it(tmp_path: Path) -> None:
    project(tmp_path, base=BASE, prod=PROD, other=PROD.replace("environment: prod", "environment: other"))
    (tmp_path / "specs/prod.yaml").write_text(f"# {tmp_path}\n{PROD}")  # as no other test has it
    with patch("twipc.syntax.parse.CParser", wraps=CParser) as parser:
        assert run("lint", at=tmp_path).code == 0
    texts = [call.args[0] for call in parser.call_args_list]
    assert len(texts) == len(set(texts))
    assert any(str(tmp_path) in text for text in texts)


def test_what_is_shared_is_not_changed() -> None:
    files = {
        "prod.yaml": f"{HEAD}{TOP}extends: base.yaml\nservices:\n  web: {{env: {{A: null}}}}\n  empty:\n  two: {{from: web}}\n",
        "base.yaml": "services:\n  web: {image: shop/web:1, env: {A: one, B: two}, ports: {http: 80}}\n",
    }
    first = together(files)
    assert together(files) == first
    assert together({**files, "base.yaml": "services: {web: {image: shop/web:2}}\n"}) != first
    assert together(files) == first
