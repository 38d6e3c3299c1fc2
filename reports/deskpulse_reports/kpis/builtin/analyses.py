"""Questions whose answer is a table: cohorts, staffing, spikes, case and account lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deskpulse_reports.kpis.builtin.studies import (
    accounts,
    backlog,
    cases,
    churn,
    demand,
    experience,
    users,
    wishes,
)
from deskpulse_reports.kpis.spec import Analysis, Parameter, Table
from deskpulse_reports.kpis.study import Study

_BACKLOG_DIMS = {name: f"Column {column}." for name, column in backlog.COLUMNS.items()}
_SERIES = {"channel": "Each channel by itself.", "reason": "Each reason by itself."}
_UNSOLVED = "Tickets new, open, pending or on hold; removed ones are out."


def _analysis(
    name: str,
    title: str,
    function: Callable[[Study], Table],
    *,
    when: str,
    who: str,
    source: str,
    book: str,
    dims: Mapping[str, str] | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> Analysis:
    return Analysis(
        id=name,
        title=title,
        definition=" ".join((function.__doc__ or "").split()).replace("`", ""),
        function=function,
        time_words=when,
        population=who,
        source=source,
        book=book,
        dimensions=dict(dims or {}),
        parameters=dict(parameters or {}),
    )


ANALYSES = (
    _analysis(
        "backlog_age", "Backlog by age", backlog.by_age,
        when="now", who=_UNSOLVED, dims=_BACKLOG_DIMS, book="Team efficiency",
        source="Common practice: up to a day, three days, a week, and older.",
    ),
    _analysis(
        "awaiting_by_last_response", "Awaiting a response, by last response",
        backlog.by_last_response,
        when="now", who=f"{_UNSOLVED} Only those whose customer waits.", dims=_BACKLOG_DIMS,
        source="Chatwoot's waiting_since, by the time since the last response.",
        book="Rep activity",
    ),
    _analysis(
        "backlog_flow", "Backlog flow", backlog.flow,
        when="entry and exit", who="As inflow, outflow and backlog.", book="Team efficiency",
        source="Flow balance: backlog(t1) = backlog(t0) + inflow - outflow.",
    ),
    _analysis(
        "open_cases", "Open cases", cases.open_cases,
        when="now", who=_UNSOLVED, parameters={"limit": 1000}, book="Churn prevention",
        source="Common practice: a case list by creation; effort in terciles of own history.",
    ),
    _analysis(
        "account_summary", "Accounts by submissions and value", accounts.summary,
        when="ticket creation, rating", who="Every account with a ticket in the window or open.",
        source="Common practice: contacts per 1,000 of account value.", book="Churn prevention",
    ),
    _analysis(
        "accounts_at_risk", "Accounts at risk", accounts.at_risk,
        when="the window and the one before", who="Accounts with two points or more.",
        parameters={"high_value": 0.0}, book="Churn prevention",
        source="Thresholds of deskpulse, each one named in the reasons.",
    ),
    _analysis(
        "churn", "Churn and retention", churn.churn,
        when="start and end of the period", who="Customers with a paying subscription.",
        source="Lost from the start cohort / start; Stripe's with new ones; (E - N) / S.",
        book="Churn prevention",
    ),
    _analysis(
        "cx_index", "Customer experience index", experience.index,
        when="rating", who="Answered surveys of three kinds.", book="Churn prevention",
        parameters={"csat": 1.0, "nps": 1.0, "ces": 1.0},
        source="Weighted mean on 0 to 100; not the survey question cx_rating.",
    ),
    _analysis(
        "spikes", "Volume spikes", demand.spikes,
        when="ticket creation", who="Tickets created; holidays are not known here.",
        dims=_SERIES, book="Team efficiency",
        source="Median and MAD of the same weekday and hour in eight weeks; z from 3.5 on.",
    ),
    _analysis(
        "staffing", "Staffing", demand.staffing,
        when="start of the call", who="Inbound calls; present are agents who took one then.",
        parameters={"share": 0.8, "within_s": 20.0, "cap": 0.85, "shrinkage": 0.3},
        source="Erlang C: nobody hangs up, so it errs on the side of more agents.",
        book="Team efficiency",
    ),
    _analysis(
        "repeated_questions", "Repeated questions", wishes.repeated,
        when="ticket creation", who="Tickets with a reason.", book="Product",
        parameters={"customers": 5, "share": 0.02},
        source="Five customers and two percent of tickets: a candidate for a help article.",
    ),
    _analysis(
        "requested_features", "Most requested features", wishes.most_requested,
        when="ticket creation", who="Feature requests; merged ones follow their target.",
        parameters={"prefix": "feature:"}, book="Product",
        source="Distinct customers first: one who asks ten times wants it once.",
    ),
    _analysis(
        "user_activity", "Active users and stickiness", users.activity,
        when="day of use", who="Customers with an active day, up to yesterday.", book="Product",
        source="Amplitude: DAU / MAU, trailing windows.",
    ),
    _analysis(
        "user_retention", "Retention cohorts", users.retention,
        when="first active day", who="Cohorts old enough for each day.", book="Product",
        source="Classic, rolling and cumulative retention: three figures on the same data.",
    ),
    _analysis(
        "activation", "Activation", users.activation,
        when="creation of the customer", who="New customers whose days have passed.",
        parameters={"days": 14}, book="Product",
        source="New customers activated within their first days / those whose days have passed.",
    ),
)  # fmt: skip
"""Every built-in analysis."""
