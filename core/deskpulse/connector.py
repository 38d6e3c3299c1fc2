"""The contract of a connector plugin: cursor in, pages out, and one pure `parse`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from deskpulse.asking import Http, Linked
from deskpulse.clock import Clock
from deskpulse.records import Record

if TYPE_CHECKING:
    from deskpulse.http.answer import Answer
    from deskpulse.http.auth import Auth
    from deskpulse.http.budget import Budget
    from deskpulse.http.stats import Stats
    from deskpulse.http.verdict import Aside, Said

History = Literal["stated", "observed"]
Parsed = Record | Iterable[Record] | None


@dataclass(frozen=True, slots=True)
class Page:
    """Raw records, and the cursor that is true once these records are stored.

    `vendor_count` is how many records the vendor says it sent, where it says so: core compares.
    `complete_to`: every change up to this instant is now known (aware), where the vendor says so.
    `present`: after a complete list, the id of every ticket that the source has: stored tickets
    that are not among them are gone (`missing`). Never set it after a list that was cut.
    """

    records: Sequence[Any]
    cursor: str | None
    vendor_count: int | None = None
    complete_to: datetime | None = None
    present: frozenset[str] | None = None


Pull = Callable[[str | None], Iterator[Page]]


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of raw data with its own cursor.

    `history="observed"`: core writes a Change whenever a stored ticket field differs between two
    pulls. `essential=False`: refused (403, plan) means skipped with a reason, not failed.
    `tolerant`: bad records never stop it, however many they are; elsewhere a page that is mostly
    bad means that the vendor changed its shape.
    """

    name: str
    pull: Pull
    parse: Callable[[Any], Parsed]
    history: History = "stated"
    essential: bool = True
    help: str = ""
    tolerant: bool = False


def stream(
    *,
    parse: Callable[..., Parsed],
    history: History = "stated",
    essential: bool = True,
) -> Callable[[Callable[[Any, str | None], Iterator[Page]]], Callable[..., Iterator[Page]]]:
    """Mark a method as a stream: `pull(self, cursor) -> Iterator[Page]`.

    `parse` is a pure function of one raw record that returns one record, several, or None.
    """

    def mark(method: Callable[[Any, str | None], Iterator[Page]]) -> Callable[..., Iterator[Page]]:
        method.__deskpulse_stream__ = (parse, history, essential)  # type: ignore[attr-defined]
        return method

    return mark


class Connector:
    """Subclass, name it, describe its `Config`, set `auth`, and write streams.

    It never touches the database, the wall clock, sleep or retry. `self.config` is the validated
    `Config`; `self.get`, `self.post_query`, `self.gather` and `self.fetch` talk to the source.
    `source` is the configured name of this account.
    """

    name: ClassVar[str]
    exempt: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Rows of the quality card that cannot apply to this vendor, each with the reason."""

    class Config(BaseModel):
        """Settings of `[sources.X]`; every field has a description that ends in a full stop."""

        model_config = ConfigDict(extra="forbid")

    config: Any

    def __init__(self, config: BaseModel, http: Http | None, clock: Clock, source: str) -> None:
        self.config = config
        self.clock = clock
        self.source = source
        self._http = http
        self.names_erased: Callable[[Any], bool] = lambda _raw: False  # set before each reading

    # --- what an author declares ------------------------------------------------------------

    @classmethod
    def base_url(cls, config: Any) -> str:
        """The address that paths are relative to; "" for connectors without HTTP."""
        return str(getattr(config, "url", "") or "")

    @classmethod
    def auth_for(cls, config: Any) -> Auth | None:
        """How requests are signed. By default the class attribute `auth`."""
        del config
        return getattr(cls, "auth", None)

    @classmethod
    def meaning(cls, answer: Answer) -> Said | None:
        """What an answer says beyond its status; None: the status tells. Pure."""
        del answer
        return None

    @classmethod
    def aside(cls, config: Any, headers: Mapping[str, str], body: Any) -> Aside | None:
        """What an accepted answer says besides its data: how long to rest, a notice. Pure.

        `headers` (any case) and the parsed `body` are the answer's.
        """
        del config, headers, body
        return None

    @classmethod
    def budgets(cls, config: Any) -> Sequence[Budget]:
        """Request budgets of the account, the vendor's own limits; "" is the default budget."""
        del config
        return ()

    def streams(self) -> list[Stream]:
        """The streams in the order they are declared; override for configured tables."""
        found = []
        for attribute in _methods_in_order(type(self)):
            method = getattr(self, attribute)
            mark = getattr(method, "__deskpulse_stream__", None)
            if mark is None:
                continue
            parse, history, essential = mark
            text = (method.__doc__ or "").strip().split("\n")[0]
            found.append(Stream(attribute, method, parse, history, essential, text))
        return found

    @classmethod
    def forget(cls, config: Any, source: str, named: Callable[[Any], bool]) -> int:
        """Remove what a connector keeps of a person in files of its own; how many entries it was.

        `named` is true of what names them; what `names_erased` is true of is not written anew.
        """
        del config, source, named
        return 0

    def warnings(self) -> list[str]:
        """What the operator should know about these settings (a method that is retired, ...)."""
        return []

    # --- what core offers -------------------------------------------------------------------

    @property
    def http(self) -> Http:
        """The source's HTTP client; only connectors with a `base_url` have one."""
        assert self._http is not None, f"connector {self.name} has no HTTP client"
        return self._http

    @property
    def stats(self) -> Stats | None:
        """What its requests cost so far; None for connectors without HTTP."""
        return None if self._http is None else self._http.stats

    def get(self, path: str, /, **options: Any) -> Any:
        """GET `path`; see `Http.get`."""
        return self.http.get(path, **options)

    def linked(self, path: str, /, **options: Any) -> Linked:
        """GET a page, and where its `Link` header says that the next one is; see `Http.linked`."""
        return self.http.linked(path, **options)

    def post_query(self, path: str, /, json: Any, **options: Any) -> Any:
        """POST a query (search, GraphQL); see `Http.post_query`."""
        return self.http.post_query(path, json, **options)

    def fetch(self, url: str, /) -> Any:
        """GET a signed link that the source gave out; see `Http.fetch`."""
        return self.http.fetch(url)

    def fetch_part(self, url: str, /, *, first: int, size: int) -> bytes:
        """A part of a file behind a signed link; see `Http.fetch_part`."""
        return self.http.fetch_part(url, first=first, size=size)

    def gather(self, calls: Iterable[tuple[str, dict[str, Any]]], **options: Any) -> Iterator[Any]:
        """Many GETs, a few at a time, answers in order; see `Http.gather`."""
        return self.http.gather(calls, **options)

    def window(
        self, cursor: datetime | None, *, lookback: timedelta, settle: timedelta
    ) -> tuple[datetime | None, datetime]:
        """The half-open span to ask for next with a timestamp cursor.

        From `cursor - lookback` (None: from the beginning) to `now - settle`. The lookback is
        taken off here, at query time only: the stored cursor stays the true maximum.
        """
        until = self.clock.now() - settle
        return (None if cursor is None else cursor - lookback), until


class Described(BaseModel):
    """A base for nested settings tables: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


def _methods_in_order(cls: type) -> list[str]:
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        for name in vars(base):
            names.setdefault(name, None)
    return list(names)
