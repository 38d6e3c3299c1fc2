"""Folder names on the wire: UTF-7 as IMAP changed it (RFC 3501 5.1.3)."""

from __future__ import annotations

import base64
import binascii
import re

_OTHER = re.compile(r"[^\x20-\x7e]+")
_SHIFTED = re.compile(r"&([^-]*)-")


def encoded_name(name: str) -> str:
    """A folder's name as the server has it: `Gelöscht` is `Gel&APY-scht`."""

    def shift(found: re.Match[str]) -> str:
        raw = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{raw.replace('/', ',')}-"

    return _OTHER.sub(shift, name.replace("&", "&-"))


def decoded_name(name: str) -> str:
    """The name that people see; as it came if it is not encoded well."""

    def unshift(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        raw = found[1].replace(",", "/")
        return base64.b64decode(raw + "=" * (-len(raw) % 4)).decode("utf-16-be")

    try:
        return _SHIFTED.sub(unshift, name)
    except (binascii.Error, UnicodeError, ValueError):
        return name
