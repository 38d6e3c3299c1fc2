"""What a connector asks its source with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from deskpulse.http.stats import Stats


@dataclass(frozen=True, slots=True)
class Linked:
    """An answer that is one page of several. `next`: the address of the page that follows."""

    body: Any
    next: str | None


class Http(Protocol):
    """What core's HTTP client offers a connector. Answers are parsed JSON.

    Retries, Retry-After, budgets, tokens and redaction happen inside. Raises the `SourceError`
    tree. `budget` names one of `Connector.budgets`; `cost` is what the call takes of the account's
    default budget, where vendors count some calls several times. `give_up_on` lists statuses that
    are raised at once instead of being retried. A path may be absolute only on the source's host.
    """

    @property
    def stats(self) -> Stats:
        """Requests, retries and waits up to now."""
        ...

    def get(
        self,
        path: str,
        /,
        *,
        budget: str = "",
        cost: int = 1,
        give_up_on: Iterable[int] = (),
        **params: Any,
    ) -> Any:
        """GET and parse. `cost`: units of the budget that it takes."""
        ...

    def linked(
        self,
        path: str,
        /,
        *,
        budget: str = "",
        cost: int = 1,
        give_up_on: Iterable[int] = (),
        **params: Any,
    ) -> Linked:
        """GET and parse a page whose `Link` header names the next one; None: it names none."""
        ...

    def fetch(self, url: str, /) -> Any:
        """GET a link that the source gave out, on whatever host, without credentials; and parse.

        Such links are signed: whoever has one may read. They must be https, or be http on loopback
        where the source itself is.
        """
        ...

    def post_query(
        self,
        path: str,
        /,
        json: Any,
        *,
        budget: str = "",
        cost: int = 1,
        give_up_on: Iterable[int] = (),
    ) -> Any:
        """POST a query that changes nothing, and parse."""
        ...

    def fetch_part(self, url: str, /, *, first: int, size: int) -> bytes:
        """`size` bytes from byte `first` on of the file behind a link that the source gave out.

        On whatever host, and without credentials: whoever has such a link may read. Less comes only
        at the end of the file, nothing after it.
        """
        ...

    def gather(
        self,
        calls: Iterable[tuple[str, dict[str, Any]]],
        *,
        budget: str = "",
        cost: int = 1,
        parallel: int = 4,
    ) -> Iterator[Any]:
        """GET every (path, params), `parallel` at a time; answers come in the order of the calls.

        Where the vendor refuses one call, its `StreamForbidden` or `RequestRefused` stands in place
        of the answer (with `.status`): one record refused (403, 404) is skipped and counted, and
        anything else is for the connector to raise. All other errors are raised at their place,
        since they would hit the next call as well.
        """
        ...
