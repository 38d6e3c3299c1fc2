from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from deskpulse.message import Figure, Figures, Link, Paragraph, TicketLine, Tickets
from deskpulse.untrusted import Untrusted
from deskpulse_reports.digest.compose import compose, key
from deskpulse_reports.digest.content import DigestInput
from deskpulse_reports.digest.figures import KpiLine, asked, line
from deskpulse_reports.digest.period import Period
from deskpulse_reports.digest.tickets import Named, Promise, Waiting
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.result import KpiRow
from support.hostile import HOSTILE
from support.reporting import answer, row

DAY = date(2026, 5, 25)  # a Monday
MONDAY = Period.of_day(DAY)
AS_OF = datetime(2026, 5, 26, 6, 0, tzinfo=UTC)


def course(kpi: str, last: float, before: float, *, n: int = 40):
    """Fourteen days: `before` on the Monday a week ago, `last` on the day itself."""
    first, end = MONDAY.window
    days = [first + timedelta(days=index) for index in range((end - first).days + 1)]
    values = [last if day == DAY else before for day in days]
    return answer(
        kpi,
        [
            row(kpi, value, n, bucket=day.isoformat())
            for day, value in zip(days, values, strict=True)
        ],
    )


def given(**changes) -> DigestInput:
    lines = (
        line(course("submissions", 42, 40), MONDAY),
        line(course("resolutions", 38, 38), MONDAY),
        line(course("first_reply_time", 2_280, 2_590), MONDAY, direction="lower"),
        line(course("csat", 0.9, 0.94, n=30), MONDAY, direction="higher"),
    )
    waiting = (
        Waiting(
            Named(
                "#1207", Untrusted("Where is my parcel?"), "https://desk.example/1207", "Billing"
            ),
            AS_OF - timedelta(hours=50),
        ),
        Waiting(Named("#1300", Untrusted("Invoice")), AS_OF - timedelta(minutes=125)),
    )
    plain = DigestInput(
        name="morning",
        desk="Example Outfitters",
        zone="Europe/Berlin",
        period=MONDAY,
        as_of=AS_OF,
        lines=lines,
        waiting=waiting,
        waiting_total=7,
        sources=(Freshness("helpdesk", AS_OF - timedelta(minutes=2), timedelta(minutes=30)),),
        links=(Link("Report", "https://desk.example/report"),),
    )
    return replace(plain, **changes)


def test_the_whole_message():
    message = compose(given())
    assert message is not None
    sentence = (
        "Yesterday 42 tickets came in and 38 were resolved; first reply took 38 min (median), "
        "12 % faster than the Monday before."
    )
    assert message.key == "digest/morning/2026-05-25"
    assert message.kind == "digest"
    assert message.title == "Example Outfitters: Mon 25 May 2026"
    assert message.summary == sentence
    assert message.complete_to == datetime(2026, 5, 26, 5, 58, tzinfo=UTC)
    assert message.zone == "Europe/Berlin"
    assert message.links == (Link("Report", "https://desk.example/report"),)
    assert message.parts == (
        Figures(
            (
                Figure("Submissions", "42", "+5 %", "neutral", "██████████████", None),
                Figure("Resolutions", "38", "unchanged", "neutral", "██████████████", None),
                Figure(
                    "First reply time", "38 min", "-12 %", "good", "█████████████▇", "median, n=40"
                ),
                Figure(
                    "CSAT",
                    "90.0 %",
                    "-4.0 points",
                    "bad",
                    "██████████████",
                    "n=30",
                ),
            ),
            title="Mon 25 May against the Monday before",
        ),
        Tickets(
            (
                TicketLine(
                    "#1207",
                    Untrusted("Where is my parcel?"),
                    "waiting 2.1 d, Billing",
                    "https://desk.example/1207",
                ),
                TicketLine("#1300", Untrusted("Invoice"), "waiting 2 h 05 min", None),
            ),
            title="Waiting longest for an answer",
            total=7,
        ),
    )


def test_the_questions_cover_the_same_weekday_last_week():
    question = asked("csat", MONDAY, "business")
    assert (question.start, question.end) == (date(2026, 5, 12), DAY)
    assert (question.kpi, question.every, question.clock) == ("csat", "day", "business")
    assert MONDAY.before.name in MONDAY.course
    assert asked("awaiting_reply", MONDAY, "calendar", now_only=True).start is None


def test_small_samples_hide_the_percent():
    few = line(course("first_reply_time", 600, 300, n=19), MONDAY, direction="lower")
    figures = next(part for part in compose(given(lines=(few,))).parts if isinstance(part, Figures))
    assert figures.items[0].delta == "+5 min"
    counts = line(course("submissions", 12, 6), MONDAY)
    figures = next(
        part for part in compose(given(lines=(counts,))).parts if isinstance(part, Figures)
    )
    assert figures.items[0].delta == "+6"


def test_the_smaller_sample_decides():
    rows = [
        KpiRow("2026-05-18", {}, 300.0, 5, median=300.0),
        KpiRow("2026-05-25", {}, 600.0, 500, median=600.0),
    ]
    found = line(answer("first_reply_time", rows), MONDAY)
    assert (found.n, found.before_n, found.cases) == (500, 5, 5)


