"""How far behind the present each source usually is, by the reports of its last syncs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import text

from deskpulse.clock import from_micros
from deskpulse_reports.lag import LATEST, Reading, usual_lags

if TYPE_CHECKING:
    from deskpulse.store import Store

_SELECT = """
    SELECT source, stream, ended_at, detail FROM sync_run
    WHERE id > (SELECT coalesce(max(id), 0) FROM sync_run) - :latest
    AND outcome IN ('ok', 'partial') AND ended_at IS NOT NULL
"""


def usual(store: Store) -> Mapping[str, timedelta]:
    """By source, where enough syncs say it: how old its data gets before it is renewed."""
    streams = max(len(store.positions()), 1)
    with store.reading() as connection:
        rows = connection.execute(text(_SELECT), {"latest": streams * (LATEST + 1)}).all()
    return usual_lags(_readings(rows))


def _readings(rows: Iterable[Any]) -> Iterable[Reading]:
    for source, stream, ended_at, detail in rows:
        complete_to = orjson.loads(detail).get("complete_to")
        if complete_to is not None:
            yield Reading(
                source, stream, from_micros(ended_at), datetime.fromisoformat(complete_to)
            )
