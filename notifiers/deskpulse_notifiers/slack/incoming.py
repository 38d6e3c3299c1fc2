"""Post to Slack by an incoming webhook: the two-minute start.

It answers `ok` and nothing else: no place comes back, so nothing can be edited or threaded. A long
message is several posts.
"""

from __future__ import annotations

import json
import re
from collections import deque
from typing import TYPE_CHECKING, Any

import orjson

from deskpulse.delivery import Poster, Reply, problem_of
from deskpulse.errors import DeliveryDeferred, DeliveryError, DeliveryRejected
from deskpulse.http.redact import secrets_in
from deskpulse.notifier import Receipt
from deskpulse_notifiers.slack.answers import webhook_hint
from deskpulse_notifiers.slack.look import Look
from deskpulse_notifiers.slack.pages import Page, after, pages_of

if TYPE_CHECKING:
    from deskpulse.clock import Clock
    from deskpulse.message import Message
    from deskpulse_notifiers.slack.config import SlackConfig

_CODE = re.compile(r"[a-z][a-z0-9_]{2,60}")
_WHAT = "Slack's webhook"


class Incoming:
    """One webhook, and with it one channel."""

    def __init__(self, config: SlackConfig, clock: Clock) -> None:
        assert config.webhook_url is not None, "the settings demand one"
        self._url = config.webhook_url.get_secret_value()
        self._secrets = tuple(secrets_in(config))
        self._poster = Poster(_WHAT, config.timeout_s, clock)
        self._look = Look.of(config)

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Post it, page after page; what stands there already stays as it is."""
        done = _done(message, previous)
        queue = deque(after(pages_of(message, self._look), done))
        while queue:
            page = queue.popleft()
            reply = self._poster_says(page, message, done, len(queue) + 1)
            code = _code(reply)
            if reply.status == 200 and code == "ok":
                done += page.covers
                continue
            simpler = page.simpler("invalid_blocks" if code == "invalid_payload" else code)
            if not simpler:
                raise self._progressing(self._problem(reply, code), message, done, len(queue) + 1)
            queue.extendleft(reversed(simpler))
        return Receipt(note="posted by a webhook: it cannot be edited")

    def check(self) -> str:
        """Ask the host for nothing; nothing is posted."""
        return f"{self._poster.reach(self._url)} answers; the webhook shows only when it posts"

    def preview(self, message: Message) -> str:
        """The payloads as a JSON list, one for each post."""
        payloads = [_payload(page) for page in pages_of(message, self._look)]
        return json.dumps(payloads, indent=2, ensure_ascii=False)

    def _poster_says(self, page: Page, message: Message, done: int, left: int) -> Reply:
        try:
            return self._poster.post(self._url, orjson.dumps(_payload(page)), {})
        except DeliveryDeferred as later:
            raise self._progressing(later, message, done, left) from None

    def _problem(self, reply: Reply, code: str) -> DeliveryError:
        if problem := problem_of(_WHAT, reply, self._secrets):
            if isinstance(problem, DeliveryRejected):
                return DeliveryRejected(problem.message, hint=webhook_hint(code))
            return problem
        return DeliveryDeferred(
            f"{_WHAT} answered HTTP {reply.status}, but not `ok`; it may have arrived",
            hint="If this goes on, something in between answers: check `webhook_url` and proxies.",
            ambiguous=True,
        )

    def _progressing(
        self, problem: DeliveryError, message: Message, done: int, left: int
    ) -> DeliveryError:
        if isinstance(problem, DeliveryDeferred) and done and message.id:
            problem.progress = Receipt(
                {"message": message.id, "done": str(done)}, f"{left} more parts to post"
            )
        return problem


def _done(message: Message, previous: Receipt | None) -> int:
    """How many blocks of this very message have been posted."""
    address = previous.address if previous else {}
    done = address.get("done", "")
    ours = bool(message.id) and address.get("message") == message.id
    return int(done) if ours and done.isdecimal() else 0


def _payload(page: Page) -> dict[str, Any]:
    return {
        "text": page.text,
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        **({"blocks": list(page.blocks)} if page.blocks else {}),
    }


def _code(reply: Reply) -> str:
    text = reply.body[:100].decode("ascii", "replace").strip()
    return text if text == "ok" or _CODE.fullmatch(text) else ""
