"""What customers ask again and again, and which features they want."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from deskpulse.errors import ConfigError
from deskpulse.untrusted import Text, Untrusted
from deskpulse_reports.analysis import features, questions
from deskpulse_reports.analysis.alike import Words, leaders
from deskpulse_reports.analysis.subject import fingerprint
from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.columns import quoted
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

WINDOW_DAYS = 30


def repeated(study: Study) -> Table:
    """What many customers asked in the last 30 days (or the window), with what it cost.

    Tickets are grouped by reason, those without one by alike subjects (seven of ten telling words);
    bounces and out-of-office notes are left out. Handle time is the time logged, else that of calls
    and chats; null where neither is known.
    """
    last = study.last or study.today
    first = study.first or last - timedelta(days=WINDOW_DAYS - 1)
    since, until = (
        buckets.midnight(day.toordinal(), study.zone) for day in (first, last + timedelta(days=1))
    )
    found = study.rows(
        "SELECT source, ticket_id, customer_id, subject, reason, COALESCE(agent_replies, 0), "
        "COALESCE(logged_s, handled_s) FROM tickets "
        f"WHERE counted AND created_at >= {since} AND created_at < {until}"
    )
    asked = [
        questions.Question(ticket, customer, subject, reason, replies, handle_s, source)
        for source, ticket, customer, subject, reason, replies, handle_s in found
    ]
    given = study.parameters
    candidates = questions.repeated(
        asked, customers=int(given["customers"]), share=float(given["share"])
    )
    rows = tuple(
        (one.title, one.by, one.tickets, one.customers, one.share, one.agent_replies, one.handle_s,
         one.timed, ", ".join(ticket for _, ticket in one.samples))
        for one in candidates
    )  # fmt: skip
    columns = (
        "question", "by", "tickets", "customers", "share", "agent_replies", "handle_s", "timed",
        "samples",
    )  # fmt: skip
    return Table(columns=columns, rows=rows, units={"share": "ratio", "handle_s": "seconds"})


def most_requested(study: Study) -> Table:
    """Features by how many customers want them, then by what their accounts are worth.

    A request is a ticket of kind or reason `feature_request`. Its feature is what the custom field
    `field` says (one that `[mart.custom]` declares), else its first tag that begins with `prefix`
    (in order of the alphabet), else what alike subjects ask for; null where nothing tells.
    """
    prefix = str(study.parameters["prefix"])
    found = study.rows(
        f"SELECT {_field(study)}, t.subject, t.source, t.ticket_id, t.tags, "
        "t.customer_id, t.account_id, a.value, a.currency, t.merged_into "
        "FROM tickets AS t LEFT JOIN accounts AS a "
        "ON a.source = t.source AND a.account_id = t.account_id "
        "WHERE (t.counted OR t.removed_reason = 'merged') "
        "AND 'feature_request' IN (LOWER(t.kind), LOWER(t.reason)) "
        f"AND {study.within('t.created_at')}"
    )
    named = [field or _feature(tags, prefix) for field, _, _, _, tags, *_ in found]
    told = _told(subject for name, (_, subject, *_) in zip(named, found, strict=True) if not name)
    requests = [
        features.Request(
            ticket_id=ticket, feature=name or told.get(subject or ""), customer_id=customer,
            account_id=account, value=value, currency=currency, merged_into=merged, source=source,
        )
        for name, (_, subject, source, ticket, _, customer, account, value, currency, merged)
        in zip(named, found, strict=True)
    ]  # fmt: skip
    ours = {name for name in named if name}
    rows = tuple(
        (
            _title(one.feature, ours),
            one.customers,
            one.tickets,
            one.value,
            one.currency,
            one.unvalued,
        )
        for one in features.most_requested(requests)
    )
    columns = ("feature", "customers", "tickets", "account_value", "currency", "value_unknown")
    return Table(columns=columns, rows=rows)


def _field(study: Study) -> str:
    """SQL: the custom field that names features; null without one."""
    name = str(study.parameters["field"])
    if not name:
        return "NULL"
    known = [column for column in study.columns("tickets") if column.startswith("custom_")]
    if f"custom_{name}" not in known:
        names = [column.removeprefix("custom_") for column in known]
        raise ConfigError(
            f"requested_features: field = {name!r} is no custom field of the mart"
            f"{nearest(name, names)}: {allowed(names)}",
            hint="Declare it under [mart.custom] and run `deskpulse derive --all`.",
        )
    return f"NULLIF(CAST(t.{quoted(f'custom_{name}')} AS VARCHAR), '')"


def _told(subjects: Iterable[str | None]) -> Mapping[str, str]:
    """Subject -> the most frequent one of those that ask for the same."""
    counts = Counter(subject for subject in subjects if subject)
    prints = {subject: fingerprint(subject) for subject in counts}
    leader = leaders(words for subject, words in prints.items() for _ in range(counts[subject]))
    groups: dict[Words, list[str]] = defaultdict(list)
    for subject, words in prints.items():
        if words:
            groups[leader[words]].append(subject)
    return {
        subject: min(group, key=lambda one: (-counts[one], one))
        for group in groups.values()
        for subject in group
    }


def _title(feature: str | None, ours: Collection[str]) -> Text | None:
    return feature if feature is None or feature in ours else Untrusted(feature)


def _feature(tags: list[str] | None, prefix: str) -> str | None:
    own = sorted(tag.removeprefix(prefix) for tag in tags or () if tag.startswith(prefix))
    return own[0] if own else None
