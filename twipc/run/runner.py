"""Starts the commands of a plan, one after the other: argument lists, no shell, bounded output, an end to waiting."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import IO

from msgspec import Struct, field
from msgspec.structs import replace

from twipc.target.runtime import Answer, Asking, Step, Told

QUESTION_S = 30.0
"""An engine under load answers within it; one that does not is not waited for."""
MOST_BYTES = 16 << 20
_LAST_LINES = 40
_LONGEST_LINE = 2000
_TO_END_S = 10.0


class Failed(Exception):
    """A command did not do what it should; `code` is None where it was never started or took too long."""

    def __init__(self, step: Step, code: int | None, said: str) -> None:
        super().__init__(said)
        self.step = step
        self.code = code
        self.said = said


class Interrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C: the command was asked to end, and has."""


class Runner(Struct):
    """Runs commands in `folder`; what they print goes to `hear`, a line at a time."""

    folder: Path
    hear: Callable[[str], None] = field(default=lambda _line: None)

    def ask(self, asking: Asking[Told]) -> Told:
        """Put each question and hand over its answer, to the end."""
        try:
            step = next(asking)
            while True:
                step = asking.send(self.answer(step))
        except StopIteration as ended:
            told: Told = ended.value
            return told

    def answer(self, step: Step, seconds: float = QUESTION_S) -> Answer:
        """What a command that reads says; raises `Failed` if it cannot be started, or says nothing for so long."""
        assert step.reads, step
        with _started(step, self.folder) as process:
            try:
                out, err = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                raise Failed(step, None, f"no answer within {seconds:g} s") from None
        if len(out) > MOST_BYTES:
            raise Failed(step, process.returncode, f"it answers with over {MOST_BYTES >> 20} MiB")
        return Answer(process.returncode, _text(out), _text(err))

    def do(self, step: Step) -> None:
        """Carry a step out; raises `Failed` with its last words."""
        assert not step.reads, step
        last: deque[str] = deque(maxlen=_LAST_LINES)
        with _started(step, self.folder) as process:
            stream = process.stdout if step.tells else process.stderr
            assert stream
            listener = Thread(target=_read, args=(stream, last, self.hear), daemon=True)
            listener.start()
            process.wait()
            listener.join(_TO_END_S)
        if process.returncode:
            raise Failed(step, process.returncode, "\n".join(last))

    def listen(self, steps: Sequence[Step], hear: Callable[[Step, str], None], *, together: bool) -> None:
        """Hand over what each prints, a line at a time; one after the other, or all at once until they end."""
        for group in [steps] if together else [[step] for step in steps]:
            with ExitStack() as open_now:
                heard: list[tuple[Step, subprocess.Popen[bytes], deque[str], Thread]] = []
                for step in group:
                    process = open_now.enter_context(_started(replace(step, tells=True), self.folder))
                    assert process.stdout
                    last: deque[str] = deque(maxlen=_LAST_LINES)
                    thread = Thread(target=_read, args=(process.stdout, last, partial(hear, step)), daemon=True)
                    thread.start()
                    heard.append((step, process, last, thread))
                for step, process, last, thread in heard:
                    process.wait()
                    thread.join(_TO_END_S)
                    if process.returncode:
                        raise Failed(step, process.returncode, "\n".join(last))


def _read(stream: IO[bytes], last: deque[str], hear: Callable[[str], None]) -> None:
    while line := stream.readline(_LONGEST_LINE):
        text = _text(line).rstrip()
        if text:
            last.append(text)
            hear(text)


@contextmanager
def _started(step: Step, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process out of reach of the terminal's own Ctrl-C: it is asked to end once, then it is killed."""
    try:
        process = subprocess.Popen(  # noqa: S603 - an argument list of a plan; no shell reads it
            step.argv,
            cwd=folder,
            env=_environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if step.reads or step.tells else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if step.tells else subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise Failed(step, None, f"there is no program `{step.argv[0]}` on PATH") from None
    except OSError as problem:
        raise Failed(step, None, f"`{step.argv[0]}` cannot be started: {problem.strerror}") from problem
    with process:
        try:
            yield process
        except KeyboardInterrupt:
            # In here, for what leaves the process closes its streams first: it would wait for who still reads them.
            _end(process)
            raise Interrupted from None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it, and what it started itself (Docker's CLI starts Compose), to end; then kill what is left."""
    with suppress(KeyboardInterrupt):  # a second Ctrl-C: at once
        _signal(process, signal.SIGINT)
        end = time.monotonic() + _TO_END_S
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """To its whole group, which it leads since it was started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Ours, with messages in English, and nothing by which a shell would change what Compose makes of a file."""
    kept = {name: value for name, value in ours.items() if not name.startswith("COMPOSE_")}
    return {**kept, "LC_ALL": "C"}


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
