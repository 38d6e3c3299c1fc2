"""Accounts: how much they submit for what they are worth, and which may leave."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from deskpulse_reports.analysis import risk
from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

Key = tuple[str, str]
_UNSOLVED = "status IN ('new', 'open', 'pending', 'on_hold')"
PERIOD_DAYS = 30


def summary(study: Study) -> Table:
    """Tickets created in the window, unsolved now, share, CSAT, value, tickets per 1,000 of value.

    A ticket without an account counts for the account that its requester, known by e-mail address,
    has in another source (a shop); those without any are one row. Density is null where the value
    is unknown or 0.
    """
    found = study.rows(
        f"""
        WITH shop AS (
            SELECT c.person, a.source, a.account_id
            FROM customers AS c JOIN accounts AS a USING (source, account_id)
            WHERE c.counted AND a.counted AND c.person IS NOT NULL AND a.value IS NOT NULL
            QUALIFY ROW_NUMBER() OVER (
                PARTITION BY c.person ORDER BY a.value DESC, a.source, a.account_id) = 1
        ), whose AS (
            SELECT t.source AS desk, t.ticket_id, t.created_at, t.status,
                   COALESCE(shop.source, t.source) AS source,
                   COALESCE(t.account_id, shop.account_id) AS account_id
            FROM tickets AS t
            LEFT JOIN customers AS c ON t.account_id IS NULL
                 AND c.source = t.source AND c.customer_id = t.customer_id
            LEFT JOIN shop ON shop.person = c.person
            WHERE t.counted
        ), t AS (
            SELECT source, account_id, COUNT(*) FILTER (WHERE {study.within("created_at")}) AS n,
                   COUNT(*) FILTER (WHERE {_UNSOLVED}) AS unsolved
            FROM whose GROUP BY 1, 2
        ), s AS (
            SELECT COALESCE(whose.source, s.source) AS source,
                   COALESCE(whose.account_id, s.account_id) AS account_id,
                   COUNT(*) FILTER (WHERE good) AS good, COUNT(good) AS rated
            FROM surveys AS s
            LEFT JOIN whose ON whose.desk = s.source AND whose.ticket_id = s.ticket_id
            WHERE s.counted AND survey = 'csat' AND {study.within("answered_at")}
            GROUP BY 1, 2
        )
        SELECT t.source, t.account_id, a.name, a.account_tier, t.n, t.unsolved, s.good, s.rated,
               a.value, a.currency
        FROM t LEFT JOIN s ON s.source = t.source AND s.account_id IS NOT DISTINCT FROM t.account_id
        LEFT JOIN accounts AS a ON a.source = t.source AND a.account_id = t.account_id
        WHERE t.n > 0 OR t.unsolved > 0
        ORDER BY t.n DESC, a.value DESC NULLS LAST, t.source, t.account_id NULLS LAST
        """
    )
    total = sum(row[4] for row in found)
    rows = tuple(
        (source, account, name, tier, n, unsolved, n / total if total else None,
         good / rated if rated else None, rated or 0, value, currency,
         n / (value / 1000) if value else None)
        for source, account, name, tier, n, unsolved, good, rated, value, currency in found
    )  # fmt: skip
    columns = (
        "source", "account", "name", "tier", "tickets", "unsolved", "share", "csat", "ratings",
        "value", "currency", "density",
    )  # fmt: skip
    return Table(columns=columns, rows=rows, units={"share": "ratio", "csat": "ratio"})


def sales_after_contact(study: Study) -> Table:
    """Tickets whose customer placed an order within `days` of them, by month or `every`.

    `sales` is what these orders brought less refunds, each order once; null where currencies mix.
    A ticket whose days have not all passed is pending and in neither number.
    """
    every = study.every or "month"
    days = int(study.parameters["days"]) * buckets.DAY
    found = study.rows(
        "WITH t AS (SELECT source, ticket_id, customer_id, created_at, "
        f"{study.bucket('created_at', every)} AS period FROM tickets WHERE counted "
        f"AND customer_id IS NOT NULL AND {study.within('created_at')}), "
        "o AS (SELECT source, order_id, customer_id, placed_at, net, currency FROM orders "
        "WHERE counted AND cancelled_at IS NULL AND placed_at IS NOT NULL), "
        "j AS (SELECT t.period, t.source, t.ticket_id, t.created_at, o.order_id, o.net, o.currency "
        "FROM t LEFT JOIN o ON o.source = t.source AND o.customer_id = t.customer_id "
        f"AND o.placed_at >= t.created_at AND o.placed_at < t.created_at + {days}), "
        "s AS (SELECT DISTINCT period, source, order_id, net, currency FROM j "
        f"WHERE order_id IS NOT NULL AND created_at + {days} <= {study.now}), "
        "m AS (SELECT period, CASE WHEN COUNT(DISTINCT currency) < 2 THEN SUM(net) END AS sales "
        "FROM s GROUP BY 1) "
        f"SELECT j.period, COUNT(DISTINCT (j.source, j.ticket_id)) FILTER (WHERE j.created_at + "
        f"{days} <= {study.now}), COUNT(DISTINCT (j.source, j.ticket_id)) FILTER (WHERE "
        f"j.order_id IS NOT NULL AND j.created_at + {days} <= {study.now}), ANY_VALUE(m.sales), "
        f"COUNT(DISTINCT (j.source, j.ticket_id)) FILTER (WHERE j.created_at + {days} > "
        f"{study.now}) FROM j LEFT JOIN m USING (period) GROUP BY 1 ORDER BY 1"
    )
    rows = tuple(
        (study.label(number, every), settled, sold, sold / settled if settled else None, sales,
         pending)
        for number, settled, sold, sales, pending in found
    )  # fmt: skip
    columns = ("period", "tickets", "followed_by_sale", "rate", "sales", "pending")
    return Table(columns=columns, rows=rows, units={"rate": "ratio", "sales": "money"})


def at_risk(study: Study) -> Table:
    """Accounts with reasons to leave, in words; the last 30 days (or the window) and those before.

    `high_value` is the value from which on an account's risk weighs more; 0 switches that off.
    """
    until = study.until or study.now
    first = study.first or study.today - timedelta(days=PERIOD_DAYS - 1)
    since = buckets.midnight(first.toordinal(), study.zone)
    before = 2 * since - until
    worth = float(study.parameters["high_value"]) or None
    facts = _facts(study, (before, since, until))
    found = risk.at_risk(
        (risk.Account(account_id=account, source=source, **known)
         for (source, account), known in facts.items()),
        risk.Thresholds(value=worth),
    )  # fmt: skip
    rows = tuple(
        (one.account.source, one.account.account_id, one.points, one.account.value,
         "; ".join(reason.words for reason in one.reasons))
        for one in found
    )  # fmt: skip
    return Table(columns=("source", "account", "points", "value", "reasons"), rows=rows)


def _facts(study: Study, edges: tuple[int, int, int]) -> Mapping[Key, dict[str, Any]]:
    before, since, until = edges
    known: dict[Key, dict[str, Any]] = {}
    earlier, now = (
        f"BETWEEN {low} AND {high - 1}" for low, high in ((before, since), (since, until))
    )
    answer = f"COALESCE(first_reply_at, CASE WHEN {_UNSOLVED} THEN {study.now} END)"
    waited = f"LIST(({answer} - created_at) / 1000000.0)"
    queries = {
        ("unsolved_ages_s", "contacts_before", "contacts_now", "waits_s"): (
            f"LIST(({study.now} - created_at) / 1000000.0) FILTER (WHERE {_UNSOLVED}), "
            f"COUNT(*) FILTER (WHERE created_at {earlier}), "
            f"COUNT(*) FILTER (WHERE created_at {now}), "
            f"{waited} FILTER (WHERE created_at {now} AND initiated_by IS DISTINCT FROM 'agent') "
            "FROM tickets WHERE counted"
        ),
        ("good_before", "of_before", "good_now", "of_now", "nps"): (
            f"COUNT(*) FILTER (WHERE good AND answered_at {earlier}), "
            f"COUNT(good) FILTER (WHERE answered_at {earlier}), "
            f"COUNT(*) FILTER (WHERE good AND answered_at {now}), "
            f"COUNT(good) FILTER (WHERE answered_at {now}), "
            f"LIST(score) FILTER (WHERE survey = 'nps' AND answered_at {now}) "
            "FROM surveys WHERE counted"
        ),
        ("value",): "ANY_VALUE(value) FROM accounts WHERE counted",
    }
    for names, text in queries.items():
        for source, account, *values in study.rows(
            f"SELECT source, account_id, {text} AND account_id IS NOT NULL GROUP BY 1, 2"
        ):
            known.setdefault((source, account), {}).update(zip(names, values, strict=True))
    return {key: _account(one) for key, one in sorted(known.items())}


def _account(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "unsolved_ages_s": tuple(given.get("unsolved_ages_s") or ()),
        "contacts_before": given.get("contacts_before", 0),
        "contacts_now": given.get("contacts_now", 0),
        "waits_s": tuple(given.get("waits_s") or ()),
        "csat_before": risk.Tally(given.get("good_before", 0), given.get("of_before", 0)),
        "csat_now": risk.Tally(given.get("good_now", 0), given.get("of_now", 0)),
        "nps": tuple(given.get("nps") or ()),
        "value": given.get("value"),
    }
