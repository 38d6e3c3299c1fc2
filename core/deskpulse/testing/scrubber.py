"""Take secrets and people off a tape: the same value always becomes the same replacement.

Ids stay, unless they are personal themselves, so records are still linked to one another and the
tape plays back against the connector.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

import httpx

from deskpulse.http.redact import Redactor
from deskpulse.privacy.fields import ADDRESS
from deskpulse.testing.leaves import is_custom, leaf_of
from deskpulse.testing.tape import Exchange, Tape, documents

SHORTEST = 4
"""Parts of names and other values of fewer characters are not looked for within other texts."""
_OPAQUE = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}$")
_ANSWERED = re.compile(r"(?i)^((?:re|aw|fwd?|wg|antw):\s*)")
_URL = re.compile(r"https?://[^\s\"'<>\\]+")


@dataclass
class Scrubber:
    """`secrets` are known ones; `host` is the account's and becomes that of `address`.

    Use one for a whole tape: `scrub` learns all of it before it replaces anything.
    """

    secrets: Iterable[str] = ()
    host: str = ""
    address: str = "https://acme.example"
    known: dict[str, dict[str, str]] = field(default_factory=dict)
    """Kind -> value in lower case -> replacement."""
    values: Counter[str] = field(default_factory=Counter)
    """How many values of each kind were replaced."""

    def scrub(self, tape: Tape) -> Tape:
        """The tape without secrets and people."""
        for exchange in tape.exchanges:
            self._learn(documents(exchange))
            for _, value in exchange.params:
                self._addresses(value)
            for value in exchange.headers.values():
                self._addresses(value)
            self._addresses(exchange.path)
            bare = ADDRESS.sub("", exchange.path)
            self._common.update(word.lower() for word in re.split(r"[\W_]+", bare))
        self.__dict__.pop("_pattern", None)
        return Tape([self._exchange(each) for each in tape.exchanges])

    def text(self, text: str) -> str:
        """A text with the replacement of everything that was learnt."""
        return self._pattern.sub(self._replacement, self._masked(text))

    # --- learning -----------------------------------------------------------------------------

    def _learn(self, documents: Iterable[Any]) -> None:
        for document in documents:
            self._walk(document, self._note)

    def _note(self, leaf: str, value: str) -> str:
        self._addresses(value)
        if leaf in ("name", "phone", "place", "secret") and value.strip():
            self._new(leaf, value)
        if leaf == "letters":
            for name in re.findall(r"([^<>,\"]+?)\"?\s*<", value):
                self._new("name", name)
        if leaf == "kept":
            self._common[value.lower()] += value.islower() or value.isupper()
        return value

    def _addresses(self, text: str) -> None:
        for found in ADDRESS.findall(text):
            domain = self._new("domain", found.rpartition("@")[2])
            self._known("address", found, partial("person-{0}@{domain}".format, domain=domain))

    def _new(self, kind: str, value: str) -> str:
        forms: Mapping[str, Callable[[int], str]] = {
            "name": lambda n: f"Person {n}",
            "phone": lambda n: f"+1 555 01{n:04}",
            "place": lambda n: f"place-{n}",
            "secret": lambda n: f"secret-{n}",
            "domain": lambda n: f"d{n}.example",
            "opaque": lambda n: f"opaque-{n}",
            "words": lambda n: f"words {n}",
            "elsewhere": lambda n: f"https://elsewhere.example/{n}",
        }
        return self._known(kind, value, forms[kind])

    def _known(self, kind: str, value: str, form: Callable[[int], str]) -> str:
        found = self.known.setdefault(kind, {})
        key = value.strip().lower()
        if key not in found:
            found[key] = form(len(found) + 1)
        return found[key]

    @cached_property
    def _common(self) -> Counter[str]:
        """Values that are part of the structure: no name is looked for that is one of them."""
        return Counter()

    # --- replacing ----------------------------------------------------------------------------

    def _exchange(self, exchange: Exchange) -> Exchange:
        params = tuple(sorted((name, self._sent(value)) for name, value in exchange.params))
        path = self._sent(exchange.path)
        if exchange.url and httpx.URL(exchange.url).host != self.host.partition(":")[0]:
            path, params = httpx.URL(self._link(exchange.url)).path, ()
        return replace(
            exchange,
            path=path,
            params=params,
            sent=self._asked(exchange.sent),
            headers={
                name: self._replaced("kept", value) for name, value in exchange.headers.items()
            },
            body=self._body(exchange),
            url="",
        )

    def _asked(self, sent: str) -> str:
        """The JSON of a question."""
        if not sent:
            return sent
        try:
            return json.dumps(self._each(json.loads(sent)), sort_keys=True)
        except ValueError:
            return self.text(sent)

    def _each(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._each(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._each(inner) for inner in value]
        return self._sent(value) if isinstance(value, str) else value

    def _sent(self, value: str) -> str:
        """A value of a request: one that was taken from an answer is replaced as it was there."""
        for kind in ("secret", "opaque"):
            if value.lower() in self.known.get(kind, {}):
                return self.known[kind][value.lower()]
        if _OPAQUE.match(value) and self._hides(value):
            return self._new("opaque", value)
        return self.text(value)

    def _body(self, exchange: Exchange) -> bytes:
        found = documents(exchange)
        if not exchange.body.strip():
            return exchange.body
        if not found:
            return self._words(exchange.body.decode("utf-8", "replace")).encode()
        lines = [json.dumps(self._walk(each, self._replaced)) for each in found]
        return "\n".join(lines).encode()

    def _walk(
        self,
        value: Any,
        way: Callable[[str, str], str],
        key: str = "",
        beside: Mapping[str, Any] | None = None,
        *,
        custom: bool = False,
    ) -> Any:
        """The document with `way(leaf, text)` for every text in it."""
        if isinstance(value, dict):
            below = custom or is_custom(key)
            return {
                self._key(name, way): self._walk(inner, way, name, value, custom=below)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self._walk(each, way, key, beside, custom=custom) for each in value]
        if isinstance(value, str):
            below = custom or is_custom(key)
            leaf = leaf_of(key, value, beside or {}, custom=below)
            # what stands in a list, such as a tag, is nothing that every record says
            listed = leaf == "kept" and isinstance((beside or {}).get(key), list)
            return way("listed" if listed else leaf, value)
        if isinstance(value, int) and not isinstance(value, bool):
            number = leaf_of(key, str(value), beside or {})
            return int(re.sub(r"\D", "", way(number, str(value)))) if number == "phone" else value
        return value

    def _key(self, name: str, way: Callable[[str, str], str]) -> str:
        return way("kept", name) if "@" in name else name

    def _replaced(self, leaf: str, value: str) -> str:
        if not value.strip():
            return value
        if leaf not in ("kept", "listed"):
            self.values[leaf] += 1
        if leaf in ("name", "phone", "place", "secret"):
            return self._new(leaf, value)
        if leaf == "text":
            return self._words(value)
        if leaf == "data":
            return base64.urlsafe_b64encode(self._words(value).encode()).decode().rstrip("=")
        if leaf == "letters":
            return self._letters(value)
        if _OPAQUE.match(value) and self._hides(value):
            return self._new("opaque", value)
        clean = _URL.sub(lambda found: self._link(found[0]), value)
        clean = self.text(clean)
        self.values["kept"] += clean != value
        return clean

    def _words(self, text: str) -> str:
        """Free text, all of it; that it answers something stays to be seen."""
        start = _ANSWERED.match(text)
        prefix = start[1] if start else ""
        return prefix + self._new("words", text[len(prefix) :])

    def _letters(self, value: str) -> str:
        """Addresses of a letter, each with a name if it had one."""
        parts = []
        for part in re.split(r",(?=[^,]*@)", value):
            found = ADDRESS.search(part)
            if found is None:
                continue
            self._addresses(found[0])
            address = self.known["address"][found[0].lower()]
            name = part[: found.start()].strip(" <\"'")
            parts.append(f"{self._new('name', name)} <{address}>" if name else address)
        return ", ".join(parts)

    def _link(self, url: str) -> str:
        """A link: of the account with its new address, of others a number."""
        netloc = url.partition("://")[2].partition("/")[0].partition("?")[0]
        if self.host and netloc == self.host:
            return self.address + url.partition("://")[2][len(netloc) :]
        return self._new("elsewhere", url)

    def _hides(self, value: str) -> bool:
        """Whether an opaque value is base64 of something that was learnt."""
        padded = value + "=" * (-len(value) % 4)
        for decode in (base64.b64decode, base64.urlsafe_b64decode):
            try:
                text = decode(padded).decode("utf-8")
            except (binascii.Error, ValueError):
                continue
            if ADDRESS.search(text) or self._pattern.search(text):
                return True
        return False

    def _masked(self, text: str) -> str:
        if self.host and self.host in text:
            new = self.address.partition("://")[2]
            text = re.sub(rf"https?://{re.escape(self.host)}", self.address, text)
            text = text.replace(self.host, new)
        return self._redactor.mask(text, "secret-0")

    @cached_property
    def _redactor(self) -> Redactor:
        return Redactor(self.secrets)

    @cached_property
    def _looked_for(self) -> dict[str, str]:
        """What is looked for within other texts, in lower case, and its replacement."""
        found: dict[str, str] = {}
        for value, new in self.known.get("name", {}).items():
            parts = value.split() if " " in value else []
            for part in parts:
                if len(part) >= SHORTEST and part.isalpha() and not self._common[part]:
                    found.setdefault(part, new.replace(" ", ""))
        for kind in ("domain", "phone", "place", "name", "secret", "address"):
            for value, new in self.known.get(kind, {}).items():
                if len(value) >= SHORTEST and (
                    kind in ("address", "secret") or not self._common[value]
                ):
                    found[value] = new
                    found[quote(value, safe="")] = quote(new, safe="")
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        arms = "|".join(map(re.escape, sorted(self._looked_for, key=len, reverse=True)))
        return re.compile(rf"(?<![A-Za-z0-9])(?:{arms or '(?!)'})(?![A-Za-z0-9])", re.IGNORECASE)

    def _replacement(self, found: re.Match[str]) -> str:
        return self._looked_for[found[0].lower()]
