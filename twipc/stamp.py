"""What a run of `compile` came to, kept so that an unchanged one is known before anything heavy is imported.

A stamp holds what a run printed, and one digest of all that it stood on: twipc's own code, the names in `specs/` and `out/`,
and the content of every file that it read or left there. Only a run that read everything back and found no error leaves one.
Where anything is otherwise, or the stamp is damaged or gone, the run is made anew.
"""

from __future__ import annotations

import os
import stat
import sys

try:
    from _blake2 import blake2b  # what `hashlib` wraps: that one takes its time to be imported
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False  # `typing` takes its time as well; checkers know the name
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import TextIO

_FOLDER = os.path.join(".twipc", "cache")
_FORM = b"twipc stamp 1"
_END = b"end"
_CLOSED = b"/closed/"
"""Before the path of a file that is never opened; no path in a project begins like that."""
_MOST = 64
"""How many are kept: a hook that names the files that changed would leave one for each list of them."""
_OPTIONS = ("--check", "--strict", "--target", "--format", "--color")
"""Of `compile`, where it writes into `out/` or compares with it, and is told so in words that do not change."""
_SURROUNDINGS = ("NO_COLOR", "FORCE_COLOR", "TERM", "LC_ALL", "LC_CTYPE", "LANG", "PYTHONIOENCODING", "PYTHONUTF8")
"""What else decides how a finding is printed."""
_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_TARGETS = os.path.join(os.path.dirname(_PACKAGE), "targets")


def stamp_of(arguments: Sequence[str]) -> Stamp | None:
    """The stamp of a run with these arguments, started here and now; None for a run that can have none."""
    if not arguments or arguments[0] != "compile":
        return None
    for word in arguments[1:]:
        if word.startswith("-") and word.partition("=")[0] not in _OPTIONS:
            return None
    try:
        here = root = os.getcwd()
        while not os.path.isdir(os.path.join(root, "specs")):
            root, before = os.path.dirname(root), root
            if root == before:
                return None
        return Stamp(root, here, arguments)
    except OSError:
        return None  # the run itself meets it, and says so


