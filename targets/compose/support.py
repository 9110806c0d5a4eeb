"""What Compose can say."""

from __future__ import annotations

from twipc.formats.composefile.support import FIELDS
from twipc.formats.reading import ENGINE_SUPPORT
from twipc.target import Support

SUPPORT = Support(FIELDS, ENGINE_SUPPORT)
