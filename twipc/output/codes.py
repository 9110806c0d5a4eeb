"""What can be wrong with what lies in `out/`."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

STALE = Code(
    "TW701",
    "an artifact is stale",
    Severity.ERROR,
    why="The spec was changed and not compiled, or the file lost its mode: what is committed is not what the spec says.",
    raised_by="`twipc compile --check` after a change of the spec, or of a file's mode",
)
MISSING = Code(
    "TW702",
    "an artifact is missing",
    Severity.ERROR,
    why="The spec makes a file that is not there.",
    raised_by="`twipc compile --check` where a file of `out/` was removed",
)
ORPHANED = Code(
    "TW703",
    "an artifact is orphaned",
    Severity.ERROR,
    why="twipc wrote it once, and the spec does not make it any more.",
    raised_by="`twipc compile --check` after a service or target was taken out of the spec",
)
EDITED = Code(
    "TW704",
    "an artifact was edited by hand",
    Severity.ERROR,
    why="Compiling would lose the edit. What it says belongs into the spec.",
    raised_by="`twipc compile` or `compile --check` on an artifact that was edited",
)
FOREIGN = Code(
    "TW705",
    "a file that twipc did not write is in the way",
    Severity.ERROR,
    why="An artifact has this name, and compiling would replace a file that is somebody else's.",
    raised_by="`twipc compile` where a file of another maker bears an artifact's name",
)

TAKEN_UP = Code(
    "TW706",
    "a file that is not twipc's lies where Docker takes it up by itself",
    Severity.ERROR,
    why="Docker reads `.env`, overrides and other compose files beside the one it is given, and bakes what lies in an image's "
    "folder: what runs would not be what the spec says.",
    raised_by="`twipc compile --check` or `verify` where a target's folder holds a `.env` of somebody else",
)
STRANGER = Code(
    "TW707",
    "a file that is not twipc's lies in a target's folder",
    Severity.WARNING,
    why="It is in no manifest, and nobody compares it with anything.",
    raised_by="`twipc compile --check` or `verify` where a target's folder holds somebody's notes",
)

CODES = (STALE, MISSING, ORPHANED, EDITED, FOREIGN, TAKEN_UP, STRANGER)
