"""Sources on one vendor account share its request budget; others have their own."""

import pytest

from deskpulse.app.workspace import Workspace
from deskpulse.config import load

CONFIG = """
[store]
url = "sqlite:///desk.db"
"""
SOURCE = """
[sources.{name}]
use = "zendesk"
url = "{url}"
access_token = {{ env = "TOKEN" }}
requests_per_minute = {requests}
"""


@pytest.fixture
def limiters(tmp_path):
    made = []

    def opened(*sources):
        path = tmp_path / "config.toml"
        tables = [
            SOURCE.format(name=f"s{n}", url=url, requests=requests)
            for n, (url, requests) in enumerate(sources)
        ]
        path.write_text(CONFIG + "".join(tables))
        workspace = Workspace(load(path, {"TOKEN": "t"}))
        made.append(workspace)
        workspace.sources()
        return workspace.limiters

    yield opened
    for workspace in made:
        workspace.close()


def test_two_sources_on_one_account_share_a_limiter(limiters):
    assert len(limiters(("http://127.0.0.1:9", 100), ("http://127.0.0.1:9/", 100))) == 1


def test_other_accounts_and_other_budgets_have_their_own(limiters):
    assert len(limiters(("http://127.0.0.1:9", 100), ("http://127.0.0.1:8", 100))) == 2
    assert len(limiters(("http://127.0.0.1:9", 100), ("http://127.0.0.1:9", 50))) == 2
