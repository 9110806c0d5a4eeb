"""Stand-ins for the official images that the Dockerfiles and the table of engines name, made of Debian's packages.

They have what the official ones have in the same places: the program, its user, the shell and the tools that health checks and
Dockerfiles use. Maven's has the libraries of the sample application as well, as builds here reach no registry.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.lab.cache import cached
from tests.tools import ROOT

HERE = Path(__file__).parent
APP = ROOT / "app"
JAVA = "openjdk-21-jre-headless=21"
UBUNTU = ("bash=5", "coreutils=9", "curl=8", "dash=0.5", "findutils=4", "grep=3", "sed=4", "util-linux=2.40")
"""Of what the images on Ubuntu have, the part that is used."""
UNUSED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/bash-completion", "var/cache")
REGISTRY_CONFIG = """\
version: 0.1
storage: {filesystem: {rootdirectory: /var/lib/registry}, delete: {enabled: true}}
http: {addr: ":5000"}
"""
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


class NotMade(Exception):
    """A stand-in could not be made, and why."""


@dataclass(frozen=True)
class Base:
    """An image: its name, the packages with their floors, how they are finished, and how it starts."""

    name: str
    suite: str
    packages: tuple[str, ...]
    finish: Callable[[Path], None]
    changes: tuple[str, ...]
    files: tuple[Path, ...] = ()

    @property
    def made_of(self) -> tuple[str | bytes, ...]:
        """All that decides what is in it."""
        recipe = (Path(__file__), HERE / "unpack", ROOT / "tests" / "tools" / "debian.sh", *self.files)
        return (self.name, *(file.read_bytes() for file in recipe))

    def tree(self) -> Path:
        """Its root file system."""
        return cached(self.name.replace(":", "-").replace("/", "-"), self.made_of, self._make)

    def _make(self, tree: Path) -> None:
        _ran([HERE / "unpack", tree, self.suite, *self.packages])
        for folder in UNUSED:
            shutil.rmtree(tree / folder, ignore_errors=True)
        for folder in ("dev", "proc", "root", "run", "sys", "tmp", "var/tmp"):
            (tree / folder).mkdir(parents=True, exist_ok=True)
        for folder in ("tmp", "var/tmp"):
            (tree / folder).chmod(0o1777)
        for folder in ("bin", "sbin", "lib", "lib64"):
            if not (tree / folder).is_symlink():
                (tree / folder).symlink_to(f"usr/{folder}")
        _users(tree, root=0)
        (tree / "etc" / "nsswitch.conf").write_text("hosts: files dns\n")
        self.finish(tree)


def _users(tree: Path, **users: int) -> None:
    """Adds users with groups of their own."""
    for name, number in users.items():
        with (tree / "etc" / "passwd").open("a") as file:
            file.write(f"{name}:x:{number}:{number}::/{'root' if number == 0 else 'nonexistent'}:/bin/sh\n")
        with (tree / "etc" / "group").open("a") as file:
            file.write(f"{name}:x:{number}:\n")


def _alpine(tree: Path) -> None:
    """The commands of busybox, which are all that an image on alpine has."""
    for applet in _ran([tree / "usr/bin/busybox", "--list"]).split():
        if not (tree / "usr/bin" / applet).exists() and not (tree / "usr/sbin" / applet).exists():
            (tree / "usr/bin" / applet).symlink_to("busybox")


def _nginx(tree: Path) -> None:
    _alpine(tree)
    _users(tree, nginx=101)
    logs = tree / "var/log/nginx"
    logs.mkdir(parents=True, exist_ok=True)
    for name, stream in (("access.log", "/dev/stdout"), ("error.log", "/dev/stderr")):
        (logs / name).symlink_to(stream)


def _haproxy(tree: Path) -> None:
    _alpine(tree)
    _users(tree, haproxy=99)
    for folder in ("usr/local/etc/haproxy", "var/lib/haproxy"):
        (tree / folder).mkdir(parents=True, exist_ok=True)


def _registry(tree: Path) -> None:
    (tree / "var/lib/registry").mkdir(parents=True)
    (tree / "etc/docker/registry/config.yml").write_text(REGISTRY_CONFIG)


def _java(tree: Path) -> None:
    (home,) = (tree / "usr/lib/jvm").glob("java-21-openjdk-*")
    for program in (home / "bin").iterdir():
        link = tree / "usr/bin" / program.name
        link.unlink(missing_ok=True)
        link.symlink_to(f"/{program.relative_to(tree)}")
    (tree / "opt/java").mkdir(parents=True)
    (tree / "opt/java/openjdk").symlink_to(f"/{home.relative_to(tree)}")


def _maven(tree: Path) -> None:
    """Maven resolves the application's libraries once, with this machine's own settings, which do not stay."""
    _java(tree)
    (tree / "usr/bin/mvn").symlink_to("/usr/share/maven/bin/mvn")
    _trust_what_this_machine_trusts(tree)
    settings = tree / "root/.m2/settings.xml"
    settings.parent.mkdir()
    theirs = Path.home() / ".m2" / "settings.xml"
    if theirs.exists():
        shutil.copy(theirs, settings)
    shutil.copytree(APP / "web", tree / "build", ignore=shutil.ignore_patterns("target"))
    try:
        _ran_in(tree, "cd /build && mvn -B -ntp -q dependency:go-offline package")
    finally:
        shutil.rmtree(tree / "build")
        settings.write_text("<settings><offline>true</offline></settings>\n")
    for remembered in (tree / "root/.m2/repository").rglob("_remote.repositories"):
        remembered.unlink()  # from which of this machine's mirrors a file came; builds ask for it from another


def _trust_what_this_machine_trusts(tree: Path) -> None:
    """Java's own store of certificates, which a script of the package would make."""
    folder = tree / "etc/ssl/certs/java"
    folder.mkdir(parents=True, exist_ok=True)
    end = "-----END CERTIFICATE-----\n"
    several = BUNDLE.read_text().split(end)[:-1]
    wanted = []
    for number, text in enumerate(several):
        (folder / f"{number}.pem").write_text(text[text.index("-----BEGIN") :] + end)
        wanted.append(f"+/etc/ssl/certs/java/{number}.pem")
    (tree / "tmp" / "wanted").write_text("\n".join(wanted) + "\n")
    _ran_in(tree, "java -jar /usr/share/ca-certificates-java/ca-certificates-java.jar </tmp/wanted")
    (tree / "tmp" / "wanted").unlink()


