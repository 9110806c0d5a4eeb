"""Streams, exit codes and names: what a person or a script meets at the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import BASE, HEAD, PROD, WEB, command, environ, execute, project, run, spec
from twipc.cli import VERBS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path)


WRONG = PROD.replace("status: 404", "status: 200")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_verb_has_help(verb: str, option: str, tmp_path: Path) -> None:
    ran = run(verb, option, at=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: twipc {verb}")
    assert len(ran.out.splitlines()[2].strip()) > 10


def test_every_verb_has_help_of_its_own(tmp_path: Path) -> None:
    told = {verb: run(verb, "--help", at=tmp_path).out.splitlines()[2].strip() for verb in VERBS}
    assert len(set(told.values())) == len(VERBS)


@pytest.mark.parametrize("option", ["--help", "-h", "--version"])
def test_help_is_quick(option: str, tmp_path: Path) -> None:
    script = f"import sys, twipc.cli\ntry: twipc.cli.main([{option!r}])\nexcept SystemExit as ended: code = ended.code\n"
    script += (
        "heavy = {'pydantic', 'pydantic_core', 'jinja2', '_ruamel_yaml', 'crossplane', 'twipc.driver'} & set(sys.modules)\n"
    )
    script += "sys.exit(str(heavy) if heavy else code)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, env=environ())
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_no_verb_shows_the_verbs(tmp_path: Path) -> None:
    ran = run(at=tmp_path)
    assert ran.code == 2
    assert "compile" in ran.out + ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["complie"], "compile"),
        (["lint", "--formt", "json"], "--format"),
        (["lint", "--format", "xml"], "'json'"),
        (["lint", "prd"], "did you mean `prod`?"),
        (["lint", "prod.yaml"], "did you mean `prod`?"),
        (["lint", "nothing-like-it"], "specs/ holds: base, prod"),
        (["lint", "specs"], "`specs` is a folder"),
        (["lint", "\x1b[31m"], "\\u001b[31m"),
        (["compile", "--target", "compsoe"], "did you mean `compose`?"),
        (["compile", "--target", "zzz"], "targets are: "),
        (["compile", "prod", "--target", "haproxy"], "is not among the targets of specs/prod.yaml (compose, nginx)"),
        (["compile", "--target", "haproxy"], "no spec has `haproxy`"),
        (["compile", "--check", "--force"], "do not go together"),
        (["compile", "-o", "-", "--check"], "do not go together"),
        (["compile", "-o", "file"], "'-'"),
        (["explain", "TW99"], "neither a code nor a field"),
        (["explain"], "CODE|FIELD"),
    ],
)
def test_wrong_use_is_2(root: Path, arguments: list[str], said: str) -> None:
    ran = run(*arguments, at=root)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (root / "out").exists()


@pytest.mark.parametrize("verb", ["compile", "lint", "verify"])
def test_where_no_file_is_a_spec_it_is_said_what_makes_one(verb: str, tmp_path: Path) -> None:
    ran = run(verb, at=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "write specs/<environment>.yaml (`twipc explain spec` says what it holds)" in ran.err
    # A compose file, and a spec of another version, say no environment.
    project(tmp_path, prod='version: "3"\nservices: {web: {image: "shop/web:1"}}\n')
    ran = run(verb, at=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "only what others extend (specs/prod.yaml): a spec says whose it is, such as `environment: prod`" in ran.err


def test_findings_go_to_stdout_and_all_else_to_stderr(root: Path) -> None:
    ran = run("compile", at=root)
    assert (ran.code, ran.out) == (0, "")
    assert "written" in ran.err
    (root / "specs/prod.yaml").write_text(WRONG)
    ran = run("lint", at=root)
    assert ran.code == 1
    assert ran.out.startswith("specs/prod.yaml:14:25: error[TW202]: `200` is not one of")
    assert ran.err == "1 error\n"


def test_nothing_is_said_of_a_right_spec(root: Path) -> None:
    ran = run("lint", at=root)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_json_is_one_document(root: Path) -> None:
    for text in (PROD, WRONG, ""):
        (root / "specs/prod.yaml").write_text(text)
        for arguments in (["lint"], ["compile", "--check"], ["compile"], ["verify"], ["lint", "--color", "always"]):
            said = json.loads(run(*arguments, "--format", "json", at=root).out)
            assert said["format_version"] == 1
    row = run("lint", "--format", "json", at=project(root, prod=WRONG, base=BASE)).findings[0]
    assert row["span"] == {"file": "specs/prod.yaml", "line": 14, "column": 25, "end_line": 14, "end_column": 28}
    assert (row["code"], row["severity"], row["at"]) == ("TW202", "error", "services.edge.http.default.status")


def test_concise_is_a_line_each(root: Path) -> None:
    (root / "specs/prod.yaml").write_text(WRONG.replace("publish", '"a\\nb"'))
    lines = run("lint", "--format", "concise", at=root).out.splitlines()
    assert len(lines) == 2
    assert all(re.match(r"specs/prod\.yaml:\d+:\d+: error\[TW\d+\]: ", line) for line in lines)


@pytest.mark.parametrize(
    ("env", "option", "coloured"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "0"}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, [], True),
    ],
)
def test_colours(root: Path, env: dict[str, str], option: list[str], coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    (root / "specs/prod.yaml").write_text(WRONG)
    assert ("\x1b[" in run("lint", *option, at=root).out) is coloured


def test_colours_on_a_terminal(root: Path) -> None:
    import pty

    (root / "specs/prod.yaml").write_text(WRONG)
    for term, coloured in (("xterm", True), ("dumb", False)):
        ours, theirs = pty.openpty()
        subprocess.run(command("lint"), cwd=root, stdout=theirs, stderr=subprocess.DEVNULL, env=environ(TERM=term))
        os.close(theirs)
        assert (b"\x1b[31" in os.read(ours, 10_000)) is coloured
        os.close(ours)


@pytest.mark.parametrize(
    "shell",
    [
        "{} compile -o - | head -1",
        "{} lint | head -c 1",
        "{} lint | true",
        "{} compile -o - | true",
        "{} lint --format json 2>&1 | true",
        "{} --help | true",
        "{} schema | true",
    ],
)
def test_a_closed_pipe_is_quiet(root: Path, shell: str) -> None:
    bad = "".join(f"  s{number}: {{imgae: x}}\n" for number in range(2000))
    if "lint" in shell:
        (root / "specs/prod.yaml").write_text(PROD + bad)
    line = shell.format(f"{sys.executable} -m twipc") + '; exit "${PIPESTATUS[0]}"'
    done = subprocess.run(["bash", "-c", line], cwd=root, capture_output=True, text=True, env=environ())
    assert done.returncode in (141, 0, 1)
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr
    assert "Exception" not in done.stderr


def test_streams_that_are_closed_or_full(root: Path) -> None:
    for line, codes in (("lint >&-", {0}), ("compile -o - >/dev/full", {4}), ("lint - <&-", {1}), ("compile 2>&-", {0})):
        done = subprocess.run(
            ["bash", "-c", f"{sys.executable} -m twipc {line}"], cwd=root, capture_output=True, text=True, env=environ()
        )
        assert done.returncode in codes, (line, done)
        assert "Traceback" not in done.stderr
        assert "bug" not in done.stderr
    (root / "specs/prod.yaml").write_text(WRONG)
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m twipc lint >/dev/full"], cwd=root, capture_output=True, text=True, env=environ()
    )
    assert done.returncode == 4
    assert done.stderr == "twipc: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_a_terminal_that_lacks_our_characters(root: Path, encoding: str) -> None:
    (root / "specs/prod.yaml").write_text(WRONG.replace("edge", "日本"))
    ran = subprocess.run(command("lint"), cwd=root, capture_output=True, env=environ(PYTHONIOENCODING=encoding))
    assert ran.returncode == 1
    assert b"bug" not in ran.stderr
    printed = subprocess.run(
        command("compile", "-o", "-"), cwd=project(root), capture_output=True, env=environ(PYTHONIOENCODING=encoding)
    )
    assert printed.returncode == 0
    assert b"--- prod/compose/docker-compose.yml\n" in printed.stdout, "files are bytes, whatever the terminal"


def test_standard_input_stands_in_specs(root: Path) -> None:
    text = PROD.encode()
    ran = run("lint", "-", at=root, stdin=text)
    assert (ran.code, ran.out) == (0, "")
    ran = run("lint", "-", at=root, stdin=WRONG.encode())
    assert ran.out.startswith("<stdin>:14:25: error[TW202]")
    ran = run("compile", "-", "-o", "-", at=root, stdin=text.replace(b"environment: prod", b"environment: late"))
    assert ran.code == 0
    assert "--- late/compose/docker-compose.yml\n" in ran.out
    assert run("lint", "-", at=root, stdin=b"environment: ../../x\n").code == 1
    assert run("lint", "-", at=root, stdin=b"environment: [a]\n").code == 1
    assert "TW106" in run("lint", "-", at=root, stdin=b"\xff" * (1 << 21)).out


@pytest.mark.parametrize("slip", ["    image: x\n", "    env: {A: *x}\n", "    image: !x y\n", "    1: x\n", "---\na: 1\n"])
def test_standard_input_has_no_name_to_agree_with(slip: str, root: Path) -> None:
    """Whatever else is wrong with it."""
    text = 'twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices:\n  web:\n    image: "a/b:1"\n'
    codes = run("lint", "-", "--format", "json", at=root, stdin=(text + slip).encode()).codes
    assert codes
    assert not set(codes) & {"TW206", "TW203"}
    ran = run("lint", "-", at=root, stdin=b'services: {web: {image: "a/b:1"}}\n')
    assert "an environment has `environment: NAME`" in ran.out


@pytest.mark.parametrize(
    "text",
    ["kD7-marked\n", "root:kD7-marked:19000:0:99999:7:::\n", "a: kD7-marked\nb: [\n", '{"a": "kD7-marked", }}', "- kD7-marked",
     "a:\n  environment: kD7-marked\n b\n"],
)  # fmt: skip
@pytest.mark.parametrize("format", ["text", "concise", "json", "sarif", "github"])
def test_a_file_that_is_no_spec_is_not_shown(text: str, format: str, root: Path) -> None:
    (root / "secret").write_text(text)
    for verb in ("lint", "compile"):
        ran = run(verb, "secret", "--format", format, at=root)
        assert ran.code == 1
        assert "kD7" not in ran.out + ran.err
        assert format != "text" or re.match(r"secret:[0-9]+:[0-9]+: error\[TW[0-9]+\]: \S", ran.out)


@pytest.mark.parametrize(
    "text", ["twipc: 1\nx: [", '{"project": "x", "twipc": 1, ]', "environment: prod\nx: [", "extends: x\n"]
)
def test_a_spec_that_cannot_be_read_is_shown(text: str, root: Path) -> None:
    (root / "specs/prod.yaml").write_text(text)
    assert " │ " in run("lint", "prod", at=root).out


def test_o_prints_what_would_be_written(root: Path) -> None:
    ran = run("compile", "-o", "-", at=root)
    assert ran.code == 0
    assert not (root / "out").exists()
    assert run("compile", at=root).code == 0
    for path in (root / "out").rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            assert f"--- {path.relative_to(root / 'out')}\n{path.read_text()}" in ran.out
    (root / "specs/prod.yaml").write_text(WRONG)
    ran = run("compile", "-o", "-", at=root)
    assert (ran.code, ran.out) == (1, "")
    assert "TW202" in ran.err


def test_out_elsewhere(root: Path, tmp_path: Path) -> None:
    ran = run("compile", "--out", "../elsewhere", at=root / "specs")
    assert ran.code == 0
    assert (root / "elsewhere/prod/nginx/edge/nginx.conf").exists()
    assert not (root / "out").exists()
    assert run("compile", "--check", "--out", str(root / "elsewhere"), at=tmp_path).code == 0
    assert run("verify", "--out", "elsewhere", at=root).code == 0
    conf = root / "elsewhere/prod/nginx/edge/nginx.conf"
    conf.write_text(conf.read_text().replace("return 404", "return 410"))
    ran = run("verify", "--out", "elsewhere", at=root)
    assert ran.code == 1
    assert "elsewhere/prod/nginx/edge/nginx.conf:" in ran.out


def test_a_target_outside_the_specs_set_goes_elsewhere(root: Path) -> None:
    (root / "specs/prod.yaml").write_text(PROD.replace("{compose: {}, nginx: {}}", "{compose: {}}"))
    assert run("compile", "prod", "--target", "nginx", "--out", "elsewhere", at=root).code == 0
    assert (root / "elsewhere/prod/nginx/edge/nginx.conf").exists()
    assert "--- prod/nginx/" in run("compile", "--target", "nginx", "-o", "-", at=root).out
    assert not (root / "out").exists()


def test_a_target_of_some_specs_passes_over_the_others(root: Path) -> None:
    (root / "specs/late.yaml").write_text(spec("late"))
    assert run("compile", "--target", "nginx", at=root).code == 0
    assert sorted(path.name for path in (root / "out").iterdir()) == ["prod"]


def test_one_target_leaves_the_others_alone(root: Path) -> None:
    assert run("compile", at=root).code == 0
    (root / "specs/base.yaml").write_text(BASE.replace("hello", "bye"))
    assert run("compile", "--target", "nginx", at=root).code == 0
    assert "hello" in (root / "out/prod/compose/docker-compose.yml").read_text()


def test_from_a_folder_below_and_from_outside(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    below = root / "app/deep"
    below.mkdir(parents=True)
    outside = tmp_path_factory.mktemp("outside")
    (root / "specs/prod.yaml").write_text(WRONG)
    for arguments in (["prod"], ["../../specs/prod.yaml"], [str(root / "specs/prod.yaml")], []):
        assert run("lint", *arguments, at=below).out.startswith("../../specs/prod.yaml:14:25: error")
    shown = os.path.relpath(root / "specs/prod.yaml", outside)
    assert run("lint", str(root / "specs/prod.yaml"), at=outside).out.startswith(f"{shown}:14:25: error")
    assert run("lint", at=outside).code == 2
    (root / "specs/prod.yaml").write_text(PROD)
    assert run("compile", str(root / "specs/prod.yaml"), at=outside).code == 0
    assert (root / "out/prod/compose").is_dir()
    assert not list(outside.iterdir())


def test_two_projects_in_one_run(tmp_path: Path) -> None:
    """Each keeps its own out/, its own base, and its own lines in what is printed."""
    one = project(tmp_path / "one", base=BASE, prod=PROD)
    two = project(tmp_path / "two", base=BASE.replace("hello", "hallo"), prod=PROD)
    both = ["one/specs/prod.yaml", "two/specs/prod.yaml"]
    assert run("compile", *both, at=tmp_path).code == 0
    assert "hello" in (one / "out/prod/compose/docker-compose.yml").read_text()
    assert "hallo" in (two / "out/prod/compose/docker-compose.yml").read_text()
    assert run("compile", "--check", *both, at=tmp_path).code == 0
    (one / "specs/base.yaml").write_text(BASE + "    replicas: one\n")
    (two / "specs/base.yaml").write_text(BASE + "    replicas: two\n")
    for verb in (["lint"], ["compile", "--check"], ["verify"]):
        out = run(*verb, *both, at=tmp_path).out
        assert "one/specs/base.yaml:8:15: error" in out
        assert "two/specs/base.yaml:8:15: error" in out
        assert "replicas: one" in out
        assert "replicas: two" in out


def test_errors_of_one_spec_do_not_hide_those_of_another(tmp_path: Path) -> None:
    """Also those that a later pass finds."""
    late = WEB + "    publish: [{port: nope, host: 80}]\n"
    project(tmp_path, a1=spec("a1", WEB + "    replicas: x\n"), b1=spec("b1", late), c1=spec("c1"))
    ran = run("compile", "--format", "json", at=tmp_path)
    assert ran.code == 1
    assert ran.codes == ["TW202", "TW303"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["c1"]


def test_a_spec_that_is_asked_for_twice_is_compiled_once(root: Path) -> None:
    ran = run("compile", "prod", "specs/prod.yaml", "./specs/../specs/prod.yaml", at=root)
    assert ran.code == 0
    assert ran.err.count("\n") == 2


def test_an_environment_is_meant_before_a_folder_of_its_name(root: Path) -> None:
    (root / "prod").mkdir()
    (root / "base").write_text("not a spec")
    assert run("lint", "prod", at=root).code == 0


def test_yml_is_a_spec_too(tmp_path: Path) -> None:
    project(tmp_path, base=BASE)
    (tmp_path / "specs/prod.yml").write_text(PROD)
    assert run("lint", "prod", at=tmp_path).code == 0
    assert run("compile", at=tmp_path).code == 0
    (tmp_path / "specs/prod.yaml").write_text(PROD)
    ran = run("compile", at=tmp_path)
    assert ran.code == 2
    assert "both would be `prod`: remove one" in ran.err


@pytest.mark.parametrize("kind", ["folder", "dangling", "fifo"])
def test_a_spec_that_can_not_be_read(root: Path, kind: str) -> None:
    path = root / "specs/late.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to(root / "none")
    for arguments, code in ((["lint"], 1), (["lint", "late"], 2)):
        ran = run(*arguments, at=root)
        assert ran.code == code
        assert "late" in ran.out + ran.err
        assert "Traceback" not in ran.err


def test_a_fragment_is_not_compiled_alone(root: Path) -> None:
    ran = run("compile", "base", at=root)
    assert ran.code == 1
    assert "error[TW209]" in ran.out


def test_escapes_in_a_spec_command_no_terminal(tmp_path: Path) -> None:
    nasty = "\\e]0;owned\\a\\e[2J\\u202e\\u200b"
    body = (
        WEB
        + f'    command: ["{nasty}"]\n    env: {{"{nasty}": x}}\n    "{nasty}": x\n    restart: "{nasty}"\n'
        + f'    image: "{nasty}"\n'
    )
    body += f'    http: {{engine: {{name: "{nasty}", version: "{nasty}"}}}}\n    mounts: {{"{nasty}": "{nasty}"}}\n'
    body += f'  "{nasty}": {{from: "{nasty}"}}\n'
    name = "\x1b[31mred"
    project(tmp_path, prod=spec("prod", body.replace('    image: "shop/web:1"\n', "")))
    (tmp_path / f"specs/{name}.yaml").write_text(spec("prod", WEB + "    x: 1\n") + f'"{nasty}": 1\n')
    for form in ("text", "concise", "json"):
        for arguments in (["lint"], ["lint", "nothing"], ["compile"], ["lint", f"specs/{name}.yaml"]):
            ran = run(*arguments, "--format", form, "--color", "never", at=tmp_path)
            assert ran.code in (1, 2)
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", ran.out + ran.err)


def test_a_mark_stands_under_what_it_marks(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", WEB + '    env: {日本: "x", A: 1, B: "\u202e", é: y}\n'))
    lines = run("lint", at=tmp_path).out.splitlines()
    at = [number for number, line in enumerate(lines) if "a string is wanted" in line]
    shown, mark = lines[at[0] + 1], lines[at[0] + 2]
    before = shown[: shown.index("1, B")]
    assert mark.index("━") == len(before) + before.count("日") + before.count("本")


def test_a_very_long_value_is_cut(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", WEB + f"    restart: {'x' * 100_000}\n    {'y' * 500}: 1\n"))
    ran = run("lint", at=tmp_path)
    assert len(ran.out) < 5000
    assert max(map(len, ran.out.splitlines())) < 800


def test_findings_cost_as_much_as_there_are(tmp_path: Path) -> None:
    import time

    body = "services:\n" + "".join(f"  s{number}: {{imgae: x, nmae{number}: y, replicas: z}}\n" for number in range(3000))
    project(tmp_path, prod=spec("prod", body))
    start = time.process_time()
    ran = run("lint", at=tmp_path)
    assert ran.err == "9000 errors\n"
    assert time.process_time() - start < 10


def test_strict_makes_warnings_errors(tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", WEB + "    ready: {http: /ready}\n"))
    assert run("lint", at=tmp_path).code == 0
    assert run("lint", "--strict", at=tmp_path).code == 1
    assert run("compile", "--strict", at=tmp_path).code == 1
    assert not (tmp_path / "out").exists()
    assert run("compile", at=tmp_path).code == 0


def test_check_says_fresh_only_if_all_is(root: Path) -> None:
    assert run("compile", at=root).code == 0
    assert "fresh: 2 folders are what the specs say" in run("compile", "--check", at=root).err
    (root / "specs/late.yaml").write_text(spec("late", WEB + "    x: 1\n"))
    ran = run("compile", "--check", at=root)
    assert ran.code == 1
    assert "fresh" not in ran.err


def test_diff_is_a_patch_on_stdout(root: Path) -> None:
    assert run("compile", at=root).code == 0
    assert run("compile", "--diff", at=root).code == 0
    (root / "specs/base.yaml").write_text(BASE.replace("hello", "bye"))
    ran = run("compile", "--diff", at=root)
    assert ran.code == 1
    assert ran.out.startswith("--- out/prod/compose/docker-compose.yml\n+++ out/prod/compose/docker-compose.yml\n@@")
    assert re.search(r"^-.*hello", ran.out, re.MULTILINE)
    assert re.search(r"^\+.*bye", ran.out, re.MULTILINE)


def test_a_missing_artifact(root: Path) -> None:
    assert run("compile", at=root).code == 0
    (root / "out/prod/nginx/edge/nginx.conf").unlink()
    for arguments, code in ((["compile", "--check"], "TW702"), (["verify"], "TW603")):
        ran = run(*arguments, at=root)
        assert ran.code == 1
        assert code in ran.out
    assert run("compile", at=root).code == 0
    assert run("verify", at=root).code == 0


def test_a_bug_is_ours_and_writes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from twipc import driver

    def wrong(*_: object) -> list[str]:
        return ["replicas: says 2\x1b[31m, the spec says 1"]

    monkeypatch.setattr(driver, "read_back", wrong)
    ran = run("compile", at=root)
    assert ran.code == 70
    assert "a bug in twipc, not in your spec; nothing was written" in ran.err
    assert "\\u001b[31m" in ran.err
    assert "Traceback" not in ran.err
    assert not (root / "out").exists()
    monkeypatch.setenv("TWIPC_TRACEBACK", "1")
    assert "Traceback" in run("compile", at=root).err


def test_a_broken_installed_target_is_3(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from twipc import registry

    def broken(name: str) -> object:
        raise registry.BadTarget(f"the target `{name}` cannot be imported")

    monkeypatch.setattr(registry, "target", broken)
    ran = run("compile", at=root)
    assert ran.code == 3
    assert "cannot be imported" in ran.err


def test_interrupted_before_anything_is_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from twipc.cli import compile as verb

    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(verb, "compile_model", interrupted)
    ran = run("compile", at=root)
    assert (ran.code, ran.out) == (130, "")
    assert "interrupted" in ran.err


def test_the_current_folder_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    line = f"cd {gone} && rmdir {gone} && {sys.executable} -P -m twipc lint"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environ())
    assert done.returncode == 2
    assert "the current folder is gone" in done.stderr


def test_the_module_runs(root: Path) -> None:
    assert execute("lint", at=root).code == 0
    assert HEAD


def test_a_folder_is_no_spec(tmp_path: Path) -> None:
    project(tmp_path)
    for folder in ("specs", "."):
        ran = run("lint", folder, at=tmp_path)
        assert ran.code == 2
        assert f"`{folder}` is a folder: name environments (prod) or files; without a name all of specs/ are meant" in ran.err


@pytest.mark.parametrize("verb", ["compile", "verify"])
def test_a_target_that_a_spec_with_errors_does_not_list_is_said_too(verb: str, tmp_path: Path) -> None:
    project(tmp_path, prod=spec("prod", WEB + "    replicas: many\n"))
    ran = run(verb, "prod", "--target", "swarm", at=tmp_path)
    assert ran.code == 1
    assert "TW202" in ran.out
    assert "besides, `swarm` is not among the targets of specs/prod.yaml (compose)" in ran.err
    assert "besides" not in run(verb, "prod", "--target", "compose", at=tmp_path).err


def test_a_version_that_is_not_known_is_all_that_is_said(tmp_path: Path) -> None:
    project(tmp_path, prod="twipc: 2\n")
    assert run("lint", "prod", "--format", "json", at=tmp_path).codes == ["TW205"]
