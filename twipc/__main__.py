"""The program `twipc`, also as `python -m twipc`."""

import _signal  # what `signal` wraps: that one takes its time to be imported


def main() -> None:
    """Run the command line; until that listens itself, an interrupt ends the program without a trace."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from twipc.cli import main as run

    run()


if __name__ == "__main__":
    main()
