"""The Gmail API v1 over the mailbox: paths, paging, quota, and Google's errors."""

from __future__ import annotations

import base64
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.gmail.auth import METADATA, Tokens, error
from deskpulse_connectors.simulators.gmail.mailbox import Mail, Mailbox

COSTS = {
    "profile": 1,
    "labels": 1,
    "settings/sendAs": 1,
    "messages": 5,
    "threads": 10,
    "history": 2,
}
NOT_FOUND = ("Requested entity was not found.", "notFound", "NOT_FOUND")


@dataclass(slots=True)
class Units:
    """Quota units in any minute; 0 means no limit."""

    most: int
    _spent: deque[tuple[float, int]] = field(default_factory=deque)

    def take(self, now: float, cost: int) -> bool:
        """Whether so many units more are admitted."""
        while self._spent and self._spent[0][0] <= now - 60.0:
            self._spent.popleft()
        if self.most and sum(units for _, units in self._spent) + cost > self.most:
            return False
        self._spent.append((now, cost))
        return True


@dataclass(slots=True)
class Vendor:
    """Answers as Gmail does. `forbidden`: threads that are answered with 403."""

    mailbox: Mailbox
    tokens: Tokens
    units: Units
    pulse: Callable[[], float]
    url: Callable[[], str]
    send_as: list[str]
    forbidden: set[str] = field(default_factory=set)
    stale_pages: set[str] = field(default_factory=set)
    holes: bool = False
    """Send history pages that have a next one, but no `history`."""
    spent: int = 0

    def answer(self, request: Request) -> Reply:
        """The answer to one request."""
        if request.path == "/token":
            return self.tokens.grant(request, self.pulse(), f"{self.url()}/token")
        refusal = self.tokens.refusal(request, self.pulse())
        if refusal is not None:
            return refusal
        found = re.fullmatch(r"/gmail/v1/users/([^/]+)/(.+)", request.path)
        if found is None or request.method != "GET":
            return error(404, *NOT_FOUND)
        if unquote(found[1]) not in ("me", self.mailbox.address):
            return error(403, "Delegation denied for this user", "delegationDenied", "FORBIDDEN")
        path, _, ident = found[2].partition("/")
        if found[2] == "settings/sendAs":
            path, ident = found[2], ""
        cost = COSTS.get(path, 1)
        if not self.units.take(self.pulse(), cost):
            text = (
                "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'"
                " of service 'gmail.googleapis.com' for consumer 'project_number:1'."
            )
            return error(403, text, "rateLimitExceeded", "PERMISSION_DENIED")
        self.spent += cost
        return self._route(path, ident, request)

    def _route(self, path: str, ident: str, request: Request) -> Reply:
        if self.tokens.scope == METADATA and (
            request.params.get("q") or request.params.get("format") == "full"
        ):
            text = "Metadata scope does not support 'q' parameter"
            return error(403, text, "forbidden", "PERMISSION_DENIED")
        match path, bool(ident):
            case "profile", False:
                return json_reply(self._profile())
            case "labels", False:
                names = [{"id": i, "name": n} for i, n in self.mailbox.labels.items()]
                return json_reply({"labels": names})
            case "settings/sendAs", False:
                known = [
                    {"sendAsEmail": each, "isPrimary": each == self.mailbox.address}
                    for each in self.send_as
                ]
                return json_reply({"sendAs": known})
            case "messages", False:
                mails = sorted(
                    self.mailbox.mails.values(), key=lambda m: (m.at, m.id), reverse=True
                )
                chosen = [m for m in mails if self._shown([m], request)]
                rows = [(f"{m.at}.{m.id}", {"id": m.id, "threadId": m.thread}) for m in chosen]
                return self._page("messages", rows, request)
            case "threads", False:
                return self._threads(request)
            case "threads", True:
                return self._thread(ident, request)
            case "history", False:
                return self._history(request)
        return error(404, *NOT_FOUND)

    def _profile(self) -> dict[str, Any]:
        return {
            "emailAddress": self.mailbox.address,
            "messagesTotal": len(self.mailbox.mails),
            "threadsTotal": len(self.mailbox.threads),
            "historyId": str(self.mailbox.last),
        }

    def _threads(self, request: Request) -> Reply:
        found = []
        for ident in self.mailbox.threads:
            mails = self.mailbox.mails_of(ident)
            if self._shown(mails, request):
                found.append((mails[-1], ident))
        found.sort(key=lambda pair: (pair[0].at, pair[0].id), reverse=True)
        rows = [
            (f"{mail.at}.{mail.id}", {"id": ident, "snippet": "", "historyId": str(mail.history)})
            for mail, ident in found
        ]
        return self._page("threads", rows, request)

    def _shown(self, mails: list[Mail], request: Request) -> bool:
        hidden = {"SPAM", "TRASH"}
        if request.params.get("includeSpamTrash") == "true":
            hidden = set()
        label = request.params.get("labelIds")
        return any(
            not mail.labels & hidden
            and (label is None or label in mail.labels)
            and matches(mail, request.params.get("q", ""))
            for mail in mails
        )

    def _page(self, key: str, rows: list[tuple[str, Any]], request: Request) -> Reply:
        size = min(int(request.params.get("maxResults", 100)), 500)
        token = request.params.get("pageToken")
        if token is not None:
            if token in self.stale_pages:
                self.stale_pages.discard(token)
                return error(400, "Invalid pageToken", "invalidArgument", "INVALID_ARGUMENT")
            rows = rows[next((n for n, (k, _) in enumerate(rows) if _older(k, token)), len(rows)) :]
        body: dict[str, Any] = {"resultSizeEstimate": len(rows)}
        if rows:
            body[key] = [row for _, row in rows[:size]]
        if len(rows) > size:
            body["nextPageToken"] = rows[size - 1][0]
        return json_reply(body)

    def _thread(self, ident: str, request: Request) -> Reply:
        if ident in self.forbidden:
            return error(403, "CSE is not enabled.", "forbidden", "PERMISSION_DENIED")
        if ident not in self.mailbox.threads:
            return error(404, *NOT_FOUND)
        mails = self.mailbox.mails_of(ident)
        asked = {each.lower() for each in parse_qs(request.query).get("metadataHeaders", ())}
        full = request.params.get("format", "full") == "full"
        return json_reply(
            {
                "id": ident,
                "historyId": str(max(mail.history for mail in mails)),
                "messages": [_message(mail, asked, full=full) for mail in mails],
            }
        )

    def _history(self, request: Request) -> Reply:
        start = request.params.get("startHistoryId", "")
        if not start.isdigit() or int(start) < self.mailbox.forgotten:
            return error(404, *NOT_FOUND)
        size = int(request.params.get("maxResults", 100))
        token = request.params.get("pageToken", start)
        if token in self.stale_pages:
            self.stale_pages.discard(token)
            return error(400, "Invalid pageToken", "invalidArgument", "INVALID_ARGUMENT")
        hole = self.holes and token == start and bool(self.mailbox.history)
        rows = [(n, r) for n, r in self.mailbox.history if n > int(token.removeprefix("h"))]
        body: dict[str, Any] = {"historyId": str(self.mailbox.last)}
        if hole:
            return json_reply({**body, "nextPageToken": f"h{start}"})
        if rows:
            body["history"] = [record for _, record in rows[:size]]
        if len(rows) > size:
            body["nextPageToken"] = f"h{rows[size - 1][0]}"
        return json_reply(body)


