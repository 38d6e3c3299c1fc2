"""Everything synced from the simulated mailbox equals what the simulator knows to be true."""

import pytest

from deskpulse.http.redact import Redactor
from deskpulse.store import Store
from deskpulse_connectors.simulators.gmail import GmailSimulator
from support.gmail import held, settings, source, sync
from support.stores import rows

API = "/gmail/*"


@pytest.fixture
def simulator():
    with GmailSimulator() as running:
        yield running


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path}/store.db", keep_bodies=True)
    yield opened
    opened.close()


def of(simulator, path):
    return [seen for seen in simulator.requests if seen.path.endswith(path)]


def test_a_first_sync_holds_the_truth(simulator, store):
    report = sync(simulator, store)
    assert {each.outcome for each in report.values()} == {"ok"}
    assert held(store) == simulator.truth()
    assert len(of(simulator, "/threads")) >= 4  # several pages


def test_many_small_syncs_hold_the_truth_as_one_does(simulator, store, tmp_path):
    sync(simulator, store)
    for _ in range(12):
        simulator.change(7, spread=6 * 3600)
        sync(simulator, store)
        simulator.advance(13 * 3600)
        sync(simulator, store)
        assert held(store) == simulator.truth()
    whole = Store.open(f"sqlite:///{tmp_path}/whole.db")
    sync(simulator, whole)
    assert held(whole) == held(store)
    said = "SELECT id, ticket_id, changed_at, old, new FROM change WHERE ticket_id IN (%s)"
    alive = ", ".join(f"'{ident}'" for ident in held(whole))
    assert set(rows(whole, said % alive)) <= set(rows(store, said % alive))
    whole.close()


def test_a_sync_without_news_takes_one_request_a_stream(simulator, store):
    sync(simulator, store)
    simulator.advance(60, quiet=True)
    simulator.requests.clear()
    report = sync(simulator, store)
    asked = [seen.path.rpartition("/")[2] for seen in simulator.requests if seen.path != "/token"]
    assert sorted(asked) == ["history", "threads"]
    assert all(each.records == 0 for each in report.values())


def test_reading_a_mail_asks_for_nothing(simulator, store):
    """Every look at a mail changes its UNREAD label; a busy inbox would be read again and again."""
    sync(simulator, store)
    thread = next(iter(simulator.truth()))
    simulator.mailbox.label(simulator.mailbox.threads[thread], remove=["UNREAD"], add=["STARRED"])
    assert sync(simulator, store)["conversations"].records == 0


def test_what_changes_while_the_list_is_read_is_not_lost(simulator, store):
    """A thread that gets a letter moves to the top of the list, where it was read already."""
    with source(simulator) as inbox:
        pages = inbox.conversations(None)
        next(pages)
        oldest = simulator.life.talks[0]
        simulator.life.customer(oldest, simulator.clock.now())
        pages.close()
    with source(simulator) as inbox:
        pages, seen = inbox.conversations(None), []
        seen += next(pages).records
        simulator.life.customer(simulator.life.talks[1], simulator.clock.now() + 1)
        for page in pages:
            seen += page.records
    late = simulator.life.talks[1]
    versions = [raw for raw in seen if raw.id == late.thread]
    assert late.said[-1][2] in {mail["id"] for mail in versions[-1].thread["messages"]}


def test_a_sync_resumes_from_every_cursor(simulator, tmp_path):
    with source(simulator) as inbox:
        pages = list(inbox.conversations(None))
    assert len(pages) >= 4
    for at in range(len(pages)):
        with source(simulator) as inbox:
            rest = list(inbox.conversations(pages[at].cursor))
        before = {raw.id for page in pages[: at + 1] for raw in page.records}
        after = {raw.id for page in rest for raw in page.records}
        assert before | after == {raw.id for page in pages for raw in page.records}
        assert not before & after


# --- the history is forgotten (F13) ----------------------------------------------------------


def test_a_forgotten_history_is_recovered_and_deletes_are_found(simulator, store):
    sync(simulator, store)
    gone = simulator.life.talks[3].thread
    for ident in list(simulator.mailbox.threads[gone]):
        simulator.mailbox.delete(ident)
    simulator.life.arrive(simulator.clock.now())
    simulator.mailbox.forget()
    report = sync(simulator, store)
    assert report["conversations"].outcome == "ok"
    assert held(store) == simulator.truth()
    assert rows(store, "SELECT id, removed_reason FROM ticket WHERE removed_at IS NOT NULL") == [
        (gone, "missing")
    ]


