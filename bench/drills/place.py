"""An environment under drill, whoever designed it and wherever it runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.drills.load import FILES, NEWS, PATHS, Client, Entry
from tests.dockerd import Docker, Failed
from tests.e2e.lab.ask import ask
from tests.tools import ROOT, tool

ORIGINAL = Path(__file__).with_name("original")
FIRST, SECOND, BAD, NOWHERE = "1.0.0", "2.0.0", "bad", "9.9.9"
"""Versions of an image: a second one, one that never becomes healthy, and one that is not there."""
ASKED = (NEWS, NEWS, FILES, NEWS, FILES)
"""Six of ten clients ask for the news, four for files."""
WHOLE_S = 120.0
FILES_OF_A_PROJECT = ("specs", "out", "app")
WEB = "web"
Container = tuple[Docker, str]
Run = Callable[..., subprocess.CompletedProcess[str]]


class Place(ABC):
    """What a drill does, and asks."""

    design: str
    environment: str
    folder: Path
    writers = 1
    """How many webs open a journal."""

    @abstractmethod
    def lay_out(self) -> None:
        """Its files lie in its folder."""

    @abstractmethod
    def start(self) -> None:
        """What the files say is started."""

    def up(self) -> None:
        """All of it serves."""
        self.lay_out()
        self.start()
        if not self.whole():
            raise TimeoutError(f"{self.environment} of {self.design} does not come up")

    @abstractmethod
    def down(self) -> None:
        """Nothing of it is left, its news neither."""

    @abstractmethod
    def deploy(self, service: str, version: str) -> bool:
        """A person brings out another version of a service's image, and waits; whether it is what runs then."""

    @abstractmethod
    def containers(self, service: str) -> list[Container]:
        """Those of a service that run, with the engines that they run on."""

    @abstractmethod
    def crash(self, container: Container) -> None:
        """Kill -9 of its first process."""

    @abstractmethod
    def anew(self) -> None:
        """All webs end, and start on what is on disk."""

    @property
    @abstractmethod
    def entries(self) -> Sequence[Entry]:
        """Where clients can come in now."""

    def clients(self, without: Collection[str] = ()) -> list[Client]:
        """Ten, by turns through each entry but those named."""
        through = [entry for entry in self.entries if entry.name not in without]
        each = [(entry, what) for what in ASKED for entry in through]
        return [Client(*each[number % len(each)]) for number in range(10)]

    def active(self) -> Container:
        """The web that answers the writer."""
        client = self.clients()[0]
        asked = ask(client.entry.network, (client.entry.address, client.entry.port), "/news", source=client.source)
        named = asked.headers["served-by"]
        return next(one for one in self.containers(WEB) if one[1].startswith(named))

    def hang(self, container: Container, seconds: float) -> None:
        """Its processes stand still for a while."""
        docker, name = container
        docker.docker("pause", name)
        time.sleep(seconds)
        docker.docker("unpause", name)

    def is_whole(self) -> bool:
        """Whether each entry answers whatever is asked."""
        try:
            return all(map(_answers, {(one.entry, one.what, one.source): one for one in self.clients()}.values()))
        except OSError:
            return False

    def whole(self, seconds: float = WHOLE_S) -> bool:
        """Whether it comes to be so, and stays so for a moment."""
        end, good = time.monotonic() + seconds, 0
        while good < 3 and time.monotonic() < end:
            good = good + 1 if self.is_whole() else 0
            time.sleep(0.3)
        return good >= 3

    def news(self) -> set[str]:
        """All that any web has, once each has been started anew: what is on disk, not what somebody remembers."""
        self.anew()
        end = time.monotonic() + 40
        found: set[str] = set()
        heard: set[str] = set()
        while len(heard) < self.writers and time.monotonic() < end:
            for docker, name in self.containers(WEB):
                with suppress(Failed):  # it waits for the lock, has not started, or its journal does not open
                    found |= set(said_by((docker, name)).splitlines())
                    heard.add(name)
            time.sleep(0.3)
        return found


def said_by(web: Container) -> str:
    """The news that a web has, asked in its container."""
    docker, name = web
    return docker.docker("exec", name, "curl", "-fsS", "http://127.0.0.1:8080/news")


def listens(web: Container) -> bool:
    """Whether a web answers in its container."""
    with suppress(Failed):
        said_by(web)
        return True
    return False


def _answers(client: Client) -> bool:
    to = (client.entry.address, client.entry.port)
    return ask(client.entry.network, to, PATHS[client.what], source=client.source, timeout=5).status == 200


@contextmanager
def versions(docker: Docker) -> Iterator[None]:
    """The other versions of the sample application's images, on an engine that has the first; then they are gone."""
    have_versions(docker)
    try:
        yield
    finally:
        made = [f"twip/{service}:{version}" for service in ("web", "static") for version in (SECOND, BAD)]
        docker.docker("image", "rm", "--force", *made)


def have_versions(docker: Docker) -> None:
    """The other versions, on an engine that is thrown away."""
    for service in ("web", "static"):
        docker.docker("tag", f"twip/{service}:{FIRST}", f"twip/{service}:{SECOND}")
        text = f'FROM twip/{service}:{FIRST}\nCMD ["sleep", "3600"]\n'
        docker.docker("build", "--quiet", "--tag", f"twip/{service}:{BAD}", "-", stdin=text.encode())


def versioned(file: Path, service: str, version: str) -> None:
    """Writes another version of an image into a file."""
    first, *others = file.read_text().split(f"twip/{service}:")
    file.write_text(f"twip/{service}:".join([first, *_with(version, others)]))


def _with(version: str, texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield version + text[len(text.split()[0]) :]


def twipc(run: Run, verb: str, environment: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A verb of twipc, as a person runs it."""
    path = f"PATH={tool('docker').parent}:{os.environ['PATH']}"
    there = ("env", path, f"PYTHONPATH={ROOT}", sys.executable, "-m", "twipc", verb, environment, *arguments)
    return run(*there, folder=folder)
