"""What customers ask again and again, and which features they want."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

from datetime import timedelta

from deskpulse_reports.analysis import features, questions
from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

WINDOW_DAYS = 30


def repeated(study: Study) -> Table:
    """Reasons for which many customers wrote in the last 30 days, with what they cost.

    Tickets are grouped by reason: the mart holds no subjects. Handle time is the time logged, else
    that of calls and chats; null where neither is known.
    """
    last = study.last or study.today
    first = study.first or last - timedelta(days=WINDOW_DAYS - 1)
    since, until = (
        buckets.midnight(day.toordinal(), study.zone) for day in (first, last + timedelta(days=1))
    )
    found = study.rows(
        "SELECT source, ticket_id, customer_id, reason, COALESCE(agent_replies, 0), "
        "COALESCE(logged_s, handled_s) FROM tickets "
        f"WHERE counted AND created_at >= {since} AND created_at < {until}"
    )
    asked = [
        questions.Question(ticket, customer, None, reason, replies, handle_s, source)
        for source, ticket, customer, reason, replies, handle_s in found
    ]
    given = study.parameters
    candidates = questions.repeated(
        asked, customers=int(given["customers"]), share=float(given["share"])
    )
    rows = tuple(
        (one.title, one.tickets, one.customers, one.share, one.agent_replies, one.handle_s,
         one.timed, ", ".join(ticket for _, ticket in one.samples))
        for one in candidates
    )  # fmt: skip
    columns = (
        "question", "tickets", "customers", "share", "agent_replies", "handle_s", "timed",
        "samples",
    )  # fmt: skip
    return Table(columns=columns, rows=rows, units={"share": "ratio", "handle_s": "seconds"})


def most_requested(study: Study) -> Table:
    """Features by how many customers want them, then by what their accounts are worth.

    A request is a ticket of kind or reason `feature_request`; its feature is its first tag that
    begins with `prefix` (in order of the alphabet), null without one.
    """
    prefix = str(study.parameters["prefix"])
    found = study.rows(
        "SELECT t.source, t.ticket_id, t.tags, t.customer_id, t.account_id, a.value, a.currency, "
        "t.merged_into FROM tickets AS t LEFT JOIN accounts AS a "
        "ON a.source = t.source AND a.account_id = t.account_id "
        "WHERE (t.counted OR t.removed_reason = 'merged') "
        "AND 'feature_request' IN (LOWER(t.kind), LOWER(t.reason)) "
        f"AND {study.within('t.created_at')}"
    )
    requests = [
        features.Request(
            ticket_id=ticket, feature=_feature(tags, prefix), customer_id=customer,
            account_id=account, value=value, currency=currency, merged_into=merged, source=source,
        )
        for source, ticket, tags, customer, account, value, currency, merged in found
    ]  # fmt: skip
    rows = tuple(
        (one.feature, one.customers, one.tickets, one.value, one.currency, one.unvalued)
        for one in features.most_requested(requests)
    )
    columns = ("feature", "customers", "tickets", "account_value", "currency", "value_unknown")
    return Table(columns=columns, rows=rows)


def _feature(tags: list[str] | None, prefix: str) -> str | None:
    own = sorted(tag.removeprefix(prefix) for tag in tags or () if tag.startswith(prefix))
    return own[0] if own else None
