"""Makes .venv of the checkout from a lock; .ci/setup.sh calls it when the stamp of that lock is not fresh."""

import fcntl
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "setup.log"

# The entry point, as an installed wheel has it. A shebang can hold neither spaces nor a long path: then by way of sh.
LONGEST = 127
BEGINNING = (
    f"#!{PYTHON}"
    if " " not in str(PYTHON) and len(str(PYTHON)) < LONGEST - len("#!")
    else f"""#!/bin/sh
'''exec' {shlex.quote(str(PYTHON))} "$0" "$@"
' '''"""
)
SCRIPT = f"""\
{BEGINNING}
import sys

from twipc.__main__ import main

sys.exit(main())
"""


class Failed(Exception):
    """The one line that the person sees."""


def main(me: str, lock: str) -> int:
    try:
        with alone(me):
            if not fresh(lock):
                install(me, lock)
    except Failed as failure:
        print(f"{me}: {failure}")
    except OSError as error:
        print(f"{me}: cannot set up {VENV}: {error.strerror or error} ({error.filename or ROOT})")
    except KeyboardInterrupt:
        return 130
    else:
        return 0
    return 3


@contextmanager
def alone(me: str) -> Iterator[None]:
    """Two first uses at once: the second one waits, then finds the work done."""
    with Path(__file__).open() as this:  # a lock on a file that is there anyway leaves nothing behind
        try:
            fcntl.flock(this, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{me}: waiting for another set-up of {VENV}", flush=True)
            fcntl.flock(this, fcntl.LOCK_EX)
        yield


def install(me: str, lock: str) -> None:
    if not os.access(ROOT, os.W_OK) or (VENV.exists() and not os.access(VENV, os.W_OK)):
        raise Failed(f"no write permission in {ROOT}, where .venv is set up on first use")
    began = time.monotonic()
    uv = shutil.which("uv")
    how = f"{'uv' if uv else 'pip'} and Python {platform.python_version()}"
    print(f"{me}: setting up {VENV} from {lock} with {how}", flush=True)

    # Every lock holds requirements.lock whole, so the rest goes on top of it; any other state is made anew.
    if not (lock != "requirements.lock" and fresh("requirements.lock")):
        remove(VENV)
        make_environment(uv)
    install_packages(uv, lock)
    make_importable()
    for name in {"requirements.lock", lock}:
        stamp(name).write_bytes(wanted(name))
    print(f"{me}: ready after {time.monotonic() - began:.0f} s; later uses need no network", flush=True)


def remove(folder: Path) -> None:
    # The stamps go first: what is left of a removal that was interrupted is not taken for an environment.
    for name in folder.glob("*.stamp"):
        name.unlink()
    if folder.exists():
        shutil.rmtree(folder)


def make_environment(uv: str | None) -> None:
    if uv:
        run("making it", uv, "venv", "--quiet", "--no-project", "--python", sys.executable, VENV)
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        run("making it", sys.executable, "-m", "venv", VENV)
    else:
        remedy = "on Debian and Ubuntu it is in python3-venv; uv does without"
        raise Failed(f"{sys.executable} comes without the venv module ({remedy})")


def install_packages(uv: str | None, lock: str) -> None:
    pip: tuple[str | Path, ...]
    if uv:
        pip = (uv, "pip", "install", "--quiet", "--python", PYTHON)
    else:
        # What is imported gets compiled then; compiling it all here would double the time.
        pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")
    doing = "installing packages (is the package index in reach?)"
    run(doing, *pip, "--require-hashes", "-r", ROOT / lock)


def make_importable() -> None:
    """`twipc` and `targets` straight from the checkout: no build, no network, no copy that grows stale."""
    where = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.check_output(where, text=True).strip())
    # Relative, as Python reads this file in the encoding of whatever locale it is started in.
    (packages / "twipc-checkout.pth").write_text(os.path.relpath(ROOT, packages) + "\n")
    script = VENV / "bin" / "twipc"
    script.write_text(SCRIPT)
    script.chmod(0o755)


def run(doing: str, *command: str | Path) -> None:
    # Whoever has `pip install --user` as a default would have it in here too, where it fails.
    environment = os.environ | {"PIP_USER": "0"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        VENV.mkdir(exist_ok=True)
        LOG.write_bytes(done.stdout)
        raise Failed(f"{doing} failed, see {LOG}")


def fresh(lock: str) -> bool:
    return os.access(PYTHON, os.X_OK) and stamp(lock).is_file() and stamp(lock).read_bytes() == wanted(lock)


def wanted(lock: str) -> bytes:
    return os.fsencode(ROOT) + b"\n" + Path(__file__).read_bytes() + (ROOT / lock).read_bytes()


def stamp(lock: str) -> Path:
    return VENV / f"{lock}.stamp"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
