"""Who buys: customers who come back, those who stay away, and how much they ask."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

import numpy as np

from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

_BOUGHT = "counted AND cancelled_at IS NULL AND placed_at IS NOT NULL AND customer_id IS NOT NULL"
_ORDERS = f"""
    SELECT source, customer_id, placed_at,
           LAG(placed_at) OVER buyer AS before, LEAD(placed_at) OVER buyer AS after
    FROM orders WHERE {_BOUGHT}
    WINDOW buyer AS (PARTITION BY source, customer_id ORDER BY placed_at, order_id)
"""
_REPEAT = (
    "period", "customers", "first_time", "repeat", "repeat_rate", "orders", "active_at_start",
    "lapsed", "churn_rate",
)  # fmt: skip
_CUSTOMERS = (
    "source", "customer", "name", "orders", "net", "currency", "tickets", "contact_rate",
)  # fmt: skip


def repeat(study: Study) -> Table:
    """One row a period (month unless asked otherwise): who ordered, first timers, who came back.

    `repeat` are customers with an order in the period that was not their first. Who has ordered
    within `days` is active; whoever lets them pass without an order lapses then. `churn_rate` are
    those who lapsed by those active at the start. Cancelled orders are none.
    """
    every = study.every or "month"
    days = int(study.parameters["days"]) * buckets.DAY
    period = study.bucket("placed_at", every)
    found = study.rows(
        f"""
        SELECT {period} AS period, COUNT(DISTINCT (source, customer_id)),
               COUNT(*) FILTER (WHERE before IS NULL),
               COUNT(DISTINCT (source, customer_id)) FILTER (WHERE before IS NOT NULL), COUNT(*)
        FROM ({_ORDERS}) WHERE {study.within("placed_at")} AND placed_at < {study.now}
        GROUP BY 1 ORDER BY 1
        """
    )
    spans = study.frame(
        f"SELECT placed_at AS begun, LEAST(COALESCE(after, placed_at + {days}), placed_at + {days})"
        f" AS ended, COALESCE(after > placed_at + {days}, TRUE) AS lapses FROM ({_ORDERS})"
    )
    begun = np.sort(spans["begun"].to_numpy())
    ended = np.sort(spans["ended"].to_numpy())
    lapsed_at = np.sort(spans.filter("lapses")["ended"].to_numpy())
    rows = []
    for number, customers, first, again, orders in found:
        since, until = (
            buckets.instant_of(buckets.start_of(one, every, study.week_start), study.zone)
            for one in (number, number + 1)
        )
        until = min(until, study.now)
        active = int(np.searchsorted(begun, since) - np.searchsorted(ended, since))
        lapsed = int(np.searchsorted(lapsed_at, until) - np.searchsorted(lapsed_at, since))
        rows.append(
            (study.label(number, every), customers, first, again, again / customers, orders,
             active, lapsed, lapsed / active if active else None)
        )  # fmt: skip
    shares = ("repeat_rate", "churn_rate")
    return Table(columns=_REPEAT, rows=tuple(rows), units=dict.fromkeys(shares, "ratio"))


def contacts(study: Study) -> Table:
    """Customers who ordered in the window: orders, net sales, and the tickets they created in it.

    Tickets are those of everybody with the same e-mail address, in whatever source; a customer
    without an address has their own only. `contact_rate` is tickets by orders. Most tickets first,
    then the highest sales; at most `limit` rows.
    """
    found = study.rows(
        f"""
        WITH o AS (
            SELECT source, customer_id, COUNT(*) AS orders, SUM(net) AS net,
                   CASE WHEN COUNT(DISTINCT currency) = 1 THEN MIN(currency) END AS currency
            FROM orders WHERE {_BOUGHT} AND {study.within("placed_at")} GROUP BY 1, 2
        ), who AS (
            SELECT source, customer_id, name,
                   COALESCE(person, source || '/' || customer_id) AS person
            FROM customers WHERE counted
        ), t AS (
            SELECT COALESCE(who.person, t.source || '/' || t.customer_id) AS person,
                   COUNT(*) AS tickets
            FROM tickets AS t
            LEFT JOIN who ON who.source = t.source AND who.customer_id = t.customer_id
            WHERE t.counted AND {study.within("t.created_at")} GROUP BY 1
        )
        SELECT o.source, o.customer_id, who.name, o.orders,
               CASE WHEN o.currency IS NOT NULL THEN o.net END, o.currency,
               COALESCE(t.tickets, 0) AS asked
        FROM o LEFT JOIN who USING (source, customer_id)
        LEFT JOIN t ON t.person = COALESCE(who.person, o.source || '/' || o.customer_id)
        ORDER BY asked DESC, o.net DESC NULLS LAST, o.source, o.customer_id
        LIMIT {int(study.parameters["limit"])}
        """
    )
    rows = tuple((*row, row[-1] / row[3]) for row in found)
    return Table(columns=_CUSTOMERS, rows=rows, units={"net": "money", "contact_rate": "score"})
