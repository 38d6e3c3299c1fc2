"""How long KPIs take over a synthetic mart: each alone, a dashboard's at once, and all there are.

Run: `python benchmarks/kpis.py [TICKETS]` (default 1,000,000). Times are of the second run (warm);
CPU seconds stand beside them, because they do not depend on what else the machine does.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from deskpulse_reports.facts.schema import DIMENSIONS, REPLIES, STAGES, SURVEYS, TICKETS, Schema
from deskpulse_reports.kpis.asked import Asked, only_now
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import Desk, KpiEngine
from deskpulse_reports.kpis.session import Snapshot
from deskpulse_reports.kpis.spec import Analysis

SECOND = 1_000_000
LAST = datetime(2026, 6, 30, tzinfo=UTC)
FIRST = datetime(2024, 7, 1, tzinfo=UTC)
TEAMS = [f"team-{number:02d}" for number in range(20)]
AGENTS = [f"agent-{number:03d}" for number in range(400)]
LIMIT_S = 0.5
CATALOGUE_S = 15
DASHBOARD = (
    "submissions",
    "resolutions",
    "first_reply_time",
    "next_reply_time",
    "first_resolution_time",
    "full_resolution_time",
    "requester_wait_time",
    "one_touch_rate",
    "fcr_rate",
    "reopen_rate",
    "csat",
    "open_tickets",
)


def conform(columns: Mapping[str, Any], schema: Schema) -> pl.DataFrame:
    """A frame in the schema's columns; those not given are null."""
    frame = pl.DataFrame(columns)
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in schema.items()]
    given = [pl.col(name).cast(schema[name]) for name in frame.columns]
    return (
        frame.with_columns(given)
        .with_columns(
            [
                column
                for column, name in zip(missing, schema, strict=True)
                if name not in frame.columns
            ]
        )
        .select(list(schema))
    )


