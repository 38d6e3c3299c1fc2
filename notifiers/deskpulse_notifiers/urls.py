"""Addresses that may become links. They are ours, and are checked all the same."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

LONGEST = 2_000


def web_address(url: str | None) -> str:
    """The http(s) address with everything percent-encoded that could end a link early, or ""."""
    if not url or len(url) > LONGEST:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        if parts.scheme not in {"http", "https"} or not host:
            return ""
        return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._")
    except ValueError:  # half a bracket, half a character
        return ""
