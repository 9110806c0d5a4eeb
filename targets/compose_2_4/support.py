"""What docker-compose 1.29 can say: as much as Compose v2, in older words."""

from __future__ import annotations

from twipc.formats.composefile.support import FIELDS
from twipc.formats.reading import ENGINE_SUPPORT
from twipc.target import Support

SUPPORT = Support(FIELDS, ENGINE_SUPPORT)
