"""Where a Slack message stands, as the sender keeps it between two messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from deskpulse.notifier import Receipt

Plan = Literal["new", "answer", "repeat"]
_PLANS: dict[str, Plan] = {"new": "new", "answer": "answer", "repeat": "repeat"}


@dataclass(frozen=True, slots=True)
class Place:
    """`channel` and `ts` as Slack named them; `to` as configured.

    `message`, `plan` and `done` (blocks) are set while only a part of that message was posted.
    """

    channel: str
    ts: str
    to: str
    message: str = ""
    plan: Plan = "new"
    done: int = 0

    def receipt(self, note: str = "") -> Receipt:
        """For the sender to keep."""
        address = {"channel": self.channel, "ts": self.ts, "to": self.to}
        if self.done:
            address |= {"message": self.message, "plan": self.plan, "done": str(self.done)}
        return Receipt(address, note)

    @classmethod
    def of(cls, receipt: Receipt | None, to: str) -> Place | None:
        """Read back; None when there is none, or when the configured channel has changed."""
        address = receipt.address if receipt else {}
        channel, ts = address.get("channel", ""), address.get("ts", "")
        if not channel or not ts or address.get("to", to) != to:
            return None
        done = address.get("done", "")
        return cls(
            channel,
            ts,
            to,
            address.get("message", ""),
            _PLANS.get(address.get("plan", ""), "new"),
            int(done) if done.isdecimal() else 0,
        )
