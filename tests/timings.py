"""How long did each group of tests take? Printed at the end; over 27 minutes the run fails."""

import time
from collections import Counter

LIMIT_MINUTES = 27  # setting everything up takes the rest of the thirty that a change may take
_started = time.monotonic()


def pytest_terminal_summary(terminalreporter, config):
    """Seconds per folder (or file beside conftest.py), all workers added up."""
    if hasattr(config, "workerinput"):
        return
    seconds, tests = Counter(), Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and hasattr(report, "when"):
                group = report.nodeid.split("::")[0].split("/")[1:2][0]
                seconds[group] += report.duration
                tests[group] += report.when == "call"
    terminalreporter.section("time per group")
    for group, spent in seconds.most_common():
        terminalreporter.write_line(f"{spent:8.1f} s  {tests[group]:5d}  {group}")
    terminalreporter.write_line(f"{_minutes():.1f} of at most {LIMIT_MINUTES} minutes")


def pytest_sessionfinish(session):
    if _minutes() > LIMIT_MINUTES and not hasattr(session.config, "workerinput"):
        session.exitstatus = 1


def _minutes() -> float:
    return (time.monotonic() - _started) / 60
