import pytest

from support.odd_tickets import odd_desk
from support.program import Desk


@pytest.fixture(scope="session")
def odd(tmp_path_factory):
    """The desk of odd tickets, made once; no test changes it."""
    return odd_desk(Desk(tmp_path_factory.mktemp("odd")))
