"""The HTTP client that a connector sees: `get`, `post_query`, `gather`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from random import Random
from typing import Any, Self
from urllib.parse import urlencode

import httpx
import orjson

from deskpulse.asking import Linked
from deskpulse.clock import Clock
from deskpulse.connector import Connector
from deskpulse.http.address import Address
from deskpulse.http.answer import Answer
from deskpulse.http.auth import Auth, AuthContext, Signer, TokenRequest
from deskpulse.http.budget import Budget
from deskpulse.http.exchange import Exchange, Line, Settled, Use
from deskpulse.http.gather import gather
from deskpulse.http.headers import next_link
from deskpulse.http.limiter import Limiter
from deskpulse.http.pause import AnyOf, Pause, Stop
from deskpulse.http.redact import Redactor
from deskpulse.http.retry import Patience
from deskpulse.http.stats import Meter, Stats
from deskpulse.http.tokens import MemoryTokens, ThreadLock, TokenLock, TokenStore
from deskpulse.http.verdict import Action, Heard, Meaning, by_status, no_aside
from deskpulse.http.wire import Bounds, Question, Wire

_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

_PARTIAL = 206
_PAST_END = 416
"""The statuses of a part of a file, and of one that begins after its end (RFC 9110 14)."""

_TOKENS_S = 60.0
"""Token requests are given up sooner than others: they are made under a lock."""


class HttpClient:
    """Everything core does for one source's requests; satisfies `deskpulse.connector.Http`.

    Safe between threads. `clock` is the real one even under `--as-of`: tokens expire and vendors
    count in real time. `limiter` may be shared by several clients of one account; without it one
    is made from `budgets`. `token_store` must be durable for refresh tokens that rotate.
    `meaning` is the connector's: what an answer says beyond its status; so is `heard`: what it says
    besides its data.
    `transport` replaces the network (`httpx.MockTransport`). Once `stop` is set, waits end and
    requests raise `deskpulse.http.pause.Stopped`, a `SourceUnavailable`. Raises `ConfigError` for
    an address or credentials that cannot be used.
    """

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        clock: Clock,
        redactor: Redactor,
        auth: Auth | None = None,
        config: Any = None,
        budgets: Sequence[Budget] = (),
        token_store: TokenStore | None = None,
        token_lock: TokenLock | None = None,
        limiter: Limiter | None = None,
        transport: httpx.BaseTransport | None = None,
        stop: Stop | None = None,
        allow_http: bool = False,
        meaning: Meaning = by_status,
        heard: Heard = no_aside,
        patience: Patience | None = None,
        bounds: Bounds | None = None,
        random: Random | None = None,
    ) -> None:
        address = Address(base_url, allow_http=allow_http)
        patience = patience or Patience()
        self._stop = stop
        self._meter = Meter()
        self._line = Line(
            source=source,
            address=address,
            wire=Wire(
                agent=f"deskpulse/{version('deskpulse')}",
                bounds=bounds or Bounds(),
                clock=clock,
                # A proxy in the environment cannot reach a server on this machine.
                use_environment=not address.is_loopback,
                transport=transport,
            ),
            clock=clock,
            limiter=limiter or Limiter(budgets, clock, longest_hold_s=patience.in_place_s),
            meter=self._meter,
            redactor=redactor,
            patience=patience,
            random=random or Random(),  # noqa: S311 - spreads retries, guards nothing
            meaning=meaning,
            heard=heard,
        )
        context = AuthContext(
            clock=clock,
            store=token_store or MemoryTokens(),
            lock=token_lock or ThreadLock(),
            redactor=redactor,
            ask=self._ask_for_tokens,
            pause=Pause(clock, stop),
        )
        self._signer: Signer | None = auth.signer(config, context) if auth else None

    @classmethod
    def for_connector(
        cls, connector: type[Connector], config: Any, *, source: str, **options: Any
    ) -> Self:
        """A client with the address, auth and budgets that `connector` declares for `config`.

        `options` are those of the constructor.
        """
        return cls(
            source=source,
            base_url=connector.base_url(config),
            auth=connector.auth_for(config),
            config=config,
            budgets=connector.budgets(config),
            meaning=connector.meaning,
            heard=partial(connector.aside, config),
            **options,
        )

    @property
    def stats(self) -> Stats:
        """Requests, retries and waits up to now."""
        return self._meter.read()

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
        """The JSON at `path`. Parameters that are None are left out, lists are repeated."""
        use = Use(budget, cost, frozenset(give_up_on))
        return self._get(path, params, use, self._stop)

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
        """The JSON at `path`, and the absolute address of the next page; see `Http.linked`.

        That address may be asked for as a path. Raises `SourceChanged` for one on another host.
        """
        question = Question("GET", self._line.address.of(path, params), {})
        settled = self._accepted(question, Use(budget, cost, frozenset(give_up_on)), self._stop)
        link = next_link(settled.answer.headers)
        following = None if link is None else str(self._line.address.follow(question.url, link))
        return Linked(settled.verdict.value, following)

    def fetch(self, url: str, /) -> Any:
        """The JSON behind a link that the source gave out; no credentials are sent there.

        Raises `SourceChanged` for a link that is none, or that is not https.
        """
        question = Question("GET", self._line.address.given(url), {})
        return self._answer(question, Use(), self._stop, signed=False)

    def fetch_part(self, url: str, /, *, first: int, size: int) -> bytes:
        """`size` bytes from byte `first` on of the file behind a link that the source gave out.

        No credentials are sent there. Less comes only at the end of the file, nothing after it.
        Raises `SourceChanged` for a link that is none or is not https, `StreamForbidden` and
        `RequestRefused` (403, 404, 410) for one that has expired.
        """
        part = {"Accept": "*/*", "Accept-Encoding": "identity"}
        part["Range"] = f"bytes={first}-{first + size - 1}"
        question = Question("GET", self._line.address.given(url), part)
        exchange = self._exchange(question, Use(raw=True), self._stop, signer=None)
        settled = exchange.settle()
        answer = settled.answer
        if answer.status == _PAST_END:
            return b""
        if settled.verdict.action is not Action.ACCEPT:
            raise exchange.error(settled)
        # A server that knows no ranges sends the whole file.
        return answer.body if answer.status == _PARTIAL else answer.body[first : first + size]

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
        """The JSON answer to a query sent by POST. It must change nothing: it may be repeated."""
        url = self._line.address.of(path)
        question = Question("POST", url, _JSON, orjson.dumps(json))
        return self._answer(question, Use(budget, cost, frozenset(give_up_on)), self._stop)

    def gather(
        self,
        calls: Iterable[tuple[str, dict[str, Any]]],
        *,
        budget: str = "",
        cost: int = 1,
        parallel: int = 4,
    ) -> Iterator[Any]:
        """GET every (path, params); see `Http.gather`."""
        use = Use(budget, cost)

        def ask(call: tuple[str, Mapping[str, Any]], abandoned: Stop) -> Any:
            return self._get(*call, use, AnyOf(self._stop, abandoned))

        return gather(ask, calls, parallel=parallel)

    def close(self) -> None:
        """Close every connection."""
        self._line.wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get(self, path: str, params: Mapping[str, Any], use: Use, stop: Stop | None) -> Any:
        question = Question("GET", self._line.address.of(path, params), {})
        return self._answer(question, use, stop)

    def _answer(
        self, question: Question, use: Use, stop: Stop | None, *, signed: bool = True
    ) -> Any:
        return self._accepted(question, use, stop, signed=signed).verdict.value

    def _accepted(
        self, question: Question, use: Use, stop: Stop | None, *, signed: bool = True
    ) -> Settled:
        exchange = self._exchange(question, use, stop, self._signer if signed else None)
        settled = exchange.settle()
        if settled.verdict.action is not Action.ACCEPT:
            raise exchange.error(settled)
        return settled

    def _exchange(
        self, question: Question, use: Use, stop: Stop | None, signer: Signer | None
    ) -> Exchange:
        pause = Pause(self._line.clock, stop)
        return Exchange(self._line, question, signer=signer, pause=pause, use=use)

    def _ask_for_tokens(self, request: TokenRequest) -> Answer:
        body = orjson.dumps(request.fields) if request.as_json else _form(request.fields)
        content = _JSON if request.as_json else _FORM
        url = self._line.address.at_root(request.url)
        question = Question("POST", url, {**content, **request.headers}, body)
        patience = replace(self._line.patience, in_place_s=_TOKENS_S, total_s=_TOKENS_S)
        line = replace(self._line, patience=patience)
        pause = Pause(line.clock, self._stop)
        return Exchange(line, question, signer=None, pause=pause).settle().answer


def _form(fields: Mapping[str, Any]) -> bytes:
    return urlencode(fields).encode()
