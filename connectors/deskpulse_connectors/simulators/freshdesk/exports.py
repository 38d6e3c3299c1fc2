"""The daily export of activities: a signed link to another store, which knows no API keys."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.freshdesk import errors
from deskpulse_connectors.simulators.freshdesk.desk import Desk

FILES = "/exports/"
WRITTEN_AFTER = timedelta(hours=27)
"""A day's file is there three hours after the day."""
KEPT = timedelta(days=30)
SIGNATURE = "c2lnbmF0dXJl"


def listed(request: Request, now: datetime, base: str) -> Reply:
    """Where the file of a day is; 404 where there is none (yet, or any more)."""
    try:
        day = date.fromisoformat(request.params.get("created_at", ""))
    except ValueError:
        return errors.invalid("created_at", "It should be in the 'yyyy-mm-dd' format")
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if not begin + WRITTEN_AFTER <= now <= begin + KEPT + timedelta(days=1):
        return errors.missing()
    link = f"{base}{FILES}{day}.json?X-Amz-Signature={SIGNATURE}"
    return json_reply({"export": [{"created_at": f"{day:%d-%m-%Y}", "url": link}]})


def file(desk: Desk, request: Request) -> Reply:
    """A day's activities. Who signs twice, by link and by header, is refused."""
    if "authorization" in request.headers:
        return Reply(400, b"<Error><Code>InvalidArgument</Code></Error>", content_type="text/xml")
    if request.params.get("X-Amz-Signature") != SIGNATURE:
        return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", content_type="text/xml")
    day = date.fromisoformat(request.path.removeprefix(FILES).removesuffix(".json"))
    begin = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    rows = [row for at, row in desk.activities if begin <= at < begin + 86_400]
    return json_reply({"metadata": {"activities_count": len(rows)}, "activities_data": rows})
