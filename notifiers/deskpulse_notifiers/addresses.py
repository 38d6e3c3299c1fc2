"""Addresses that a notifier posts to; most are credentials: whoever knows them may post."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, SecretStr


def _safe(address: str) -> str:
    text = address.strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("the address has characters that no address has; copy it again")
    try:
        parts = urlsplit(text)
        host, _, _ = parts.hostname, parts.port, httpx.URL(text)
    except (ValueError, httpx.InvalidURL):
        raise ValueError("this is not an address such as https://host/path") from None
    if parts.scheme not in {"https", "http"} or not host:
        raise ValueError("this is not an address such as https://host/path")
    if parts.username or parts.password or parts.fragment:
        raise ValueError("the address must not hold a user or a fragment")
    if parts.scheme == "http" and not on_this_machine(host):
        raise ValueError("http:// would send the message in the clear; use https://")
    return text


def _sealed(address: SecretStr) -> SecretStr:
    return SecretStr(_safe(address.get_secret_value()))


def on_this_machine(host: str) -> bool:
    """Whether a host is this machine, which needs no encryption."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Address = Annotated[str, AfterValidator(_safe)]
"""https, or http for a server on this machine."""
SecretAddress = Annotated[SecretStr, AfterValidator(_sealed)]
"""The same, shown nowhere."""
