"""When contacts come: spikes against the desk's own history, and the agents that they need."""

# ruff: noqa: S608  numbers and column names of our own are all that is put into the SQL

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

from deskpulse_reports.analysis import spikes as readings
from deskpulse_reports.analysis import staffing as plans
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

_SPLITS = {"channel": "channel", "reason": "reason"}
WEEKS = 8
_CALLS = "counted AND channel = 'voice' AND COALESCE(direction, 'inbound') = 'inbound'"


def spikes(study: Study) -> Table:
    """Days (or hours, with `every = "hour"`) with far more tickets than usual, in the window.

    Without a window the last seven days are read. The running day or hour may be a spike already.
    """
    hourly = study.every == "hour"
    last = min(study.last or study.today, study.today)
    first = study.first or last - timedelta(days=6)
    series = _SPLITS[study.by[0]] if study.by else "NULL"
    hour = study.hour("created_at") if hourly else "NULL"
    found = study.rows(
        f"SELECT {series}, {study.day('created_at')}, {hour}, COUNT(*) FROM tickets "
        "WHERE counted AND created_at IS NOT NULL GROUP BY ALL"
    )
    counts: Counter[tuple[str | None, readings.Bucket]] = Counter()
    for name, day, slot, count in found:
        counts[name, readings.Bucket(date.fromordinal(day), slot)] += count
    since = min((bucket.day for _, bucket in counts), default=first)
    history = readings.History(counts, since)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    now = study.as_of.astimezone(study.zone)
    running = readings.Bucket(now.date(), now.hour if hourly else None)
    slots = [
        readings.Bucket(day, slot)
        for day in days
        for slot in (range(24) if hourly else (None,))
        if not hourly or readings.Bucket(day, slot) <= running
    ]
    rows = tuple(
        (one.bucket.day.isoformat(), one.bucket.hour, one.series, one.count, one.median, one.z,
         one.words)
        for one in readings.spikes(history, slots, running=running)
    )  # fmt: skip
    columns = ("day", "hour", "series", "tickets", "usual", "z", "words")
    return Table(columns=columns, rows=rows)


def staffing(study: Study) -> Table:
    """Agents that calls need by weekday and hour (Erlang C), against those who took calls then.

    The last eight complete weeks unless a window is given; a week without calls in an hour is 0.
    """
    last = min(study.last or study.today - timedelta(days=1), study.today)
    first = study.first or last - timedelta(weeks=WEEKS) + timedelta(days=1)
    day, hour = study.day("started_at"), study.hour("started_at")
    inside = f"{_CALLS} AND {day} BETWEEN {first.toordinal()} AND {last.toordinal()}"
    found = study.rows(
        f"SELECT {day}, {hour}, COUNT(*), COUNT(DISTINCT agent_id) FROM interactions "
        f"WHERE {inside} GROUP BY ALL"
    )
    handle_s = study.rows(f"SELECT AVG(handle_s) FROM interactions WHERE {inside}")[0][0]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    known = {(number, slot): (count, agents) for number, slot, count, agents in found}
    hours = {(date.fromordinal(number).weekday(), slot) for number, slot in known}
    arrivals: dict[tuple[int, int], list[float]] = defaultdict(list)
    present: dict[tuple[int, int], float] = {}
    for weekday, slot in sorted(hours):
        own = [
            known.get((one.toordinal(), slot), (0, 0)) for one in days if one.weekday() == weekday
        ]
        arrivals[weekday, slot] = [float(count) for count, _ in own]
        present[weekday, slot] = sum(agents for _, agents in own) / len(own)
    given = study.parameters
    target = plans.Target(
        share=float(given["share"]), within_s=float(given["within_s"]), cap=float(given["cap"]),
        shrinkage=float(given["shrinkage"]),
    )  # fmt: skip
    rows = tuple(
        (one.weekday, one.hour, one.weeks, one.arrivals, one.needed, one.rostered, one.present,
         one.service_level, one.asa_s, one.occupancy, one.words)
        for one in plans.plan(arrivals, handle_s, present, target=target)
    )  # fmt: skip
    columns = (
        "weekday", "hour", "weeks", "arrivals", "needed", "rostered", "present", "service_level",
        "asa_s", "occupancy", "words",
    )  # fmt: skip
    return Table(
        columns=columns,
        rows=rows,
        units={"service_level": "ratio", "asa_s": "seconds", "occupancy": "ratio"},
    )
