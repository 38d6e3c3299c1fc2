"""A tiny vendor and a correct connector for it; the kit's tests break it in every way."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field, SecretStr

from deskpulse import Connector, Page, SourceChanged, Ticket, stream
from deskpulse.http.auth import bearer
from deskpulse.testing import ConnectorContract, Tape


def to_ticket(raw: Any) -> Ticket:
    return Ticket.read({"id": raw["id"], "created_at": raw["at"], "subject": raw["subject"]})


class Acme(Connector):
    """Tickets behind an opaque cursor."""

    name = "acme"
    auth = bearer("api_key")

    class Config(Connector.Config):
        """Settings."""

        url: str = Field(description="Address of the account.")
        api_key: SecretStr = Field(description="API key of an agent with read access.")

    @stream(parse=to_ticket)
    def tickets(self, cursor: str | None) -> Iterator[Page]:
        """Every ticket."""
        while True:
            body = self.get("/tickets", after=cursor)
            if not isinstance(body["tickets"], list) or not isinstance(body["next"], str):
                raise SourceChanged("tickets: rows or cursor are not what they were")
            cursor = body["next"]
            yield Page(body["tickets"], cursor)
            if not body["more"]:
                return


def row(number: int, at: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    return {"id": number, "at": at, "subject": f"Subject {number}"}


def answer(after: str | None, rows: list[Any], following: str, *, more: bool) -> dict[str, Any]:
    return {
        "path": "/tickets",
        "params": {"after": after},
        "json": {"tickets": rows, "next": following, "more": more},
    }


TAPE = Tape.of(
    [
        answer(None, [row(1), row(2)], "c1", more=True),
        answer("c1", [row(3), row(4)], "c2", more=True),
        answer("c2", [row(5)], "c3", more=False),
        answer("c3", [], "c3", more=False),
    ]
)
CONFIG = {"url": "https://acme.test", "api_key": "s3cr3t-api-key-7"}


class AcmeContract(ConnectorContract):
    """Not collected as it is: its name does not begin with Test."""

    connector = Acme
    config = CONFIG
    tape = TAPE
    ties = "The cursor counts rows and not instants, so equal times make no difference."


# --- a vendor that pages by time -------------------------------------------------------------


class Dated(Connector):
    """Rows since a time; within one time by id. The cursor is `time/id`."""

    name = "dated"

    class Config(Connector.Config):
        """Settings."""

        url: str = Field(description="Address of the account.")

    @stream(parse=to_ticket)
    def tickets(self, cursor: str | None) -> Iterator[Page]:
        """Every ticket."""
        since, _, after = (cursor or "0/0").partition("/")
        while True:
            rows = self.get("/rows", since=since, after_id=after)
            if not isinstance(rows, list):
                raise SourceChanged("rows are no list")
            if not rows:
                return
            since, after = rows[-1]["at"], str(rows[-1]["id"])
            yield Page(rows, f"{since}/{after}")
            if len(rows) < 2:
                return


def since(at: str, after: int, *rows: Any) -> dict[str, Any]:
    return {"path": "/rows", "params": {"since": at, "after_id": after}, "json": list(rows)}


T1, T2 = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
DATED_TAPE = Tape.of(
    [since("0", 0, row(1, T1), row(2, T1)), since(T1, 2, row(3, T2)), since(T2, 3)]
)
TIES_TAPE = Tape.of(
    [
        since("0", 0, row(1, T1), row(2, T1)),
        since(T1, 2, row(3, T1), row(4, T1)),
        since(T1, 4, row(5, T1)),
    ]
)


class DatedContract(ConnectorContract):
    """Not collected as it is: its name does not begin with Test."""

    connector = Dated
    config = {"url": "https://dated.test"}
    tape = DATED_TAPE
    ties = TIES_TAPE