def test_nothing_is_missing_before_the_whole_list_was_seen(simulator, store):
    """The relist is cut in the middle: until every id was listed, nobody is declared gone."""
    sync(simulator, store)
    gone = simulator.life.talks[3].thread
    for ident in list(simulator.mailbox.threads[gone]):
        simulator.mailbox.delete(ident)
    simulator.mailbox.forget()
    simulator.faults.add("status", path="*/messages", status=500)
    report = sync(simulator, store)
    assert report["conversations"].outcome == "waiting"
    assert rows(store, "SELECT id FROM ticket WHERE removed_at IS NOT NULL") == []
    simulator.faults.clear()
    simulator.requests.clear()
    sync(simulator, store)
    assert len(of(simulator, "/threads")) <= 2  # it went on where it was
    assert held(store) == simulator.truth()


def test_a_thread_that_moves_while_ids_are_listed_is_not_missing(simulator, store):
    sync(simulator, store)
    simulator.mailbox.forget()
    late, done = simulator.life.talks[0], []

    def move(request):
        if request.path.endswith("/messages") and not done:
            done.append(simulator.life.customer(late, simulator.clock.now()))
        return simulator.gmail.answer(request)

    simulator.vendor = move
    sync(simulator, store)
    assert done
    assert held(store) == simulator.truth()


def test_an_id_that_never_was_valid_is_recovered_the_same_way(simulator, store):
    sync(simulator, store)
    with store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE cursor SET cursor = replace(cursor, '\"9007', '\"1') WHERE stream = 'conversations'"
        )
    assert sync(simulator, store)["conversations"].outcome == "ok"
    assert held(store) == simulator.truth()


def test_a_page_of_history_without_history_is_no_end(simulator, store):
    """F15: nextPageToken, but no `history` key."""
    sync(simulator, store)
    simulator.change(5)
    simulator.gmail.holes = True
    sync(simulator, store)
    assert held(store) == simulator.truth()


def test_a_page_token_that_grew_old_begins_the_list_again(simulator, store):
    with source(simulator) as inbox:
        first = next(inbox.conversations(None))
        token = first.cursor.split('"page":"')[1].split('"')[0]
        simulator.gmail.stale_pages.add(token)
        rest = [raw.id for page in inbox.conversations(first.cursor) for raw in page.records]
    assert {raw.id for raw in first.records} <= set(rest)


# --- what is gone -----------------------------------------------------------------------------


def test_trash_spam_and_deletion(simulator, store):
    sync(simulator, store)
    trashed, spam, deleted = (simulator.life.talks[n].thread for n in (1, 2, 3))
    simulator.mailbox.label(simulator.mailbox.threads[trashed], add=["TRASH"], remove=["INBOX"])
    simulator.mailbox.label(simulator.mailbox.threads[spam], add=["SPAM"], remove=["INBOX"])
    for ident in list(simulator.mailbox.threads[deleted]):
        simulator.mailbox.delete(ident)
    sync(simulator, store)
    found = rows(store, "SELECT id, removed_reason FROM ticket WHERE removed_at IS NOT NULL")
    assert set(found) == {(trashed, "deleted"), (spam, "spam"), (deleted, "deleted")}


def test_silence_ends_a_conversation_when_it_is_long_enough_whenever_it_is_read(simulator, store):
    sync(simulator, store)
    now = simulator.clock.now()
    talk = simulator.life.arrive(now)
    simulator.life._plan.clear()
    simulator.life.answer(talk, now + 600, "anna@acme.example")
    simulator.life._plan.clear()
    simulator.advance(601)
    sync(simulator, store)
    assert held(store)[talk.thread]["status"] == "pending"
    simulator.advance(8 * 86_400)
    sync(simulator, store)
    assert held(store)[talk.thread]["status"] == "solved"
    ends = [c for c in store.all("change") if c.ticket_id == talk.thread and c.new == "solved"]
    assert [int(c.changed_at.timestamp()) for c in ends] == [now + 600 + 7 * 86_400]
    assert [(c.old, c.actor_role, c.observed) for c in ends] == [("pending", "system", False)]


