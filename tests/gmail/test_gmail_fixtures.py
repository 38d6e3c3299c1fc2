"""Payloads that we did not write (see SOURCES.md beside them) are read as they are."""

from datetime import UTC, datetime

from deskpulse.http.answer import Answer
from deskpulse_connectors.gmail.message import to_letter
from deskpulse_connectors.gmail.refusals import meaning
from deskpulse_connectors.gmail.threads import Raw, read_thread
from deskpulse_connectors.mail.ours import Ours
from deskpulse_connectors.mail.settings import StatusRules
from support.zendesk import fixture

PREFIX = "amp-labs__providers__google__test__mail__"
NOW = datetime(2026, 2, 1, tzinfo=UTC)


def gmail(name):
    return fixture("gmail", f"{PREFIX}{name}.json")


def test_a_message_without_a_from_and_with_emoji():
    message = gmail("read__messages__message-item")
    letter = to_letter(message, ours=Ours(), names={}, archived=False)
    assert letter.id == "19174f3eeda702ed"
    assert letter.sent_at == datetime(2026, 1, 27, 14, 10, tzinfo=UTC)
    assert letter.subject == "Don't say goodbye! ✨"
    assert (letter.author, letter.ours, letter.message_id) == (None, False, None)


def test_a_thread_of_that_message_is_a_ticket():
    message = gmail("read__messages__message-item")
    raw = Raw("t", {"id": "t", "messages": [message]}, Ours(), {}, NOW)
    records = list(read_thread(raw, rules=StatusRules(), account="0"))
    assert [r.kind_name for r in records] == ["ticket", "message", "change"]
    assert (records[0].status, records[0].source_version) == ("new", "31772")


def test_drafts_are_no_letters():
    for number in (1, 2):
        message = gmail(f"read__drafts__message-item-{number}")
        raw = Raw("t", {"id": "t", "messages": [message]}, Ours(), {}, NOW)
        assert list(read_thread(raw, rules=StatusRules(), account="0")) == []


def test_google_s_own_errors():
    import json

    def answer(name):
        body = gmail(name)
        return Answer(body["error"]["code"], {}, json.dumps(body).encode())

    assert meaning(answer("forbidden")) is None  # one message that is encrypted: the status tells
    assert meaning(answer("records-by-ids__error-not-found")) is None
    assert "Requested entity was not found" in answer("records-by-ids__error-not-found").reason()
