"""Stand-ins for the images that specs name: a shell, and a program that says what it was started with."""

from __future__ import annotations

import base64
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.tools import program, tool

BASE = "twipc-tests/base:1"
SAY = "/say"
_SAY = """\
#!/bin/sh
/bin/busybox base64 -w 0 /proc/$$/cmdline
echo
/bin/busybox base64 -w 0 /proc/$$/environ
echo
/bin/busybox readlink -n /proc/$$/cwd | /bin/busybox base64 -w 0
echo
exec /bin/busybox sleep 600
"""


def root_file_system() -> dict[str, tuple[bytes | str, int]]:
    """The files of the image: (content, mode), or (where a link leads, 0)."""
    busybox = tool("busybox").read_bytes()
    return {"bin/busybox": (busybox, 0o755), "bin/sh": ("busybox", 0), SAY.lstrip("/"): (_SAY.encode(), 0o755)}


def with_programs(*names: str) -> dict[str, tuple[bytes | str, int]]:
    """The same with programs of this machine and the libraries that they need, and busybox under more of its names."""
    files = root_file_system() | {f"bin/{applet}": ("busybox", 0) for applet in ("grep", "sleep", "test", "touch")}
    for name in names:
        path = program(name)
        files[f"bin/{name}"] = (path.read_bytes(), 0o755)
        needed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(?:=> )?(/\S+) \(0x", needed):
            files[library.lstrip("/")] = (Path(library).read_bytes(), 0o755)
    return files


@dataclass(frozen=True)
class Started:
    """What a program was started with, as it sees it itself."""

    arguments: tuple[str, ...]
    variables: dict[str, str]
    folder: str

    @classmethod
    def said(cls, log: str) -> Started:
        """From the log of a container that runs `SAY`."""
        command, environment, folder = (base64.b64decode(line).decode() for line in log.splitlines()[:3])
        pairs = (pair.partition("=") for pair in environment.split("\0")[:-1])
        # The kernel puts the script's interpreter before it.
        return cls(tuple(command.split("\0")[2:-1]), {name: value for name, _, value in pairs}, folder)
