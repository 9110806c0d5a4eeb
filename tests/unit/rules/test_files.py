"""Files that a server serves are told where nothing brings them into its container."""

from __future__ import annotations

import pytest

from tests.compiling import compiled_text

SPEC = """\
twipc: 1
project: shop
environment: prod
targets: {compose: {}}
services:
  edge:
%s    http:
      engine: {name: nginx, version: "1.30"}
      listen: 8080
      routes: [{match: {prefix: /images/}, files: %s}]
      default: {status: 404}
volumes: {files: {access: shared}}
"""
DIGEST = "@sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("service", "folder", "told"),
    [
        ("", "/srv", True),
        ("image: nginx:1.30-alpine", "/srv", True),
        (f"image: docker.io/library/nginx{DIGEST}", "/srv", True),
        (f"image: nginx:1.30{DIGEST}", "/srv", True),
        ("", "/usr/share/nginx/html", False),
        ("", "/usr/share/nginx/html/pages", False),
        ("image: shop/nginx:1", "/srv", False),
        ("image: registry.example.com:5000/nginx:1", "/srv", False),
        ("mounts: {/srv: files}", "/srv", False),
        ("mounts: {/srv/images: files}", "/srv", False),
        ("mounts: {/srv: files}", "/srv/static", False),
        ("mounts: {/srv: files}", "/srv2", True),
    ],
)
def test_what_an_official_image_lacks(service: str, folder: str, told: bool) -> None:
    spec = SPEC % (f"    {service}\n" if service else "", folder)
    found = [one for one in compiled_text(spec).findings if one.code.id == "TW725"]
    assert [one.at for one in found] == (["services.edge.http.routes.0.files"] if told else [])
    assert all(f"`{folder}`" in one.message for one in found)
