"""The stream of conversations: the whole list once, then the history of changes.

The end of the history is pinned before the list is read, so what changes meanwhile is read again
from the history. Where Google has forgotten our place in it (404), the list is read again; only
then, and only after every id there is was listed, what is not among them is known to be gone.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from deskpulse.clock import Clock
from deskpulse.connector import Page
from deskpulse.errors import ConfigError, CursorExpired, RequestRefused
from deskpulse_connectors.gmail.mailbox import Changed, Mailbox
from deskpulse_connectors.gmail.message import NO_LETTER, labels_of
from deskpulse_connectors.gmail.place import Place
from deskpulse_connectors.gmail.threads import Raw
from deskpulse_connectors.mail.ours import Ours

_LABELS = ("labelsAdded", "labelsRemoved")
_DELETED = "messagesDeleted"
_IDLE = frozenset({"UNREAD", "STARRED", "IMPORTANT"})
"""Labels that say nothing about a conversation."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What must be known of the mailbox to read its threads; asked for once in a pull."""

    ours: Ours
    names: dict[str, str]

    @classmethod
    def ask(cls, mailbox: Mailbox) -> Surroundings:
        """Three small requests."""
        found = [str(mailbox.profile()["emailAddress"]), *mailbox.send_as()]
        return cls(Ours.of(mailbox.config, found), mailbox.label_names())


@dataclass(slots=True)
class Touched:
    """What a page of the history says about one thread."""

    labelled: bool = False
    deleted: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """One pull of the stream."""

    mailbox: Mailbox
    clock: Clock
    _known: Surroundings | None = None

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """From the cursor to the end."""
        place = self._pinned() if cursor is None else Place.read(cursor)
        if place.listing:
            place = yield from self._list(place)
        try:
            yield from self._follow(place)
        except CursorExpired:
            yield from self._follow((yield from self._list(self._pinned(again=True))))

    @property
    def surroundings(self) -> Surroundings:
        """Asked for when they are first needed: a pull without news needs none."""
        if self._known is None:
            self._known = Surroundings.ask(self.mailbox)
        return self._known

    def threads(self, ids: Sequence[str], touched: dict[str, Touched] | None = None) -> list[Raw]:
        """These threads, whole."""
        known, now = self.surroundings, self.clock.now()
        found = []
        for ident, thread in self.mailbox.get_threads(ids):
            about = (touched or {}).get(ident, Touched())
            found.append(
                Raw(
                    ident,
                    thread,
                    known.ours,
                    known.names,
                    now,
                    now if about.labelled else None,
                    tuple(about.deleted),
                )
            )
        return self._wanted(found)

    def _pinned(self, *, again: bool = False) -> Place:
        return Place(str(self.mailbox.profile()["historyId"]), listing=True, again=again)

    # --- the list ---------------------------------------------------------------------------

    def _list(self, place: Place) -> Generator[Page, None, Place]:
        """Every page of the list; gives the place at which the history is to be followed."""
        labels = self.wanted_labels()
        while True:
            try:
                listed = self.mailbox.threads(
                    place.page,
                    query=self.mailbox.since_start(),
                    labels=labels,
                    size=self.mailbox.config.per_page,
                )
            except RequestRefused as problem:
                if problem.status != 400 or place.page is None:
                    raise
                place = replace(place, page=None)  # page tokens grow old: from the first page then
                continue
            raws = self.threads([str(row["id"]) for row in listed.rows])
            if listed.following is None:
                break
            place = replace(place, page=listed.following)
            yield Page(raws, str(place))
        end = Place(place.history)
        if place.again:
            yield Page(raws, str(place))
            yield Page([], str(end), present=self._present())
        else:
            yield Page(raws, str(end))
        return end

    def _present(self) -> frozenset[str]:
        """Every id there is. A thread may move while it is listed: what changed counts as there."""
        pinned = str(self.mailbox.profile()["historyId"])
        ids = set(self.mailbox.every_id())
        for changed in self._history(pinned, None):
            ids |= _touched(changed, ()).keys()
        return frozenset(ids)

    def wanted_labels(self) -> list[str]:
        """The id of the configured label; none without one. Raises `ConfigError`."""
        name = self.mailbox.config.label
        if name is None:
            return []
        ids = [ident for ident, known in self.surroundings.names.items() if known == name]
        if not ids:
            known = ", ".join(sorted(self.surroundings.names.values()))
            raise ConfigError(f"the mailbox has no label {name!r}; there are: {known}")
        return ids[:1]

    # --- the history ------------------------------------------------------------------------

    def _follow(self, place: Place) -> Iterator[Page]:
        """Every page of the history; its end is only kept after the last page."""
        for changed in self._history(place.history, place.page):
            touched = _touched(changed, self._watched(changed))
            raws = self.threads(list(touched), touched) if touched else []
            if changed.following is not None:
                yield Page(raws, str(replace(place, page=changed.following)))
            elif raws or changed.history != place.history:
                yield Page(raws, str(Place(changed.history)))

    def _history(self, since: str, page: str | None) -> Iterator[Changed]:
        while True:
            try:
                changed = self.mailbox.changes(since, page)
            except RequestRefused as problem:
                if problem.status != 400 or page is None:
                    raise
                page = None
                continue
            yield changed
            if changed.following is None:
                return
            page = changed.following

    def _watched(self, changed: Changed) -> frozenset[str]:
        """The ids of labels that make a status; asked for only if labels changed at all."""
        rules = {name.lower() for name in self.mailbox.config.status.labels}
        if not rules or not any(key in record for record in changed.records for key in _LABELS):
            return frozenset()
        names = self.surroundings.names.items()
        found = {ident for ident, name in names if {ident.lower(), name.lower()} & rules}
        return frozenset(found | {"INBOX"} if "archived" in rules else found)

    def _wanted(self, raws: list[Raw]) -> list[Raw]:
        """With a configured label: threads that carry it, and those that are gone."""
        labels = set(self.wanted_labels())
        if not labels:
            return raws
        return [
            raw
            for raw in raws
            if not isinstance(raw.thread, dict)
            or any(labels & labels_of(each) for each in raw.thread["messages"])
        ]


def _touched(changed: Changed, watched: Collection[str]) -> dict[str, Touched]:
    """The threads that a page of the history names, in its order.

    Reading, starring and sorting into tabs is no change of a conversation, nor is work on a draft.
    """
    found: dict[str, Touched] = {}
    for record in changed.records:
        for key, entry in _events(record):
            message, labels = entry["message"], set(entry.get("labelIds") or ())
            if key in _LABELS and all(_is_idle(label) for label in labels):
                continue
            if labels_of(message) & NO_LETTER:
                continue
            thread = found.setdefault(str(message["threadId"]), Touched())
            if key == _DELETED:
                thread.deleted.append(str(message["id"]))
            elif key in _LABELS and labels & set(watched):
                thread.labelled = True
    return found


def _events(record: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    keys = [key for key in ("messagesAdded", _DELETED, *_LABELS) if key in record]
    for key in keys:
        for entry in record[key] or ():
            yield key, entry
    if not keys:  # a change that is not named
        for message in record.get("messages") or ():
            yield "messages", {"message": message}


def _is_idle(label: str) -> bool:
    return label in _IDLE or label.startswith("CATEGORY_")