def _ran_in(tree: Path, script: str) -> None:
    """Runs a shell's script with a tree as its root, and with this machine's network."""
    shutil.copy("/etc/resolv.conf", tree / "etc/resolv.conf")
    inside = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" /bin/sh -c "$1"'
    variables = ("PATH=/usr/sbin:/usr/bin", "HOME=/root", "LANG=C.UTF-8")
    apart = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "env", "-i", *variables)
    try:
        _ran([*apart, "sh", "-c", inside, tree, script])
    finally:
        (tree / "etc/resolv.conf").unlink()


def _ran(command: list[str | Path]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMade(f"{command[0]}: {(done.stderr + done.stdout)[-1500:]}")
    return done.stdout


def packed(tree: Path) -> Path:
    """A tree as a file that an engine imports; whoever asked removes it."""
    handle, name = tempfile.mkstemp(prefix="twipc-image-", suffix=".tar")
    os.close(handle)
    _ran(["tar", "--numeric-owner", "-C", tree, "-cf", name, "."])
    return Path(name)


NGINX = Base("nginx:1.30-alpine", "forky", ("nginx=1.30", "busybox-static=1.37"), _nginx, ('CMD ["nginx","-g","daemon off;"]',))
HAPROXY = Base(
    "haproxy:3.2-alpine",
    "forky",
    ("haproxy=3.2", "busybox-static=1.37"),
    _haproxy,
    ("USER haproxy", 'CMD ["haproxy","-W","-db","-f","/usr/local/etc/haproxy/haproxy.cfg"]'),
)
JRE = Base("eclipse-temurin:21-jre-noble", "trixie", (*UBUNTU, JAVA), _java, ("ENV JAVA_HOME=/opt/java/openjdk",))
MAVEN = Base(
    "maven:3.9-eclipse-temurin-21",
    "trixie",
    (*UBUNTU, "openjdk-21-jdk-headless=21", "maven=3.9", "ca-certificates-java=20240118"),
    _maven,
    ("ENV JAVA_HOME=/opt/java/openjdk",),
    (APP / "web" / "pom.xml",),
)
REGISTRY = Base(
    "registry:2",
    "trixie",
    ("docker-registry=2.8",),
    _registry,
    ('CMD ["docker-registry","serve","/etc/docker/registry/config.yml"]',),
)
BASES = (NGINX, HAPROXY, JRE, MAVEN)