def matches(mail: Mail, query: str) -> bool:
    """Gmail's search, as far as it is needed: after: before: in:sent from: and {a b} for "or"."""
    alternatives = re.findall(r"\{([^}]*)\}", query)
    rest = re.sub(r"\{[^}]*\}", " ", query).split()
    return all(_term(mail, each) for each in rest) and all(
        any(_term(mail, each) for each in group.split()) for group in alternatives
    )


def _term(mail: Mail, term: str) -> bool:
    name, _, value = term.partition(":")
    match name:
        case "after":
            return mail.at >= int(value) * 1000
        case "before":
            return mail.at < int(value) * 1000
        case "in":
            return value.upper() in mail.labels
        case "from":
            sender = next((v for n, v in mail.headers if n.lower() == "from"), "")
            return value.lower() in sender.lower()
    raise ValueError(f"the simulator does not know the search {term!r}")


def _older(key: str, than: str) -> bool:
    at, _, ident = key.partition(".")
    other, _, its = than.partition(".")
    return (int(at), ident) < (int(other), its)


def _message(mail: Mail, asked: set[str], *, full: bool) -> dict[str, Any]:
    data = base64.urlsafe_b64encode(mail.text.encode()).decode().rstrip("=")
    headers = [
        {"name": name, "value": value}
        for name, value in mail.headers
        if full or not asked or name.lower() in asked
    ]
    payload: dict[str, Any] = {"mimeType": "text/plain", "headers": headers}
    if full:
        payload |= {"partId": "", "filename": "", "body": {"size": len(mail.text), "data": data}}
    return {
        "id": mail.id,
        "threadId": mail.thread,
        "labelIds": sorted(mail.labels),
        "snippet": mail.text[:80],
        "historyId": str(mail.history),
        "internalDate": str(mail.at),
        "sizeEstimate": 500 + len(mail.text),
        "payload": payload,
    }
