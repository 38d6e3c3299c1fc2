"""The built-in analyses by hand: backlog, cases, accounts, churn, demand, wishes, users."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.builtin.analyses import ANALYSES
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.words import explain
from support.marts import engine, fact
from support.random_marts import tables

JUNE = {"start": date(2025, 6, 1), "end": date(2025, 6, 30)}


def ask(folder, kpi, by=(), now=datetime(2025, 7, 1, tzinfo=UTC), asked=None, **facts):
    desk = engine(folder, now=now, specs=ANALYSES, **facts)
    found = desk.analyse(kpi, by, **asked or {})
    desk.close()
    assert all(len(row) == len(found.columns) for row in found.rows)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def ticket(number, created, **more):
    return fact(ticket_id=str(number), created_at=created, **{"status": "open"} | more)


@pytest.mark.parametrize("kpi", [spec.id for spec in ANALYSES])
def test_an_empty_mart_and_a_random_one_are_answered(tmp_path, kpi):
    for row in ask(tmp_path, kpi):
        assert not [value for value in row.values() if value != value]
    ask(tmp_path, kpi, now=datetime(2025, 3, 20, tzinfo=UTC), **tables(1))


@pytest.mark.parametrize("spec", ANALYSES, ids=lambda spec: spec.id)
def test_an_analysis_says_everything(spec):
    for text in (spec.title, spec.definition, spec.time_words, spec.population, spec.source):
        assert text
    assert spec.definition.endswith(".")
    lines = explain(spec, Catalog([*BUILTIN, *ANALYSES]), zone="Europe/Berlin")
    wanted = {"formula", "period by", "counts", "left out", "clocks", "zone", "source"}
    assert wanted <= lines.keys()


STANDING = [
    ticket(1, "2025-06-30T12:00", waiting_since="2025-06-30T12:00", team_id="a"),
    ticket(2, "2025-06-30T00:00", waiting_since="2025-06-30T20:00", team_id="a",
           last_response_at="2025-06-30T19:00"),
    ticket(3, "2025-06-27T00:00", status="pending"),
    ticket(4, "2025-05-01T00:00", waiting_since="2025-06-20T00:00",
           last_response_at="2025-06-19T00:00"),
    ticket(5, "2025-05-01T00:00", status="solved", waiting_since="2025-05-01T00:00"),
    ticket(6, "2025-05-01T00:00", counted=False),
]  # fmt: skip


def test_the_backlog_by_age(tmp_path):
    rows = ask(tmp_path, "backlog_age", tickets=STANDING)
    assert [(row["age"], row["tickets"]) for row in rows] == [
        ("up to 24 h", 2), ("1 to 3 days", 0), ("3 to 7 days", 1), ("over 7 days", 1)
    ]  # fmt: skip
    assert rows[0]["share"] == 0.5
    by_team = ask(tmp_path, "backlog_age", ["team"], tickets=STANDING)
    assert (by_team[0]["team"], by_team[0]["tickets"]) == ("a", 2)


def test_who_awaits_a_response_by_the_last_one(tmp_path):
    rows = ask(tmp_path, "awaiting_by_last_response", tickets=STANDING)
    assert {row["last_response"]: row["tickets"] for row in rows if row["tickets"]} == {
        "never answered": 1, "4 to 8 h": 1, "over 3 days": 1
    }  # fmt: skip
    assert rows[0]["last_response"] == "never answered"
    assert rows[0]["oldest_s"] == 12 * 3600


def test_net_flow_and_days_of_backlog(tmp_path):
    def span(number, start, end=None):
        return fact(ticket_id=str(number), stage="open", unsolved=True, enters=True,
                    leaves=end is not None, started_at=start, ended_at=end)  # fmt: skip

    stages = [
        span(1, "2025-06-01T09:00", "2025-06-02T09:00"), span(2, "2025-06-01T09:00"),
        span(3, "2025-06-02T09:00"),
    ]  # fmt: skip
    asked = {"every": "day", "start": date(2025, 6, 1), "end": date(2025, 6, 2)}
    rows = ask(tmp_path, "backlog_flow", asked=asked, stages=stages)
    assert [tuple(row.values()) for row in rows] == [
        ("2025-06-01", 2, 0, 2, 2, None), ("2025-06-02", 1, 1, 0, 2, 2.0)
    ]  # fmt: skip


def test_open_cases_with_effort_and_value(tmp_path):
    done = [
        ticket(f"r{n}", "2025-06-01T09:00", status="solved", resolved_at="2025-06-20T09:00",
               agent_activities=n)
        for n in range(1, 31)
    ]  # fmt: skip
    own = ticket("x", "2025-06-25T00:00", account_id="acme", last_response_at="2025-06-30T00:00")
    acts = [
        fact(ticket_id="x", type="public_reply", actor_role="agent", acted_at="2025-06-26T00:00")
    ] * 15
    rows = ask(
        tmp_path, "open_cases", tickets=[*done, own, ticket("y", "2025-06-26T00:00")],
        activities=acts, accounts=[fact(account_id="acme", value=500.0, currency="EUR")],
    )  # fmt: skip
    assert [row["ticket"] for row in rows] == ["x", "y"]
    x, y = rows
    assert (x["effort"], x["level"], x["account_value"]) == (15, "medium", 500.0)
    assert (x["age_s"], x["since_response_s"]) == (6 * 86400, 86400)
    assert (y["effort"], y["level"], y["account_value"]) == (0, "low", None)
    few = ask(tmp_path, "open_cases", tickets=[own])
    assert few[0]["level"] is None


def test_accounts_by_submissions_and_value(tmp_path):
    rows = ask(
        tmp_path, "account_summary", asked=JUNE,
        tickets=[
            ticket(1, "2025-06-02T09:00", account_id="a"),
            ticket(2, "2025-06-03T09:00", account_id="a", status="solved"),
            ticket(3, "2025-06-03T09:00"), ticket(4, "2025-05-03T09:00", account_id="b"),
        ],
        surveys=[
            fact(survey_id="1", account_id="a", survey="csat", good=True,
                 answered_at="2025-06-05T00:00")
        ],
        accounts=[fact(account_id="a", name="Acme", value=4000.0)],
    )  # fmt: skip
    found = {row["account"]: row for row in rows}
    assert list(found) == ["a", None, "b"]
    acme = found["a"]
    assert (acme["tickets"], acme["unsolved"], acme["csat"], acme["density"]) == (2, 1, 1.0, 0.5)
    assert acme["share"] == pytest.approx(2 / 3)
    assert (found["b"]["tickets"], found["b"]["density"]) == (0, None)


def test_accounts_at_risk_with_reasons(tmp_path):
    rows = ask(
        tmp_path, "accounts_at_risk",
        tickets=[
            ticket(1, "2025-06-10T00:00", account_id="a"),
            ticket(2, "2025-06-30T20:00", account_id="b"),
        ],
        surveys=[
            fact(survey_id="1", account_id="a", survey="nps", score=2.0,
                 answered_at="2025-06-20T00:00")
        ],
        accounts=[fact(account_id="a", value=9.0)],
    )  # fmt: skip
    (row,) = rows
    assert (row["account"], row["points"], row["value"]) == ("a", 5, 9.0)
    assert "unsolved" in row["reasons"]
    assert "recommend" in row["reasons"]


def paying(customer, start, end=None, mrr=10.0, **more):
    return fact(subscription_id=f"{customer}{start}", account_id=customer, started_at=start,
                ended_at=end, mrr=mrr, **{"currency": "EUR"} | more)  # fmt: skip


def test_churn_both_ways_and_retention(tmp_path):
    rows = ask(
        tmp_path, "churn", asked=JUNE,
        subscriptions=[
            paying("a", "2025-05-01"), paying("b", "2025-05-01", mrr=30.0),
            paying("c", "2025-05-01", "2025-06-10", mrr=40.0),
            paying("d", "2025-05-01", "2025-06-10"), paying("d", "2025-06-10"),  # another price
            paying("e", "2025-06-05"), paying("f", "2025-06-05", "2025-06-20"),
            paying("g", "2025-06-05", mrr=0.0),
        ],
    )  # fmt: skip
    (june,) = rows
    assert (june["customers_at_start"], june["new"], june["lost"]) == (4, 1, 1)
    assert june["customers_at_end"] == 4
    assert june["churn_rate"] == 1 / 4
    assert june["churn_rate_with_new"] == 2 / 6
    assert june["retention_rate"] == 3 / 4
    assert (june["mrr_at_start"], june["mrr_lost"]) == (90.0, 40.0)
    assert june["mrr_churn_rate"] == pytest.approx(40 / 90)


def test_churn_of_nobody_and_of_mixed_money_is_no_rate(tmp_path):
    (june,) = ask(tmp_path, "churn", asked=JUNE, subscriptions=[paying("a", "2025-06-05")])
    assert (june["churn_rate"], june["retention_rate"]) == (None, None)
    mixed = [paying("a", "2025-05-01"), paying("b", "2025-05-01", currency="USD")]
    (june,) = ask(tmp_path, "churn", asked=JUNE, subscriptions=mixed)
    assert (june["churn_rate"], june["mrr_at_start"]) == (0.0, None)


def test_the_published_retention(tmp_path):
    subscriptions = [
        *(paying(f"s{n}", "2025-05-01", "2025-06-10" if n < 20 else None) for n in range(250)),
        *(paying(f"n{n}", "2025-06-10") for n in range(40)),
    ]
    (june,) = ask(tmp_path, "churn", asked=JUNE, subscriptions=subscriptions)
    assert (june["customers_at_end"], june["retention_rate"]) == (270, 0.92)


def test_the_experience_index_leaves_out_what_is_missing(tmp_path):
    surveys = [
        fact(survey_id="1", survey="csat", good=True, score=5.0, answered_at="2025-06-05T00:00"),
        fact(survey_id="2", survey="nps", score=8.0, points=8.0, answered_at="2025-06-05T00:00"),
    ]
    rows = {row["part"]: row for row in ask(tmp_path, "cx_index", asked=JUNE, surveys=surveys)}
    assert rows["index"]["points"] == 75.0
    assert rows["ces"]["weight"] is None
    asked = JUNE | {"parameters": {"csat": 3.0}}
    rows = {row["part"]: row for row in ask(tmp_path, "cx_index", asked=asked, surveys=surveys)}
    assert (rows["index"]["points"], rows["csat"]["weight"]) == (87.5, 0.75)
    assert ask(tmp_path, "cx_index", asked=JUNE)[-1]["points"] is None


def test_a_planted_spike_and_no_other(tmp_path):
    begun = datetime(2025, 4, 28, 12)
    tickets = []
    for day in range(64):
        for number in range(30 if day == 60 else 5):
            created = f"{begun + timedelta(days=day):%Y-%m-%dT%H:%M}"
            tickets.append(ticket(f"{day}-{number}", created, channel="email"))
    rows = ask(tmp_path, "spikes", ["channel"], tickets=tickets)
    assert [(row["day"], row["series"], row["tickets"], row["usual"]) for row in rows] == [
        ("2025-06-27", "email", 30, 5)
    ]
    assert [
        row["hour"] for row in ask(tmp_path, "spikes", asked={"every": "hour"}, tickets=tickets)
    ] == [12]


def test_staffing_of_a_busy_hour(tmp_path):
    mondays = [date(2025, 6, 2) + timedelta(weeks=n) for n in range(4)]
    calls = [
        fact(interaction_id=f"{day}{n}", channel="voice", direction="inbound", handle_s=600.0,
             outcome="answered", agent_id=f"a{n % 6}", started_at=f"{day}T10:{n:02d}")
        for day in mondays for n in range(30)
    ]  # fmt: skip
    rows = ask(tmp_path, "staffing", asked=JUNE, interactions=calls)
    (slot,) = rows
    assert (slot["weekday"], slot["hour"], slot["weeks"]) == (0, 10, 5)
    weeks = JUNE | {"end": date(2025, 6, 29)}
    (slot,) = ask(tmp_path, "staffing", asked=weeks, interactions=calls)
    assert (slot["arrivals"], slot["present"], slot["needed"]) == (30, 6, 8)
    assert slot["rostered"] == 12


def test_questions_that_come_again(tmp_path):
    tickets = [
        ticket(n, "2025-06-20T09:00", reason="refund", customer_id=f"c{n}", agent_replies=2,
               logged_s=60.0 if n else None)
        for n in range(5)
    ]  # fmt: skip
    tickets += [
        ticket(f"o{n}", "2025-06-20T09:00", reason="other", customer_id="z") for n in range(9)
    ]
    (row,) = ask(tmp_path, "repeated_questions", tickets=tickets)
    assert (row["question"], row["tickets"], row["agent_replies"]) == ("refund", 5, 10)
    assert (row["handle_s"], row["timed"]) == (240.0, 4)


def test_features_by_customers_then_value(tmp_path):
    def wish(number, customer, feature, **more):
        return ticket(number, "2025-06-20T09:00", kind="feature_request", customer_id=customer,
                      tags=[f"feature:{feature}"], account_id=f"acc-{customer}", **more)  # fmt: skip

    tickets = [
        wish(1, "a", "dark"), wish(2, "a", "dark"), wish(3, "b", "export"), wish(4, "c", "export"),
        wish(5, "d", "other", counted=False, removed_reason="merged", merged_into="1"),
        wish(6, "e", "spam", counted=False, removed_reason="spam"),
    ]  # fmt: skip
    accounts = [fact(account_id="acc-b", value=5.0, currency="EUR")]
    rows = ask(tmp_path, "requested_features", tickets=tickets, accounts=accounts)
    assert [(row["feature"], row["customers"], row["tickets"]) for row in rows] == [
        ("export", 2, 2), ("dark", 2, 2)
    ]  # fmt: skip
    assert rows[0]["account_value"] == 5.0


def used(customer, day, **more):
    return fact(usage_id=f"{customer}{day}", customer_id=customer, day_at=f"2025-{day}",
                **{"active": True} | more)  # fmt: skip


def test_activity_and_cohorts(tmp_path):
    usage = [used("a", "06-01"), used("a", "06-02"), used("b", "06-01"), used("b", "06-08")]
    days = ask(tmp_path, "user_activity", usage=usage)
    assert [(row["day"], row["dau"]) for row in days[:2]] == [("2025-06-01", 2), ("2025-06-02", 1)]
    assert days[-1]["stickiness"] == 0.0
    asked = {"every": "day"}
    rows = [row for row in ask(tmp_path, "user_retention", asked=asked, usage=usage)
            if row["cohort"] == "all"]  # fmt: skip
    assert {row["offset"]: (row["classic"], row["rolling"], row["cumulative"]) for row in rows} == {
        1: (0.5, 1.0, 0.5), 7: (0.5, 0.5, 1.0)
    }  # fmt: skip


def test_activation_leaves_the_young_out(tmp_path):
    customers = [
        fact(customer_id="a", created_at="2025-06-01T00:00"),
        fact(customer_id="b", created_at="2025-06-01T00:00"),
        fact(customer_id="c", created_at="2025-06-28T00:00"),
    ]
    usage = [
        used("a", "06-10", activated=True), used("b", "06-20", activated=True),
        used("c", "06-29", activated=True),
    ]  # fmt: skip
    (june,) = ask(tmp_path, "activation", customers=customers, usage=usage)
    assert tuple(june.values()) == ("2025-06-01", 2, 1, 0.5, 1)


def test_questions_without_a_reason_go_by_their_subjects(tmp_path):
    subjects = ["Reset my password please", "Re: reset password!", "Password reset #4711"]
    tickets = [
        ticket(n, "2025-06-20T09:00", customer_id=f"c{n}", subject=subjects[n % 3])
        for n in range(6)
    ]
    tickets += [
        ticket(f"b{n}", "2025-06-20T09:00", customer_id=f"d{n}",
               subject="Undeliverable: reset password") for n in range(6)
    ]  # fmt: skip
    (row,) = ask(tmp_path, "repeated_questions", tickets=tickets)
    assert (row["by"], row["tickets"], row["customers"]) == ("subject", 6, 6)
    assert str(row["question"]) == "[customer text]", "a customer's words travel closed"
    assert row["question"].open() in subjects


def test_features_by_custom_field_then_tag_then_subject(tmp_path):
    def wish(number, customer, **more):
        return ticket(number, "2025-06-20T09:00", kind="feature_request", customer_id=customer,
                      **more)  # fmt: skip

    tickets = [
        wish(1, "a", custom_feature="sso", tags=["feature:dark"]),
        wish(2, "b", custom_feature="sso", subject="Dark mode for the app"),
        wish(3, "c", custom_feature="", tags=["feature:dark"]),
        wish(4, "d", subject="Please add a calendar export"),
        wish(5, "e", subject="Calendar export, please add"),
        wish(6, "f", subject="Hello"),
    ]
    asked = {"parameters": {"field": "feature"}}
    customs = {"custom_feature": "text"}
    desk = engine(tmp_path, specs=ANALYSES, customs=customs, tickets=tickets)
    found = desk.analyse("requested_features", **asked)
    rows = [(row[0], row[1]) for row in found.rows]
    assert ("sso", 2) in rows
    assert ("dark", 1) in rows
    told = {name.open(): n for name, n in rows if name is not None and not isinstance(name, str)}
    assert told == {"Calendar export, please add": 2}
    assert (None, 1) in rows
    with pytest.raises(ConfigError, match=r"field = .featur. is no custom field.*feature"):
        desk.analyse("requested_features", parameters={"field": "featur"})


def test_engagement_is_of_those_who_were_there_before(tmp_path):
    customers = [fact(customer_id=name, created_at="2025-05-20T00:00") for name in "abc"]
    customers.append(fact(customer_id="new", created_at="2025-06-10T00:00"))
    usage = [
        used("a", "06-02", actions=4), used("a", "06-20", actions=2), used("b", "06-03"),
        used("new", "06-11", actions=50), used("c", "06-04", active=False),
    ]  # fmt: skip
    (june,) = ask(tmp_path, "engagement", customers=customers, usage=usage)
    assert tuple(june.values()) == ("2025-06-01", 3, 2, pytest.approx(2 / 3), 3.0)
    assert ask(tmp_path, "engagement") == []


def test_sales_after_a_contact(tmp_path):
    tickets = [
        ticket(1, "2025-06-01T09:00", customer_id="a"),
        ticket(2, "2025-06-02T09:00", customer_id="a"),
        ticket(3, "2025-06-03T09:00", customer_id="b"),
        ticket(4, "2025-06-29T09:00", customer_id="c"),
        ticket(5, "2025-06-04T09:00"),
    ]
    orders = [
        fact(order_id="1", customer_id="a", placed_at="2025-06-05T09:00", net=40.0,
             currency="EUR"),
        fact(order_id="2", customer_id="b", placed_at="2025-06-08T09:00", net=9.0, currency="EUR"),
        fact(order_id="3", customer_id="b", placed_at="2025-06-04T09:00", net=0.0, currency="EUR",
             cancelled_at="2025-06-05T09:00"),
        fact(order_id="4", customer_id="c", placed_at="2025-06-30T09:00", net=5.0,
             currency="EUR"),
    ]  # fmt: skip
    (june,) = ask(tmp_path, "sales_after_contact", tickets=tickets, orders=orders)
    assert tuple(june.values()) == ("2025-06-01", 3, 2, pytest.approx(2 / 3), 40.0, 1)
