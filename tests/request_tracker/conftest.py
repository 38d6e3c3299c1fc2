"""One Request Tracker for the tests of this folder, with a story told in it."""

import pytest

from support.request_tracker import NoRequestTracker, request_tracker
from support.request_tracker_story import Story


@pytest.fixture(scope="session")
def rt_server():
    """A real server; skips with the reason if there is none."""
    try:
        with request_tracker() as running:
            yield running
    except NoRequestTracker as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def story(rt_server):
    """What happened, and the numbers of the tickets to which it did."""
    return Story(rt_server).tell()
