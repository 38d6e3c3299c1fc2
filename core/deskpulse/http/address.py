"""Which URLs belong to a source. Nothing outside its host is asked, whoever names it.

The exception are signed links that a connector takes from an answer: they need no credentials, and
are sent none.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

import httpx

from deskpulse.errors import ConfigError, RequestRefused, SourceChanged


class Address:
    """A source's base address. Paths are appended to it, the base's own path included.

    Needs https, except on a loopback host or with `allow_http`. Raises `ConfigError` for an
    address that cannot be used.
    """

    def __init__(self, base: str, *, allow_http: bool = False) -> None:
        try:
            url = httpx.URL(base.strip())
        except httpx.InvalidURL as error:
            raise ConfigError(f"the address of the source is not a URL: {error}") from None
        if url.scheme not in ("http", "https") or not url.host:
            raise ConfigError(
                "the address of the source must look like https://host[:port][/path]"
                + (f"; it starts with {url.scheme!r}" if url.scheme else "; the scheme is missing")
            )
        if url.userinfo or url.query or url.fragment:
            raise ConfigError(
                f"the address {_bare(url)} of the source must not hold a user, a query or a "
                "fragment; credentials have their own settings"
            )
        if url.scheme == "http" and not (allow_http or _is_loopback(url.host)):
            raise ConfigError(
                f"the address {_bare(url)} of the source would send credentials unencrypted",
                hint="Use https://; plain http is for servers on this machine.",
            )
        self._base = url

    @property
    def is_loopback(self) -> bool:
        """Whether the source is a server on this machine."""
        return _is_loopback(self._base.host)

    def of(self, path: str, params: Mapping[str, Any] | None = None) -> httpx.URL:
        """The URL of `path` with `params` added to its query, except those that are None.

        An absolute URL (a vendor's next page) is taken if it stays on the source's host, scheme and
        port; otherwise raises `SourceChanged`. A path that no URL can hold raises `RequestRefused`.
        """
        try:
            url = self._parsed(path)
            given = {key: value for key, value in (params or {}).items() if value is not None}
            return url.copy_merge_params(given) if given else url
        except httpx.InvalidURL as error:
            bare = path.partition("?")[0][:100]
            raise RequestRefused(f"the path {bare!r} cannot be asked for: {error}") from None

    def at_root(self, url: str) -> httpx.URL:
        """A connector's own URL (a token endpoint): absolute anywhere, or from the host's root.

        The scheme rule is that of the source itself. Raises `ConfigError`.
        """
        joined = self._base.join(url)
        if joined.host != self._base.host:
            Address(str(joined.copy_with(query=None, fragment=None)))
        elif joined.scheme != self._base.scheme:
            raise ConfigError(f"{_bare(joined)} must use {self._base.scheme}, as the source does")
        return joined

    def given(self, url: str) -> httpx.URL:
        """A link that the source gave out: absolute, on any host. Raises `SourceChanged`.

        The scheme is https; http only from loopback to loopback, where simulators are.
        """
        try:
            link = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            raise SourceChanged("the source gave out a link that is not a URL") from None
        local = self._base.scheme == "http" and self.is_loopback and _is_loopback(link.host)
        if not link.host or not (link.scheme == "https" or (link.scheme == "http" and local)):
            raise SourceChanged(
                f"the source gave out the link {_bare(link)}, which is not https; "
                "nothing was sent there"
            )
        return link.copy_with(username="", password="", fragment=None)

    def follow(self, origin: httpx.URL, location: str) -> httpx.URL:
        """Where a redirect or a link to the next page leads.

        Raises `SourceChanged` if that is not the source's host.
        """
        try:
            return self._own(origin.join(location))
        except httpx.InvalidURL:
            raise SourceChanged(f"{origin.path} points to something that is not a URL") from None

    def _parsed(self, path: str) -> httpx.URL:
        url = httpx.URL(path)
        if url.scheme or url.host:
            return self._own(url)
        base = str(self._base).rstrip("/")
        return self._own(httpx.URL(f"{base}/{path.lstrip('/')}" if path else base))

    def _own(self, url: httpx.URL) -> httpx.URL:
        if _origin(url) != _origin(self._base):
            raise SourceChanged(
                f"the source points to {_bare(url)}, which is not {_bare(self._base)}; "
                "nothing was sent there",
                hint="If the account moved, correct `url`; otherwise please report this.",
            )
        return url.copy_with(username="", password="", fragment=None) if url.userinfo else url


def shown(url: httpx.URL) -> str:
    """A URL for messages: the path only, since queries hold cursors and keys."""
    return url.path


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def _bare(url: httpx.URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
