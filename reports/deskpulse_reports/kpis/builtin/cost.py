"""What support costs and how busy it is: outside numbers, by name, beside our own.

`support_cost`, `training_spend`, `training_hours`, `headcount`, `paid_hours` and `available_hours`
are names of measurements (a CSV of the `files` connector, for instance).
"""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Direction, Measure, Ratio, Unit

BOOK = "Team efficiency"
_MEASURED = "Measurements named `{}`, on the day they are for; without any there is no figure."


def _sum(name: str, title: str, words: str, unit: Unit) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        unit=unit,
        table="measurements",
        value="sum(value)",
        filter=f"name = '{name}'",
        time_words="day of the measurement",
        population=_MEASURED.format(name),
        source="The desk's own books.",
        book=BOOK,
    )


def _ratio(
    name: str,
    title: str,
    words: str,
    parts: tuple[str, str],
    *,
    unit: Unit,
    source: str,
    population: str,
    direction: Direction = "neutral",
) -> Ratio:
    return Ratio(
        id=name,
        title=title,
        definition=words,
        unit=unit,
        direction=direction,
        numerator=parts[0],
        denominator=parts[1],
        minimum_sample=1,
        time_words="each side by its own time",
        population=population,
        source=source,
        book=BOOK,
    )


COST = (
    _sum("support_cost", "Support cost", "Money spent on support.", "money"),
    _sum("training_spend", "Training spend", "Money spent on training.", "money"),
    _sum("training_hours", "Training hours", "Hours of training, of all people.", "score"),
    _sum("paid_hours", "Paid hours", "Hours paid, of all agents.", "score"),
    _sum(
        "available_hours",
        "Available hours",
        "Hours in which agents were signed in for contacts: busy with one or idle.",
        "score",
    ),
    Measure(
        id="headcount",
        title="Headcount",
        definition="Mean of the headcounts measured in the period, usually one a month.",
        unit="score",
        table="measurements",
        value="avg(value)",
        filter="name = 'headcount'",
        time_words="day of the measurement",
        population=(
            "Measurements named `headcount` without further dimensions; split by team if they are "
            "given by team."
        ),
        source="Common practice: mean of the month-end headcounts.",
        book=BOOK,
    ),
    Measure(
        id="handled_hours",
        title="Handled hours",
        definition="Talk, hold and after-contact work of calls and chats, in hours.",
        unit="score",
        table="interactions",
        value="sum(handle_s) / 3600.0",
        filter="handle_s is not null",
        time_words="start of the contact",
        population="Answered calls and chats, inbound and outbound.",
        source="AWS Connect: contact time + after contact work.",
        book=BOOK,
    ),
    _ratio(
        "cost_per_contact",
        "Cost per contact",
        "Support cost by resolved tickets.",
        ("support_cost", "resolutions"),
        unit="money",
        source="Common practice: fully loaded cost / contacts handled.",
        population="The cost is that of the measurements; contacts are tickets resolved.",
        direction="lower",
    ),
    _ratio(
        "training_per_employee",
        "Training spend per employee",
        "Training spend by mean headcount.",
        ("training_spend", "headcount"),
        unit="money",
        source="Common practice: training cost / mean month-end headcount.",
        population="The scope of the cost is that of the measurements.",
    ),
    _ratio(
        "training_hours_per_employee",
        "Training hours per employee",
        "Training hours by mean headcount.",
        ("training_hours", "headcount"),
        unit="score",
        source="Common practice: hours beside the money.",
        population="Measurements of both names.",
    ),
    _ratio(
        "occupancy",
        "Occupancy",
        "Handled hours out of available hours: (contact + after-contact work) / (that + idle).",
        ("handled_hours", "available_hours"),
        unit="ratio",
        source="AWS Connect's occupancy; 75 to 85 % is usual. Chats held at once count each.",
        population="Calls and chats against measurements named `available_hours`.",
    ),
    _ratio(
        "utilisation",
        "Utilisation",
        "Handled hours out of paid hours.",
        ("handled_hours", "paid_hours"),
        unit="ratio",
        source="Common practice: handling time / paid time.",
        population="Calls and chats against measurements named `paid_hours`.",
    ),
)
