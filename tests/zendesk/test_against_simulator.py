"""Everything pulled from the simulated vendor equals what the simulator knows to be true."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from deskpulse.errors import AuthRejected, SourceChanged, StreamForbidden
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from support.clock import FakeClock
from support.zendesk import as_list, source, streams

VERDICT = {"good": 1.0, "bad": 0.0}


class Copy:
    """What a sync would hold: records by kind and id, kept as the store keeps them."""

    def __init__(self):
        self.cursors = {}
        self.kept = {}
        self.rows = Counter()

    def pull(self, desk, *names):
        for name, stream in streams(desk).items():
            if names and name not in names:
                continue
            for page in stream.pull(self.cursors.get(name)):
                assert page.vendor_count in (None, len(page.records))
                for raw in page.records:
                    for record in as_list(stream.parse(raw)):
                        self._keep(record)
                self.rows[name] += len(page.records)
                self.cursors[name] = page.cursor
        return self

    def _keep(self, record):
        kind = record.kind_name
        key = (record.record, record.id) if kind == "tombstone" else record.id
        old = self.of(kind).get(key)
        if old is not None and kind in ("survey", "tombstone"):
            known = record.model_dump(exclude_none=True)
            record = type(record).model_construct(**(old.model_dump() | known))
        if old is None or kind != "ticket" or _version(record) >= _version(old):
            self.of(kind)[key] = record

    def of(self, kind):
        return self.kept.setdefault(kind, {})


def _version(ticket):
    return int(ticket.source_version)


def clock_of(simulator):
    return FakeClock(simulator.clock.instant())


def signed(simulator, **settings):
    known = simulator.credentials
    client = {name: known[name] for name in ("client_id", "client_secret")}
    return source(simulator.url, clock_of(simulator), **client, **settings)


def check_truth(simulator, copy):
    truth = simulator.truth()
    gone = {key[1]: stone for key, stone in copy.of("tombstone").items() if key[0] == "ticket"}
    merged = {ident: stone.into for ident, stone in gone.items() if stone.reason == "merged"}
    deleted = {ident for ident, stone in gone.items() if stone.reason == "deleted"}
    assert merged == truth["merged"]
    assert deleted >= set(truth["deleted"])

    tickets = {ident: t for ident, t in copy.of("ticket").items() if ident not in truth["deleted"]}
    assert set(tickets) == set(truth["tickets"])
    for ident, expected in truth["tickets"].items():
        ticket = tickets[ident]
        status = {"hold": "on_hold"}.get(expected["status"], expected["status"])
        assert (ticket.status, ticket.priority, ticket.kind) == (
            status,
            expected["priority"],
            expected["type"],
        )
        assert ticket.source_version == str(expected["generated_timestamp"])
        assert (ticket.assignee_id, ticket.team_id, ticket.requester_id, ticket.account_id) == (
            expected["assignee_id"],
            expected["group_id"],
            expected["requester_id"],
            expected["organization_id"],
        )
        assert (ticket.tags, ticket.subject) == (expected["tags"], expected["subject"])
        assert ticket.vendor_channel == expected["channel"]

    assert {
        ident: {
            "ticket": message.ticket_id,
            "sent_at": int(message.sent_at.timestamp()),
            "author": message.author_id,
            "public": message.public,
        }
        for ident, message in copy.of("message").items()
    } == truth["messages"]

    people = copy.of("customer") | copy.of("agent")
    assert {ident: person.name for ident, person in people.items()} == {
        ident: user["name"] for ident, user in truth["users"].items()
    }
    accounts = {ident: account.name for ident, account in copy.of("account").items()}
    assert accounts == truth["organizations"]
    assert {ident: team.name for ident, team in copy.of("team").items()} == truth["groups"]
    return truth


def changes_by_field(copy):
    names = {"assignee": "assignee_id", "team": "group_id", "kind": "type"}
    made = [change for change in copy.of("change").values() if change.old is not None]
    return Counter(names.get(change.field, change.field) for change in made)


def check_surveys(copy, truth, score):
    def seconds(text):
        return None if text is None else datetime.fromisoformat(text).astimezone(UTC)

    assert sorted(
        (s.ticket_id, s.sent_at, s.answered_at, s.score, s.comment)
        for s in copy.of("survey").values()
    ) == sorted(
        (
            s["ticket"],
            seconds(s["sent_at"]),
            seconds(s["answered_at"]),
            score(s["score"]),
            s["comment"],
        )
        for s in truth["surveys"]
    )


@pytest.fixture(scope="module")
def simulated():
    with ZendeskSimulator(seed=11, tickets=300, weeks=8, budget=0, account_limit=0) as running:
        running.settle()
        yield running


def test_the_simulated_past_holds_every_kind_of_ticket(simulated):
    truth = simulated.truth()
    assert truth["merged"]
    assert truth["deleted"]
    assert {survey["score"] for survey in truth["surveys"]} == {None, "good", "bad"}


def test_a_full_pull_holds_the_truth(simulated):
    with signed(simulated, per_page=50) as desk:
        copy = Copy().pull(desk)
    truth = check_truth(simulated, copy)
    check_surveys(copy, truth, VERDICT.get)
    assert copy.rows["ticket_events"] == truth["audits"]
    made = changes_by_field(copy)
    expected = {k: v for k, v in truth["changes"].items() if k in ("status", "priority", "type")}
    deleted = len(truth["deleted"])
    assert expected["status"] - deleted <= made["status"] <= expected["status"]
    assert made["type"] == expected.get("type", 0)


def test_schedules_policies_and_the_vendors_metrics(simulated):
    with signed(simulated) as desk:
        copy = Copy().pull(desk, "schedules", "sla_policies", "tickets")
    [schedule] = copy.of("schedule").values()
    assert schedule.tz == "Europe/Berlin"
    assert schedule.weekly["mon"] == [("09:00", "18:00")]
    assert len(schedule.holidays) == 4
    assert len(copy.of("sla_policy")) == 2
    assert {each.metric for each in copy.of("vendor_metric").values()} >= {
        "first_reply_s",
        "first_reply_business_s",
        "full_resolution_s",
        "requester_wait_s",
    }


def test_pages_of_any_size_bring_the_same(simulated):
    kept = []
    for size in (7, 1000):
        with signed(simulated, per_page=size) as desk:
            kept.append(Copy().pull(desk).kept)
    assert kept[0] == kept[1]


def test_only_changes_travel_afterwards_and_the_truth_holds():
    with ZendeskSimulator(seed=3, tickets=120, weeks=4, budget=0, account_limit=0) as simulator:
        simulator.settle()
        copy = Copy()
        with signed(simulator) as desk:
            copy.pull(desk)
        first = copy.rows.copy()
        for _ in range(4):
            simulator.change(12, spread=600)
            simulator.tie(5)
            simulator.settle()
            with signed(simulator) as desk:
                copy.pull(desk)
        truth = check_truth(simulator, copy)
        check_surveys(copy, truth, VERDICT.get)
        assert copy.rows["ticket_events"] == truth["audits"]
        assert copy.rows["tickets"] - first["tickets"] < first["tickets"]


def test_surveys_of_newer_accounts():
    with ZendeskSimulator(
        seed=5, tickets=200, weeks=4, budget=0, account_limit=0, csat="survey"
    ) as simulator:
        simulator.settle()
        with signed(simulator) as desk:
            copy = Copy().pull(desk)
        truth = check_truth(simulator, copy)
        assert any(survey["score"] for survey in truth["surveys"])
        check_surveys(copy, truth, {"good": 5.0, "bad": 2.0}.get)


def test_tickets_change_while_they_are_read():
    with ZendeskSimulator(seed=8, tickets=150, weeks=4, budget=0, account_limit=0) as simulator:
        simulator.settle()
        copy = Copy()
        with signed(simulator, per_page=20) as desk:
            for name, stream in streams(desk).items():
                for page in stream.pull(None):
                    for raw in page.records:
                        for record in as_list(stream.parse(raw)):
                            copy._keep(record)
                    copy.cursors[name] = page.cursor
                    simulator.change(1, spread=30)
        simulator.settle()
        with signed(simulator) as desk:
            copy.pull(desk)
        check_truth(simulator, copy)


def test_faults_cost_time_but_nothing_else(simulated):
    with signed(simulated) as desk:
        clean = Copy().pull(desk)
    simulated.faults.add("too_large", path="/api/v2/incremental/tickets/*", larger_than=60)
    simulated.faults.add("throttle", retry_after="7", probability=0.2)
    simulated.faults.add("status", status=503, probability=0.1)
    simulated.faults.add("cut", where="body", probability=0.1)
    simulated.faults.add("expired", after=5, times=1)
    try:
        with signed(simulated, per_page=100, attempts=20) as desk:
            faulty = Copy().pull(desk)
    finally:
        simulated.faults.clear()
    assert faulty.kept == clean.kept


@pytest.mark.parametrize("method", ["refresh_token", "token", "api_token"])
def test_every_way_to_sign_in(simulated, method):
    known = simulated.credentials
    settings = {
        "refresh_token": {
            name: known[name] for name in ("client_id", "client_secret", "refresh_token")
        },
        "token": {"access_token": known["token"]},
        "api_token": {"email": known["email"], "api_token": known["api_token"]},
    }[method]
    with source(simulated.url, clock_of(simulated), **settings) as desk:
        assert Copy().pull(desk, "groups").of("team")


def test_wrong_credentials(simulated):
    with (
        source(simulated.url, clock_of(simulated), access_token="wrong-token") as desk,
        pytest.raises(AuthRejected),
    ):
        Copy().pull(desk, "groups")


def test_an_agent_may_not_export():
    with (
        ZendeskSimulator(tickets=20, weeks=1, role="agent", budget=0) as simulator,
        signed(simulator) as desk,
    ):
        assert Copy().pull(desk, "groups").of("team")
        with pytest.raises(StreamForbidden):
            Copy().pull(desk, "tickets")


def test_an_import_of_too_many_organizations_in_one_second_is_loud():
    with ZendeskSimulator(tickets=20, weeks=1, budget=0, account_limit=0) as simulator:
        simulator.tie_organizations(1500)
        simulator.change(1, spread=10)
        simulator.settle()
        with (
            signed(simulator, per_page=100) as desk,
            pytest.raises(SourceChanged, match="share the second"),
        ):
            Copy().pull(desk, "organizations")


def test_an_import_that_fits_into_a_page_is_read():
    with ZendeskSimulator(tickets=20, weeks=1, budget=0, account_limit=0) as simulator:
        simulator.tie_organizations(300)
        simulator.settle()
        with signed(simulator, per_page=100) as desk:
            copy = Copy().pull(desk, "organizations")
        assert len(copy.of("account")) == len(simulator.truth()["organizations"])
