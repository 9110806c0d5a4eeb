"""What a Swarm stack can say."""

from __future__ import annotations

from twipc.formats.composefile.support import FIELDS, SECRET_PLACE
from twipc.formats.reading import ENGINE_SUPPORT
from twipc.target import Absent, Asked, Exact, FieldSupport, Outside, Support, When, codes
from twipc.target.support import OUTSIDE_ORCHESTRATORS


def _has_address(asked: Asked) -> bool:
    return bool(asked.value[1])


_FIELDS: FieldSupport = {
    **FIELDS,
    "service.publish": When(
        "it is for one address of the host",
        _has_address,
        then=Absent("swarm publishes on all addresses of a node or not at all; here: not at all", codes.EXPOSURE_LOST),
        otherwise=Exact(),
    ),
    "secret.file": Outside(OUTSIDE_ORCHESTRATORS["secret.file"]),
    "secret.swarm.name": SECRET_PLACE,
}
SUPPORT = Support(_FIELDS, ENGINE_SUPPORT)
