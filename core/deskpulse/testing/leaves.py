"""What a value in a vendor's answer is: a secret, a person's, free text, or part of the structure.

Judged by its key, by what stands beside it, and by its form. In doubt it is taken for personal: a
tape needs ids, kinds, states and instants, and hardly anything that people wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

Leaf = Literal["secret", "name", "phone", "place", "text", "data", "letters", "kept"]

_SECRET = re.compile(
    r"(?:^|_)(?:token|secret|password|passwd|api_?key|signature|cookie|authorization|credentials?)$"
)
_CURSOR = re.compile(r"page|next|continu|sync|cursor|after|before")
_NAME = re.compile(
    r"^(?:(?:display|first|last|real|full|given|family|nick|user|contact|sender|author|agent"
    r"|customer|requester)_?name|alias|nickname|username)$"
)
_PHONE = re.compile(r"(?:^|_)(?:phone|mobile|fax|tel|telephone|cell|whatsapp|called?_?(?:from|to))")
_PLACE = re.compile(
    r"^(?:address\d?|street|city|town|zip|zip_?code|post(?:al)?_?code|province|ip|ip_address|latitude"
    r"|longitude|location|company|company_name|client|user_agent|photo|avatar|avatar_url|gravatar"
    r"|job_title|twitter_id|facebook_id|external_id|unique_external_id|linkedin|notes?)$"
)
_TEXT = re.compile(
    r"^(?:(?:raw_|html_|plain_|body_|quoted_)?(?:subject|title|description|body|text|comment|content"
    r"|snippet|summary|details|message|html|feedback|reason_text)(?:_text|_html|_plain)?"
    r"|file_?name|summary_html|structured_description)$"
)
_CUSTOM = re.compile(r"(?:^|_)(?:custom_?fields?|user_fields|organization_fields|fields|custom)$")
_LETTERS = frozenset({"from", "to", "cc", "bcc", "reply-to", "sender", "delivered-to",
                      "return-path", "x-original-to"})  # fmt: skip
_STRUCTURE = frozenset(
    {"date", "message-id", "references", "in-reply-to", "content-type", "mime-version",
     "content-transfer-encoding", "auto-submitted", "precedence", "x-auto-response-suppress",
     "x-failed-recipients", "list-id", "list-unsubscribe", "x-autoreply", "x-autorespond"}
)  # fmt: skip
_TIMES = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.]*\s?(?:Z|UTC|[+-]\d\d:?\d\d)?)?$"
    r"|[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]+ (?:[+-]\d{4}|GMT|UTC)(?: \([A-Z]+\))?$"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]+ \d{4}$"
    r"|\d{1,2}:\d\d(?::\d\d)?\s?(?:[aApP][mM])?$"
)
_NUMBER = re.compile(r"\+?[\d ()/.-]{7,20}")
_WORD = re.compile(r"[A-Z][a-zà-ÿ'-]+$|\w*[^\x00-\x7f]\w*$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(key: str) -> str:
    """`displayName` as `display_name`."""
    return _CAMEL.sub("_", key).lower().replace("-", "_")


def is_custom(key: str) -> bool:
    """Whether a team's own fields stand below this key."""
    return bool(_CUSTOM.search(snake(key)))


def leaf_of(key: str, value: str, beside: Mapping[str, Any], *, custom: bool = False) -> Leaf:
    """What a text is; `beside` is the object that it stands in, `custom`: among a team's fields."""
    name = snake(key)
    if _SECRET.search(name) and not _CURSOR.search(name):
        return "secret"
    if "zone" in name or _TIMES.match(value) or not value.strip():
        return "kept"
    header = str(beside.get("name", "")).lower() if name == "value" else ""
    if header:
        return _of_header(header)
    return _by_key(name, value, beside) or _by_form(name, value, custom=custom)


def _of_header(header: str) -> Leaf:
    """The value of a letter's header, where vendors give those as names and values."""
    if header in _LETTERS:
        return "letters"
    return "kept" if header in _STRUCTURE else "text"


def _by_key(name: str, value: str, beside: Mapping[str, Any]) -> Leaf | None:
    if name == "name":
        if value.lower() in _LETTERS | _STRUCTURE | {"subject"}:
            return "kept"
        return "name" if _of_person(value, beside) else None
    if name == "data" and "size" in beside:
        return "data"
    if str(beside.get("field_name", "")) in ("subject", "description") and "value" in name:
        return "text"
    rules: tuple[tuple[Leaf, re.Pattern[str]], ...] = (
        ("phone", _PHONE),
        ("name", _NAME),
        ("place", _PLACE),
        ("text", _TEXT),
    )
    return next((leaf for leaf, pattern in rules if pattern.search(name)), None)


def _by_form(name: str, value: str, *, custom: bool) -> Leaf:
    if _NUMBER.fullmatch(value) and re.search(r"[+ ()/]", value):
        return "phone"
    if custom and name not in ("id", "key", "type"):
        return "kept" if value.isdigit() else "text"
    return "text" if re.search(r"\s", value) and "://" not in value.split(maxsplit=1)[0] else "kept"


def _of_person(value: str, beside: Mapping[str, Any]) -> bool:
    """Whether a `name` is somebody's: an address or a phone stands beside it, or it looks so."""
    keys = {snake(key) for key in beside}
    known = any(re.search(r"mail|phone|mobile|locale|role", key) for key in keys)
    return known or bool(_WORD.match(value)) or " " in value
