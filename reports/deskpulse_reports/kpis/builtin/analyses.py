"""Questions whose answer is a table: cohorts, staffing, spikes, case and account lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deskpulse_reports.kpis.builtin.studies import (
    accounts,
    backlog,
    buyers,
    cases,
    churn,
    demand,
    experience,
    promises,
    users,
    wishes,
)
from deskpulse_reports.kpis.spec import Analysis, Parameter, Table
from deskpulse_reports.kpis.study import Study

_BACKLOG_DIMS = {name: f"Column {column}." for name, column in backlog.COLUMNS.items()}
_REMOVED = "deleted, spam, merged and missing tickets"
_PROMISE_DIMS = {name: f"Column {column}." for name, column in promises.COLUMNS.items()}
_SERIES = {"channel": "Each channel by itself.", "reason": "Each reason by itself."}
_UNSOLVED = "Tickets new, open, pending or on hold; removed ones are out."


def _analysis(
    name: str,
    title: str,
    function: Callable[[Study], Table],
    *,
    formula: str,
    left_out: str,
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
        formula=formula,
        left_out=left_out,
        time_words=when,
        population=who,
        source=source,
        book=book,
        dimensions=dict(dims or {}),
        parameters=dict(parameters or {}),
    )


ANALYSES = (
    _analysis(
        "sla_time_left", "SLA clocks by time left", promises.time_left,
        when="now", who="Clocks that run or are paused; removed tickets are out.",
        dims=_PROMISE_DIMS, book="SLA",
        source="Zendesk's \"hours until next SLA breach\", in steps.",
        formula="Open clocks counted by due instant less now.", left_out=_REMOVED,
    ),
    _analysis(
        "backlog_age", "Backlog by age", backlog.by_age,
        formula=(
            "count(*) of unsolved tickets by now - created_at: up to 24 h, 3 days, 7 days, "
            "more"
        ),
        left_out=_REMOVED,
        when="now", who=_UNSOLVED, dims=_BACKLOG_DIMS, book="Team efficiency",
        source="Common practice: up to a day, three days, a week, and older.",
    ),
    _analysis(
        "awaiting_by_last_response", "Awaiting a response, by last response",
        backlog.by_last_response,
        formula=(
            "count(*) of tickets with waiting_since by now - last_response_at: 4, 8, 24, 72 "
            "h, more, never"
        ),
        left_out=_REMOVED + "; tickets whose last word was the desk's",
        when="now", who=f"{_UNSOLVED} Only those whose customer waits.", dims=_BACKLOG_DIMS,
        source="Chatwoot's waiting_since, by the time since the last response.",
        book="Rep activity",
    ),
    _analysis(
        "backlog_flow", "Backlog flow", backlog.flow,
        formula="net = inflow - outflow; backlog_days = backlog / (outflow / days of the period)",
        left_out="nothing: a ticket counts until it was removed",
        when="entry and exit", who="As inflow, outflow and backlog.", book="Team efficiency",
        source="Flow balance: backlog(t1) = backlog(t0) + inflow - outflow.",
    ),
    _analysis(
        "open_cases", "Open cases", cases.open_cases,
        formula=(
            "effort = agent activities so far; level = terciles of those of tickets resolved "
            "in 90 days"
        ),
        left_out=_REMOVED,
        when="now", who=_UNSOLVED, parameters={"limit": 1000}, book="Churn prevention",
        source="Common practice: a case list by creation; effort in terciles of own history.",
    ),
    _analysis(
        "account_summary", "Accounts by submissions and value", accounts.summary,
        formula=(
            "share = tickets / all tickets; csat = good / rated; density = tickets / (value / "
            "1000)"
        ),
        left_out=_REMOVED,
        when="ticket creation, rating", who="Every account with a ticket in the window or open.",
        source="Common practice: contacts per 1,000 of account value.", book="Churn prevention",
    ),
    _analysis(
        "accounts_at_risk", "Accounts at risk", accounts.at_risk,
        formula=(
            "points = sum over reasons: old unsolved tickets, more contacts, slower answers, "
            "falling CSAT, detractors"
        ),
        left_out=_REMOVED + "; tickets and surveys without an account",
        when="the window and the one before", who="Accounts with two points or more.",
        parameters={"high_value": 0.0}, book="Churn prevention",
        source="Thresholds of deskpulse, each one named in the reasons.",
    ),
    _analysis(
        "churn", "Churn and retention", churn.churn,
        formula=(
            "churn_rate = lost of those at the start / at the start; churn_rate_with_new = "
            "all who left / (at the start + came); retention_rate = (at the end - new) / at "
            "the start; mrr_churn_rate = MRR lost / MRR at the start"
        ),
        left_out="subscriptions that pay nothing, or of nobody known",
        when="start and end of the period", who="Customers with a paying subscription.",
        source="Lost from the start cohort / start; Stripe's with new ones; (E - N) / S.",
        book="Churn prevention",
    ),
    _analysis(
        "cx_index", "Customer experience index", experience.index,
        formula=(
            "sum of weight x points / sum of weights; points: csat x 100, (nps + 100) / 2, "
            "(ces - 1) / 6 x 100"
        ),
        left_out="parts without an answer, and their weight",
        when="rating", who="Answered surveys of three kinds.", book="Churn prevention",
        parameters={"csat": 1.0, "nps": 1.0, "ces": 1.0},
        source="Weighted mean on 0 to 100; not the survey question cx_rating.",
    ),
    _analysis(
        "spikes", "Volume spikes", demand.spikes,
        formula=(
            "z = 0.6745 x (tickets - median) / MAD of the same weekday and hour; a spike from "
            "z 3.5 and 5 tickets above"
        ),
        left_out=_REMOVED + "; slots with fewer than four to compare with",
        when="ticket creation", who="Tickets created; holidays are not known here.",
        dims=_SERIES, book="Team efficiency",
        source="Median and MAD of the same weekday and hour in eight weeks; z from 3.5 on.",
    ),
    _analysis(
        "staffing", "Staffing", demand.staffing,
        formula=(
            "smallest N with 1 - C(N, A) x exp(-(N - A) x within_s / AHT) >= share and A / N "
            "<= cap; rostered = N / (1 - shrinkage)"
        ),
        left_out="outbound calls and chats; hours of the week without a call",
        when="start of the call", who="Inbound calls; present are agents who took one then.",
        parameters={"share": 0.8, "within_s": 20.0, "cap": 0.85, "shrinkage": 0.3},
        source="Erlang C: nobody hangs up, so it errs on the side of more agents.",
        book="Team efficiency",
    ),
    _analysis(
        "repeated_questions", "Repeated questions", wishes.repeated,
        formula=(
            "groups of tickets by reason, else by alike subjects (Jaccard 0.7), from "
            "`customers` customers and `share` of all on"
        ),
        left_out=_REMOVED + "; bounces and out-of-office notes; tickets that tell nothing",
        when="ticket creation", who="Tickets created in the last 30 days.", book="Product",
        parameters={"customers": 5, "share": 0.02},
        source="Five customers and two percent of tickets: a candidate for a help article.",
    ),
    _analysis(
        "requested_features", "Most requested features", wishes.most_requested,
        formula=(
            "count(distinct customer) by feature, then sum of the value of their accounts, "
            "each once"
        ),
        left_out="deleted, spam and missing tickets; a merged one counts for its target",
        when="ticket creation", who="Feature requests; merged ones follow their target.",
        parameters={"prefix": "feature:", "field": ""}, book="Product",
        source="Distinct customers first: one who asks ten times wants it once.",
    ),
    _analysis(
        "user_activity", "Active users and stickiness", users.activity,
        formula=(
            "dau, wau, mau = distinct active customers of 1, 7, 30 days up to the day; "
            "stickiness = dau / mau"
        ),
        left_out="days without activity; today, which is not over",
        when="day of use", who="Customers with an active day, up to yesterday.", book="Product",
        source="Amplitude: DAU / MAU, trailing windows.",
    ),
    _analysis(
        "user_retention", "Retention cohorts", users.retention,
        formula=(
            "classic: active on day N; rolling: on day N or later; cumulative: on any day "
            "from 1 to N; inactive = 1 - rolling"
        ),
        left_out="cohorts younger than N days",
        when="first active day", who="Cohorts old enough for each day.", book="Product",
        source="Classic, rolling and cumulative retention: three figures on the same data.",
    ),
    _analysis(
        "repeat_customers", "Repeat customers", buyers.repeat,
        formula=(
            "repeat_rate = customers with an order before / customers with an order; churn_rate "
            "= lapsed / active at the start, active = an order within `days`"
        ),
        left_out="cancelled orders; orders without a customer",
        when="order", who="Customers with an order that was not cancelled.",
        parameters={"days": 180}, book="Product",
        source="Shopify: returning customers are those who ordered before; lapse after days.",
    ),
    _analysis(
        "contacts_by_customer", "Contacts and sales by customer", buyers.contacts,
        formula="contact_rate = tickets of the person / orders, both in the window",
        left_out="customers without an order; cancelled orders; removed tickets",
        when="order, ticket creation", who="Customers with an order in the window.",
        parameters={"limit": 1000}, book="Product",
        source="Common practice: tickets / orders of each customer, matched by e-mail address.",
    ),
    _analysis(
        "activation", "Activation", users.activation,
        formula=(
            "rate = customers activated within `days` of creation / new customers whose days "
            "have passed"
        ),
        left_out="customers whose days have not passed (pending)",
        when="creation of the customer", who="New customers whose days have passed.",
        parameters={"days": 14}, book="Product",
        source="New customers activated within their first days / those whose days have passed.",
    ),
    _analysis(
        "engagement", "Customer engagement", users.engagement,
        formula="rate = engaged / customers at the start; depth = actions / engaged",
        left_out="customers who came in the period; days without activity",
        when="day of use", who="Customers known at the start of each period.", book="Product",
        source="Common practice: existing customers with a qualifying event / existing customers.",
    ),
    _analysis(
        "sales_after_contact", "Sales after a contact", accounts.sales_after_contact,
        formula=(
            "rate = tickets followed by an order within `days` / tickets whose days have "
            "passed"
        ),
        left_out=f"{_REMOVED}; tickets of nobody known, or whose days have not passed (pending)",
        when="ticket creation", who="Tickets of known customers; cancelled orders are none.",
        parameters={"days": 5}, book="Product",
        source="Gorgias: a ticket followed by a sale within five days, net of refunds.",
    ),
)  # fmt: skip
"""Every built-in analysis."""