def tables(tickets: int, seed: int = 7) -> dict[str, pl.DataFrame]:
    """Tickets over two years with their spans, next replies and surveys."""
    rng = np.random.default_rng(seed)
    pick = lambda values, size: pl.Series(values).gather(rng.integers(0, len(values), size))  # noqa: E731
    first, last = int(FIRST.timestamp()) * SECOND, int(LAST.timestamp()) * SECOND
    created = np.sort(rng.integers(first, last, tickets))
    reply_s = rng.lognormal(8, 1.5, tickets).round()
    resolution_s = reply_s + rng.lognormal(10, 1.5, tickets).round()
    replied_at = created + (reply_s * SECOND).astype(np.int64)
    resolved_at = created + (resolution_s * SECOND).astype(np.int64)
    replied, resolved = replied_at < last, resolved_at < last
    key = {
        "source": pl.repeat("desk", tickets, eager=True),
        "ticket_id": pl.Series(np.arange(tickets)).cast(pl.String),
    }
    dims = {
        "channel": pick(["email", "chat", "web", "phone"], tickets),
        "priority": pick(["low", "normal", "high", "urgent"], tickets),
        "customer_id": pick([f"c{number}" for number in range(tickets // 5 + 1)], tickets),
        "tags": pl.Series([["billing"], ["login", "app"], [], ["order"]]).gather(
            rng.integers(0, 4, tickets)
        ),
    }
    team, agent = pick(TEAMS, tickets), pick(AGENTS, tickets)
    where = lambda known, values: pl.select(  # noqa: E731
        pl.when(pl.Series(known)).then(pl.Series(values))
    ).to_series()
    facts = conform(
        {
            **key,
            **dims,
            "created_at": created,
            "status": where(resolved, pl.repeat("solved", tickets, eager=True)).fill_null("open"),
            "agent_id": agent,
            "team_id": team,
            "calendar": pl.repeat("", tickets, eager=True),
            "counted": rng.random(tickets) < 0.98,
            "first_reply_at": where(replied, replied_at),
            "first_reply_agent_id": agent,
            "first_reply_team_id": team,
            "first_reply_s": where(replied, reply_s),
            "first_reply_business_s": where(replied, reply_s / 3),
            "first_resolved_at": where(resolved, resolved_at),
            "resolved_at": where(resolved, resolved_at),
            "resolved_agent_id": agent,
            "resolved_team_id": team,
            "first_resolution_s": where(resolved, resolution_s),
            "full_resolution_s": where(resolved, resolution_s),
            "requester_wait_s": where(resolved, resolution_s).fill_null(0),
            "running_status": where(resolved, pl.repeat("solved", tickets, eager=True)).fill_null(
                "open"
            ),
            "running_at": created,
            "agent_replies": rng.integers(0, 4, tickets),
            "reopens": (rng.random(tickets) < 0.05).astype(int),
            "touch": where(resolved, pick(["zero", "one", "two", "multi"], tickets)),
            "waiting_since": where(~replied, created),
        },
        TICKETS,
    )
    return {
        "tickets": facts,
        "replies": _replies(facts, rng),
        "stages": _stages(facts),
        "surveys": _surveys(facts, rng),
    }


def _replies(facts: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    wait = pl.Series("s", rng.lognormal(8, 1.5, facts.height).round())
    base = facts.filter(pl.col("first_reply_at").is_not_null()).with_columns(
        wait.gather(range(facts["first_reply_at"].count()))
    )
    ended = pl.col("first_reply_at") + (pl.col("s") * SECOND).cast(pl.Int64)
    return conform(
        base.select(
            *("source", "ticket_id", "s", "agent_id", "team_id", "counted", "calendar"),
            *DIMENSIONS,
            started_at="first_reply_at",
            ended_at=ended,
        ).to_dict(),
        REPLIES,
    )


def _stages(facts: pl.DataFrame) -> pl.DataFrame:
    """Four spans a ticket that is resolved, three for one that is not."""
    step = pl.col("resolved_at").fill_null(int(LAST.timestamp()) * SECOND) - pl.col("created_at")
    parts = []
    for number, stage in enumerate(("new", "open", "pending", "solved")):
        start = pl.col("created_at") + step * number // 3
        end = pl.col("created_at") + step * (number + 1) // 3
        rows = facts.select(
            *("source", "ticket_id", "agent_id", "team_id", "counted", "calendar", "resolved_at"),
            *DIMENSIONS,
            n=pl.lit(number + 1),
            stage=pl.lit(stage),
            started_at=start,
            ended_at=None
            if stage == "solved"
            else pl.when(pl.lit(stage != "pending") | pl.col("resolved_at").is_not_null()).then(
                end
            ),
            unsolved=pl.lit(stage != "solved"),
            enters=pl.lit(stage == "new"),
            leaves=pl.lit(stage == "pending") & pl.col("resolved_at").is_not_null(),
            total_s=pl.when(pl.lit(stage != "solved")).then(step / 3 / SECOND),
        )
        if stage == "solved":
            rows = rows.filter(pl.col("resolved_at").is_not_null())
        parts.append(conform(rows.to_dict(), STAGES))
    return pl.concat(parts).sort("started_at")


def _surveys(facts: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    resolved = facts.filter(pl.col("resolved_at").is_not_null())
    answered = pl.Series("answered", rng.random(resolved.height) < 0.4)
    good = pl.Series("good", rng.random(resolved.height) < 0.85)
    sent = pl.col("resolved_at") + 3600 * SECOND
    rows = resolved.with_columns(answered, good).select(
        *("source", "ticket_id", "agent_id", "team_id", "counted"),
        *DIMENSIONS,
        survey_id="ticket_id",
        survey=pl.lit("csat"),
        good=pl.when("answered").then("good"),
        sent_at=sent,
        answered_at=pl.when("answered").then(sent + 7200 * SECOND),
    )
    return conform(rows.to_dict(), SURVEYS)


def write(frames: Mapping[str, pl.DataFrame], folder: Path) -> Snapshot:
    """Parquet by month of creation, as the mart keeps it."""
    relations, files = {}, []
    month = {"tickets": "created_at", "replies": "started_at", "stages": "started_at"}
    for table, frame in frames.items():
        at = pl.from_epoch(month.get(table, "sent_at"), time_unit="us").dt.strftime("%Y-%m")
        own = []
        for (name,), part in frame.with_columns(_month=at).group_by("_month"):
            path = folder / f"{table}-{name}.parquet"
            part.drop("_month").write_parquet(path)
            own.append(str(path))
        relations[table] = f"SELECT * FROM read_parquet({sorted(own)})"
        files += own
    return Snapshot(relations, files)


def timed(engine: KpiEngine, kpi: str, **asked: Any) -> tuple[float, int]:
    """Seconds of the second run, and how many rows it gave."""
    for _ in range(2):
        started = time.perf_counter()
        result = engine.compute(kpi, **asked)
        seconds = time.perf_counter() - started
    return seconds, len(result.rows)


def together(engine: KpiEngine, asked: Sequence[Asked], runs: int = 2) -> tuple[float, float]:
    """Wall and CPU seconds of the last run of several questions at once."""
    wall = cpu = 0.0
    for _ in range(runs):
        started, spent = time.perf_counter(), time.process_time()
        engine.compute_many(asked)
        wall, cpu = time.perf_counter() - started, time.process_time() - spent
    return wall, cpu


def dashboard(engine: KpiEngine, **window: Any) -> tuple[float, float]:
    """Twelve KPIs at once, each with the value of the period before."""
    return together(engine, [Asked(kpi, **window) for kpi in DASHBOARD])


def catalogue(engine: KpiEngine) -> dict[str, tuple[float, float]]:
    """Every KPI that has values: in total, by team and by day, cold."""
    specs = [spec for spec in BUILTIN if not isinstance(spec, Analysis)]
    asked = {
        "total": [Asked(spec.id) for spec in specs],
        "by team": [
            Asked(spec.id, ("team",)) for spec in specs if "team" in engine.dimensions(spec.id)
        ],
        "by day": [Asked(spec.id, every="day") for spec in specs if not only_now(spec)],
    }
    return {way: together(engine, questions, runs=1) for way, questions in asked.items()}


def show(label: str, found: tuple[float, float], limit: float) -> None:
    wall, cpu = found
    verdict = "within" if wall < limit else "OVER"
    print(f"{label:44}{wall:>8.2f} s {cpu:>8.2f} s CPU; {verdict} {limit:g} s")


def main() -> None:
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        snapshot = write(tables(tickets), Path(folder))
        engine = KpiEngine(snapshot, Catalog(BUILTIN), Desk("Europe/Berlin", LAST))
        year = {"start": LAST.date() - timedelta(days=364), "end": LAST.date()}
        month = {"start": LAST.date() - timedelta(days=27), "end": LAST.date()}
        show("12 KPIs, 28 days and the 28 before", dashboard(engine, **month), LIMIT_S)
        show("12 KPIs, a year and the year before", dashboard(engine, **year), LIMIT_S)
        found = catalogue(engine)
        for way, figures in found.items():
            show(f"every KPI {way}, cold", figures, CATALOGUE_S)
        whole = [sum(parts) for parts in zip(*found.values(), strict=True)]
        show("the whole catalogue", (whole[0], whole[1]), CATALOGUE_S)
        print(f"{tickets:,} tickets, warm, seconds (rows); the limit is {LIMIT_S} s a column")
        print(f"{'kpi':24}{'total':>16}{'day x team':>18}{'week x channel':>18}")
        slowest = 0.0
        for spec in BUILTIN:
            if spec.id not in DASHBOARD and spec.id not in ("backlog", "time_in_stage"):
                continue
            asks: list[dict[str, Any]] = [{}, {"by": ["team"]}, {"by": ["channel"]}]
            if not only_now(spec):
                asks[1]["every"], asks[2]["every"] = "day", "week"
            figures = [timed(engine, spec.id, **ask) for ask in asks]
            slowest = max(slowest, *(seconds for seconds, _ in figures))
            shown = "".join(f"{seconds:>9.3f} ({rows:>6,})" for seconds, rows in figures)
            print(f"{spec.id:24}{shown}")
        print(f"slowest {slowest:.3f} s: {'within' if slowest < LIMIT_S else 'OVER'} the limit")
        engine.close()


if __name__ == "__main__":
    main()
