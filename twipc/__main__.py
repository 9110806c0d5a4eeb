"""`python -m twipc` is the command line."""

from twipc.cli import main

main()
