"""The Dockerfile of a baked image, read line by line: what it starts from, what it brings, and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twipc.target import Unreadable


@dataclass
class BakedImage:
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
