"""What can be wrong where one instance works and others wait for its lock."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

_STANDBY = """\
services:
  web:
    image: shop/web:1
    command: [serve]
    mounts: {/data: news, /cache: cache}
    mode: {active-standby: {lock: /data/.lock}}
volumes:
  news: {access: single-writer}
  cache: {access: shared}
"""
_CHECKED = _STANDBY.replace(
    "    mode:", "    health: {command: [check], interval: 5s, failures: 3, start_period: 10s}\n    mode:"
)

NOTHING_TO_LOCK = Code(
    "TW481",
    "nothing is said that could run under the lock",
    Severity.ERROR,
    why="The lock is wrapped round `command` and `entrypoint` of the spec. What an image runs by itself is not known here, and "
    "would run without it: two writers.",
    bad=_STANDBY.replace("    command: [serve]\n", "").replace("{lock: /data/.lock}}", "{lock: /data/.lock}}  #! TW481"),
    good=_STANDBY,
)
LOCK_PLACE = Code(
    "TW482",
    "the lock does not lie with what it is for",
    Severity.ERROR,
    why="Who has the state must have the lock: a file in the single-writer volume itself is the same for all that mount it, "
    "and one elsewhere may be each instance's own, which keeps nobody out.",
    bad=_STANDBY.replace("lock: /data/.lock}}", "lock: /cache/.lock}}  #! TW482"),
    good=_STANDBY,
)
NO_LOCKS = Code(
    "TW483",
    "the lock would be each host's own",
    Severity.ERROR,
    why="With these options a mount keeps locks to itself: on another host a second writer would have the same lock.",
    bad=_STANDBY.replace(
        "{access: single-writer}",
        '{access: single-writer, driver: {name: local, options: {type: cifs, o: "addr=10.0.0.7,nobrl", device: "//n/a"}}}'
        "  #! TW483",
    ),
    good=_STANDBY,
)
DEAF_STANDBY = Code(
    "TW484",
    "who waits for the lock does not hear that it should end",
    Severity.ERROR,
    why="Without an init the waiting program is the first of its container, to which signals do nothing by default, and "
    "SIGWINCH does nothing to any: each standby would be killed after `stop_grace`.",
    bad=_STANDBY.replace("    mode:", "    init: false  #! TW484\n    mode:"),
    good=_STANDBY,
)
SHORT_TAKE_OVER = Code(
    "TW485",
    "who takes over has less time to start than who starts",
    Severity.WARNING,
    why="`start_period` counts from the start of the container, and who waited was alive: when it takes over, its failures "
    "count at once. An orchestrator that restarts it then never sees it take over.",
    bad=_CHECKED.replace("start_period: 10s}", "start_period: 11s}  #! TW485"),
    good=_CHECKED,
)
NONE_LEFT = Code(
    "TW486",
    "an update ends all instances at once",
    Severity.WARNING,
    why="Nobody is left to take over while the new ones start: the standby is there for just that.",
    bad=_STANDBY.replace(
        "    mode:", "    rollout: {parallelism: 2}  #! TW486 # twipc: ignore[TW501] Compose does so anyway\n    mode:"
    ),
    good=_STANDBY,
)

CODES = (NOTHING_TO_LOCK, LOCK_PLACE, NO_LOCKS, DEAF_STANDBY, SHORT_TAKE_OVER, NONE_LEFT)