def test_no_data_is_said_and_not_compared():
    unknown = KpiLine(
        "csat", "CSAT", "ratio", None, n=0, before=0.9, before_n=30, course=(0.9, None)
    )
    figures = next(
        part for part in compose(given(lines=(unknown,))).parts if isinstance(part, Figures)
    )
    assert figures.items[0] == Figure("CSAT", "no data", None, "neutral", "█·", "n=0")


QUIET = tuple(line(course(kpi, 0, 0), MONDAY) for kpi in ("submissions", "resolutions"))


def test_a_quiet_day_is_skipped_or_said():
    quiet = given(lines=QUIET, waiting=(), when_empty="skip")
    assert compose(quiet) is None
    message = compose(replace(quiet, when_empty="send"))
    assert message.summary == "Yesterday no ticket came in and none was resolved."


def test_a_quiet_day_is_not_skipped_while_somebody_waits():
    assert compose(given(lines=QUIET, when_empty="skip")) is not None


@pytest.mark.parametrize(
    ("late", "soon", "said"),
    [
        (0, 0, ""),
        (0, 1, " 1 promise would break today."),
        (0, 1200, " 1,200 promises would break today."),
        (1, 0, " 1 promise is late."),
        (2, 0, " 2 promises are late."),
        (2, 3, " 2 promises are late, 3 more would break today."),
    ],
)
def test_what_is_late_is_not_said_to_break(late, soon, said):
    message = compose(given(waiting=(), late_total=late, breaking_total=soon))
    assert message.summary.partition("Monday before.")[2] == said


def test_what_is_late_stands_before_what_breaks():
    late = Promise(Named("#1", Untrusted("A"), owner="Billing"), "first reply", "09:00", "2 h late")
    soon = Promise(Named("#2", Untrusted("B")), "next reply 2", "16:00", "3 h left")
    paused = Promise(Named("#3", Untrusted("C")), "requester wait", "", "1 h late")
    message = compose(given(late=(late, paused), late_total=9, breaking=(soon,), breaking_total=1))
    parts = [part for part in message.parts if isinstance(part, Tickets)][:2]
    assert [(part.title, part.total) for part in parts] == [
        ("Late already", 9),
        ("Breaks today", 1),
    ]
    assert [item.note for item in parts[0].items] == [
        "first reply 2 h late, due 09:00, Billing", "requester wait 1 h late"
    ]  # fmt: skip
    assert [item.note for item in parts[1].items] == ["next reply 2 3 h left, due 16:00"]


def test_a_late_promise_is_no_quiet_day():
    assert compose(given(lines=QUIET, waiting=(), late_total=1, when_empty="skip")) is not None


@pytest.mark.parametrize(
    "source",
    [
        Freshness("helpdesk", None),
        Freshness("helpdesk", AS_OF - timedelta(hours=20), timedelta(hours=1)),
    ],
    ids=["never", "late"],
)
def test_old_data_is_never_taken_for_a_quiet_day(source):
    message = compose(given(lines=QUIET, waiting=(), when_empty="skip", sources=(source,)))
    assert message is not None
    assert message.summary.endswith("Careful: some of the data is older than expected.")
    warned = message.parts[0]
    assert isinstance(warned, Paragraph)
    assert warned.title == "Old data"


def test_several_sources_are_named_one_by_one():
    sources = (
        Freshness("helpdesk", AS_OF - timedelta(minutes=2)),
        Freshness("shop", AS_OF - timedelta(minutes=30)),
    )
    message = compose(given(sources=sources))
    assert message.complete_to == sources[1].complete_to
    assert message.parts[-1] == Paragraph(
        (
            "helpdesk: complete to 07:58 Europe/Berlin",
            "shop: complete to 07:30 Europe/Berlin",
        ),
        title="Data",
    )


@pytest.mark.parametrize(
    ("day", "said"),
    [(DAY, "Yesterday"), (date(2026, 5, 26), "Today"), (date(2026, 5, 20), "On Wed 20 May 2026")],
)
def test_it_says_which_day(day, said):
    lines = tuple(replace(found, before=None) for found in given().lines)
    assert compose(given(period=Period.of_day(day), lines=lines)).summary.startswith(
        f"{said} 42 tickets"
    )


def test_a_wait_that_begins_in_the_future_is_zero():
    skewed = Waiting(Named("#1", "x"), AS_OF + timedelta(minutes=5))
    part = next(
        part for part in compose(given(waiting=(skewed,))).parts if isinstance(part, Tickets)
    )
    assert part.items[0].note == "waiting 0 s"


def test_subjects_travel_closed():
    for _, text in HOSTILE:
        message = compose(given(waiting=(Waiting(Named("#1", Untrusted(text)), AS_OF),)))
        part = next(part for part in message.parts if isinstance(part, Tickets))
        assert part.items[0].subject == Untrusted(text)
        assert "[customer text]" not in message.summary
        if len(text.strip()) > 20:
            assert text not in repr(message)


def test_a_digest_without_volume_names_its_first_lines():
    lines = (line(course("csat", 0.9, 0.94), MONDAY),)
    message = compose(given(lines=lines, waiting=(), when_empty="skip"))
    assert message.summary == "Yesterday: CSAT 90.0 %."


def test_key():
    assert key("morning", MONDAY) == "digest/morning/2026-05-25"