def test_a_label_sets_the_status_from_when_it_was_seen(simulator, store):
    rules = {"status": {"labels": {"Done": "solved"}}}
    sync(simulator, store, **rules)
    now = simulator.clock.now()
    talk = simulator.life.arrive(now)
    simulator.life._plan.clear()
    simulator.advance(60)
    sync(simulator, store, **rules)
    simulator.advance(3540)
    simulator.mailbox.label(simulator.mailbox.threads[talk.thread], add=["Label_done"])
    sync(simulator, store, **rules)
    simulator.advance(3600)
    simulator.mailbox.label(simulator.mailbox.threads[talk.thread], add=["Label_vip"])
    sync(simulator, store, **rules)
    assert held(store)[talk.thread]["status"] == "solved"

    def course():
        found = [c for c in store.all("change") if c.ticket_id == talk.thread]
        return [
            (int(c.changed_at.timestamp()) - now, c.new, c.observed)
            for c in sorted(found, key=lambda c: c.changed_at)
        ]

    assert course() == [(0, "new", False), (3600, "solved", True)]
    simulator.mailbox.label(simulator.mailbox.threads[talk.thread], remove=["Label_done"])
    sync(simulator, store, **rules)
    assert held(store)[talk.thread]["status"] == "new"
    assert course()[-1] == (7200, "new", True)


def test_archiving_can_mean_that_it_is_done(simulator, store):
    rules = {"status": {"labels": {"ARCHIVED": "solved"}}}
    talk = simulator.life.arrive(simulator.clock.now())
    simulator.life._plan.clear()
    sync(simulator, store, **rules)
    assert held(store)[talk.thread]["status"] == "new"
    simulator.advance(3600)
    simulator.mailbox.label(simulator.mailbox.threads[talk.thread], remove=["INBOX"])
    sync(simulator, store, **rules)
    assert held(store)[talk.thread]["status"] == "solved"
    last = max(
        (c for c in store.all("change") if c.ticket_id == talk.thread), key=lambda c: c.changed_at
    )
    assert (last.observed, int(last.changed_at.timestamp())) == (True, simulator.clock.now())


def test_only_conversations_with_the_label(simulator, store):
    vip = simulator.life.talks[4].thread
    simulator.mailbox.label(simulator.mailbox.threads[vip], add=["Label_vip"])
    sync(simulator, store, label="VIP")
    assert set(held(store)) == {vip}
    simulator.life.arrive(simulator.clock.now())
    later = simulator.life.talks[6].thread
    simulator.mailbox.label(simulator.mailbox.threads[later], add=["Label_vip"])
    sync(simulator, store, label="VIP")
    assert set(held(store)) == {vip, later}


def test_a_label_that_is_not_there_is_named_with_those_that_are(simulator, store):
    report = sync(simulator, store, label="Vip")["conversations"]
    assert report.outcome == "failed"
    assert "no label 'Vip'" in report.error
    assert "VIP" in report.error


def test_only_conversations_since_the_start(simulator, store):
    sync(simulator, store, "conversations", start="2026-01-26")
    begin = 1769385600
    for ident, ticket in simulator.truth().items():
        if ticket["created_at"] >= begin:
            assert ident in held(store)
    assert 0 < len(held(store)) < len(simulator.truth())


def test_work_on_a_draft_is_no_news(simulator, store):
    sync(simulator, store)
    talk = simulator.life.talks[2]
    draft = simulator.mailbox.deliver(
        [("From", "anna@acme.example"), ("Subject", "Re: ...")],
        at=simulator.clock.now() * 1000,
        labels={"DRAFT"},
        text="I will",
        thread=talk.thread,
    )
    simulator.mailbox.delete(draft.id)
    simulator.requests.clear()
    assert sync(simulator, store)["conversations"].records == 0
    assert held(store) == simulator.truth()


# --- limits and errors ------------------------------------------------------------------------


def test_no_more_than_five_requests_at_a_time():
    """F14: more are answered 429 "Too many concurrent requests for user"."""
    with GmailSimulator(latency=0.02) as simulator, source(simulator) as inbox:
        for stream in inbox.streams():
            list(stream.pull(None))
        assert simulator.most_at_once == 5
        assert {seen.status for seen in simulator.requests} == {200}


def test_a_quota_of_units_is_kept_before_asking(monkeypatch):
    # one at a time: a clock that jumps while others are on their way would count them late
    monkeypatch.setattr("deskpulse_connectors.gmail.mailbox.AT_ONCE", 1)
    with GmailSimulator(conversations=80, units=300) as simulator:
        with source(simulator, units_per_minute=300) as inbox:
            inbox.clock.sleep, slept = _passing(simulator, inbox.clock)
            raws = [raw for page in inbox.conversations(None) for raw in page.records]
        assert len(raws) >= 80
        assert {seen.status for seen in simulator.requests} == {200}
        assert slept()


