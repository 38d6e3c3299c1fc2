"""Customers won and lost, and what they pay. Money is never added up across currencies."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Direction, Measure, Stock

BOOK = "Churn prevention"
_STRIPE = "Stripe's MRR: price x quantity by month, of active subscriptions; trials pay nothing."
_MRR = "Subscriptions; those of several currencies must be split by currency."


def _money(name: str, title: str, words: str, *, time: str, better: Direction) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        unit="money",
        direction=better,
        table="subscriptions",
        value="sum(mrr)",
        filter=f"mrr is not null and {time} is not null",
        time=time,
        time_words="start of the subscription" if time == "started_at" else "its end",
        population=_MRR,
        source=_STRIPE,
        book=BOOK,
    )


def _stock(name: str, title: str, words: str, table: str, spans: tuple[str, str]) -> Stock:
    return Stock(
        id=name,
        title=title,
        definition=words,
        direction="higher",
        table=table,
        filter=f"{spans[0]} is not null",
        starts=spans[0],
        ends=spans[1],
        time_words="end of the period",
        population=f"Every row of {table} that has begun and not ended.",
        source=_STRIPE if table == "subscriptions" else "Common practice: customers at the end.",
        book=BOOK,
    )


def _count(
    name: str, title: str, words: str, table: str, *, time: str, better: Direction
) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        direction=better,
        table=table,
        value="count(*)",
        filter=f"{time} is not null",
        time=time,
        time_words=words.removesuffix("."),
        population=f"Every row of {table} with that date.",
        source="Common practice: customers won and lost in the period.",
        book=BOOK,
    )


GROWTH = (
    Stock(
        id="mrr",
        title="Monthly recurring revenue",
        definition="What running subscriptions pay a month, at the end of the period.",
        unit="money",
        direction="higher",
        table="subscriptions",
        filter="mrr is not null",
        starts="started_at",
        ends="ended_at",
        weight="mrr",
        time_words="end of the period",
        population=f"{_MRR} A change of price is the end of one subscription and a new one.",
        source=_STRIPE,
        book=BOOK,
    ),
    _money(
        "new_mrr",
        "New MRR",
        "MRR of subscriptions that began.",
        time="started_at",
        better="higher",
    ),
    _money(
        "lost_mrr",
        "Lost MRR",
        "MRR of subscriptions that ended.",
        time="ended_at",
        better="lower",
    ),
    _stock(
        "active_subscriptions",
        "Active subscriptions",
        "Subscriptions that run at the end of the period.",
        "subscriptions",
        ("started_at", "ended_at"),
    ),
    _stock(
        "active_accounts",
        "Active accounts",
        "Accounts that are customers at the end of the period.",
        "accounts",
        ("created_at", "churned_at"),
    ),
    _count(
        "new_accounts",
        "New accounts",
        "Accounts won.",
        "accounts",
        time="created_at",
        better="higher",
    ),
    _count(
        "churned_accounts",
        "Churned accounts",
        "Accounts lost.",
        "accounts",
        time="churned_at",
        better="lower",
    ),
    _count(
        "new_customers",
        "New customers",
        "Customers seen first.",
        "customers",
        time="created_at",
        better="higher",
    ),
)
