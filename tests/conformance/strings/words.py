"""The words that are tried: those that some reader takes for something else, and random ones of any character."""

from __future__ import annotations

import random

from tests.strategies import CARRIED, NASTY

REFUSED = ("\0", "a\0b", "\ud800", "a\udfffb", "\ufffe", "\uffff", "//", "..", "x" * 5000)
"""What hardly any place can carry."""
_SPECIAL = "${}\"'\\#;%:-=,.@&*!?|<>[]()~^`/ \n\r\t\v\x1b\x7f\x85\xa0\u2028\u2029\ufeff"
_RANGES = (
    (0x20, 0x7E),
    (0xA1, 0x24F),
    (0x370, 0x3FF),
    (0x4E00, 0x4FFF),
    (0xE000, 0xE0FF),
    (0x1F300, 0x1F6FF),
    (0x10FF00, 0x10FFFF),
)


def corpus(seed: int, count: int) -> list[str]:
    """So many different words, the same for the same seed."""
    dice = random.Random(seed)
    found = dict.fromkeys((*NASTY, *CARRIED, *REFUSED))
    while len(found) < count:
        found.setdefault("".join(_character(dice) for _ in range(dice.randint(1, 12))))
    return list(found)[:count]


def _character(dice: random.Random) -> str:
    if dice.random() < 0.5:
        return dice.choice(_SPECIAL[:32] if dice.random() < 0.85 else _SPECIAL)
    return chr(dice.randint(*dice.choice(_RANGES)))


IMAGES = (
    *("a", "1", "0.10", "a.b", "a_b", "a__b", "a-b", "a--b", "a/b", "a/b/c", "a/b/c/d", "a:1", "a:A", "a:_", "a:1.2-x_Y.z"),
    *(
        "registry.example/a",
        "registry.example:5000/a:1",
        "127.0.0.1:5000/a/b:1",
        "localhost/a",
        "xn--d1.example/a",
        "a.b/c.d/e",
    ),
    *(f"a@sha256:{'0' * 64}", f"a/b:1@sha256:{'a1' * 32}", f"registry.example:5000/a/b_c.d:1@sha256:{'f' * 64}"),
    *("A", "a/B", "a:", "a:-", "a:.x", "a@sha256:1", f"a:{'x' * 129}", "a//b", "/a", "a/", "a:1:2", "-a", "a-", "a..b", "a b"),
    *(
        "a.-b",
        "a___b",
        "a-.b/c",
        "a.b-/c",
        "-a.b/c",
        "a./b",
        "a_/b",
        "a/_b",
        "f" * 64,
        "f" * 64 + ":1",
        "f" * 63,
        f"a/{'f' * 64}",
    ),
)
"""Names of images, legal and not."""
