"""Customers who pay, and those who left: counts, both rates in use, and the money."""

from __future__ import annotations

from typing import Literal

from deskpulse_reports.kpis.spec import Direction, Measure, Ratio, Stock, Unit

BOOK = "Churn prevention"
_WHO = (
    "A customer is an account, or a customer without one, with a paying subscription. A change of "
    "price or plan, and a gap shorter than a day, loses nobody."
)
_ONE_CURRENCY = "Those of several currencies must be split by currency."
_COMMON = "Common practice: lost of the start cohort / start cohort."
_STRIPE = "Stripe's churn: all who left in the period / (those at its start + those who came)."


def _stock(name: str, title: str, words: str, stands: Literal["end", "start", "during"]) -> Stock:
    return Stock(
        id=name,
        title=title,
        definition=words,
        direction="higher",
        table="payers",
        starts="started_at",
        ends="ended_at",
        stands=stands,
        time_words=f"{stands} of the period" if stands != "during" else "any time in the period",
        population=_WHO,
        source=_COMMON,
        book=BOOK,
    )


def _left(
    name: str, title: str, words: str, *, value: str, unit: Unit = "count", before: str = ""
) -> Measure:
    money = f" {_ONE_CURRENCY}" if unit == "money" else ""
    return Measure(
        id=name,
        title=title,
        definition=words,
        unit=unit,
        direction="lower",
        table="payers",
        value=value,
        filter="ended_at is not null",
        time="ended_at",
        before=before,
        time_words="end of the last subscription",
        population=f"{_WHO}{money}",
        source=_COMMON if before else _STRIPE,
        book=BOOK,
    )


def _rate(
    name: str,
    title: str,
    words: str,
    parts: tuple[str, str],
    *,
    better: Direction = "lower",
    counts: bool = True,
    rest: bool = False,
    source: str = _COMMON,
) -> Ratio:
    return Ratio(
        id=name,
        title=title,
        definition=words,
        direction=better,
        numerator=parts[0],
        denominator=parts[1],
        proportion=counts,
        rest=rest,
        time_words="end of the last subscription, by who was there",
        population=f"{_WHO} Null where nobody was there.",
        source=source,
        book=BOOK,
    )  # fmt: skip


CHURN = (
    _stock("paying_customers", "Paying customers", "Customers who pay at the end of the period.",
           "end"),
    _stock("customers_at_start", "Customers at the start",
           "Customers who pay when the period begins.", "start"),
    _stock("customers_seen", "Customers of the period",
           "Customers who pay at any time in the period: those at its start and those who came.",
           "during"),
    _left("lost_customers", "Lost customers",
          "Customers who paid when the period began and stopped in it.",
          value="count(*)", before="started_at"),
    _left("left_customers", "Customers who left",
          "Customers who stopped paying in the period, those who came in it included.",
          value="count(*)"),
    _left("lost_customer_mrr", "MRR of lost customers",
          "What lost customers paid a month when they left.",
          value="sum(mrr)", unit="money", before="started_at"),
    Stock(
        id="mrr_at_start",
        title="MRR at the start",
        definition="What customers pay a month when the period begins.",
        unit="money",
        direction="higher",
        table="subscriptions",
        filter="mrr > 0",
        starts="started_at",
        ends="ended_at",
        stands="start",
        weight="mrr",
        time_words="start of the period",
        population=f"Paying subscriptions. {_ONE_CURRENCY}",
        source="Stripe's MRR, at the start of the period.",
        book=BOOK,
    ),
    _rate("churn_rate", "Churn rate",
          "Lost customers out of those at the start of the period.",
          ("lost_customers", "customers_at_start")),
    _rate("churn_rate_with_new", "Churn rate with new customers",
          "All who left in the period, out of those at its start and those who came in it.",
          ("left_customers", "customers_seen"), source=_STRIPE),
    _rate("retention_rate", "Customer retention rate",
          "Customers of the start who are still there: (E - N) / S, N being new and still there.",
          ("lost_customers", "customers_at_start"), better="higher", rest=True,
          source="Common practice: (customers at the end - new) / customers at the start."),
    _rate("mrr_churn_rate", "MRR churn rate",
          "MRR of lost customers out of the MRR at the start of the period.",
          ("lost_customer_mrr", "mrr_at_start"), counts=False,
          source="Common practice: MRR lost with customers / MRR at the start."),
)  # fmt: skip
"""Both definitions of churn by name, as they differ on the same data."""
