"""A write that goes wrong leaves each file old or new, whole, and nothing beside them; the next run puts things right."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.cli import PROD, Ran, environ, execute, project, run
from tests.compiling import ROOT
from twipc.output import Folder, State, Wish, WriteFailed
from twipc.output import write as write_all

OLD = {f"part{number}/a.conf": f"old {number}\n" * 40 for number in range(4)} | {"gone.conf": "old\n"}
THIRD = {f"part{number}/a.conf": f"third {number}\n" for number in range(3)}
NEW = {f"part{number}/a.conf": f"new {number}\n" * 40 for number in range(5)}


def write(folder: Folder, wanted: dict[str, str], states: dict[str, State] | None = None) -> None:
    write_all([Wish(folder, wanted, folder.states(wanted) if states is None else states)])


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".twipc-")
    }


def assert_old_or_new(folder: Path) -> None:
    for name, text in contents(folder).items():
        assert text in (OLD.get(name), NEW.get(name)), name
    for name in OLD.keys() & NEW.keys():
        assert (folder / name).exists(), name


class Faulty:
    """Lets the k-th call of a function fail, once or from then on."""

    def __init__(self, real: Callable[..., Any], nth: int, number: int, *, forever: bool) -> None:
        self.real, self.nth, self.number, self.forever, self.calls = real, nth, number, forever, 0

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        if self.calls == self.nth or (self.forever and self.calls > self.nth):
            raise OSError(self.number, os.strerror(self.number), str(arguments[0]))
        return self.real(*arguments, **options)


PLACES = {
    "open": (os, "open"),
    "replace": (os, "replace"),
    "fsync": (os, "fsync"),
    "fchmod": (os, "fchmod"),
    "mkdir": (os, "mkdir"),
    "unlink": (os, "unlink"),
    "rmdir": (os, "rmdir"),
    "rename": (os, "rename"),
}


@pytest.mark.parametrize("forever", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("name", PLACES)
def test_every_system_call_may_fail(tmp_path: Path, name: str, forever: bool) -> None:
    module, attribute = PLACES[name]
    failures = 0
    for nth in range(1, 60):
        folder = Folder(tmp_path / f"{nth}" / "out" / "prod" / "compose")
        write(folder, OLD)
        faulty = Faulty(getattr(module, attribute), nth, errno.EIO, forever=forever)
        failed = False
        with patch.object(module, attribute, faulty):
            try:
                write(folder, NEW)
            except WriteFailed as problem:
                failed = str(problem).endswith("Input/output error")
        assert_old_or_new(folder.path)
        if failed and not (forever and name == "unlink"):
            assert not list(folder.path.rglob("*.tmp"))
        failures += failed
        # Whatever was written, the next run knows it as ours, also when it wants something else.
        assert not {State.EDITED, State.FOREIGN} & set(folder.states(THIRD).values())
        write(folder, NEW)
        assert contents(folder.path) == NEW
        assert folder.manifest_is(NEW)
        assert not list(folder.path.rglob("*.tmp"))
        if faulty.calls < nth:
            break
    else:
        raise AssertionError("the call never stopped failing")
    assert failures or name in ("rename", "rmdir"), "the fault was never met"


def test_a_file_is_replaced_and_never_written_into(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out" / "prod" / "compose")
    write(folder, OLD)
    names = [*OLD.keys() & NEW.keys(), ".twipc-manifest.json"]
    before = {name: (folder.path / name).read_text() for name in names}
    for number, name in enumerate(names):
        (tmp_path / f"link{number}").hardlink_to(folder.path / name)
    write(folder, NEW)
    for number, name in enumerate(names):
        assert (tmp_path / f"link{number}").read_text() == before[name]
        assert (folder.path / name).read_text() != before[name]


@pytest.mark.parametrize("nth", range(1, 8))
def test_what_fails_before_the_first_file_is_replaced_changes_nothing(tmp_path: Path, nth: int) -> None:
    """Seven files are staged: five, a manifest, and the record of what is going to be written."""
    folder = Folder(tmp_path / "out" / "prod" / "compose")
    write(folder, OLD)
    with patch.object(os, "fsync", Faulty(os.fsync, nth, errno.ENOSPC, forever=False)), pytest.raises(WriteFailed):
        write(folder, NEW)
    assert contents(folder.path) == OLD
    assert folder.manifest_is(OLD)


MANY = {f"{number % 3}/{number:03}.json": f"{number}\n" for number in range(200)}


@pytest.mark.parametrize("name", ["open", "fsync"])
@pytest.mark.parametrize("nth", [1, 2, 100, 202])
def test_of_many_files_that_wait_for_the_disk_at_once_one_may_fail(tmp_path: Path, name: str, nth: int) -> None:
    folder = Folder(tmp_path / "out" / "prod" / "ecs")
    write(folder, OLD)
    module, attribute = PLACES[name]
    states = folder.states(MANY)
    faulty = Faulty(getattr(module, attribute), nth, errno.ENOSPC, forever=False)
    with patch.object(module, attribute, faulty), pytest.raises(WriteFailed):
        write(folder, MANY, states)
    assert contents(folder.path) == OLD
    assert folder.manifest_is(OLD)
    assert not list(folder.path.rglob("*.tmp"))
    write(folder, MANY)
    assert contents(folder.path) == MANY
    assert folder.manifest_is(MANY)


@pytest.mark.parametrize("name", ["open", "fsync"])
@pytest.mark.parametrize("nth", [1, 7, 8, 14])
def test_what_of_several_folders_fails_before_the_first_file_is_replaced_changes_none(
    tmp_path: Path, name: str, nth: int
) -> None:
    """Seven files are staged for each."""
    folders = [Folder(tmp_path / "out" / "prod" / target) for target in ("compose", "swarm")]
    for folder in folders:
        write(folder, OLD)
    wishes = [Wish(folder, NEW, folder.states(NEW)) for folder in folders]
    module, attribute = PLACES[name]
    faulty = Faulty(getattr(module, attribute), nth, errno.ENOSPC, forever=False)
    with patch.object(module, attribute, faulty), pytest.raises(WriteFailed):
        write_all(wishes)
    for folder in folders:
        assert contents(folder.path) == OLD
        assert folder.manifest_is(OLD)
        assert not list(folder.path.rglob("*.tmp"))


def test_of_several_folders_each_is_whole_before_the_next_is_touched(tmp_path: Path) -> None:
    folders = [Folder(tmp_path / "out" / "prod" / target) for target in ("compose", "swarm")]
    for folder in folders:
        write(folder, OLD)
    wishes = [Wish(folder, NEW, folder.states(NEW)) for folder in folders]
    real = os.replace

    def refused(source: Path, to: Path) -> None:
        if to == folders[1].path / "part2/a.conf":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(to))
        real(source, to)

    with patch.object(os, "replace", refused), pytest.raises(WriteFailed, match=r"swarm/part2/a\.conf: Permission denied"):
        write_all(wishes)
    assert contents(folders[0].path) == NEW
    assert folders[0].manifest_is(NEW)
    assert_old_or_new(folders[1].path)
    assert not {State.EDITED, State.FOREIGN} & set(folders[1].states(THIRD).values())


def test_what_a_run_that_was_cut_off_wrote_stays_ours_while_another_folder_fails(tmp_path: Path) -> None:
    folders = [Folder(tmp_path / "out" / "prod" / target) for target in ("compose", "swarm")]
    for folder in folders:
        write(folder, OLD)
    real = os.replace

    def refusing(name: Path) -> Callable[[Path, Path], None]:
        def refused(source: Path, to: Path) -> None:
            if to == name:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(to))
            real(source, to)

        return refused

    for wanted, failing in ((THIRD, folders[1].path / "part2/a.conf"), (NEW, folders[0].path / "part0/a.conf")):
        wishes = [Wish(folder, wanted, folder.states(wanted)) for folder in folders]
        with patch.object(os, "replace", refusing(failing)), pytest.raises(WriteFailed):
            write_all(wishes)
    assert contents(folders[1].path)["part0/a.conf"] == THIRD["part0/a.conf"]
    for wanted in (OLD, THIRD, NEW):
        assert not {State.EDITED, State.FOREIGN} & set(folders[1].states(wanted).values())


def test_files_wait_for_the_disk_at_one_time(tmp_path: Path) -> None:
    """Each folder has seven: eight wait, and whoever comes after them."""
    folders = [Folder(tmp_path / "out" / "prod" / target) for target in ("compose", "swarm")]
    together = threading.Barrier(8)
    real, calls = os.fsync, itertools.count()

    def synced(descriptor: int) -> None:
        if next(calls) < 8:
            together.wait(timeout=30)
        real(descriptor)

    with patch.object(os, "fsync", synced):
        write_all([Wish(folder, NEW, folder.states(NEW)) for folder in folders])
    assert [contents(folder.path) for folder in folders] == [NEW, NEW]


def test_a_folder_is_not_listed_again_for_each_of_its_files(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out" / "prod" / "ecs")
    with patch.object(os, "listdir", wraps=os.listdir) as listed:
        write(folder, MANY)
        write(folder, dict.fromkeys(MANY, "changed\n"))
    assert listed.call_count < 10


@contextlib.contextmanager
def disk(folder: Path, size: str, *options: str) -> Iterator[None]:
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("a full disk (needs root, who may mount)")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", *options, "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("a full disk (mounting is not allowed here)")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    project(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    with disk(out, "128k"):
        assert run("compile", at=tmp_path).code == 0
        before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        large = ", ".join(f"X{number}: {'x' * 3_000}" for number in range(10))
        (tmp_path / "specs/prod.yaml").write_text(PROD.replace("404", "410") + f"    env: {{{large}}}\n")
        with (out / "ballast").open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        ran = execute("compile", at=tmp_path)
        assert ran.code == 4
        assert ran.err.startswith("twipc: not written: ")
        assert "No space left on device" in ran.err
        assert ran.err.count("\n") == 1
        after = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and path.name != "ballast"}
        assert after == before
        (out / "ballast").unlink()
        assert run("compile", at=tmp_path).code == 0
        assert run("compile", "--check", at=tmp_path).code == 0


def test_a_read_only_file_system(tmp_path: Path) -> None:
    project(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    with disk(out, "1m"):
        assert run("compile", at=tmp_path).code == 0
        subprocess.run(["mount", "-o", "remount,ro", str(out)], check=True)
        assert run("compile", at=tmp_path).code == 0, "there is nothing to write"
        (tmp_path / "specs/prod.yaml").write_text(PROD.replace("404", "410"))
        ran = run("compile", at=tmp_path)
        assert ran.code == 4
        assert "Read-only file system" in ran.err


AS_NOBODY = """
import os, sys
from twipc.cli import main
try:
    main(["compile", "--check"])  # imports everything while that is allowed
