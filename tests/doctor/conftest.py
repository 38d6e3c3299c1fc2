import pytest


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def database(request):
    """The store of a module's desk: a new SQLite file beside its configuration, or PostgreSQL."""
    if request.param == "sqlite":
        yield "sqlite:///desk.db"
    else:
        with request.getfixturevalue("postgres_server").database() as url:
            yield url
