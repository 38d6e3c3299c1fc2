"""Post to Slack with a bot token, edit what was posted, answer in its thread."""

from __future__ import annotations

import json
import uuid
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deskpulse.errors import DeliveryDeferred, DeliveryRejected
from deskpulse.notifier import Receipt
from deskpulse_notifiers.slack.answers import FORGOTTEN, GONE, SlackRefused, rejected
from deskpulse_notifiers.slack.client import SlackClient
from deskpulse_notifiers.slack.config import SlackConfig
from deskpulse_notifiers.slack.look import Look
from deskpulse_notifiers.slack.mrkdwn import ESCAPES
from deskpulse_notifiers.slack.pages import Page, after, answer_of, pages_of
from deskpulse_notifiers.slack.place import Place, Plan
from deskpulse_notifiers.text import fit, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskpulse.message import Message

_NAMESPACE = uuid.UUID("6f1f6f0c-5f0e-5b8e-9b0e-2f3f0c7f1d51")
_POST = "chat.postMessage"
_UPDATE = "chat.update"
_TELL = "chat.postEphemeral"
_OPEN = "apps.connections.open"
_SCOPE = "chat:write"


class Bot:
    """What a bot token can do: post, edit, answer in threads."""

    def __init__(self, config: SlackConfig, token: str) -> None:
        self.config = config
        self._client = SlackClient(token, config.base_url, config.timeout_s)
        self._look = Look.of(config)
        self._charts_refused = False

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Post, or edit and answer `previous`.

        Each page is posted at most once per call. Raises `DeliveryRejected` or `DeliveryDeferred`;
        the latter carries `progress` when some pages of a long message are already there.
        """
        place = Place.of(previous, self.config.channel)
        pages = self._pages(message)
        try:
            try:
                if place:
                    return self._follow(message, pages, place)
            except SlackRefused as refusal:
                if refusal.code not in GONE:
                    raise
            return self._post(message, pages, "new", None)
        except SlackRefused as refusal:
            raise rejected(refusal) from None

    def check(self) -> str:
        """Who the token is and where it posts; whether it may post, where Slack says so."""
        try:
            answer, headers = self._client.call("auth.test", {})
        except SlackRefused as refusal:
            raise rejected(refusal) from None
        scopes = [scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope]
        if scopes and _SCOPE not in scopes:
            raise DeliveryRejected(
                f"the token may not post: its scopes are {', '.join(scopes)}",
                hint=f"Add the scope {_SCOPE} to the Slack app and reinstall it.",
            )
        more = sorted(set(scopes) - {_SCOPE, f"{_SCOPE}.public"})
        warning = f"; it needs only {_SCOPE}, but also holds {', '.join(more)}" if more else ""
        return (
            f"signed in as {answer.get('user', '?')} at {answer.get('team', '?')}, "
            f"posts to {self.config.channel}{self._ears()}{warning}"
        )

    def _ears(self) -> str:
        """Whether the buttons can be listened to; raises if not."""
        if self.config.app_token is None:
            return ""
        self.socket_address()
        return " with buttons"

    def socket_address(self) -> str:
        """A fresh address for Socket Mode. It is a secret: whoever knows it hears every press."""
        token = self.config.app_token
        assert token is not None, "there is no app token, so there are no buttons"
        ears = SlackClient(token.get_secret_value(), self.config.base_url, self.config.timeout_s)
        try:
            answer, _ = ears.call(_OPEN, {})
        except SlackRefused as refusal:
            raise rejected(refusal) from None
        return str(answer.get("url", ""))

    def tell(self, channel: str, user: str, thread: str, text: str) -> None:
        """Say something to one person only, where they pressed a button."""
        words = {"channel": channel, "user": user, "text": fit(one_line(text), 1_000, ESCAPES)}
        try:
            self._client.call(_TELL, words | ({"thread_ts": thread} if thread else {}))
        except SlackRefused as refusal:
            raise rejected(refusal) from None

    def preview(self, message: Message) -> str:
        """The payloads of `chat.postMessage` as a JSON list; all but the first go in its thread."""
        payloads = []
        done = 0
        for page in self._pages(message):
            thread = {"thread_ts": "(the first message)"} if done else {}
            payloads.append(self._payload(message, page, "new", done) | thread)
            done += page.covers
        return json.dumps(payloads, indent=2, ensure_ascii=False)

    def _follow(self, message: Message, pages: Sequence[Page], place: Place) -> Receipt:
        """What to do with an earlier message, or with the part of this one that is there."""
        resumed = bool(message.id) and place.done > 0 and place.message == message.id
        if not resumed:
            place = replace(place, done=0)
        if resumed and place.plan != "answer":
            return self._post(message, pages, place.plan, place)
        if resumed or message.kind in {"update", "resolved"}:
            return self._revise(message, pages, place)
        if message.kind == "firing":
            return self._post(message, pages, "repeat", place)
        return self._post(message, pages, "new", None)

    def _revise(self, message: Message, pages: Sequence[Page], place: Place) -> Receipt:
        """Edit the message; a resolution also says so in its thread, once."""
        page, rest = pages[0], list(pages[1:])
        while True:
            try:
                self._client.call(_UPDATE, self._edit(message, page, place))
                break
            except SlackRefused as refusal:
                simpler = self._simpler(page, refusal)
                if not simpler:
                    raise
                page, rest = simpler[0], [*simpler[1:], *rest]
        answer = [answer_of(message)] if message.kind == "resolved" else []
        return self._post(message, [*answer, *rest], "answer", place)

    def _post(
        self, message: Message, pages: Sequence[Page], plan: Plan, place: Place | None
    ) -> Receipt:
        """Post the pages that are left, each after the first in the thread of `place`."""
        done = place.done if place else 0
        queue = deque(after(pages, done))
        while queue:
            page = queue.popleft()
            try:
                answer = self._put(self._payload(message, page, plan, done, place))
            except SlackRefused as refusal:
                simpler = self._simpler(page, refusal)
                if not simpler:
                    raise
                queue.extendleft(reversed(simpler))
                continue
            except DeliveryDeferred as later:
                if place and done and message.id:
                    part = replace(place, message=message.id, plan=plan, done=done)
                    later.progress = part.receipt(f"{len(queue) + 1} more parts to post")
                raise
            done += page.covers
            place = place or Place(
                str(answer.get("channel", "")), str(answer.get("ts", "")), self.config.channel
            )
        return replace(place, done=0).receipt() if place else Receipt()

    def _pages(self, message: Message) -> list[Page]:
        pages = pages_of(message, self._look)
        return [page.undrawn() for page in pages] if self._charts_refused else pages

    def _simpler(self, page: Page, refusal: SlackRefused) -> list[Page]:
        """What to post instead; a Slack that knows no charts is not asked again."""
        simpler = page.simpler(refusal.code)
        self._charts_refused |= page.drawn and any(not each.drawn for each in simpler[:1])
        return simpler

    def _put(self, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            answer, _ = self._client.call(_POST, payload)
        except SlackRefused as refusal:
            if refusal.code not in FORGOTTEN or "client_msg_id" not in payload:
                raise
            anew = {key: value for key, value in payload.items() if key != "client_msg_id"}
            answer, _ = self._client.call(_POST, anew)
        return answer

    def _payload(
        self, message: Message, page: Page, plan: Plan, done: int, place: Place | None = None
    ) -> dict[str, Any]:
        payload = {
            "channel": place.channel if place else self.config.channel,
            **_content(message, page),
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if place:
            payload["thread_ts"] = place.ts
            payload["reply_broadcast"] = plan == "repeat" and done == 0
        if message.id:
            # Not a documented argument of this method; where Slack honours it, a repeat is one.
            payload["client_msg_id"] = str(uuid.uuid5(_NAMESPACE, f"{message.id}/{plan}/{done}"))
        return payload

    def _edit(self, message: Message, page: Page, place: Place) -> dict[str, Any]:
        return {"channel": place.channel, "ts": place.ts, **_content(message, page)}


def _content(message: Message, page: Page) -> dict[str, Any]:
    """What posting and editing have in common.

    `blocks` is always given: an edit without it would keep the old ones. Everyone in the workspace
    can read `metadata`: ids only.
    """
    return {
        "text": page.text,
        "blocks": list(page.blocks),
        "parse": "none",
        "link_names": False,
        "metadata": {
            "event_type": "deskpulse_message",
            "event_payload": {"id": message.id, "kind": message.kind},
        },
    }
