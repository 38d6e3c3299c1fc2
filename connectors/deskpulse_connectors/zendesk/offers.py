"""Completes audits that answer a survey with what stands elsewhere.

The event of an answer says only "good, was offered", or only names a survey response. The survey's
own instant stands in an earlier audit of the same ticket, which may lie in an earlier page, an
earlier run, or before the start; the response has an address of its own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from deskpulse.errors import RecordRejected, SourceError
from deskpulse_connectors.zendesk.audits import when
from deskpulse_connectors.zendesk.surveys import (
    RESPONSE,
    SENT_AT,
    answer_in,
    offer_in,
    responses_in,
    speaks_of_survey,
)

REMEMBERED = 50_000
"""Tickets whose last survey is kept in mind during a run: about 10 MB."""

GONE = frozenset({403, 404, 410})
"""Statuses of a ticket or response that cannot be read: deleted, or not for us."""


class Offers:
    """The last survey sent about each ticket, in the order of the export.

    `audits(ticket_id)` reads a ticket's audits from the vendor, oldest first; it is asked only for
    an answer whose survey was sent in an earlier run. `response(id)` reads a survey response.
    `missing` counts answers that could not be completed.
    """

    def __init__(
        self, audits: Callable[[Any], Iterable[Any]], response: Callable[[str], Any]
    ) -> None:
        self._audits = audits
        self._response = response
        self._sent: OrderedDict[Any, datetime] = OrderedDict()
        self.missing = 0

    def complete(self, audits: Sequence[Any]) -> list[Any]:
        """The same audits; those that answer a survey also say what was answered, and when sent.

        Raises the `SourceError` tree, except for what is gone or forbidden: that is counted.
        """
        return [self._complete(audit) for audit in audits]

    def _complete(self, audit: Any) -> Any:
        if not isinstance(audit, dict) or "ticket_id" not in audit or not speaks_of_survey(audit):
            return audit  # if it is bad, parse says why
        try:
            return self._completed(audit)
        except RecordRejected:
            return audit

    def _completed(self, audit: dict[str, Any]) -> dict[str, Any]:
        offered = offer_in(audit)
        if offered is not None:
            self._remember(audit["ticket_id"], offered)
        for named in responses_in(audit):
            audit = {**audit, RESPONSE: self._or_none(partial(self._response, named))}
        if answer_in(audit) is None:
            return audit
        ticket_id = audit["ticket_id"]
        sent = self._sent.get(ticket_id) or self._or_none(partial(self._look_up, audit))
        return audit if sent is None else {**audit, SENT_AT: int(sent.timestamp())}

    def _remember(self, ticket_id: Any, sent: datetime) -> None:
        self._sent[ticket_id] = sent
        self._sent.move_to_end(ticket_id)
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    def _or_none(self, read: Callable[[], Any]) -> Any:
        try:
            found = read()
        except SourceError as problem:
            if problem.status not in GONE:
                raise
            found = None
        self.missing += found is None
        return found

    def _look_up(self, answered: dict[str, Any]) -> datetime | None:
        found = None
        for audit in self._audits(answered["ticket_id"]):
            if when(audit) > when(answered):
                break
            found = offer_in(audit) or found
        if found is not None:
            self._remember(answered["ticket_id"], found)
        return found
