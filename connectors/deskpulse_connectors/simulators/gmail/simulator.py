"""The simulated mailbox with its server."""

from __future__ import annotations

import json
import random
import threading
from datetime import UTC, datetime
from typing import Any

from deskpulse_connectors.simulators.clock import WEEK, SimClock
from deskpulse_connectors.simulators.exchange import Reply, Request
from deskpulse_connectors.simulators.gmail.auth import Tokens, error
from deskpulse_connectors.simulators.gmail.life import ALIAS, SHARED, TEAM, Life
from deskpulse_connectors.simulators.gmail.mailbox import Mailbox
from deskpulse_connectors.simulators.gmail.vendor import Units, Vendor
from deskpulse_connectors.simulators.simulator import Simulator

START = datetime(2026, 1, 5, tzinfo=UTC)
SILENCE_S = WEEK


class GmailSimulator(Simulator):
    """A shared inbox with a past; its life goes on as the clock advances.

    `units`: quota units a minute, 0 for no limit. `at_once`: more requests than these at a time are
    refused. `latency`: seconds that every answer takes. Label "Label_done" is called "Done".
    `town`: customers have the addresses of `simulators.town`.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        conversations: int = 60,
        start: datetime = START,
        weeks: float = 4,
        units: int = 0,
        at_once: int = 5,
        latency: float = 0.0,
        town: bool = False,
        running: bool = False,
        port: int = 0,
        compress: bool = False,
    ) -> None:
        begin = int(start.timestamp())
        end = begin + int(weeks * WEEK)
        super().__init__(SimClock(end, running=running), seed=seed, port=port, compress=compress)
        self.mailbox = Mailbox(SHARED)
        self.mailbox.labels |= {"Label_done": "Done", "Label_vip": "VIP"}
        self.tokens = Tokens(SHARED)
        self.life = Life(self.mailbox, seed, town=town)
        self.life.plan(conversations, begin, end)
        self.most_at_once = 0
        self._at_once, self._latency, self._flying = at_once, latency, 0
        self._count, self._never = threading.Lock(), threading.Event()
        self._dice = random.Random(seed + 1)  # noqa: S311 repeatable
        self._vendor = Vendor(
            self.mailbox,
            self.tokens,
            Units(units),
            self.clock.pulse,
            lambda: self.url,
            [SHARED, ALIAS, *TEAM],
        )
        self.catch_up()

    @property
    def gmail(self) -> Vendor:
        """The vendor's switches: forbidden threads, stale pages, holes in the history."""
        return self._vendor

    @property
    def credentials(self) -> dict[str, str]:
        """What a client signs in with."""
        tokens = self.tokens
        return {
            "client_id": tokens.client_id,
            "client_secret": tokens.client_secret,
            "refresh_token": tokens.refresh_token,
        }

    def service_account(self) -> str:
        """The JSON key of a service account that may stand in for the mailbox."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.tokens.public_key = key.public_key()
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return json.dumps(
            {
                "type": "service_account",
                "client_email": self.tokens.service_account,
                "private_key_id": "simulated",
                "private_key": pem.decode(),
            }
        )

    def answer(self, request: Request) -> Reply:
        """Answer one request; more than five of one mailbox at a time are too many."""
        with self._count:
            self._flying += 1
            flying = self._flying
            self.most_at_once = max(self.most_at_once, flying)
        try:
            if self._latency:
                self._never.wait(self._latency)
            if flying > self._at_once and request.path.startswith("/gmail/"):
                text = "Too many concurrent requests for user"
                return error(429, text, "rateLimitExceeded", "RESOURCE_EXHAUSTED")
            return super().answer(request)
        finally:
            with self._count:
                self._flying -= 1

    def vendor(self, request: Request) -> Reply:
        """The vendor's own answer."""
        return self._vendor.answer(request)

    def catch_up(self) -> None:
        """Let life go on until the clock's present."""
        self.life.until(self.clock.now())

    def tie(self, count: int) -> None:
        """So many customers write within this one second."""
        with self.guard:
            for _ in range(count):
                self.life.arrive(self.clock.now())

    def expire_tokens(self) -> None:
        """Make every access token given out so far invalid."""
        self.tokens.expire()

    def truth(self) -> dict[str, Any]:
        """Of each conversation that is not deleted: what a perfect sync holds, by ticket id."""
        with self.guard:
            now = self.clock.now()
            return {
                talk.thread: _truth(talk, now, self.mailbox)
                for talk in self.life.talks
                if talk.thread in self.mailbox.threads
                and not all(
                    mail.labels & {"SPAM", "TRASH"} for mail in self.mailbox.mails_of(talk.thread)
                )
            }

    def meddle(self) -> None:
        """One random change in this second."""
        now = self.clock.now()
        alive = [talk for talk in self.life.talks if talk.thread in self.mailbox.threads]
        talk = self._dice.choice(alive)
        ids = list(self.mailbox.threads[talk.thread])
        match self._dice.randrange(6):
            case 0:
                self.life.arrive(now)
            case 1:
                self.life.customer(talk, now)
            case 2:
                self.life.answer(talk, now)
            case 3:
                self.mailbox.label(ids, add=["Label_vip"])
            case 4:
                self.mailbox.label(ids, remove=["UNREAD"])
            case _:
                for ident in ids:
                    self.mailbox.delete(ident)


def _truth(talk: Any, now: int, mailbox: Mailbox) -> dict[str, Any]:
    """Told by whoever wrote the story, not by reading headers."""
    spoken = [(at, who) for at, who, _ in talk.said if who != "noise"]
    at, who = spoken[-1]
    agents = [who for _, who in spoken if who != "customer"]
    if who != "customer":
        status = "solved" if now - at >= SILENCE_S else "pending"
    else:
        status = "open" if agents else "new"
    return {
        "subject": talk.subject,
        "requester": talk.customer,
        "assignee": agents[-1] if agents else None,
        "status": status,
        "created_at": talk.said[0][0],
        "tags": ["VIP"]
        if any("Label_vip" in mail.labels for mail in mailbox.mails_of(talk.thread))
        else [],
        "messages": {
            ident: {
                "sent_at": at,
                "author": talk.customer if who in ("customer", "noise") else who,
                "auto": who == "noise",
            }
            for at, who, ident in talk.said
        },
    }
