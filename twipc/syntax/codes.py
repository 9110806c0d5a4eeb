"""What can be wrong with the bytes of a spec."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

NOT_YAML = Code(
    "TW101",
    "not YAML",
    Severity.ERROR,
    why="The file could not be read as YAML 1.2, so nothing in it means anything.",
    bad="services: {web: {image: shop/web:1}}}  #! TW101",
    good="services: {web: {image: shop/web:1}}",
)
DUPLICATE_KEY = Code(
    "TW102",
    "duplicate key",
    Severity.ERROR,
    why="Most readers of YAML keep the last of two equal keys and say nothing; the first is lost.",
    bad="services:\n  web:\n    image: shop/web:1\n    image: shop/web:2  #! TW102",
    good="services:\n  web:\n    image: shop/web:2",
)
ALIAS = Code(
    "TW103",
    "anchors, aliases and merge keys are not part of the language",
    Severity.ERROR,
    why="An alias has two places and a merge key has rules of its own. `extends` and `from` share what is common, and findings "
    "still point at one line.",
    bad="services:\n  web: &web {image: shop/web:1}  #! TW103",
    good="services:\n  web: {image: shop/web:1}",
)
KEY_NOT_STRING = Code(
    "TW104",
    "a key is not a string",
    Severity.ERROR,
    why="`80:` is a number and `on:` is a boolean to some readers of YAML: a key must mean the same to all of them.",
    bad='services:\n  web:\n    image: shop/web:1\n    env: {1: "x"}  #! TW104',
    good='services:\n  web:\n    image: shop/web:1\n    env: {ONE: "x"}',
)
NOT_ONE_DOCUMENT = Code(
    "TW105",
    "not exactly one document",
    Severity.ERROR,
    why="A spec is one YAML document that holds a mapping: an empty file or a second document would be ignored in silence.",
    bad="services: {web: {image: shop/web:1}}\n---  #! TW105\nservices: {}",
    good="services: {web: {image: shop/web:1}}",
)
TOO_LARGE = Code(
    "TW106",
    "too large or too deep",
    Severity.ERROR,
    why="A spec of over 1 MiB or 50 levels is a mistake or an attack; refusing it keeps every run short.",
    bad="services: " + "{a: " * 60 + "1" + "}" * 60 + "  #! TW106",
    good="services: {web: {image: shop/web:1}}",
)
NOT_TEXT = Code(
    "TW107",
    "not readable as UTF-8 text",
    Severity.ERROR,
    why="A spec is UTF-8 (a byte order mark is allowed) without control characters: other bytes mean different things to "
    "different tools.",
    raised_by="a spec that is UTF-16, or holds NUL or other control characters",
)
TAG = Code(
    "TW108",
    "tags are not part of the language",
    Severity.ERROR,
    why="A tag asks the reader to make something else of a value; what is written is what is meant.",
    bad='services:\n  web: {image: !!str "shop/web:1"}  #! TW108',
    good='services:\n  web: {image: "shop/web:1"}',
)
BAD_IGNORE = Code(
    "TW109",
    "a comment that cannot ignore anything",
    Severity.WARNING,
    why="`# twipc: ignore[CODE] reason` takes warnings and notes of its line (alone on a line: of the next) out of what is "
    "said. It needs codes that exist and a reason; errors are put right, or accepted with `accept` where they are a loss.",
    bad="services: {web: {image: shop/web:1}}  # twipc: ignore[TW301] known  #! TW109",
    good="services: {web: {image: shop/web:1}}\nvolumes:\n"
    "  news: {access: shared}  # twipc: ignore[TW415] its service comes later",
)
UNUSED_IGNORE = Code(
    "TW110",
    "a comment ignores nothing",
    Severity.WARNING,
    why="The finding is not there (any more): left in place, the comment would hide the next one. It is said when every "
    "environment that reads the file was looked at with all its targets and has no errors.",
    bad="services:\n  web: {image: shop/web:1}  # twipc: ignore[TW415] its service comes later  #! TW110",
    good="services:\n  web: {image: shop/web:1}\nvolumes:\n"
    "  # twipc: ignore[TW415] its service comes later\n  news: {access: shared}",
)

CODES = (
    NOT_YAML,
    DUPLICATE_KEY,
    ALIAS,
    KEY_NOT_STRING,
    NOT_ONE_DOCUMENT,
    TOO_LARGE,
    NOT_TEXT,
    TAG,
    BAD_IGNORE,
    UNUSED_IGNORE,
)
