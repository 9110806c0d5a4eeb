"""Strings stay strings: each free string of the language, put into each of its places, as the real engines have it then.

`python -m tests.conformance.strings --write` tries many and files the figures in STRINGS.md beside this; a smaller run is
tests/conformance/test_strings.py.
"""