def _passing(simulator, clock):
    """Sleeping lets the simulator's time pass, too."""
    real, total = clock.sleep, []

    def sleep(seconds):
        total.append(seconds)
        simulator.clock.advance(seconds)
        real(seconds)

    return sleep, lambda: sum(total)


def test_a_quota_that_others_use_up_is_waited_for(store):
    """Google says so with 403 rateLimitExceeded and no Retry-After."""
    with GmailSimulator(conversations=30, units=200) as simulator:
        with source(simulator, attempts=30) as inbox:
            inbox.clock.sleep, _ = _passing(simulator, inbox.clock)
            raws = [raw for page in inbox.conversations(None) for raw in page.records]
        refused = [seen for seen in simulator.requests if seen.status == 403]
        assert refused
        assert {raw.id for raw in raws} >= set(simulator.truth())
        assert all(not isinstance(raw.thread, str) for raw in raws)


def test_one_refused_thread_is_counted_and_stops_nothing(simulator, store):
    refused = simulator.life.talks[5].thread
    simulator.gmail.forbidden.add(refused)
    report = sync(simulator, store)["conversations"]
    assert (report.outcome, report.rejected) == ("partial", 1)
    assert refused in report.first_error
    assert "CSE is not enabled" in report.first_error
    truth = simulator.truth()
    del truth[refused]
    assert held(store) == truth


def test_a_thread_that_goes_between_list_and_get_is_gone(simulator, store):
    with source(simulator) as inbox:
        reading = inbox.conversations(None)
        victim = simulator.life.talks[-1].thread

        def vanish(request):
            if request.path.endswith(victim) and victim in simulator.mailbox.threads:
                for ident in list(simulator.mailbox.threads[victim]):
                    simulator.mailbox.delete(ident)
            return simulator.gmail.answer(request)

        simulator.vendor = vanish
        raws = {raw.id: raw for page in reading for raw in page.records}
        stones = list(inbox.streams()[0].parse(raws[victim]))
    assert {(stone.record, stone.reason) for stone in stones} == {("ticket", "deleted")}
    assert stones[0].id == victim


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "throttle"},
        {"kind": "throttle", "retry_after": "3"},
        {"kind": "status", "status": 503},
        {"kind": "html"},
        {"kind": "cut", "where": "headers"},
        {"kind": "cut", "where": "body"},
        {"kind": "cut", "where": "before"},
        {"kind": "expired"},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_faults_in_the_middle_lose_nothing(simulator, store, fault):
    """Twice, and a token once: one that is refused right after its renewal is a bad credential."""
    kind = fault["kind"]
    more = {name: value for name, value in fault.items() if name != "kind"}
    times = 1 if kind == "expired" else 2
    simulator.faults.add(kind, path=API, after=9, times=times, **more)
    sync(simulator, store)
    assert held(store) == simulator.truth()


def test_a_sync_that_dies_after_any_request_goes_on(store):
    """Three requests, then nothing but errors, again and again until it is through."""
    with GmailSimulator(conversations=25, weeks=1) as simulator:
        for _ in range(200):
            simulator.faults.clear()
            simulator.faults.add("status", path="*/threads*", status=503, after=18)
            report = sync(simulator, store, "conversations", attempts=1, per_page=5)
            if report["conversations"].outcome == "ok":
                break
        simulator.faults.clear()
        assert held(store) == simulator.truth()


def test_bodies_only_if_they_are_asked_for(simulator, store):
    sync(simulator, store)
    assert rows(store, "SELECT count(*) FROM message WHERE body IS NOT NULL") == [(0,)]
    threads = [s for s in simulator.requests if "/threads/" in s.path]
    assert {seen.params["format"] for seen in threads} == {"metadata"}
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE cursor SET cursor = NULL")
    sync(simulator, store, bodies=True)
    assert rows(store, "SELECT count(*) FROM message WHERE body LIKE 'Letter%'")[0][0] > 50


def test_no_secret_in_what_is_said(simulator, store, caplog):
    redactor = Redactor()
    simulator.tokens.revoked = True
    with source(simulator, redactor=redactor) as inbox:
        from deskpulse.sync import SyncEngine

        report = SyncEngine(store, inbox.clock).run([inbox])
        said = f"{report} {inbox.config!r} {caplog.text}"
    for secret in (simulator.tokens.client_secret, simulator.tokens.refresh_token):
        assert secret not in said
    assert settings(simulator).refresh_token is not None
