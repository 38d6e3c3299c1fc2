"""The IMAP connector against a real Dovecot."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from deskpulse.store import Store
from deskpulse.sync import SyncEngine
from deskpulse_connectors.imap import reading as reading_module
from deskpulse_connectors.imap.connector import Imap
from support.clock import FakeClock
from support.stores import rows

T0 = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOW = T0 + timedelta(days=2)
ANNA = {"anna@acme.example": "Anna Berg"}


def mail(ident, sender="Jane <jane@mail.example>", to="support@acme.example", answers="", **more):
    subject = more.pop("subject", "Refund")
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <{ident}@x>"]
    if answers:
        lines.append("References: " + " ".join(f"<{each}@x>" for each in answers.split()))
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\n".join(lines) + f"\n\nText of {ident}.\n"


def put(mailbox, ident, hours, folder="INBOX", flags="", **more):
    return mailbox.put(mail(ident, **more), T0 + timedelta(hours=hours), folder, flags)


def ours(mailbox, ident, hours, answers, **more):
    more = {"sender": "anna@acme.example", "to": "jane@mail.example", **more}
    return put(mailbox, ident, hours, "Sent", answers=answers, **more)


def connector(mailbox, now=NOW, **more):
    made = Imap.Config(
        **mailbox.settings(**{"addresses": ["support@acme.example"], "team": ANNA, **more})
    )
    return Imap(made, None, FakeClock(now), "mail")


def sync(mailbox, store, now=NOW, **more):
    made = connector(mailbox, now, **more)
    report = SyncEngine(store, made.clock).run([made])
    return {each.stream: each for each in report.streams}


def tickets(store):
    return {each.id: each for each in store.all("ticket")}


def history(store):
    """Everything that is stored of conversations, whatever the order of arrival."""
    return {
        kind: sorted(repr(each) for each in store.all(kind))
        for kind in ("ticket", "message", "change", "customer", "agent")
    }


@pytest.fixture
def talk(mailbox):
    """A question, an answer, and a further question."""
    mailbox.put(mail("a"), T0)
    ours(mailbox, "b", 1, "a")
    put(mailbox, "c", 2, answers="a b")
    return mailbox


def test_a_conversation_over_two_folders_is_one_ticket(talk, store):
    report = sync(talk, store)
    assert {each.outcome for each in report.values()} == {"ok"}
    [ticket] = tickets(store).values()
    assert (ticket.id, ticket.status, ticket.requester_id, ticket.assignee_id) == (
        "a@x",
        "open",
        "jane@mail.example",
        "anna@acme.example",
    )
    assert (ticket.created_at, ticket.updated_at) == (T0, T0 + timedelta(hours=2))
    assert [(m.id, m.author_role, m.public) for m in store.all("message")] == [
        ("a@x", "customer", True),
        ("b@x", "agent", True),
        ("c@x", "customer", True),
    ]
    assert ticket.tags == []


def test_new_mail_is_read_with_its_whole_conversation(talk, store):
    sync(talk, store)
    ours(talk, "d", 3, "a b c")
    put(talk, "e", 4, sender="kim@mail.example", subject="Refund")
    report = sync(talk, store)["conversations"]
    assert report.records == 2
    found = tickets(store)
    assert {key: ticket.status for key, ticket in found.items()} == {"a@x": "pending", "e@x": "new"}
    assert found["a@x"].created_at == T0
    assert len(store.all("message")) == 5


def test_nothing_new_is_nothing_read(talk, store):
    sync(talk, store)
    report = sync(talk, store)
    assert [(each.pages, each.records) for each in report.values()] == [(0, 0), (0, 0)]


def random_mail(mailbox, count, seed):
    """Letters of a few conversations at random; some in folders, some without References."""
    dice = random.Random(seed)
    threads = {}
    for number in range(count):
        thread = dice.randrange(count // 3)
        said = threads.setdefault(thread, [])
        ident, known = f"m{number}", " ".join(said)
        who = {"sender": f"c{thread}@mail.example", "subject": f"Matter {thread}"}
        if said and dice.random() < 0.5:
            who["to"] = who.pop("sender")
            ours(mailbox, ident, number, known, **who)
        else:
            put(mailbox, ident, number, answers=known, **who)
        said.append(ident)
        yield


@pytest.mark.parametrize("many", [3, 300], ids=["by index", "by search"])
def test_many_small_syncs_store_what_one_stores(mailbox, store, tmp_path, monkeypatch, many):
    monkeypatch.setattr(reading_module, "MANY", many)
    for number, _ in enumerate(random_mail(mailbox, 45, seed=3)):
        if number % 5 == 0:
            sync(mailbox, store, now=T0 + timedelta(hours=60))
    sync(mailbox, store, now=T0 + timedelta(hours=60))
    whole = Store.open(f"sqlite:///{tmp_path}/whole.db")
    sync(mailbox, whole, now=T0 + timedelta(hours=60))
    assert history(store) == history(whole)
    assert len(tickets(whole)) >= 10
    whole.close()


def test_a_first_reading_resumes_from_every_page(mailbox, monkeypatch):
    monkeypatch.setattr(reading_module, "PAGE", 3)
    for _ in random_mail(mailbox, 30, seed=5):
        pass
    pages = list(connector(mailbox).conversations(None))
    assert len(pages) >= 4
    for at in range(len(pages)):
        rest = list(connector(mailbox).conversations(pages[at].cursor))
        before = {raw.mails for page in pages[: at + 1] for raw in page.records}
        after = {raw.mails for page in rest for raw in page.records}
        assert before | after == {raw.mails for page in pages for raw in page.records}
        assert not before & after


def test_mail_that_arrives_during_the_first_reading_is_read_next(talk, store):
    made = connector(talk)
    pages = made.conversations(None)
    first = next(pages)
    put(talk, "late", 5, answers="a b c")
    cursor = [first, *pages][-1].cursor
    news = list(connector(talk).conversations(cursor))
    assert {mail.ids[0] for page in news for raw in page.records for mail in raw.mails} == {
        "a@x",
        "b@x",
        "c@x",
        "late@x",
    }


def test_a_mailbox_that_was_numbered_anew_is_read_anew_and_what_is_gone_is_missing(talk, store):
    put(talk, "z", 3, subject="Another matter")
    sync(talk, store)
    with talk.desk() as desk:
        desk.create("Old")
        desk.select("INBOX")
        desk.copy("1:2", "Old")  # all but "z"
        desk.store("1:*", "+FLAGS", "\\Deleted")
        desk.expunge()
        desk.select("Old")
        desk.close()
        desk.delete("Sent")
        desk.create("Sent")
    ours(talk, "b", 1, "a")
    put(talk, "a", 0)
    put(talk, "c", 2, answers="a b")
    report = sync(talk, store)["conversations"]
    assert report.outcome == "ok"
    assert rows(store, "SELECT id, removed_reason FROM ticket ORDER BY id") == [
        ("a@x", None),
        ("z@x", "missing"),
    ]


def test_mail_that_leaves_a_folder_is_not_called_gone(talk, store):
    """It may have been moved to a folder that nobody reads."""
    sync(talk, store)
    with talk.desk() as desk:
        desk.select("INBOX")
        desk.store("1:*", "+FLAGS", "\\Deleted")
        desk.expunge()
    sync(talk, store)
    assert rows(store, "SELECT removed_at FROM ticket") == [(None,)]


def test_a_mail_that_is_moved_is_still_one_letter_and_its_folder_a_label(talk, store):
    rules = {"folders": ["INBOX", "Done"], "status": {"labels": {"Done": "solved"}}}
    with talk.desk() as desk:
        desk.create("Done")
    sync(talk, store, **rules)
    assert tickets(store)["a@x"].status == "open"
    with talk.desk() as desk:
        desk.select("INBOX")
        desk.uid("MOVE", "1:*", "Done")
    sync(talk, store, **rules)
    assert tickets(store)["a@x"].status == "solved"
    assert rows(store, "SELECT count(*) FROM message") == [(3,)]
    last = max(store.all("change"), key=lambda change: change.changed_at)
    assert (last.new, last.changed_at, last.observed) == ("solved", NOW, True)


def test_a_keyword_that_is_put_on_a_mail_sets_the_status(talk, store):
    rules = {"status": {"labels": {"$Done": "solved"}}}
    sync(talk, store, **rules)
    with talk.desk() as desk:
        desk.select("INBOX")
        desk.uid("STORE", "2", "+FLAGS", "($Done)")
    later = NOW + timedelta(hours=1)
    sync(talk, store, later, **rules)
    [ticket] = tickets(store).values()
    assert (ticket.status, ticket.tags) == ("solved", ["$Done"])
    last = max(store.all("change"), key=lambda change: change.changed_at)
    assert (last.new, last.changed_at, last.observed) == ("solved", later, True)


def test_silence_ends_a_conversation_a_week_after_our_last_letter(talk, store):
    ours(talk, "d", 3, "a b c")
    sync(talk, store)
    assert tickets(store)["a@x"].status == "pending"
    for day in range(3, 10):
        sync(talk, store, T0 + timedelta(days=day))
    assert tickets(store)["a@x"].status == "solved"
    [end] = [c for c in store.all("change") if c.new == "solved"]
    assert (end.changed_at, end.observed) == (T0 + timedelta(hours=3, days=7), False)


def test_drafts_and_deleted_mail_are_no_letters(talk, store):
    put(talk, "draft", 3, flags="(\\Draft)", answers="a b c")
    put(talk, "gone", 4, flags="(\\Deleted)", answers="a b c")
    sync(talk, store)
    assert {m.id for m in store.all("message")} == {"a@x", "b@x", "c@x"}


def test_noise_alone_is_no_ticket(mailbox, store):
    put(mailbox, "n", 0, List_Id="<news.shop.example>")
    put(mailbox, "auto", 1, Auto_Submitted="auto-replied")
    sync(mailbox, store)
    assert tickets(store) == {}


def test_odd_mail_is_read_too(mailbox, store):
    references = " ".join(f"<r{n}@x>" for n in range(120)).replace("> <", ">\n <")
    encoded = "=?utf-8?q?J=C3=A4ne?= <jane@mail.example>\nSubject: =?utf-8?b?R3LDvMOfZQ==?="
    odd = [
        "Subject: no sender, no id\n\ntext\n",
        f'From: {encoded}\nMessage-ID: <weird "quote\\\\@x>\n\ntext\n',
        f"From: a@b.example\nMessage-ID: <{'l' * 300}@x>\nReferences: {references}\nSubject: many\n\n",
        "From: jane@mail.example\nSubject: raw \xe4 8-bit\nMessage-ID: <eight@x>\n\n\xe4\n",
    ]
    for number, text in enumerate(odd):
        mailbox.put(text, T0 + timedelta(hours=number))
    report = sync(mailbox, store, sent=[])["conversations"]
    assert (report.outcome, report.rejected) == ("ok", 0)
    found = {ticket.subject for ticket in tickets(store).values()}
    assert found >= {"no sender, no id", "Grüße", "many"}
    put(mailbox, "answer", 9, answers="r0 r119", subject="Re: many", sender="a@b.example")
    assert sync(mailbox, store, sent=[])["conversations"].outcome == "ok"
    assert len(tickets(store)) == 4


def test_bodies_only_if_they_are_asked_for(mailbox, store):
    html = "Content-Type: text/html; charset=utf-8\n\n<style>p{}</style><p>Hello <b>you</b></p>\n"
    put(mailbox, "a", 0)
    mailbox.put(mail("h", sender="kim@mail.example").partition("\n\n")[0] + "\n" + html, T0)
    sync(mailbox, store, sent=[])
    assert {m.body for m in store.all("message")} == {None}
    store.forget_cursor("mail", "conversations")
    sync(mailbox, store, bodies=True, sent=[])
    assert {m.id: m.body for m in store.all("message")} == {
        "a@x": "Text of a.",
        "h@x": "Hello you",
    }


def test_folders_with_names_beyond_ascii(mailbox, store):
    with mailbox.desk() as desk:
        desk.create('"Gel&APY-scht &- mehr"')
        desk.append('"Gel&APY-scht &- mehr"', "", None, mail("a").encode())
    sync(mailbox, store, folders=["INBOX", "Gelöscht & mehr"], sent=[])
    assert set(tickets(store)) == {"a@x"}


def test_only_mail_since_the_start(talk, store):
    put(talk, "new", 72, subject="New")
    sync(talk, store, start="2026-01-07", now=T0 + timedelta(days=4))
    assert set(tickets(store)) == {"new@x"}
