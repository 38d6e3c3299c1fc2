"""The desk of the documentation, made once."""

import pytest

from support import docs_desk


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    with docs_desk.desk(tmp_path_factory.mktemp("desk")) as ready:
        yield ready
