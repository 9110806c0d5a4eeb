"""What a start takes is held down: nothing is made, or imported, that a run does not use."""

from __future__ import annotations

import re

from tests.compiling import ROOT


def test_modules_with_nouns_do_not_postpone_their_annotations() -> None:
    texts = [path.read_text() for folder in ("twipc", "targets") for path in (ROOT / folder).rglob("*.py")]
    with_nouns = [text for text in texts if re.search(r"^class \w+\([\w.]*(Noun|Options)\):", text, re.MULTILINE)]
    assert len(with_nouns) > 5
    assert not [text for text in with_nouns if "from __future__ import annotations" in text]
