"""What can be wrong with a spec, each value judged by itself."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

UNKNOWN_FIELD = Code(
    "TW201",
    "unknown field",
    Severity.ERROR,
    why="A lenient tool would ignore a key that the language does not have, and what it was meant to do would not happen.",
    bad="services:\n  web:\n    image: shop/web:1\n    replicsa: 2  #! TW201",
    good="services:\n  web:\n    image: shop/web:1\n    replicas: 2",
)
BAD_VALUE = Code(
    "TW202",
    "value not allowed",
    Severity.ERROR,
    why="The value has another type than the field, or lies outside what every target can do. Nothing is converted: `1.10` "
    "is a number and would become 1.1.",
    bad="services:\n  web:\n    image: shop/web:1\n    env: {VERSION: 1.10}  #! TW202",
    good='services:\n  web:\n    image: shop/web:1\n    env: {VERSION: "1.10"}',
)
MISSING = Code(
    "TW203",
    "required field missing",
    Severity.ERROR,
    why="Without it the spec does not say enough to run anything.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http}]  #! TW203",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 8080}\n    publish: [{port: http, host: 80}]",
)
ONE_OF = Code(
    "TW204",
    "exactly one of several is needed",
    Severity.ERROR,
    why="Two kinds at once contradict each other, none says nothing.",
    bad="services:\n  web:\n    image: shop/web:1\n    ports: {http: 80}\n    health: {http: /up, command: [check]}  #! TW204",
    good="services:\n  web:\n    image: shop/web:1\n    ports: {http: 80}\n    health: {http: /up}",
)
VERSION = Code(
    "TW205",
    "unknown version of the language",
    Severity.ERROR,
    why="A later version may give the same words another meaning, so nothing else of the spec is judged.",
    bad='twipc: 2  #! TW205\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices: {web: {image: "shop/web:1"}}',
    good='twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices: {web: {image: "shop/web:1"}}',
)
FILE_NAME = Code(
    "TW206",
    "the environment is not called like its file",
    Severity.ERROR,
    why="`twipc compile prod` reads specs/prod.yaml and writes out/prod: one name for all three, or two files would write to "
    "one place.",
    bad='twipc: 1\nproject: shop\nenvironment: live  #! TW206\ntargets: {compose: {}}\nservices: {web: {image: "shop/web:1"}}',
    good='twipc: 1\nproject: shop\nenvironment: prod\ntargets: {compose: {}}\nservices: {web: {image: "shop/web:1"}}',
)
EXTENDS = Code(
    "TW207",
    "a file cannot be extended",
    Severity.ERROR,
    why="What is common lies in that file; without it the environment is not whole.",
    bad="extends: bsae.yaml  #! TW207\nservices: {web: {image: shop/web:1}}",
    good="services: {web: {image: shop/web:1}}",
)
FROM = Code(
    "TW208",
    "`from` names no service of an extended file",
    Severity.ERROR,
    why="`from` takes a service of an extended file under another name.",
    bad="services:\n  web1: {from: web}  #! TW208",
    good="services:\n  web1: {image: shop/web:1}",
)
FRAGMENT = Code(
    "TW209",
    "a fragment is not compiled alone",
    Severity.ERROR,
    why="A file that names no `environment` is what others extend; it has no targets of its own.",
    raised_by="compiling a spec without the key `environment`",
)
UNREADABLE = Code(
    "TW210",
    "a spec cannot be read",
    Severity.ERROR,
    why="What lies in specs/ under the name of a spec is none, or may not be read: an environment may be missing.",
    raised_by="a folder, a pipe or a socket in specs/ whose name ends in .yaml",
)
UNTAKEN = Code(
    "TW726",
    "a fragment that nothing extends",
    Severity.NOTE,
    why="A file that names no `environment` is never compiled alone. If it was meant as an environment, nothing is made of it.",
    raised_by="`twipc lint` beside a spec without the key `environment`, which no other extends",
)

CODES = (UNKNOWN_FIELD, BAD_VALUE, MISSING, ONE_OF, VERSION, FILE_NAME, EXTENDS, FROM, FRAGMENT, UNREADABLE, UNTAKEN)
