"""A quality card bites: one small fault, and one row says no."""

import json
import sys
from importlib import import_module

import pytest

from deskpulse.quality import QUESTIONS, card_of
from deskpulse.quality.contracts import ContractTest, run

MODULE = """
from pydantic import Field, SecretStr

from deskpulse import Connector, Page, SourceChanged, Ticket, Tombstone, stream
from deskpulse.http.budget import Budget


def to_records(raw):
    if raw["gone"]:
        return Tombstone(id=raw["id"], record="ticket", reason="deleted")
    return Ticket(id=raw["id"], created_at=raw["at"])


class Acme(Connector):
    name = "acme"
    exempt = {}

    class Config(Connector.Config):
        url: str = Field(description="Address.")
        api_key: SecretStr = Field(description="Key.")

    @classmethod
    def budgets(cls, config):
        return [Budget("", 100)]

    @stream(parse=to_records)
    def tickets(self, cursor):
        body = self.get("/tickets", after=cursor)
        if not isinstance(body["tickets"], list):
            raise SourceChanged("tickets: no list")
        yield Page(body["tickets"], body["next"])
"""
PROJECT = '[project]\nname = "acme"\n[project.entry-points.deskpulse]\nacme = "{module}"\n'
CONTRACT = """
from pathlib import Path

from deskpulse.testing import ConnectorContract

from {module} import Acme


class TestAcme(ConnectorContract):
    connector = Acme
    config = {{"url": "https://acme.test", "api_key": "invented-key"}}
    tape = Path(__file__).parent / "tapes" / "acme.json"
    ties = "The cursor is a token, so that equal times make no difference."
    exempt = {{}}
"""
PAGE = """# Acme

```toml
[sources.acme]
use = "acme"
```

The key needs the scope `tickets:read`.

## Limits

100 requests a minute (https://acme.test/docs/limits).
"""
TAPE = json.dumps([{"path": "/tickets", "params": {"after": n}, "json": {}} for n in (1, 2)])
SERVER = "def test_everything():\n    pass\n\n\ndef test_more():\n    pass\n"
FILES = {
    "pyproject.toml": PROJECT,
    "{module}.py": MODULE,
    "tests/test_acme_contract.py": CONTRACT,
    "tests/tapes/acme.json": TAPE,
    "tests/test_acme_against_server.py": SERVER,
    "docs/acme.md": PAGE,
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Writes Acme's checkout, with faults: (file, sound, broken). Gives the class."""
    module = f"{tmp_path.name.replace('-', '_')}_acme"
    monkeypatch.syspath_prepend(tmp_path)

    def make(*faults):
        for name, text in FILES.items():
            content = (
                text
                if name.endswith((".json", ".md")) or name == "{module}.py"
                else text.format(module=module)
            )
            for file, sound, broken in faults:
                if file == name:
                    assert sound in content
                    content = content.replace(sound, broken)
            path = tmp_path / name.format(module=module)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return import_module(module).Acme

    yield make
    sys.modules.pop(module, None)


def passes(test, folder):
    return True, "1 passed"


def answers(connector, run_contract=passes):
    return {row.name: row.answer for row in card_of(connector, run_contract).rows}


def test_a_sound_connector_has_ten_times_yes(project):
    card = card_of(project(), passes)
    assert {row.name: row.text for row in card.rows if row.answer != "yes"} == {}
    assert [row.name for row in card.rows] == list(QUESTIONS)
    assert len(card.rows) == 10
    assert card.good


M, C, P = "{module}.py", "tests/test_acme_contract.py", "docs/acme.md"
RAISE = 'raise SourceChanged("tickets: no list")'
FAULTS = {
    "a setting without a description": ("settings", (M, "Key.", "Key")),
    "unknown settings are accepted": (
        "settings",
        (M, "        url: str", '        model_config = {"extra": "ignore"}\n        url: str'),
    ),
    "a secret in the open": ("settings", (M, "api_key: SecretStr", "api_key: str")),
    "no contract": ("contract", (C, "(ConnectorContract)", "")),
    "another connector's contract": ("contract", (C, "connector = Acme", "connector = Other")),
    "a test left out": (
        "contract",
        (C, "exempt = {}", 'exempt = {"test_rows_may_vanish": "no"}'),
    ),
    "cursors are not tested": (
        "resume",
        (C, "exempt = {}", 'exempt = {"test_resumes_from_every_cursor": "no"}'),
    ),
    "no tape": ("tape", (C, "acme.json", "other.json")),
    "an empty tape": ("tape", ("tests/tapes/acme.json", TAPE, "[]")),
    "a tape that is none": ("tape", ("tests/tapes/acme.json", TAPE, "{")),
    "no server": ("server", ("tests/test_acme_against_server.py", SERVER, "")),
    "no page": ("page", (P, 'use = "acme"', 'use = "other"')),
    "rights are not told": ("page", (P, "scope `tickets:read`", "usual")),
    "no budget": ("limits", (M, "def budgets", "def rates")),
    "no limits on the page": ("limits", (P, "## Limits", "## Notes")),
    "limits without a source": ("limits", (P, " (https://acme.test/docs/limits)", "")),
    "deletes are not followed": ("deletes", (M, "return Tombstone(", "return dict(")),
    "an error that nobody understands": ("errors", (M, RAISE, 'raise RuntimeError("oops")')),
    "whatever comes is swallowed": (
        "errors",
        (M, "        yield Page", "        try:\n            pass\n        except Exception:\n            pass\n        yield Page"),
    ),
    "a wire of its own": ("reading", (M, "from pydantic", "import socket\n\nfrom pydantic")),
    "a client of its own": (
        "reading",
        (M, 'self.get("/tickets", after=cursor)', 'httpx.get("/tickets").json()'),
    ),
    "it writes": ("reading", (M, 'self.get("/tickets", after=cursor)', 'self.http.put("/tickets")')),
    "it sleeps": (
        "reading",
        (M, "        yield Page", "        time.sleep(1)\n        yield Page"),
    ),
    "it touches the store": (
        "reading",
        (M, "from pydantic", "from deskpulse.store import Store\n\nfrom pydantic"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_one_no(project, name):
    row, fault = FAULTS[name]
    found = answers(project(fault))
    wrong = {each for each, answer in found.items() if answer == "no"}
    # without a contract nothing shows that it resumes, and no tape is named; a test that is left out
    # without a sentence is missing in the contract as well; limits stand on the page
    follows = {"contract": {"resume", "tape"}, "resume": {"contract"}, "page": {"limits"}}.get(
        row, set()
    )
    assert row in wrong
    assert wrong <= {row} | follows


def test_every_row_has_a_fault():
    assert {row for row, _ in FAULTS.values()} == set(QUESTIONS)


def test_a_contract_that_fails(project):
    card = card_of(project(), lambda *_: (False, "1 failed, 26 passed"))
    [row] = [row for row in card.rows if row.answer == "no"]
    assert (row.name, card.good) == ("contract", False)
    assert "TestAcme: 1 failed, 26 passed" in row.text


def test_an_exemption_needs_a_sentence_and_a_row(project):
    gone = (M, "return Tombstone(", "return dict(")
    why = "Acme never deletes a ticket, it closes it."
    card = card_of(project(gone, (M, "exempt = {}", f'exempt = {{"deletes": "{why}"}}')), passes)
    [row] = [row for row in card.rows if row.answer != "yes"]
    assert (row.name, row.answer, row.text) == ("deletes", "exempt", why)
    assert card.good


@pytest.mark.parametrize(
    ("exempt", "said"), [('{"deletes": "no"}', "needs a sentence"), ('{"colour": "x"}', "no row")]
)
def test_a_bad_exemption_is_no(project, exempt, said):
    gone = (M, "return Tombstone(", "return dict(")
    card = card_of(project(gone, (M, "exempt = {}", f"exempt = {exempt}")), passes)
    row = next(row for row in card.rows if row.name == "deletes")
    assert row.answer == "no"
    assert said in row.text


def test_a_test_of_the_contract_that_cannot_apply_is_exempt_with_its_reason(project):
    why = "An export is begun by a mutation, which runs a query and no more."
    found = project((C, "exempt = {}", f'exempt = {{"test_only_reads": "{why}"}}'))
    told = {row.name: row for row in card_of(found, passes).rows if row.answer != "yes"}
    assert {name: row.answer for name, row in told.items()} == {
        "contract": "exempt",
        "reading": "exempt",
    }
    assert why in told["reading"].text


def test_without_a_checkout_its_rows_are_unknown_and_nothing_is_wrong(project, tmp_path):
    connector = project()
    (tmp_path / "pyproject.toml").unlink()
    card = card_of(connector, passes)
    unknown = {row.name for row in card.rows if row.answer == "unknown"}
    assert unknown == {"contract", "resume", "tape", "server", "page", "limits"}
    assert card.good


@pytest.mark.parametrize(("body", "good"), [("pass", True), ("assert False", False)])
def test_a_contract_is_run_by_pytest(tmp_path, body, good):
    path = tmp_path / "test_small.py"
    path.write_text(f"class TestSmall:\n    def test_it(self):\n        {body}\n")
    passed, said = run(ContractTest(path, "TestSmall", "", "", {}), tmp_path)
    assert passed is good
    assert said.startswith("1 passed" if good else "1 failed")
