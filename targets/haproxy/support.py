"""What a haproxy configuration can say: of the services it serves everything that haproxy can, of the others nothing."""

from __future__ import annotations

from twipc.formats.part.support import PART
from twipc.formats.reading import ENGINE_SUPPORT
from twipc.target import Support

SUPPORT = Support(PART, ENGINE_SUPPORT, only="haproxy")
