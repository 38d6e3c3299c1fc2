"""Everything pulled from the simulated vendor equals what the simulator knows to be true."""

from collections import defaultdict
from datetime import datetime

import pytest

from deskpulse.store import Store
from deskpulse_connectors.freshdesk.values import PRIORITIES, RATINGS
from support.freshdesk import OURS, simulator, sync
from support.stores import contents, rows


@pytest.fixture
def store(tmp_path):
    made = Store.open(f"sqlite:///{tmp_path}/desk.db", keep_bodies=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def simulated():
    with simulator(seed=11, tickets=250) as running:
        running.settle()
        yield running


def well(report, *, but=()):
    troubles = [(s.stream, s.outcome, s.error, s.first_error) for s in report.streams]
    assert [each for each in troubles if each[1] != "ok" and each[0] not in but] == []
    return {each.stream: each for each in report.streams}


def gone(store):
    query = "SELECT id, removed_reason FROM ticket WHERE removed_at IS NOT NULL"
    return dict(rows(store, query))


def check_truth(simulated, store):
    truth = simulated.truth()
    tickets = {each.id: each for each in store.all("ticket")}
    there = set(truth["tickets"])
    assert set(tickets) - set(gone(store)) == there
    for ident, expected in truth["tickets"].items():
        got, stats = tickets[ident], expected["stats"]
        assert got.status == OURS[expected["status"]]
        assert got.priority == PRIORITIES[expected["priority"]]
        assert got.updated_at == datetime.fromisoformat(expected["updated_at"])
        assert (got.requester_id, got.assignee_id, got.team_id, got.account_id) == tuple(
            expected[key] for key in ("requester_id", "responder_id", "group_id", "company_id")
        )
        assert (got.subject, got.tags) == (expected["subject"], expected["tags"])
        done = got.status in ("solved", "closed")
        assert seconds(got.first_reply_at) == stats["first_responded_at"]
        assert seconds(got.solved_at) == (stats["resolved_at"] if done else None)
    told = {
        each.id: {
            "ticket": each.ticket_id,
            "sent_at": each.sent_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "author": each.author_id,
            "public": each.public,
        }
        for each in store.all("message")
        if each.ticket_id in there
    }
    assert told == truth["messages"]
    names = {
        kind: {each.id: each.name for each in store.all(kind)}
        for kind in ("customer", "account", "agent", "team")
    }
    assert names == {
        "customer": truth["contacts"],
        "account": truth["companies"],
        "agent": truth["agents"],
        "team": truth["groups"],
    }
    surveys = {each.id: (each.ticket_id, each.score) for each in store.all("survey")}
    assert surveys == {
        key: (each["ticket"], RATINGS[each["value"]]) for key, each in truth["ratings"].items()
    }
    spent = {each.id: each.spent_s for each in store.all("worklog")}
    assert spent == {
        key: int(each["spent"][:2]) * 3600 + int(each["spent"][3:]) * 60
        for key, each in truth["time_entries"].items()
    }
    return truth


def seconds(instant):
    return None if instant is None else int(instant.timestamp())


def courses(store, *, observed=(True, False)):
    """The statuses of each ticket through time, as facts order them."""
    found = defaultdict(list)
    for each in sorted(store.all("change"), key=lambda each: (each.changed_at, each.seq, each.id)):
        if each.field == "status" and each.observed in observed:
            found[each.ticket_id].append((seconds(each.changed_at), each.new))
    return found


def plain(course):
    """A course without changes to the status that it had already."""
    kept = []
    for at, status in course:
        if not kept or kept[-1][1] != status:
            kept.append((at, status))
    return kept


def test_a_full_sync_holds_the_truth(simulated, store):
    well(sync(store, simulated))
    truth = check_truth(simulated, store)
    assert set(truth["spam"]) | set(truth["deleted"])  # known only by their tombstones
    gone_ids = {row[0] for row in rows(store, "SELECT id FROM tombstone WHERE record = 'ticket'")}
    assert gone_ids == set(truth["spam"]) | set(truth["deleted"])


def test_pages_of_any_size_bring_the_same(simulated, tmp_path):
    held = []
    for size in (3, 100):
        store = Store.open(f"sqlite:///{tmp_path}/{size}.db", keep_bodies=True)
        well(sync(store, simulated, per_page=size))
        held.append({kind: {row[:8] for row in found} for kind, found in contents(store).items()})
        store.close()
    assert held[0].keys() == held[1].keys()
    for kind in held[0]:
        if kind != "role":  # the ids of roles name when they were first seen
            assert held[0][kind] == held[1][kind], kind


def test_a_sync_without_news_asks_each_list_once(simulated, store):
    well(sync(store, simulated, activities=True))
    before = contents(store)
    reports = well(sync(store, simulated, activities=True))
    assert {name: each.requests for name, each in reports.items() if each.requests > 1} == {}
    assert all(each.rows.new == each.rows.changed == 0 for each in reports.values())
    assert contents(store) == before


def test_only_changes_travel_afterwards_and_the_truth_holds(store):
    with simulator(seed=3, tickets=120, weeks=4) as simulated:
        simulated.settle()
        first = well(sync(store, simulated, per_page=20))
        for _ in range(5):
            simulated.change(15, spread=900)
            simulated.tie(7)
            simulated.advance(3600)  # lists without a filter are read once an hour
            simulated.settle()
            later = well(sync(store, simulated, per_page=20))
            assert later["tickets"].records < first["tickets"].records / 2
        truth = check_truth(simulated, store)
    known = {ident for ident, reason in gone(store).items() if reason == "spam"}
    assert known <= set(truth["spam"])


def test_tickets_change_while_they_are_read(tmp_path):
    """Every page is followed by changes; rows move between pages, and nothing is lost."""
    for seed in range(3):
        store = Store.open(f"sqlite:///{tmp_path}/{seed}.db")
        with simulator(seed=seed, tickets=90, weeks=3) as simulated:
            answer, asked = simulated.vendor, []

            def meddled(request, answer=answer, asked=asked, simulated=simulated):
                if request.path == "/api/v2/tickets" and len(asked) < 60:
                    asked.append(request)
                    simulated.change(2, spread=2)
                return answer(request)

            simulated.vendor = meddled
            well(sync(store, simulated, per_page=7))
            simulated.vendor = answer
            simulated.advance(3600, quiet=True)
            well(sync(store, simulated, per_page=7))
            check_truth(simulated, store)
        store.close()


def test_faults_cost_time_but_nothing_else(simulated, tmp_path):
    clean, faulty = (Store.open(f"sqlite:///{tmp_path}/{name}.db") for name in ("clean", "faulty"))
    well(sync(clean, simulated, per_page=50))
    simulated.faults.add("throttle", retry_after="7", probability=0.1)
    simulated.faults.add("status", status=503, probability=0.1)
    simulated.faults.add("cut", where="body", probability=0.1)
    simulated.faults.add("html", probability=0.05)
    try:
        well(sync(faulty, simulated, per_page=50, attempts=25))
    finally:
        simulated.faults.clear()
    assert contents(clean).keys() == contents(faulty).keys()
    for kind, found in contents(clean).items():
        if kind != "role":
            assert contents(faulty)[kind] == found, kind
    clean.close()
    faulty.close()


def test_a_sync_that_is_cut_off_goes_on_where_it_was(tmp_path):
    """The source fails for good after every single request in turn; the next run continues."""
    with simulator(seed=2, tickets=25, weeks=1, customers=10) as simulated:
        simulated.settle()
        store = Store.open(f"sqlite:///{tmp_path}/cut.db", keep_bodies=True)
        for after in range(0, 60, 5):
            simulated.faults.replace_with([])
            simulated.faults.add("status", status=503, after=after)
            sync(store, simulated, per_page=6, attempts=1)
        simulated.faults.clear()
        well(sync(store, simulated, per_page=6))
        check_truth(simulated, store)
        store.close()


DONE = ("solved", "closed")


def test_status_history_by_stats_alone_is_true_but_not_whole(simulated, store):
    well(sync(store, simulated))
    truth = simulated.truth()["tickets"]
    for ident, course in courses(store, observed=(True,)).items():
        whole = [(at, OURS[status]) for at, status in truth[ident]["course"]]
        ended = {(at, status in DONE) for at, status in whole}
        assert {(at, status in DONE) for at, status in course} <= ended, ident
        assert course[-1] == whole[-1]
    assert courses(store, observed=(False,)) == {}


def test_frequent_syncs_make_the_history_whole(store):
    with simulator(seed=5, tickets=12, weeks=2) as simulated:
        well(sync(store, simulated, "tickets"))
        since = simulated.clock.now()
        for _ in range(50):
            simulated.change(1, spread=300)
            well(sync(store, simulated, "tickets"))
        truth = simulated.truth()["tickets"]
    found = courses(store)
    several = 0
    for ident, expected in truth.items():
        news = {(at, OURS[status]) for at, status in expected["course"] if at > since}
        known = {each for each in found[ident] if each[0] > since}
        assert news <= known, ident
        assert {at for at, _ in known} <= {at for at, _ in news}
        several += len(news) > 1
    assert several > 1


def test_activities_tell_the_whole_history_of_the_days_that_are_kept(store):
    with simulator(seed=5, tickets=80, weeks=3) as simulated:
        simulated.advance(2 * 86_400, quiet=True)
        well(sync(store, simulated, activities=True))
        truth = simulated.truth()["tickets"]
        stated = courses(store, observed=(False,))
        for ident, expected in truth.items():
            whole = [(at, OURS[status]) for at, status in expected["course"]]
            assert stated[ident] == whole, ident
        # what stats told before has been taken over: facts rest on the export alone
        assert courses(store, observed=(True,)) == {}
        # and reading the tickets again does not unsay it
        store.forget_cursor("desk", "tickets")
        well(sync(store, simulated, "tickets", activities=True))
        assert courses(store, observed=(True,)) == {}
        actors = {each.actor_id for each in store.all("change") if each.field == "status"}
        assert actors - {None} <= set(simulated.truth()["agents"]) | set(
            simulated.truth()["contacts"]
        )
