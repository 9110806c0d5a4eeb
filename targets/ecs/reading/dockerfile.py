"""The Dockerfile of a baked image, read line by line: what it starts from, what it brings, and the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct, field

from twipc.formats.reading import read_server
from twipc.target import Discovery, Facts, Unreadable


class BakedImage(Struct):
    """`copied` are texts by their place in the image; `rest` is every other instruction, in order."""

    base: str = ""
    copied: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)


def read_image(texts: Mapping[str, str], folder: str) -> BakedImage:
    """What `folder` builds; of an instruction nothing may be left to a shell, a variable or the next line."""
    path = f"{folder}/Dockerfile"
    image = BakedImage()
    lines = texts[path].splitlines()
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if not bare:
            continue
        if bare.startswith("#"):
            if number == 1 and "=" in bare:
                raise Unreadable(path, f"line 1: `{bare}` would direct the parser")
            continue
        if bare.endswith("\\") or "$" in bare or "<<" in bare:
            raise Unreadable(path, f"line {number}: nothing here is continued, expanded or read from below")
        words = bare.split()
        if words[0] == "FROM" and len(words) == 2:
            if image.base:
                raise Unreadable(path, f"line {number}: a second stage")
            image.base = words[1]
        elif words[:2] == ["COPY", "--chmod=0444"] and len(words) == 4 and words[3] not in image.copied:
            image.copied[words[3]] = texts.get(f"{folder}/{words[2]}", f"no file {words[2]}")
        else:
            image.rest.append(bare)
    if not image.base:
        raise Unreadable(path, "there is no FROM")
    return image


class Folders:
    """The folders of images among some texts; two documents may run one image, and it is read once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._images: dict[str, BakedImage] = {}
        self._served: dict[tuple[str, Discovery], Facts] = {}

    def image(self, name: str) -> BakedImage | None:
        """What the service's folder builds, if it has one."""
        if f"images/{name}/Dockerfile" not in self._texts:
            return None
        if name not in self._images:
            self._images[name] = read_image(self._texts, f"images/{name}")
        return self._images[name]

    def content(self, name: str) -> str:
        """What tells the folder from any other."""
        paths = [path for path in sorted(self._texts) if path.startswith(f"images/{name}/")]
        return hashlib.sha256("\0".join(part for path in paths for part in (path, self._texts[path])).encode()).hexdigest()[:12]

    def served(self, name: str, discovery: Discovery) -> Facts:
        """What a server does that is configured by the folder's files, if that is what they are."""
        if (name, discovery) not in self._served:
            image = self.image(name)
            self._served[name, discovery] = read_server(image.copied, name, discovery) if image else {}
        return self._served[name, discovery]
