"""The engine's private file system: the host's own, under a layer that holds the scenario's files."""

import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

ALWAYS = frozenset({"/etc", "/run", "/tmp"})

# An engine that ran on this machine may have left them, and not ours to write.
LEFT_OVER = tuple(f"/tmp/{name}" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))

# What the engines' images bring and their configurations rely on.
IMAGE = {
    "/etc/nginx/mime.types": """types {
    text/html html htm;
    text/css css;
    text/plain txt;
    application/javascript js;
    application/json json;
    image/gif gif;
    image/jpeg jpeg jpg;
    image/png png;
    image/svg+xml svg svgz;
    image/x-icon ico;
}
""",
    "/etc/resolv.conf": "nameserver 127.0.0.11\noptions ndots:0\n",
}


def furnish(scratch: Path, files: Mapping[str, str], *binaries: Path) -> None:
    """Lays a private layer over each top folder that is written, and puts the files there."""
    wanted = {**IMAGE, **files}
    # An engine runs without root, and its binary may lie in a home that only root may enter.
    closed = {binary: [folder for folder in binary.parents if not folder.stat().st_mode & stat.S_IXOTH] for binary in binaries}
    tops = ALWAYS | {_top(path) for path in wanted} | {_top(str(binary)) for binary, folders in closed.items() if folders}
    _mount("tmpfs", "tmpfs", scratch)
    # The one that holds the scratch folder comes last, for it hides it.
    for top in sorted(tops, key=lambda top: (scratch.is_relative_to(top), top)):
        _layer(scratch / top.strip("/"), Path(top))
    for folder in LEFT_OVER:
        shutil.rmtree(folder, ignore_errors=True)
    for path, text in wanted.items():
        _put(Path(path), text)
    for parent in {parent for folders in closed.values() for parent in folders}:
        parent.chmod(parent.stat().st_mode | stat.S_IXOTH)


def _top(path: str) -> str:
    parts = Path(path).parts
    top = "".join(parts[:2])
    if parts[0] != "/" or len(parts) < 3 or ".." in parts or not Path(top).is_dir():
        raise ValueError(f"{path!r} does not lie below a top folder of this machine")
    return top


def _layer(room: Path, top: Path) -> None:
    upper, work = room / "upper", room / "work"
    upper.mkdir(parents=True)
    work.mkdir()
    shutil.copystat(top, upper)
    _mount("overlay", "overlay", top, "-o", f"lowerdir={top},upperdir={upper},workdir={work}")


def _mount(kind: str, source: str, target: Path, *options: str) -> None:
    subprocess.run(("mount", "-t", kind, *options, source, str(target)), check=True)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o644)