class Stamp:
    """The stamp of one run, made before it: of twipc and of names it holds what was then."""

    def __init__(self, root: str, here: str, arguments: Sequence[str]) -> None:
        self.root = root
        words = (here, *arguments, *(f"{name}={os.environ.get(name)}" for name in _SURROUNDINGS))
        terminals = bytes(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr))
        width = b"%d" % columns(sys.stdout)
        key = blake2b(b"\0".join((*map(os.fsencode, words), terminals, width)), digest_size=16).hexdigest()
        self._file = os.path.join(root, _FOLDER, key)
        self._folders: dict[str, str] = {}
        self._code = _code()
        self._specs = self._names("specs")
        self._out = self._names("out")

    def replay(self) -> bool:
        """Print what the same run printed; False where there was none, anything is otherwise now, or it cannot be printed."""
        try:
            form, digest, count, *rest, end = (_content(self._file) or b"").split(b"\0")
            files, said = rest[: int(count)], rest[int(count) :]
            if (form, end) != (_FORM, _END) or digest != self._digest(((file, self._now(file)) for file in files), said):
                return False
            for to, text in zip(said[::2], said[1::2], strict=True):
                stream = sys.stderr if to == b"err" else sys.stdout
                if stream:  # none where it is closed
                    stream.buffer.write(text.decode().encode(stream.encoding, "backslashreplace"))
                    stream.buffer.flush()
        except (ValueError, OSError):  # it is damaged; or nobody takes what is printed, and the run itself says so
            return False
        return True

    def keep(
        self,
        files: Mapping[str, bytes | None],
        closed: Collection[str],
        said: Iterable[tuple[bool, str]],
        *,
        wrote: bool,
    ) -> None:
        """Keep what a run said, each with whether to standard error, and what it took each file to hold (None: is not there).

        Files go by their path in the project; of those that are `closed`, it counts where they lie, not what they hold. Names
        in `out/` are those of before, unless the run `wrote` there: a name that came meanwhile is one that it did not see.
        """
        specs, out = self._names("specs"), self._names("out")
        if specs != self._specs or (out != self._out and not wrote):
            return
        self._out = out
        listed = sorted((os.fsencode(file), content) for file, content in files.items())
        listed += sorted((_CLOSED + os.fsencode(file), None) for file in closed)
        texts = [part for to_stderr, text in said for part in (b"err" if to_stderr else b"out", text.encode())]
        parts = [_FORM, self._digest(listed, texts), b"%d" % len(listed), *(file for file, _ in listed), *texts, _END]
        if not any(b"\0" in part for part in parts):
            try:
                self._write(b"\0".join(parts))
            except OSError:
                return  # where nobody may write, or another run tidies up as well, the next run is made anew

    def _digest(self, files: Iterable[tuple[bytes, bytes | None]], said: Iterable[bytes]) -> bytes:
        whole = blake2b(b"\0".join((self._code, self._specs, self._out, *said)), digest_size=20)
        for file, content in files:
            whole.update(
                b"\0".join((file, os.fsencode(self._place(file)), b"-" if content is None else blake2b(content).digest()))
            )
        return whole.hexdigest().encode()

    def _place(self, file: bytes) -> str:
        """Where a file of the project really lies; where its folder does is found out once for all files in it."""
        folder, name = os.path.split(os.path.join(self.root, os.fsdecode(file.removeprefix(_CLOSED))))
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        path = os.path.join(self._folders[folder], name)
        return os.path.realpath(path) if name in ("", ".", "..") or os.path.islink(path) else path

    def _now(self, file: bytes) -> bytes | None:
        """What a file of the project holds; one that lies outside by a link is as good as not there."""
        path = self._place(file)
        is_ours = path.startswith(os.path.join(os.path.realpath(self.root), ""))
        return _content(path) if is_ours and not file.startswith(_CLOSED) else None

    def _names(self, folder: str) -> bytes:
        path = os.path.join(self.root, folder)
        linked = b"linked" if os.path.islink(path) else b""
        return b"\0".join((linked, *_names(os.path.realpath(path))))

    def _write(self, content: bytes) -> None:
        folder = os.path.dirname(self._file)
        os.makedirs(folder, exist_ok=True)
        ignored = os.path.join(folder, ".gitignore")
        if not os.path.exists(ignored):
            with open(ignored, "w") as file:
                file.write("# Made by twipc, and safe to remove.\n*\n")
        new = f"{self._file}.{os.getpid()}"
        with open(new, "wb") as file:
            file.write(content)
        os.replace(new, self._file)
        kept = sorted((entry for entry in os.scandir(folder) if entry.name[0] != "."), key=lambda one: one.stat().st_mtime_ns)
        for entry in kept[:-_MOST]:
            os.unlink(entry.path)


def columns(stream: TextIO | None) -> int:
    """How wide the terminal is that a stream goes to; 0 where there is none, or it does not say."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream else 0
    except (OSError, ValueError):  # it is a pipe or a file, or closed, or nothing that has a number
        return 0


def _code() -> bytes:
    """A digest of what runs: Python, the packages that are installed, and twipc's own files."""
    whole = blake2b(f"{sys.version} {sys.implementation.cache_tag} {_PACKAGE}".encode())
    for folder in sys.path:
        if folder.endswith("-packages") and os.path.isdir(folder):
            whole.update(b"\0".join(sorted(os.listdir(os.fsencode(folder)))))
    beside = [_TARGETS] if os.path.isdir(_TARGETS) else []  # in a checkout
    for folder in (_PACKAGE, *beside):
        for file in _sources(folder):
            content = _content(file) or b""
            whole.update(b"\0%s\0%d\0" % (os.fsencode(file), len(content)))
            whole.update(content)
    return whole.digest()


def _sources(folder: str) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _sources(entry.path)
        elif not entry.name.endswith(".md"):
            yield entry.path


def _names(path: str) -> Iterator[bytes]:
    """What stands at a path and below it: kinds, modes and names."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return
    yield b"%o %b" % (mode, os.fsencode(path))
    if stat.S_ISDIR(mode):
        for name in sorted(os.listdir(path)):
            yield from _names(os.path.join(path, name))


def _content(path: str) -> bytes | None:
    """The bytes of a regular file; None for anything else. It never waits: a pipe may have no writer."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        about = os.fstat(descriptor)
        return os.read(descriptor, about.st_size + 1) if stat.S_ISREG(about.st_mode) else None
    finally:
        os.close(descriptor)
