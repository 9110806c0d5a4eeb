"""What can be wrong with what a configuration file of nginx includes."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

NO_FILE = Code(
    "TW730",
    "an included file is not there",
    Severity.ERROR,
    why="nginx does not start without a file that an `include` names, nor where its pattern finds a folder, or a link to "
    "nothing: who takes which request cannot be said. A pattern that finds nothing brings nothing.",
    raised_by="`twipc routes nginx.conf` where it says `include sites/shop.conf;` and there is no such file",
)
CIRCLE = Code(
    "TW731",
    "a file includes itself",
    Severity.ERROR,
    why="nginx reads it again and again, until it may open no more files or crashes (1.31: SIGSEGV), and does not start.",
    raised_by="`twipc routes nginx.conf` where it says `include *.conf;`",
)
TOO_MUCH = Code(
    "TW732",
    "more is included than is read",
    Severity.ERROR,
    why="Files that include others twice over come to more than any machine holds. The bounds are ours, not nginx's: "
    "people write two or three levels, and some thousand lines.",
    raised_by="`twipc routes nginx.conf` of twenty-two files of which each includes the next",
)
NOT_READ = Code(
    "TW733",
    "what an `include` brings is not read",
    Severity.NOTE,
    why="Only the folder of the configuration is read: what lies elsewhere, by its path or by a link, is not. What such a file "
    "does with requests is left open: they are told as `not understood`.",
    raised_by="`twipc routes nginx.conf` where it says `include /srv/shared/*.conf;`",
)

COPIED = Code(
    "TW734",
    "the folder of the configuration is read as a copy of nginx's",
    Severity.NOTE,
    why="A main file that names `/etc/nginx/conf.d/*.conf` and has a `conf.d` beside itself is taken to lie in a copy of that "
    "folder. Nothing but the copy is read, whatever lies in `/etc/nginx` of the machine that is asked: the answer is the same "
    "on each.",
    raised_by="`twipc routes nginx.conf` where it says `include /etc/nginx/conf.d/*.conf;` and has such files beside itself",
)

CODES = (NO_FILE, CIRCLE, TOO_MUCH, NOT_READ, COPIED)