except SystemExit:
    pass
os.setgroups([]), os.setgid(65534), os.setuid(65534)
main()
"""


def as_nobody(*arguments: str, at: Path) -> Ran:
    done = subprocess.run([sys.executable, "-c", AS_NOBODY, *arguments], cwd=at, env=environ(), capture_output=True, text=True)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder that every user may reach: those of pytest are its user's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_without_write_permission(open_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("a folder of another user (needs root, who may become nobody)")
    tmp_path = project(open_path)
    assert run("compile", at=tmp_path).code == 0
    before = contents(tmp_path)
    (tmp_path / "specs/prod.yaml").write_text(PROD.replace("404", "410"))
    ran = as_nobody("compile", at=tmp_path)
    assert ran.code == 4
    assert "Permission denied" in ran.err
    assert "Traceback" not in ran.err
    assert {**contents(tmp_path), "specs/prod.yaml": PROD} == before
    (tmp_path / "out/prod/compose/docker-compose.yml").chmod(0)
    for arguments in (["compile"], ["compile", "--check"], ["compile", "--diff"], ["verify"]):
        ran = as_nobody(*arguments, at=tmp_path)
        assert ran.code == 4
        assert "docker-compose.yml: Permission denied" in ran.err


BIG = PROD + "".join(
    f'  s{number}: {{image: "shop/s:VERSION", ports: {{http: 8080}}, env: {{V: "VERSION"}}}}\n'
    f"  e{number}:\n    image: shop/pages:1\n    http:\n"
    '      engine: {name: nginx, version: "1.30"}\n      listen: 8080\n      routes: [{match: {prefix: /}, files: /VERSION}]\n'
    "      default: {status: 404}\n"
    for number in range(3)
)


def versions(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, bytes]]]:
    """A project and what its two versions compile to."""
    root = project(tmp_path_factory.mktemp("killed"))
    texts = {}
    for version in ("one", "two"):
        (root / "specs/prod.yaml").write_text(BIG.replace("VERSION", version))
        assert run("compile", at=root).code == 0
        texts[version] = versions(root / "out")
    return root, texts


ASKED = """
import sys
import tempfile
from twipc.cli import main
for line in sys.stdin:
    try:
        main()
    except SystemExit as ended:
        print(ended.code, flush=True)
