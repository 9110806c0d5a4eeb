"""What can be wrong with who keeps what on which volume."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

SECOND_WRITER = Code(
    "TW401",
    "a second writer",
    Severity.ERROR,
    why="Two processes on one single-writer volume lose acknowledged writes, and the store may never open again (measured with "
    "Prevayler). Each writer needs a volume of its own, or the volume `access: shared` if what writes it can share.",
    bad="services:\n  web:\n    image: shop/web:1\n    replicas: 2  #! TW401\n    mounts: {/data: news}\n"
    "volumes: {news: {access: single-writer}}",
    good="services:\n  web:\n    image: shop/web:1\n    mounts: {/data: news}\nvolumes: {news: {access: single-writer}}",
)
SAME_PLACE = Code(
    "TW418",
    "two things at one place of a container",
    Severity.ERROR,
    why="One hides the other, or the container does not start: what is kept would be lost, or the other way round.",
    bad="services:\n  web:\n    image: shop/web:1\n    mounts: {/data: news}\n    tmpfs: [/data]  #! TW418\n"
    "volumes:\n  news: {access: single-writer}",
    good="services:\n  web:\n    image: shop/web:1\n    mounts: {/data: news}\n    tmpfs: [/tmp]\n"
    "volumes:\n  news: {access: single-writer}",
)
TWO_PLACES = Code(
    "TW437",
    "an instance's own volume at two places",
    Severity.ERROR,
    why="Of a `per-replica` or `scratch` volume each instance has one. At a second place some targets would give it another, "
    "so that what is written here is not there.",
    bad="services:\n  web:\n    image: shop/web:1\n    mounts: {/a: cache, /b: cache}  #! TW437\n"
    "volumes: {cache: {access: per-replica, retention: delete}}",
    good="services:\n  web:\n    image: shop/web:1\n    mounts: {/a: cache}\n"
    "volumes: {cache: {access: per-replica, retention: delete}}",
)
HOST_FOLDER = Code(
    "TW438",
    "a folder that the host itself lives in",
    Severity.ERROR,
    why="Who can read or write there can take over the host, or every container on it: the engine's socket, its data, "
    "programs, devices, keys.",
    bad="services:\n  web: {image: shop/web:1, mounts: {/a: disk}}\nvolumes:\n  disk: {access: read-only, host: /}  #! TW438",
    good="services:\n  web: {image: shop/web:1, mounts: {/a: disk}}\nvolumes:\n  disk: {access: read-only, host: /srv/web}",
)
LOCKS_OF_A_SERVER = Code(
    "TW439",
    "a single writer on NFS",
    Severity.WARNING,
    why="Whether a lock there keeps a second writer out, and how soon it is free when its holder dies, depends on the server: "
    "NFS 4.1 renews a lease, and a client that was cut off may still write what it had in mind.",
    bad="services:\n  web: {image: shop/web:1, mounts: {/data: news}}\nvolumes:\n"
    "  news:\n    access: single-writer\n    nfs: {server: nfs.example.com, path: /news}  #! TW439",
    good="services:\n  web: {image: shop/web:1, mounts: {/data: news}}\nvolumes:\n"
    "  news:\n    access: shared\n    nfs: {server: nfs.example.com, path: /news}",
)

CODES = (
    SECOND_WRITER,
    SAME_PLACE,
    TWO_PLACES,
    HOST_FOLDER,
    LOCKS_OF_A_SERVER,
)
