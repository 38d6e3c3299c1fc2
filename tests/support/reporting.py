"""A made-up desk with four weeks of numbers, for the tests of reports and digests."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from deskpulse_reports.analysis.interval import wilson
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.result import Dim, KpiResult, KpiRow
from deskpulse_reports.report.book import Ask, Book, ChartPlan, Headline, Section, TablePlan, asks
from deskpulse_reports.report.model import Definition, Report, versus
from deskpulse_reports.report.support import support

FIRST, LAST = date(2026, 4, 27), date(2026, 5, 24)
AS_OF = datetime(2026, 5, 25, 6, 0, tzinfo=UTC)
UNITS = {
    "first_reply_time": "seconds",
    "next_reply_time": "seconds",
    "full_resolution_time": "seconds",
    "requester_wait_time": "seconds",
    "time_in_stage": "seconds",
    "one_touch_rate": "ratio",
    "fcr_rate": "ratio",
    "reopen_rate": "ratio",
    "csat": "ratio",
    "csat_response_rate": "ratio",
}
TYPICAL = {
    "first_reply_time": 2_300,
    "next_reply_time": 4_100,
    "full_resolution_time": 68_000,
    "requester_wait_time": 31_000,
    "time_in_stage": 9_000,
    "one_touch_rate": 0.42,
    "fcr_rate": 0.58,
    "reopen_rate": 0.06,
    "csat": 0.91,
    "csat_response_rate": 0.24,
    "submissions": 44,
    "resolutions": 42,
    "backlog": 96,
    "awaiting_reply": 23,
}
LOWER = {
    "backlog",
    "awaiting_reply",
    "reopen_rate",
    *(kpi for kpi, unit in UNITS.items() if unit == "seconds"),
}
HIGHER = {"one_touch_rate", "fcr_rate", "csat", "csat_response_rate"}
VALUES: Mapping[str, tuple[Dim, ...]] = {
    "channel": ("email", "chat", "web", "phone"),
    "team": ("17", "18", "19", None),
    "priority": ("urgent", "high", "normal", "low"),
    "stage": ("open", "new", "on_hold", "pending"),
    "weekday": tuple(range(7)),
    "hour_of_day": tuple(range(24)),
}
NAMES = {"team": {"17": "Billing", "18": "Orders & returns", "19": "Second line"}}


def title(kpi: str) -> str:
    return "CSAT" if kpi == "csat" else kpi.replace("_", " ").capitalize()


def answer(kpi: str, rows: Iterable[KpiRow], *, clock: str = "calendar") -> KpiResult:
    unit = UNITS.get(kpi, "count")
    statistics = {
        "seconds": ("n", "mean", "median", "p90", "previous"),
        "ratio": ("n", "low", "high", "previous"),
        "count": ("previous",),
    }[unit]
    return KpiResult(
        kpi=kpi,
        title=title(kpi),
        unit=unit,
        clock=clock if unit == "seconds" else "",
        time_basis="when it happened",
        zone="Europe/Berlin",
        first=FIRST,
        last=LAST,
        statistics=statistics,  # type: ignore[arg-type]
        rows=tuple(rows),
    )


def row(kpi: str, value: float, n: int = 40, previous: float | None = None, **where) -> KpiRow:
    unit = UNITS.get(kpi, "count")
    bucket, dims = where.get("bucket"), where.get("dims", {})
    if unit == "seconds":
        return KpiRow(
            bucket, dims, value, n, value * 1.6, value, p90=value * 3.1, previous=previous
        )
    if unit == "ratio":
        low, high = wilson(round(value * n), n)
        return KpiRow(bucket, dims, value, n, low=low, high=high, previous=previous)
    return KpiRow(bucket, dims, round(value), previous=previous and round(previous))


def week_days(every: str) -> list[date]:
    step = 7 if every == "week" else 1
    return [FIRST + timedelta(days=index) for index in range(0, 28, step)]


def invent(ask: Ask, luck: random.Random) -> KpiResult:
    base, unit = TYPICAL[ask.kpi], UNITS.get(ask.kpi, "count")
    whole = 28 if unit == "count" and ask.kpi not in ("backlog", "awaiting_reply") else 1

    def near(scale: float = 1.0) -> float:
        spread = 0.04 if unit == "ratio" else 0.2
        return base * scale * luck.uniform(1 - spread, 1 + spread)

    if ask.by == ("weekday", "hour_of_day"):
        rows = []
        for weekday in range(7):
            for hour in range(24):
                open_hours = 1.0 if weekday < 5 and 8 <= hour < 18 else 0.12
                peak = 1.5 if hour in (10, 11, 14) else 1.0
                amount = round(9 * open_hours * peak * luck.uniform(0.6, 1.3))
                if amount:
                    rows.append(KpiRow(None, {"weekday": weekday, "hour_of_day": hour}, amount))
        return answer(ask.kpi, rows)
    splits = [{ask.by[0]: value} for value in VALUES[ask.by[0]]] if ask.by else [{}]
    if ask.every:
        buckets = week_days(ask.every)
        return answer(
            ask.kpi,
            (
                row(
                    ask.kpi,
                    near((0.25 if day.weekday() > 4 and whole > 1 else 1) / len(splits)),
                    18,
                    bucket=day.isoformat(),
                    dims=dims,
                )
                for day in buckets
                for dims in splits
            ),
        )
    rows = [
        row(
            ask.kpi,
            near(whole / (len(splits) if unit == "count" else 1)),
            640 // len(splits),
            near(whole) if ask.compare else None,
            dims=dims,
        )
        for dims in splits
    ]
    return answer(ask.kpi, rows)


def definition(kpi: str) -> Definition:
    direction = "lower" if kpi in LOWER else "higher" if kpi in HIGHER else "neutral"
    facts = (
        ("Formula", f"median of {kpi}_s over tickets"),
        ("Time basis", "the local day of the event"),
        ("Population", "tickets that were answered"),
        ("Exclusions", "deleted, spam, merged and missing tickets are excluded"),
        ("Clock", "calendar"),
        ("Zone", "Europe/Berlin"),
    )
    text = "From the ticket's creation to the first public reply of a person."
    return Definition(kpi, title(kpi), text, direction, facts=facts)


def sources(*, late: bool = False) -> tuple[Freshness, ...]:
    behind = timedelta(hours=9) if late else timedelta(minutes=2)
    return (
        Freshness("helpdesk", AS_OF - behind, timedelta(minutes=30)),
        Freshness("archive", AS_OF - timedelta(minutes=1)),
    )


def report(*, late: bool = False, answers: Mapping[Ask, KpiResult] | None = None) -> Report:
    book = support("day")
    luck = random.Random(7)
    return Report(
        book=book,
        desk="Example Outfitters",
        zone="Europe/Berlin",
        first=FIRST,
        last=LAST,
        as_of=AS_OF,
        answers={ask: invent(ask, luck) for ask in asks(book)} if answers is None else answers,
        definitions=tuple(definition(kpi) for kpi in dict.fromkeys(a.kpi for a in asks(book))),
        sources=sources(late=late),
        versus=versus(28),
        names=NAMES,
    )


def empty_report() -> Report:
    book = support("day")
    return report(answers={ask: answer(ask.kpi, ()) for ask in asks(book)})


def hostile_report(text: str, plain: Report | None = None) -> Report:
    """The same text wherever something foreign can stand."""
    plain = plain or report()
    answers = {}
    for ask, answer in plain.answers.items():
        swapped = [
            replace(line, dims=dict.fromkeys(line.dims, text)) if place % 2 else line
            for place, line in enumerate(answer.rows)
        ]
        answers[ask] = replace(answer, title=text[:5_000] or "x", rows=tuple(swapped))
    return replace(
        plain,
        desk=text,
        answers=answers,
        definitions=(Definition("csat", text, text, facts=((text, text),)),),
        sources=(Freshness(text, AS_OF), Freshness(text, None)),
        names={"team": {"17": text}},
    )


def small_report() -> Report:
    """Two days of one team, small enough to be read as a whole."""
    book = Book(
        "Support report",
        (Headline("submissions"), Headline("first_reply_time")),
        (
            Section(
                "Speed",
                "How long customers waited.",
                (ChartPlan("spread", "First reply time", (Ask("first_reply_time", every="day"),)),),
                (TablePlan("By team", "team", ("submissions", "first_reply_time", "csat")),),
            ),
        ),
    )
    slow, fast = "2026-05-04", "2026-05-05"
    reply = "first_reply_time"
    answers = {
        Ask("submissions", compare=True): answer(
            "submissions", [row("submissions", 42, previous=30)]
        ),
        Ask("submissions", every="day"): answer(
            "submissions",
            [row("submissions", 28, bucket=slow), row("submissions", 14, bucket=fast)],
        ),
        Ask(reply, compare=True): answer(reply, [row(reply, 2_280, 38, 2_590)]),
        Ask(reply, every="day"): answer(
            reply, [row(reply, 3_000, 30, bucket=slow), KpiRow(fast, n=0)]
        ),
        Ask("submissions", by=("team",)): answer(
            "submissions",
            [
                row("submissions", 40, dims={"team": "17"}),
                row("submissions", 2, dims={"team": None}),
            ],
        ),
        Ask(reply, by=("team",)): answer(reply, [row(reply, 2_280, 38, dims={"team": "17"})]),
        Ask("csat", by=("team",)): answer("csat", []),
    }
    return replace(
        report(answers=answers),
        book=book,
        first=date(2026, 5, 4),
        last=date(2026, 5, 5),
        versus="the 2 days before",
        definitions=(definition(reply),),
    )