"""
CUT_OFF = """
import os, signal, sys, threading
import twipc.output
from twipc.cli import main
writing = sys.modules["twipc.output.write"]
stage, begun = writing.stage, []

# Who starts the tests in the background may ignore it for them.
signal.signal(signal.SIGINT, signal.default_int_handler)

def compile(sign, delay):
    def staged(*given):  # the clock starts when writing does
        begun.append(given)
        if len(begun) == 1:
            if not delay:
                os.kill(os.getpid(), sign)
            threading.Timer(delay, lambda: os.kill(os.getpid(), sign)).start()
        return stage(*given)
    writing.stage = staged
    try:
        main(["compile"])
    except SystemExit as ended:
        os._exit(ended.code)

for line in sys.stdin:
    sign, delay = line.split()
    child = os.fork()
    if not child:
        compile(signal.Signals[sign], float(delay))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.mark.parametrize("sign", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_cut_off_at_any_instant(built: tuple[Path, dict[str, dict[str, bytes]]], sign: str) -> None:
    root, texts = built
    dice = random.Random(sign)
    cut = 0
    runner = subprocess.Popen(
        [sys.executable, "-c", CUT_OFF],
        cwd=root,
        env=environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert runner.stdin
    assert runner.stdout
    for count in range(20 if sign == "SIGKILL" else 6):
        version = ("one", "two")[count % 2]
        (root / "specs/prod.yaml").write_text(BIG.replace("VERSION", version))
        # The first is cut off for certain, however busy the machine is.
        runner.stdin.write(f"{sign} {dice.uniform(0, 0.015) if count else 0}\n")
        runner.stdin.flush()
        code = int(runner.stdout.readline())
        assert code in (0, -signal.SIGKILL if sign == "SIGKILL" else 130)
        cut += code != 0
        for name, text in versions(root / "out").items():
            if not name.endswith((".tmp", ".next.json")):
                assert text in (texts["one"][name], texts["two"][name]), name
        if sign != "SIGKILL":
            assert not list((root / "out").rglob("*.tmp"))
        assert run("compile", at=root).code == 0
        assert versions(root / "out") == texts[version]
    assert cut, "no run was cut off"
    said = runner.communicate(timeout=60)[1]
    assert "Traceback" not in said
    assert sign == "SIGKILL" or said.count("twipc: interrupted") == cut


MANY_CUT_OFF = """
import errno, os, signal, sys, threading, time
from pathlib import Path
from tests.unit.output.test_faults import MANY, OLD, write
from twipc.output import Folder, WriteFailed

signal.signal(signal.SIGINT, signal.default_int_handler)
folder, how = Folder(Path(sys.argv[1])), sys.argv[2]
write(folder, OLD)
main, real, opened = threading.main_thread().ident, os.open, []

def counted(path, flags, *mode):
    if flags & os.O_CREAT:
        opened.append(path)
        if len(opened) == 20 and how == "interrupted":
            signal.pthread_kill(main, signal.SIGINT)
        if len(opened) == 20 and how == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        time.sleep(0.02)
    return real(path, flags, *mode)

os.open = counted
try:
    write(folder, MANY)
except (KeyboardInterrupt, WriteFailed):
    print(len(opened))
"""


@pytest.mark.parametrize("how", ["interrupted", "full"])
def test_many_files_that_are_not_to_be_written_end_within_one(tmp_path: Path, how: str) -> None:
    """Eight are under way at the twentieth; nobody waits for the other hundred and eighty."""
    folder = Folder(tmp_path / "out" / "prod" / "ecs")
    command = [sys.executable, "-c", MANY_CUT_OFF, str(folder.path), how]
    done = subprocess.run(command, cwd=ROOT, env=environ(), capture_output=True, text=True)
    assert 20 <= int(done.stdout or 0) <= 40, done.stdout + done.stderr
    assert contents(folder.path) == OLD
    assert folder.manifest_is(OLD)
    assert not list(folder.path.rglob("*.tmp"))


@pytest.mark.parametrize("same", [True, False], ids=["one spec", "two specs"])
def test_two_runs_at_once(built: tuple[Path, dict[str, dict[str, bytes]]], tmp_path: Path, same: bool) -> None:
    """Both write to one `out/`: each from a project of its own, so that they may say the same or not."""
    _, texts = built
    out = tmp_path / "out"
    runs = []
    for name in ("one", "two"):
        root = project(tmp_path / name)
        (root / "specs/prod.yaml").write_text(BIG.replace("VERSION", "one" if same else name))
        command = [sys.executable, "-c", ASKED, "compile", "--out", str(out)]
        runs.append(subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    for _ in range(10):
        for one in runs:
            assert one.stdin
            one.stdin.write(b"\n")
            one.stdin.flush()
        assert [one.stdout.readline() for one in runs if one.stdout] == [b"0\n", b"0\n"]
        assert versions(out) in ((texts["one"],) if same else (texts["one"], texts["two"]))
    for one in runs:
        said = one.communicate(timeout=60)[1].decode()
        assert "Traceback" not in said
        assert same or said.count(" written") >= 2, "both write now and then"


def test_another_run_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    project(tmp_path)
    (tmp_path / "out").mkdir()
    monkeypatch.setattr("twipc.output.lock.PATIENCE_S", 0.2)
    descriptor = os.open(tmp_path / "out", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        ran = run("compile", at=tmp_path)
    finally:
        os.close(descriptor)
    assert ran.code == 4
    assert "another run of twipc" in ran.err


def test_a_write_that_is_cut_short_is_noticed(tmp_path: Path) -> None:
    """The disk takes a part of a file, and then no more."""
    folder = Folder(tmp_path / "out" / "prod" / "compose")
    write(folder, OLD)
    real, parts = os.write, iter([10])

    def short(descriptor: int, content: bytes) -> int:
        if most := next(parts, 0):
            return real(descriptor, content[:most])
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    with patch.object(os, "write", short), pytest.raises(WriteFailed, match="quota"):
        write(folder, NEW)
    assert contents(folder.path) == OLD
    assert folder.manifest_is(OLD)


def test_a_write_that_takes_a_part_goes_on(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out" / "prod" / "compose")
    real = os.write
    with patch.object(os, "write", lambda descriptor, content: real(descriptor, content[:3])):
        write(folder, NEW)
    assert contents(folder.path) == NEW
    assert folder.manifest_is(NEW)
