"""The built-in book: what came in, how fast it was answered, and how well."""

from __future__ import annotations

from deskpulse_reports.report.book import Ask, Book, ChartPlan, Grain, Headline, Section, TablePlan

HEADLINES = (
    "submissions",
    "resolutions",
    "backlog",
    "awaiting_reply",
    "first_reply_time",
    "full_resolution_time",
    "one_touch_rate",
    "csat",
)
_PRESENT = frozenset({"awaiting_reply"})
"""Known only for the present: it has no course."""


def support(every: Grain) -> Book:
    """The book with its charts by day, week or month."""
    slower: Grain = "week" if every == "day" else every
    return Book(
        "Support report",
        tuple(Headline(kpi, None if kpi in _PRESENT else every) for kpi in HEADLINES),
        (_volume(every), _speed(every), _quality(slower)),
    )


def _volume(every: Grain) -> Section:
    return Section(
        "Volume",
        "How many tickets came in, how many were resolved, and what is still open.",
        charts=(
            ChartPlan(
                "bar",
                "Tickets in and out",
                (Ask("submissions", every=every), Ask("resolutions", every=every)),
            ),
            ChartPlan("line", "Backlog", (Ask("backlog", every=every),)),
            ChartPlan(
                "heatmap",
                "When tickets come in",
                (Ask("submissions", by=("weekday", "hour_of_day")),),
            ),
            ChartPlan(
                "stacked",
                "Submissions by channel",
                (Ask("submissions", by=("channel",), every=every),),
            ),
        ),
        tables=(
            TablePlan(
                "By channel",
                "channel",
                ("submissions", "resolutions", "first_reply_time", "full_resolution_time", "csat"),
            ),
        ),
    )


def _speed(every: Grain) -> Section:
    return Section(
        "Speed",
        "How long customers waited. The median is the usual case, the 90th percentile the bad day.",
        charts=(
            ChartPlan("spread", "First reply time", (Ask("first_reply_time", every=every),)),
            ChartPlan("spread", "Next reply time", (Ask("next_reply_time", every=every),)),
            ChartPlan("spread", "Resolution time", (Ask("full_resolution_time", every=every),)),
            ChartPlan("ranked", "Time in each stage", (Ask("time_in_stage", by=("stage",)),)),
        ),
        tables=(
            TablePlan(
                "By team",
                "team",
                (
                    "submissions",
                    "resolutions",
                    "first_reply_time",
                    "next_reply_time",
                    "full_resolution_time",
                ),
            ),
            TablePlan(
                "By priority",
                "priority",
                (
                    "submissions",
                    "first_reply_time",
                    "full_resolution_time",
                    "requester_wait_time",
                ),
            ),
        ),
    )


def _quality(every: Grain) -> Section:
    return Section(
        "Quality",
        "Whether the answer was enough, and what customers said about it.",
        charts=(
            ChartPlan(
                "line",
                "Solved at once",
                (Ask("one_touch_rate", every=every), Ask("fcr_rate", every=every)),
            ),
            ChartPlan(
                "line",
                "Customer satisfaction",
                (Ask("csat", every=every),),
            ),
            ChartPlan("line", "Reopened", (Ask("reopen_rate", every=every),)),
            ChartPlan("line", "Surveys answered", (Ask("csat_response_rate", every=every),)),
        ),
        tables=(
            TablePlan(
                "Quality by team",
                "team",
                ("one_touch_rate", "fcr_rate", "reopen_rate", "csat"),
            ),
        ),
    )
