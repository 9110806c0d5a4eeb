"""What compose files, Kubernetes, ECS, nginx and haproxy call what a spec says in words of its own, and how a spec says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from msgspec import Struct

from twipc.diagnostics.near import near

_SERVICE = "Service"


class Foreign(Struct, frozen=True):
    """Words of other tools, and the place where a spec says the same; without a place it says nothing of the kind."""

    words: tuple[str, ...]
    place: str
    told: str

    def help(self, word: str) -> str:
        return f"`{word}` is `{self.place}` here: {self.told}" if self.place else f"there is no `{word}`: {self.told}"


@cache
def sections() -> Mapping[str, Sequence[tuple[str, ...]]]:
    """The table: under each heading its rows, and their columns. Only who has made a mistake waits for it to be read."""
    found: dict[str, list[tuple[str, ...]]] = {}
    rows: list[tuple[str, ...]] = []
    for line in files(__name__).joinpath("words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            rows = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            rows.append(tuple(line.split(" | ")))
    return found


@cache
def words(noun: str) -> Mapping[str, Foreign]:
    """What stands for no field of a noun, by each word, folded."""
    return {
        folded(word): Foreign(tuple(theirs.split()), place.strip("-"), told)
        for theirs, place, told in sections().get(noun, ())
        for word in theirs.split()
    }


def folded(word: str) -> str:
    """`livenessProbe`, `liveness_probe` and `liveness-probe` are one word."""
    return word.replace("_", "").replace("-", "").casefold()


def advice(noun: str, word: str, names: Sequence[str]) -> str | None:
    """What helps who wrote a word that is no field of a noun, whose fields these are; None where nothing is known of it."""
    own = {folded(name): name for name in names}.get(folded(word))
    theirs = words(noun)
    if own is None and folded(word) in theirs:
        return theirs[folded(word)].help(word)
    if word.startswith("x-"):
        return "there are no fields of one's own: write a comment, or put what is shared in a file that others extend"
    meant = own or near(word, names)
    if meant:
        return f"did you mean `{meant}`?"
    slip = near(folded(word), theirs)
    known = theirs.get(slip or "*")
    return known.help(word) if known else None


def anywhere(word: str) -> Foreign | None:
    """What somebody meant who names a word without saying where it stood: in a service, or else in whatever noun."""
    found = _everywhere(folded(word))
    # A word of services is one whatever others call so, but for what stands beside them too.
    if folded(word) in words(_SERVICE) and folded(word) not in words("Environment"):
        return words(_SERVICE)[folded(word)]
    return next((entry for entry in found if entry.place), next(iter(found), None))


def _everywhere(word: str) -> Sequence[Foreign]:
    nouns = [name for name in sections() if " " not in name]
    return [words(noun)[word] for noun in sorted(nouns, key=lambda name: name != _SERVICE) if word in words(noun)]


def value(noun: str, field: str, word: str) -> str | None:
    """How a spec says a value that another tool has for a field of this name."""
    rows = sections().get(f"{noun} {field}", ())
    return next((told for theirs, told in rows if folded(word) in map(folded, theirs.split())), None)


def field_of(word: str) -> tuple[str, str] | None:
    """The field for which another tool has this value, and how a spec says it."""
    fields = [
        name.split()[-1:] + name.split()[:1]
        for name in sections()
        if " " in name and not name.startswith(("as a ", "in it a "))
    ]
    return next(((field, told) for field, noun in fields if (told := value(noun, field, word))), None)


def form(noun: str, field: str, found: str, *, inside: bool = False) -> str | None:
    """How a field, or what is inside it, is written that stands there as a list, a mapping, a text or a key, or is a gap."""
    rows = sections().get(f"{'in it' if inside else 'as'} a {found}", ())
    return next((told for place, told in rows if place == f"{noun} {field}"), None)


def truth(word: str) -> str | None:
    """What YAML 1.1 took a word for that is only a word since."""
    return {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}.get(word.lower())
