"""Who uses the product: active users and stickiness, retention by cohort, activation."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, cast

import polars as pl

from deskpulse_reports.analysis import active, cohorts
from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

Width = Literal["day", "week", "month"]


def activity(study: Study) -> Table:
    """Daily, weekly (7 days) and monthly (30 days) active users, and DAU / MAU, by day."""
    seen = _seen(study)
    if seen.is_empty():
        return Table(columns=("day", "dau", "wau", "mau", "stickiness"), rows=())
    through = _through(study)
    since = cast("date", seen["day"].min())
    found = active.active_users(seen, since, max(through, since))
    if study.first is not None:
        found = found.filter(pl.col("day") >= study.first)
    rows = tuple((day.isoformat(), *rest) for day, *rest in found.iter_rows())
    return Table(columns=tuple(found.columns), rows=rows, units={"stickiness": "ratio"})


def retention(study: Study) -> Table:
    """Who comes back 1, 7 and 30 days after the first active day; cohorts by month or `every`."""
    width = study.every if study.every in ("day", "week") else "month"
    found = cohorts.retention(_seen(study), _through(study), width=width)
    rows = tuple(
        ("all" if cohort is None else cohort.isoformat(), *rest)
        for cohort, *rest in found.iter_rows()
    )
    shares = ("classic", "rolling", "cumulative", "inactive")
    return Table(columns=cohorts.RETENTION_COLUMNS, rows=rows, units=dict.fromkeys(shares, "ratio"))


def activation(study: Study) -> Table:
    """New customers who were activated within `days` of their creation, by month or `every`.

    A customer whose days have not all passed is pending and in neither number.
    """
    every = study.every or "month"
    days = int(study.parameters["days"]) * buckets.DAY
    new = (
        f"(SELECT source, customer_id, created_at, {study.bucket('created_at', every)} AS period "
        f"FROM customers WHERE counted AND {study.within('created_at')})"
    )
    first = (
        "(SELECT source, customer_id, MIN(day_at) AS at_first FROM usage "
        "WHERE counted AND activated GROUP BY 1, 2)"
    )
    found = study.rows(
        "SELECT c.period, "
        f"COUNT(*) FILTER (WHERE c.created_at + {days} <= {study.now}), "
        f"COUNT(*) FILTER (WHERE c.created_at + {days} <= {study.now} "
        f"AND u.at_first < c.created_at + {days}), "
        f"COUNT(*) FILTER (WHERE c.created_at + {days} > {study.now}) "
        f"FROM {new} AS c LEFT JOIN {first} AS u USING (source, customer_id) "
        "GROUP BY 1 ORDER BY 1"
    )
    rows = tuple(
        (study.label(number, every), settled, done, done / settled if settled else None, pending)
        for number, settled, done, pending in found
    )
    columns = ("period", "new_customers", "activated", "rate", "pending")
    return Table(columns=columns, rows=rows, units={"rate": "ratio"})


def engagement(study: Study) -> Table:
    """Of the customers known when a period began, how many used the product in it, and how much.

    By month or `every`; the running period ends at the present. A qualifying event is a day with a
    session, an action or an activation; `depth` is null where no actions are counted.
    """
    every = study.every or "month"
    created = study.bucket("created_at", every)
    used = study.bucket("day_at", every)
    found = study.rows(
        f"WITH c AS (SELECT source, customer_id, {created} AS born FROM customers "
        "WHERE counted AND created_at IS NOT NULL), "
        f"u AS (SELECT source, customer_id, {used} AS period, SUM(actions) AS actions FROM usage "
        f"WHERE counted AND active AND {study.within('day_at')} AND day_at < {study.now} "
        "GROUP BY 1, 2, 3), "
        "p AS (SELECT DISTINCT period FROM u) "
        "SELECT p.period, (SELECT COUNT(*) FROM c WHERE c.born < p.period), COUNT(c.born), "
        "SUM(u.actions) FILTER (WHERE c.born IS NOT NULL) "
        "FROM p JOIN u USING (period) LEFT JOIN c ON c.source = u.source "
        "AND c.customer_id = u.customer_id AND c.born < p.period GROUP BY 1 ORDER BY 1"
    )
    rows = tuple(
        (study.label(number, every), known, engaged, engaged / known if known else None,
         float(actions) / engaged if actions is not None and engaged else None)
        for number, known, engaged, actions in found
    )  # fmt: skip
    columns = ("period", "customers_at_start", "engaged", "rate", "depth")
    return Table(columns=columns, rows=rows, units={"rate": "ratio", "depth": "score"})


def _seen(study: Study) -> pl.DataFrame:
    day = study.day("day_at")
    frame = study.frame(
        f"SELECT DISTINCT source || '/' || customer_id AS customer_id, {day} AS number "
        "FROM usage WHERE counted AND active AND customer_id IS NOT NULL"
    )
    since = pl.col("number") - buckets.EPOCH_DAY
    return frame.select("customer_id", since.cast(pl.Int32).cast(pl.Date).alias("day"))


def _through(study: Study) -> date:
    """The last complete day."""
    yesterday = study.today - timedelta(days=1)
    return min(study.last, yesterday) if study.last else yesterday
