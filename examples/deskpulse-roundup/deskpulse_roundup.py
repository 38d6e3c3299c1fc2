"""Reads issues, messages and people of a Roundup tracker over its REST interface."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

from pydantic import Field, SecretStr

from deskpulse import (
    Agent,
    Connector,
    Customer,
    Message,
    Page,
    Record,
    SourceChanged,
    Stream,
    StreamForbidden,
    Ticket,
    hookimpl,
)
from deskpulse.http.auth import basic

Status = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]

STATUSES: Mapping[str, Status] = {
    "unread": "new",
    "deferred": "on_hold",
    "chatting": "open",
    "need-eg": "pending",
    "in-progress": "open",
    "testing": "on_hold",
    "done-cbb": "solved",
    "resolved": "solved",
}
PRIORITIES: Mapping[str, Priority] = {
    "critical": "urgent",
    "urgent": "high",
    "bug": "normal",
    "feature": "normal",
    "wish": "low",
}

ISSUE = (
    *("title", "status", "priority", "keyword", "assignedto", "messages"),
    *("creator", "creation", "activity"),
)
LETTER = ("author", "date", "creator", "creation")
PERSON = ("username", "realname", "address", "roles", "creation", "activity")

SETTLES = timedelta(seconds=60)
"""What changed less than this ago is read next time: its transaction may still be under way."""
ROUNDUP_TIME = "%Y-%m-%d.%H:%M:%S"


class Roundup(Connector):
    """A Roundup issue tracker, 2.x."""

    name = "roundup"
    exempt = {"limits": "An administrator may set any limit or none; Retry-After is heeded."}

    class Config(Connector.Config):
        """Settings of `[sources.X]` with `use = "roundup"`."""

        url: str = Field(description='Where people open it, such as "https://bugs.example.com".')
        username: str = Field(description="A user who may use REST and see everything.")
        password: SecretStr = Field(description="That user's password.")
        agent_roles: list[str] = Field(
            description="Roles of the people who answer; everybody else is a customer."
        )
        statuses: dict[str, Status] = Field(
            default_factory=dict, description="Statuses of your own, and what each of them means."
        )
        priorities: dict[str, Priority] = Field(
            default_factory=dict, description="Priorities of your own, and what each of them means."
        )
        per_page: int = Field(100, ge=2, le=1000, description="Issues and people in a page.")

    config: Config
    auth = basic("username", "password")

    def streams(self) -> list[Stream]:
        """People first, so that it is known who an author is."""
        config = self.config
        to_issue = partial(
            to_records,
            url=config.url,
            statuses={**STATUSES, **config.statuses},
            priorities={**PRIORITIES, **config.priorities},
        )
        person = partial(to_person, agent_roles=frozenset(config.agent_roles))
        return [
            Stream("people", self.people, person, help="Who has an account."),
            Stream("issues", self.issues, to_issue, "observed", help="Issues and messages."),
        ]

    def people(self, cursor: str | None) -> Iterator[Page]:
        """People, in order of change."""
        yield from self._changed("user", PERSON, cursor or "")

    def issues(self, cursor: str | None) -> Iterator[Page]:
        """Issues in order of change; once a day also which of them are left."""
        since, _, listed = (cursor or "").partition(" ")
        for page in self._changed("issue", ISSUE, since):
            since = page.cursor or ""
            rows = self._with_letters(page.records)
            yield Page(rows, f"{since} {listed}", complete_to=page.complete_to)
        today = f"{self.clock.now():%Y-%m-%d}"
        if listed < today:
            left = frozenset(row["id"] for row in self._rows("issue", ()))
            yield Page([], f"{since} {today}", present=left)

    def _changed(self, kind: str, fields: tuple[str, ...], since: str) -> Iterator[Page]:
        """Rows in order of change, from the second `since` on; the last one is read again."""
        until = self.clock.now() - SETTLES
        to = until.strftime(ROUNDUP_TIME)
        size, read, last = self.config.per_page, set[tuple[str, str]](), since > to
        while not last:
            window = f"{since and since + '+0000'};{to}+0000"
            rows = self._rows(
                kind, fields, activity=window, **{"@sort": "activity,id", "@page_size": size}
            )
            last = len(rows) < size
            newest = rows[-1]["activity"] if rows else since
            if newest < since:
                raise SourceChanged(f"{kind}: rows of before {since} came, or in another order")
            if newest == since and not last:
                size *= 2  # all of them changed in one second: ask for more of it
                continue
            new = [row for row in rows if (row["id"], row["activity"]) not in read]
            read = {(row["id"], row["activity"]) for row in rows if row["activity"] == newest}
            since, size = newest, self.config.per_page
            yield Page(new, since or None, complete_to=until if last else None)

    def _with_letters(self, issues: Any) -> list[dict[str, Any]]:
        """The issues, each with its messages, not their ids; retired ones are left out."""
        named = [message["id"] for issue in issues for message in issue["messages"]]
        found: dict[str, Any] = {}
        for first in range(0, len(named), 100):
            rows = self._rows("msg", LETTER, id=named[first : first + 100])
            found |= {row["id"]: row for row in rows}
        complete = []
        for issue in issues:
            letters = [found[each["id"]] for each in issue["messages"] if each["id"] in found]
            complete.append(issue | {"messages": letters})
        return complete

    def _rows(self, kind: str, fields: tuple[str, ...], **params: Any) -> list[dict[str, Any]]:
        """Some or all items of a class, each with these fields."""
        asked = {"@fields": ",".join(fields) or None, "@verbose": 2 if fields else 0}
        body = self.get(f"/rest/data/{kind}", **asked, **params)
        data = body["data"] if isinstance(body, dict) and "data" in body else None
        if not (isinstance(data, dict) and isinstance(data.get("collection"), list)):
            raise SourceChanged(f"{kind}: the answer holds no collection")
        rows: list[dict[str, Any]] = data["collection"]
        if "@page_size" not in params and data.get("@total_size") != len(rows):
            raise SourceChanged(f"{kind}: {len(rows)} rows came of {data.get('@total_size')}")
        if hidden := {field for row in rows for field in fields if field not in row}:
            raise StreamForbidden(
                f"Roundup does not show this user {kind}.{min(hidden)}",
                hint=f"Let one of its roles view the class {kind} in the tracker's schema.py.",
            )
        return rows


def to_records(
    raw: dict[str, Any],
    *,
    url: str = "",
    statuses: Mapping[str, Status] = STATUSES,
    priorities: Mapping[str, Priority] = PRIORITIES,
) -> Iterator[Record]:
    """An issue and its messages. A status that nobody explained is an error, not "open"."""
    yield Ticket(
        id=raw["id"],
        subject=raw["title"],
        url=f"{url.rstrip('/')}/issue{raw['id']}",
        status=raw["status"] and statuses[raw["status"]["name"]],
        priority=raw["priority"] and priorities[raw["priority"]["name"]],
        tags=sorted(keyword["name"] for keyword in raw["keyword"]),
        requester_id=raw["creator"]["id"],
        assignee_id=raw["assignedto"] and raw["assignedto"]["id"],
        created_at=utc(raw["creation"]),
        updated_at=utc(raw["activity"]),
    )
    for letter in raw["messages"]:
        yield Message(
            id=letter["id"],
            ticket_id=raw["id"],
            sent_at=utc(letter["date"] or letter["creation"]),
            author_id=(letter["author"] or letter["creator"])["id"],
            public=True,  # whoever sees an issue sees its messages
        )


def to_person(raw: dict[str, Any], *, agent_roles: frozenset[str]) -> Record:
    """An agent or a customer, by the person's roles."""
    roles = {role.strip() for role in (raw["roles"] or "").split(",")}
    kind = Agent if roles & agent_roles else Customer
    return kind(
        id=raw["id"],
        name=raw["realname"] or raw["username"],
        email=raw["address"],
        created_at=utc(raw["creation"]),
    )


def utc(text: str) -> datetime:
    """Roundup answers in UTC, whatever the user's time zone, and does not say so."""
    return datetime.strptime(text, ROUNDUP_TIME).replace(tzinfo=UTC)


@hookimpl
def connectors() -> list[type[Connector]]:
    """What this plugin contributes."""
    return [Roundup]
