"""What only the nginx target finds."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

NO_SERVER = Code(
    "NGINX101",
    "no service is served by nginx",
    Severity.ERROR,
    why="The target writes a configuration for each `http` service with this engine: here it would write nothing.",
    bad="targets: {nginx: {}}  #! NGINX101\nservices: {web: {image: shop/web:1}}",
    good="targets: {compose: {}}\nservices: {web: {image: shop/web:1}}",
)

CODES = (NO_SERVER,)
