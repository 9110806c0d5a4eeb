"""What lies in `out/` is somebody's: what is ours is kept right, what is not is never touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli import PROD, execute, project, run

COMPOSE = "out/prod/compose/docker-compose.yml"
NGINX = "out/prod/nginx/edge/nginx.conf"
MANIFEST = "out/prod/nginx/.twipc-manifest.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    project(tmp_path)
    assert run("compile", at=tmp_path).code == 0
    return tmp_path


def change(root: Path, old: str = "hello", new: str = "goodbye", file: str = "specs/base.yaml") -> None:
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))


def stamps(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file and folder with its inode, time and mode."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        seen = path.lstat()
        found[str(path.relative_to(folder))] = (seen.st_ino, seen.st_mtime_ns, seen.st_mode)
    return found


def temporary(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if ".tmp" in path.name or ".next" in path.name]


def test_nothing_changed_writes_nothing(root: Path) -> None:
    before = stamps(root / "out")
    ran = run("compile", at=root)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.count("nothing to write") == 2
    assert stamps(root / "out") == before


@pytest.mark.parametrize("verb", [["compile", "--check"], ["compile", "--diff"], ["lint"], ["verify"], ["compile", "-o", "-"]])
def test_other_verbs_write_nothing(root: Path, verb: list[str]) -> None:
    change(root)
    before = stamps(root)
    run(*verb, at=root)
    assert stamps(root) == before


def test_a_change_writes_only_what_it_changes(root: Path) -> None:
    before = stamps(root / "out/prod/nginx")
    change(root)
    assert "out/prod/compose: 1 written" in run("compile", at=root).err
    assert stamps(root / "out/prod/nginx") == before
    assert "goodbye" in (root / COMPOSE).read_text()
    assert run("compile", "--check", at=root).code == 0


def test_files_are_readable_whatever_the_umask(tmp_path: Path) -> None:
    project(tmp_path)
    assert execute("compile", at=tmp_path, umask=0o077).code == 0
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert modes == {0o644}


def test_an_edit_is_refused_with_its_line_and_meaning(root: Path) -> None:
    text = (root / COMPOSE).read_text()
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "hello" in one)
    change(root, "hello", "hola", COMPOSE)
    before = stamps(root / "out/prod/compose")
    for arguments in (["compile"], ["compile", "--check"]):
        ran = run(*arguments, at=root)
        assert ran.code == 1
        assert f"{COMPOSE}:{line}:1: error[TW704]" in ran.out
        assert "hola" in ran.out
        assert "GREETING" in ran.out
        assert "hello" in ran.out
        assert "--force" in ran.out
    assert stamps(root / "out/prod/compose") == before


def test_an_edit_stops_its_own_folder_only(root: Path) -> None:
    change(root, "hello", "hola", COMPOSE)
    change(root, "404", "410", "specs/prod.yaml")
    ran = run("compile", at=root)
    assert ran.code == 1
    assert "410" in (root / NGINX).read_text()


def test_force_keeps_what_was_edited(root: Path) -> None:
    for count in (1, 2):
        change(root, "hello", "hola" * count, COMPOSE)
        ran = run("compile", "--force", at=root)
        assert ran.code == 0
        kept = "docker-compose.yml.orig" + ("" if count == 1 else "2")
        assert f"kept as {kept}" in ran.err
        assert "hola" * count in (root / COMPOSE).with_name(kept).read_text()
        assert "hello" in (root / COMPOSE).read_text()
    assert run("compile", "--check", at=root).code == 0


def test_what_was_written_and_kept_is_told_though_the_next_folder_fails(root: Path) -> None:
    change(root, "hello", "hola", COMPOSE)
    change(root, "404", "410", "specs/prod.yaml")
    (root / MANIFEST).unlink()
    (root / MANIFEST).mkdir()
    ran = run("compile", "--force", at=root)
    assert ran.code == 4
    assert "hola" in (root / f"{COMPOSE}.orig").read_text()
    assert "out/prod/compose: 2 written\n" in ran.err
    assert "docker-compose.yml: what was there is kept as docker-compose.yml.orig\n" in ran.err
    assert "out/prod/nginx:" not in ran.err


def test_an_edit_that_is_what_the_spec_says_now_is_fine(root: Path) -> None:
    change(root)
    change(root, "hello", "goodbye", COMPOSE)
    assert run("compile", at=root).code == 0
    assert run("compile", "--check", at=root).code == 0


def test_a_foreign_file_in_the_way_stays(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / COMPOSE).parent.mkdir(parents=True)
    (tmp_path / COMPOSE).write_text("mine\n")
    before = stamps(tmp_path / COMPOSE)
    ran = run("compile", at=tmp_path)
    assert ran.code == 1
    assert f"{COMPOSE}:1:1: error[TW705]" in ran.out
    assert stamps(tmp_path / COMPOSE) == before
    assert run("compile", "--force", at=tmp_path).code == 0
    assert (tmp_path / f"{COMPOSE}.orig").read_text() == "mine\n"


def test_files_of_others_are_never_touched(root: Path) -> None:
    others = ["out/README.md", "out/prod/notes.txt", "out/prod/compose/override.yml", "out/prod/nginx/edge/.x.conf.bak.tmp"]
    others += ["out/prod/nginx/.twipc-notes.tmp", "out/prod/nginx/.nginx.conf.tmp"]
    for name in others:
        (root / name).write_text("mine\n")
    before = {name: (root / name).stat() for name in others}
    change(root)
    change(root, "compose: {}, ", "", "specs/prod.yaml")
    assert run("compile", at=root).code == 0
    assert not (root / COMPOSE).exists()
    assert {name: (root / name).stat()[:9] for name in others} == {name: stat[:9] for name, stat in before.items()}


def test_orphans_are_named_and_removed(root: Path) -> None:
    change(root, ", nginx: {}", "", "specs/prod.yaml")
    ran = run("compile", "--check", at=root)
    assert ran.code == 1
    assert f"{NGINX}:1:1: error[TW703]" in ran.out
    assert "1 removed" in run("compile", at=root).err
    assert not (root / "out/prod/nginx").exists()
    assert run("compile", "--check", at=root).code == 0


def test_the_folder_of_a_spec_that_is_gone_is_an_orphan(root: Path) -> None:
    (root / "specs/late.yaml").write_text(PROD.replace("environment: prod", "environment: late"))
    assert run("compile", at=root).code == 0
    (root / "specs/late.yaml").unlink()
    ran = run("compile", "--check", at=root)
    assert ran.code == 1
    assert "out/late/nginx/edge/nginx.conf:1:1: error[TW703]" in ran.out
    assert run("compile", "prod", at=root).code == 0
    assert (root / "out/late").exists(), "one spec was named: no other environment is meant"
    assert run("compile", at=root).code == 0
    assert not (root / "out/late").exists()


def test_the_folder_of_a_spec_with_errors_is_no_orphan(root: Path) -> None:
    change(root, "project: shop", "project: Shop", "specs/prod.yaml")
    before = stamps(root / "out")
    (root / "specs/late.yaml").write_text(PROD.replace("environment: prod", "environment: late"))
    assert run("compile", at=root).code == 1
    assert {name: seen[0] for name, seen in stamps(root / "out/prod").items()} == {
        name.removeprefix("prod/") if name != "prod" else ".": seen[0]
        for name, seen in before.items()
        if name.startswith("prod")
    }


def test_an_edited_orphan_stays(root: Path) -> None:
    change(root, "404", "410", NGINX)
    change(root, ", nginx: {}", "", "specs/prod.yaml")
    ran = run("compile", at=root)
    assert ran.code == 1
    assert "TW704" in ran.out
    assert (root / NGINX).exists()
    assert run("compile", "--force", at=root).code == 0
    assert "410" in (root / f"{NGINX}.orig").read_text()
    assert not (root / NGINX).exists()


@pytest.mark.parametrize("name", ["out", "out/prod", "out/prod/compose", "out/prod/compose/edge"])
def test_a_link_for_a_folder_is_refused(root: Path, name: str) -> None:
    elsewhere = root / "elsewhere"
    (root / name).rename(elsewhere)
    (root / name).symlink_to(elsewhere)
    (elsewhere / ".twipc-0123456789ab.tmp").write_text("not to be swept\n")
    before = stamps(elsewhere)
    change(root)
    change(root, "404", "410", "specs/prod.yaml")
    for arguments in (["compile"], ["compile", "--force"], ["compile", "--check"], ["compile", "--diff"]):
        ran = run(*arguments, at=root)
        assert ran.code == 4, ran
        assert f"{name} is a link" in ran.err
    assert stamps(elsewhere) == before


@pytest.mark.parametrize("target", ["/nonexistent/x", "specs/base.yaml"])
def test_a_link_for_a_file_is_refused_then_replaced(root: Path, target: str) -> None:
    (root / COMPOSE).unlink()
    (root / COMPOSE).symlink_to(root / target)
    before = (root / "specs/base.yaml").read_text()
    ran = run("compile", at=root)
    assert ran.code == 1
    assert "a link" in ran.out
    assert run("compile", "--force", at=root).code == 0
    assert (root / COMPOSE).is_file()
    assert not (root / COMPOSE).is_symlink()
    assert (root / f"{COMPOSE}.orig").is_symlink()
    assert (root / "specs/base.yaml").read_text() == before


def test_a_link_for_the_manifest_is_replaced(root: Path) -> None:
    (root / MANIFEST).rename(root / "elsewhere")
    (root / MANIFEST).symlink_to(root / "elsewhere")
    before = stamps(root / "elsewhere")
    assert run("compile", at=root).code == 0
    assert not (root / MANIFEST).is_symlink()
    assert stamps(root / "elsewhere") == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"files": []}',
        b'{"files": {"a": 1}}',
        b'{"files": {"a": {"sha256": [1]}}}',
        b"[" * 100_000,
        b"<<<<<<< HEAD\n{}\n",
    ],
)
def test_a_damaged_manifest_claims_nothing(root: Path, content: bytes) -> None:
    (root / MANIFEST).write_bytes(content)
    assert run("compile", "--check", at=root).code == 1
    change(root, "404", "410", "specs/prod.yaml")
    ran = run("compile", at=root)
    assert ran.code == 1
    assert f"{NGINX}:" in ran.out
    assert "TW705" in ran.out
    assert "410" not in (root / NGINX).read_text()
    assert run("compile", "--force", at=root).code == 0
    assert run("compile", "--check", at=root).code == 0


def test_a_damaged_manifest_beside_right_files_is_healed(root: Path) -> None:
    (root / MANIFEST).write_text("{")
    assert run("compile", at=root).code == 0
    assert run("compile", "--check", at=root).code == 0


NASTY = [
    "../../../victim",
    "../victim",
    "edge/../../../../victim",
    "./edge/nginx.conf",
    "edge//nginx.conf",
    "edge/./nginx.conf",
]


@pytest.mark.parametrize("name", [*NASTY, "ABSOLUTE", "link/victim", "a\0b", "\ud800", "x" * 300, "x/" * 3000, "", ".", "\n"])
def test_a_manifest_that_leads_out_is_harmless(root: Path, name: str) -> None:
    import hashlib

    (root / "victim").write_text("mine\n")
    (root / "out/prod/nginx/link").symlink_to(root)
    name = str(root / "victim") if name == "ABSOLUTE" else name
    said = json.loads((root / MANIFEST).read_text())
    sums = [hashlib.sha256(b"mine\n").hexdigest(), said["files"]["edge/nginx.conf"]["sha256"]]
    for record, digest in zip((MANIFEST, MANIFEST.replace("manifest", "manifest.next")), sums, strict=True):
        said["files"][name] = {"mode": "0644", "sha256": digest}
        (root / record).write_text(json.dumps(said))
    assert run("compile", "--check", at=root).code == 1
    assert run("compile", at=root).code == 0
    assert (root / "victim").read_text() == "mine\n"
    assert (root / NGINX).exists()
    assert run("compile", "--check", at=root).code == 0


@pytest.mark.parametrize("name", ["out", "out/prod", "out/prod/nginx", "out/prod/nginx/edge"])
def test_a_file_for_a_folder_is_said_in_a_line(tmp_path: Path, name: str) -> None:
    project(tmp_path)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine\n")
    ran = run("compile", "--target", "nginx", at=tmp_path)
    assert ran.code == 4
    assert ran.err.count("\n") == 1
    assert name in ran.err or name == "out/prod", "then out/ holds files and nothing of ours"
    assert (tmp_path / name).read_text() == "mine\n"
    assert not temporary(tmp_path)


def test_a_folder_for_a_file_is_refused_then_kept(root: Path) -> None:
    (root / COMPOSE).unlink()
    (root / COMPOSE).mkdir()
    (root / COMPOSE / "mine").write_text("mine\n")
    assert run("compile", at=root).code == 1
    assert run("compile", "--force", at=root).code == 0
    assert (root / f"{COMPOSE}.orig/mine").read_text() == "mine\n"


@pytest.mark.parametrize("name", ["/", "HOME", "REPOSITORY", "FILES", ""])
def test_a_folder_of_others_is_no_out(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path)
    home = tmp_path / "home"
    repository = tmp_path / "repository"
    files = tmp_path / "files"
    for folder in (home, repository / ".git", files):
        folder.mkdir(parents=True)
    (files / "letter.txt").write_text("mine\n")
    (tmp_path / "letter.txt").write_text("mine\n")
    monkeypatch.setenv("HOME", str(home))
    named = {"HOME": str(home), "REPOSITORY": str(repository), "FILES": str(files)}.get(name, name)
    ran = run("compile", "--out", named, at=tmp_path)
    assert ran.code == 4
    assert "a folder of" in ran.err
    assert not list(tmp_path.rglob("docker-compose.yml"))


def test_temporary_files_of_a_killed_run_are_swept(root: Path) -> None:
    left = root / "out/prod/compose/.twipc-0123456789ab.tmp"
    left.write_text("half")
    assert run("compile", at=root).code == 0
    assert not left.exists()


def test_crlf_in_a_checkout_is_an_edit_that_means_the_same(root: Path) -> None:
    (root / NGINX).write_bytes((root / NGINX).read_bytes().replace(b"\n", b"\r\n"))
    ran = run("compile", "--check", at=root)
    assert ran.code == 1
    assert f"{NGINX}:1:1: error[TW704]" in ran.out
    assert "means the same" in ran.out
    assert run("verify", at=root).code == 0


def test_an_artifact_that_nobody_can_read_is_said_in_a_line(root: Path) -> None:
    (root / NGINX).write_bytes(os.urandom(64))
    ran = run("compile", at=root)
    assert ran.code == 1
    assert "TW704" in ran.out


READ_BY_DOCKER = [
    "compose/.env",
    "compose/.env.local",
    "compose/docker-compose.override.yml",
    "compose/compose.yaml",
    "compose/Compose.Yml",
    "nginx/docker-compose.yml",
    "nginx/images/edge/anything",
]


@pytest.mark.parametrize("name", READ_BY_DOCKER)
def test_a_file_that_docker_reads_by_itself_is_an_error(root: Path, name: str) -> None:
    path = root / "out/prod" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n")
    before = stamps(path)
    for arguments in (["compile", "--check"], ["verify"]):
        ran = run(*arguments, at=root)
        assert ran.code == 1
        assert f"out/prod/{name}:1:1: error[TW706]: out/prod/{name} is a file that is not twipc's" in ran.out
        assert "fresh" not in ran.err
    assert run("compile", "--force", at=root).code == 0
    assert stamps(path) == before


@pytest.mark.parametrize("name", ["compose/notes", "compose/edge/.env", "nginx/edge/pages/override.html", "nginx/docker.env"])
def test_another_file_is_a_warning(root: Path, name: str) -> None:
    path = root / "out/prod" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n")
    for arguments in (["compile", "--check"], ["verify"]):
        ran = run(*arguments, at=root)
        assert ran.code == 0
        assert f"warning[TW707]: out/prod/{name} is a file that is not twipc's" in ran.out
        assert run(*arguments, "--strict", at=root).code == 1


def test_a_link_and_a_folder_nobody_may_read_are_strangers_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "out/prod/compose/.env").symlink_to(root / "specs")
    (root / "out/prod/nginx/shut").mkdir()
    scan = os.scandir

    def refused(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError
        return scan(path)

    monkeypatch.setattr(os, "scandir", refused)
    ran = run("verify", "--format", "concise", at=root)
    assert "error[TW706]: out/prod/compose/.env is a link that is not twipc's" in ran.out
    assert "warning[TW707]: out/prod/nginx/shut is a folder that is not twipc's" in ran.out


def test_what_was_kept_and_what_twipc_keeps_for_itself_is_no_stranger(root: Path) -> None:
    change(root, "hello", "hola", COMPOSE)
    assert run("compile", "--force", at=root).code == 0
    (root / "out/prod/compose/.env.orig2").write_text("mine\n")
    (root / "out/prod/compose/old.orig").mkdir()
    (root / "out/prod/compose/old.orig/.env").write_text("mine\n")
    (root / "out/prod/compose/.twipc-0123456789ab.tmp").write_text("half")
    for arguments in (["compile", "--check"], ["verify"]):
        ran = run(*arguments, at=root)
        assert (ran.code, ran.out) == (0, "")


def test_verify_names_what_the_manifest_knows_and_the_spec_does_not(root: Path) -> None:
    change(root, "compose: {}, ", "", "specs/prod.yaml")
    said = json.loads((root / MANIFEST).read_text())
    said["files"]["compose.yaml"] = said["files"]["edge/nginx.conf"]
    (root / MANIFEST).write_text(json.dumps(said))
    (root / "out/prod/nginx/compose.yaml").write_bytes((root / NGINX).read_bytes())
    ran = run("verify", at=root)
    assert ran.code == 1
    assert "out/prod/nginx/compose.yaml:1:1: error[TW703]" in ran.out


@pytest.mark.parametrize("mode", [0o600, 0o755, 0o666, 0o444, 0o640])
def test_a_wrong_mode_is_stale_and_repaired(root: Path, mode: int) -> None:
    (root / NGINX).chmod(mode)
    ran = run("compile", "--check", at=root)
    assert ran.code == 1
    assert f"error[TW701]: {NGINX} has mode {mode:04o}, not 0644" in ran.out
    ran = run("compile", "--diff", at=root)
    assert (ran.code, ran.out) == (1, f"{NGINX}: old mode {mode:04o}, new mode 0644\n")
    assert "out/prod/nginx: 1 written" in run("compile", at=root).err
    assert (root / NGINX).stat().st_mode & 0o7777 == 0o644
    assert run("compile", "--check", at=root).code == 0


def test_a_checkout_in_which_the_group_may_write_is_fresh(root: Path) -> None:
    for path in (NGINX, MANIFEST):
        (root / path).chmod(0o664)
    assert run("compile", "--check", at=root).code == 0


def test_modes_are_no_fault_where_the_file_system_has_none(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (NGINX, MANIFEST):
        (root / path).chmod(0o777)
    assert run("compile", "--check", at=root).code == 1, "this one has modes, and says so"
    monkeypatch.delattr(os, "O_TMPFILE")
    assert run("compile", "--check", at=root).code == 0


def test_a_missing_line_end_is_no_equal(root: Path) -> None:
    for file in (COMPOSE, NGINX):
        (root / file).write_bytes((root / file).read_bytes().removesuffix(b"\n"))
    last = len((root / NGINX).read_text().splitlines())
    ran = run("compile", "--check", at=root)
    assert f"{NGINX}:{last}:1: error[TW704]" in ran.out
    ran = run("compile", "--diff", at=root)
    assert ran.code == 1
    assert "\n\\ No newline at end of file\n" in ran.out


@pytest.mark.parametrize("kind", ["a link", "a folder", "a device, pipe or socket"])
def test_verify_says_what_stands_in_the_place_of_an_artifact(root: Path, kind: str) -> None:
    path = root / NGINX
    path.rename(root / "elsewhere")
    if kind == "a link":
        path.symlink_to(root / "elsewhere")
    elif kind == "a folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    assert f"error[TW603]: {NGINX} is {kind}, not a file" in run("verify", at=root).out
    assert f"{NGINX} is no file of twipc's: {kind} stands there" in run("compile", "--check", at=root).out


def test_of_many_files_only_the_first_are_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told; what each means takes a reading of all of them."""
    project(tmp_path)
    assert run("compile", at=tmp_path).code == 0
    written = [path for path in sorted((tmp_path / "out/prod/compose").rglob("*")) if path.is_file() and path.name[0] != "."]
    assert len(written) > 1
    for path in written:
        path.write_text("# more\n" + path.read_text())
    told = run("compile", "--check", at=tmp_path).out
    assert told.count("was edited by hand; ") == len(written)
    monkeypatch.setattr("twipc.cli.placing._MOST_READ", len(written) + 1)
    told = run("compile", "--check", at=tmp_path).out
    assert told.count("was edited by hand") == len(written)
    assert told.count("was edited by hand; ") == 1
