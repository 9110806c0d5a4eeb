"""The program `twipc`, also as `python -m twipc`."""

import _signal  # what `signal` wraps: that one takes its time to be imported
import os
import sys

from twipc.stamp import Stamp, stamp_of


def main() -> None:
    """Run the command line; until that listens itself, an interrupt ends the program without a trace."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    stamp = stamp_of(sys.argv[1:])
    if stamp and stamp.replay():
        os._exit(0)  # all is printed, and nothing is left to be tidied up
    from twipc.starting import defer_modules, make_room

    defer_modules()
    make_room(_run)
    _run(stamp)


def _run(stamp: Stamp | None) -> None:
    from twipc.cli import main as run

    try:
        run(stamp=stamp)
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            _end(ended.code or 0)
        raise


def _end(code: int) -> None:
    """End without taking apart what the run made, which takes a twentieth of it; what it printed goes out first."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream:
                stream.flush()
        except (OSError, ValueError):
            pass  # nobody reads it, or it is closed: that was told
    os._exit(code)


if __name__ == "__main__":
    main()
