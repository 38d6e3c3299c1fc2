"""Facts that are shaped like derived ones, but for nothing in particular."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from support.marts import fact, spans


def tables(seed, size=80):
    """Rows by table, the same for the same seed."""
    dice = random.Random(seed)
    found = {"tickets": [], "replies": [], "stages": [], "surveys": []}
    for number in range(size):
        at = datetime(2025, 2, 20, tzinfo=UTC) + timedelta(minutes=dice.randrange(60 * 24 * 30))
        later = [at + timedelta(seconds=dice.randrange(200_000)) for _ in range(4)]
        later.sort()
        stamp = [f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in (at, *later)]
        common = {
            "ticket_id": str(number),
            "channel": dice.choice(["email", "chat", None]),
            "team_id": dice.choice(["a", "b", None]),
            "counted": dice.random() < 0.9,
        }
        seconds = [(moment - at).total_seconds() for moment in later]
        done, replied = dice.random() < 0.7, dice.random() < 0.8
        resolved = {"resolved_at": stamp[2]} if done else {}
        found["tickets"].append(
            fact(**common, **resolved, created_at=stamp[0], status="solved" if done else "open",
                 first_reply_at=stamp[1] if replied else None,
                 first_reply_s=seconds[0] if replied else None,
                 first_reply_team_id=common["team_id"], resolved_team_id=common["team_id"],
                 first_resolved_at=stamp[2] if done else None,
                 first_resolution_s=seconds[1] if done else None,
                 full_resolution_s=seconds[1] if done else None,
                 requester_wait_s=seconds[0], running_status="solved" if done else "open",
                 running_at=stamp[2], agent_replies=dice.randrange(4), reopens=dice.randrange(2),
                 touch=dice.choice(["zero", "one", "two", "multi"]) if done else None,
                 waiting_since=stamp[0] if not replied else None)
        )  # fmt: skip
        found["stages"] += spans(
            fact(**common, **resolved, stage="new", started_at=stamp[0], ended_at=stamp[1],
                 total_s=seconds[0]),
            fact(**common, **resolved, stage="solved" if done else "open", started_at=stamp[1],
                 total_s=60.0),
        )  # fmt: skip
        found["replies"].append(
            fact(**common, started_at=stamp[1], ended_at=stamp[2], s=seconds[1] - seconds[0])
        )
        found["surveys"].append(
            fact(**common, survey_id=str(number), survey="csat", sent_at=stamp[3],
                 answered_at=stamp[4] if done else None, good=dice.random() < 0.8 if done else None)
        )  # fmt: skip
    return found
