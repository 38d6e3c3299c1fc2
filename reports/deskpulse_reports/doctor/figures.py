"""Scales of surveys and currencies of money."""

from __future__ import annotations

from deskpulse_reports.doctor.check import Check
from deskpulse_reports.doctor.finding import Example, Found
from deskpulse_reports.doctor.patient import Patient, listed


def survey_scale(patient: Patient) -> Found:
    """Answered surveys without a scale, or with a score outside of it."""
    return patient.in_store(
        """
        SELECT source, id, CASE WHEN scale_min IS NULL OR scale_max IS NULL THEN 'no scale'
            ELSE 'score outside of its scale' END
        FROM survey
        WHERE removed_at IS NULL AND score IS NOT NULL AND (
            scale_min IS NULL OR scale_max IS NULL OR scale_min >= scale_max
            OR score < scale_min OR score > scale_max)
        """
    )


def currency_mix(patient: Patient) -> Found:
    """Kinds of record whose money is in more than one currency."""
    rows = patient.rows(
        """
        SELECT kind, currency FROM (
            SELECT 'order' AS kind, currency FROM "order" WHERE total IS NOT NULL
            UNION SELECT 'subscription', currency FROM subscription WHERE mrr IS NOT NULL
            UNION SELECT 'account', currency FROM account WHERE value IS NOT NULL
            UNION SELECT 'agent', currency FROM agent WHERE hourly_cost IS NOT NULL
        ) AS money WHERE currency IS NOT NULL ORDER BY kind, currency
        """
    )
    found: dict[str, list[str]] = {}
    for kind, currency in rows:
        found.setdefault(kind, []).append(currency)
    mixed = {kind: names for kind, names in found.items() if len(names) > 1}
    return listed([Example(kind, "", ", ".join(names)) for kind, names in mixed.items()])


def no_currency(patient: Patient) -> Found:
    """Orders, subscriptions and accounts with money in no currency."""
    return patient.in_store(
        """
        SELECT source, id, 'order' FROM "order" WHERE total IS NOT NULL AND currency IS NULL
        UNION ALL SELECT source, id, 'subscription' FROM subscription
            WHERE mrr IS NOT NULL AND currency IS NULL
        UNION ALL SELECT source, id, 'account' FROM account
            WHERE value IS NOT NULL AND currency IS NULL
        """
    )


CHECKS = (
    Check(
        "survey_scale",
        "warning",
        "Answered surveys whose scale is unknown or does not hold the score",
        "Their scores are in no KPI: give `scale_min` and `scale_max` with each survey.",
        survey_scale,
    ),
    Check(
        "currency_mix",
        "warning",
        "Kinds of record with money in several currencies",
        "A sum over several currencies means nothing: ask for one at a time, or convert before.",
        currency_mix,
    ),
    Check(
        "no_currency",
        "info",
        "Amounts of money without a currency",
        "They count as a currency of their own: give an ISO 4217 code.",
        no_currency,
    ),
)
