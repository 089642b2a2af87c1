"""Options and profiles of all tests."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    max_examples=100,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("default")


def pytest_addoption(parser):
    parser.addoption("--realdata", metavar="DIR", default=None, help="run tests on the real graphs in DIR")
    parser.addoption("--slow", action="store_true", help="run the tests that take minutes as well")


def pytest_collection_modifyitems(config, items):
    left_out = [
        item
        for item in items
        if (item.get_closest_marker("realdata") and config.getoption("--realdata") is None)
        or (item.get_closest_marker("slow") and not config.getoption("--slow"))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def realdata(request):
    """The folder of real graphs given by --realdata."""
    return Path(request.config.getoption("--realdata"))
