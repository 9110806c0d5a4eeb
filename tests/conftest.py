"""No test is left out in silence: a skip is named at the end, and fails where everything is required."""

import os
from collections import Counter
from collections.abc import Generator
from typing import TypeVar

import pytest
from hypothesis import settings

# On a build machine the same examples each time: what is found there can be found again here. Elsewhere new ones each run.
# How long an example takes says how busy the machine is.
settings.register_profile("here", deadline=None)
settings.register_profile("build", derandomize=True, deadline=None)
settings.load_profile("build" if os.environ.get("CI") else "here")

AnyReport = TypeVar("AnyReport", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return required((yield))


def required(report: AnyReport) -> AnyReport:
    expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not expected_failure and os.environ.get("TWIPC_REQUIRE") == "all":
        report.outcome = "failed"
        report.longrepr = f"NOT RUN, though TWIPC_REQUIRE=all: {reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skips = Counter(reason(report) for report in terminalreporter.getreports("skipped"))
    for text, tests in sorted(skips.items()):
        what, bracket, how = text.partition(" (")
        terminalreporter.write_line(f"NOT RUN: {what}: {tests} test{'s' * (tests > 1)}{bracket}{how}")


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    # The pair of a skip's place and its words; anything else would be a plug-in's own report.
    words = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return words.removeprefix("Skipped: ")
