"""One mailbox's requests: what to ask for, what it costs, and what shape the answer must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from deskpulse.asking import Http
from deskpulse.errors import CursorExpired, RequestRefused, SourceChanged, StreamForbidden
from deskpulse_connectors.gmail.config import GmailConfig
from deskpulse_connectors.mail.letter import FIELDS

AT_ONCE = 5
"""More requests at a time for one mailbox are answered 429 "Too many concurrent requests"."""

LIST = 500
"""The most rows that Gmail puts on a page."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: its rows, and the token of the next one (None: it was the last)."""

    rows: list[Any]
    following: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """One page of the history: what became of which threads, and where the history now ends."""

    records: list[Any]
    following: str | None
    history: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Asks for one mailbox's data. Raises the `SourceError` tree."""

    http: Http
    config: GmailConfig

    def profile(self) -> Mapping[str, Any]:
        """Whose mailbox it is and where its history ends."""
        body = self.http.get("profile", cost=self.config.costs.profile)
        return _object(body, "profile", "historyId", "emailAddress")

    def label_names(self) -> dict[str, str]:
        """Label id to the name that people see."""
        body = self.http.get("labels", cost=self.config.costs.labels)
        rows = _rows(_object(body, "labels", "labels"), "labels", "labels")
        return {str(row["id"]): str(row.get("name", row["id"])) for row in rows}

    def send_as(self) -> list[str]:
        """Addresses that the mailbox sends as; none if the credentials may not see them."""
        try:
            body = self.http.get("settings/sendAs", cost=self.config.costs.labels)
        except StreamForbidden:
            return []
        rows = _rows(_object(body, "sendAs", "sendAs"), "sendAs", "sendAs")
        return [str(row["sendAsEmail"]) for row in rows if row.get("sendAsEmail")]

    def threads(
        self, page: str | None, *, query: str = "", labels: Sequence[str] = (), size: int
    ) -> Listed:
        """A page of the list of threads, newest first, without spam and trash."""
        body = self.http.get(
            "threads",
            cost=self.config.costs.threads,
            maxResults=size,
            pageToken=page,
            q=query or None,
            labelIds=list(labels) or None,
        )
        return self._listed(body, "threads")

    def every_id(self) -> Iterator[str]:
        """The id of every message and thread there is, spam and trash included."""
        page = None
        while True:
            body = self.http.get(
                "messages",
                cost=self.config.costs.messages,
                maxResults=LIST,
                pageToken=page,
                includeSpamTrash=True,
            )
            listed = self._listed(body, "messages")
            for row in listed.rows:
                yield str(row["id"])
                yield str(row["threadId"])
            if listed.following is None:
                return
            page = listed.following

    def changes(self, since: str, page: str | None) -> Changed:
        """A page of what changed since `since`. Raises `CursorExpired` if that is forgotten."""
        try:
            body = self.http.get(
                "history",
                cost=self.config.costs.history,
                startHistoryId=since,
                maxResults=LIST,
                pageToken=page,
            )
        except RequestRefused as problem:
            if problem.status != 404:
                raise
            raise CursorExpired(problem.message, status=404) from None
        body = _object(body, "history", "historyId")
        # a page may have a next one and yet no `history`
        rows = _rows(body, "history", "history")
        return Changed(rows, _token(body, page), str(body["historyId"]))

    def get_threads(self, ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Each thread with all its messages; None if it is gone, a text why it was refused."""
        calls = [(f"threads/{ident}", self._form()) for ident in ids]
        answers = self.http.gather(calls, cost=self.config.costs.thread, parallel=AT_ONCE)
        for ident, answer in zip(ids, answers, strict=True):
            if isinstance(answer, RequestRefused) and answer.status == 404:
                yield ident, None
            elif isinstance(answer, StreamForbidden | RequestRefused):
                yield ident, answer.message
            else:
                yield ident, _object(answer, "thread", "id", "messages")

    def since_start(self) -> str:
        """The search for threads since the configured start; "" for all."""
        start = self.config.start
        if start is None:
            return ""
        return f"after:{int(datetime.combine(start, time(), UTC).timestamp())}"

    def _form(self) -> dict[str, Any]:
        if self.config.bodies:
            return {"format": "full"}
        return {"format": "metadata", "metadataHeaders": list(FIELDS)}

    def _listed(self, body: Any, key: str) -> Listed:
        body = _object(body, key)
        if key not in body and body.get("resultSizeEstimate", 1) != 0:
            # an empty list has no rows, and says that it is empty
            raise SourceChanged(f"{key} has no {key}, and does not say that there are none")
        return Listed(_rows(body, key, key), _token(body, None))


def _object(body: Any, what: str, *keys: str) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise SourceChanged(f"{what} is {type(body).__name__}; an object was expected")
    missing = [key for key in keys if key not in body]
    if missing:
        raise SourceChanged(f"{what} has no {missing[0]}")
    return body


def _rows(body: Mapping[str, Any], key: str, what: str) -> list[Any]:
    """The rows; Gmail leaves the key out where there are none."""
    rows = body.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceChanged(f"{what} holds something else than a list of objects")
    return rows


def _token(body: Mapping[str, Any], asked: str | None) -> str | None:
    token = body.get("nextPageToken")
    if token is not None and str(token) == asked:
        raise SourceChanged("the next page is the one that was asked for")
    return str(token) if token else None
