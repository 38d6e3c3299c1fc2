"""Slack's text markup, in which nothing that a customer wrote may mean anything.

Slack's rule: escape `&`, `<` and `>` and nothing else; that alone stops mentions and forged links.
`* _ ~` and backticks have no escape; a zero-width joiner on both sides keeps them from pairing.
(https://docs.slack.dev/messaging/formatting-message-text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse_notifiers.text import fit, one_line
from deskpulse_notifiers.urls import web_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskpulse.untrusted import Text

_JOINER = "\u200d"
ESCAPES: Mapping[int, str] = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
"""For `plain_text` objects: Slack turns the three entities back there too."""
QUIET: Mapping[int, str] = {
    **ESCAPES,
    **{ord(sign): f"{_JOINER}{sign}{_JOINER}" for sign in "*_~`"},
}
"""For `mrkdwn` objects."""
LABEL: Mapping[int, str] = {**QUIET, ord("|"): "¦"}
"""Inside a link, where a bar separates address and label."""
FENCED: Mapping[int, str] = {**ESCAPES, ord("`"): "'"}
"""Between code fences, where joiners would spoil the columns."""


def quiet(text: Text, limit: int) -> str:
    """One line for a `mrkdwn` object, at most `limit` units, counted after escaping."""
    return fit(one_line(text), limit, QUIET)


def bold(text: Text, limit: int) -> str:
    """One bold line for a `mrkdwn` object; "" stays ""."""
    words = quiet(text, limit - 2)
    return f"*{words}*" if words else ""


def link(url: str | None, label: Text, limit: int) -> str:
    """`<url|label>`; only the label where the address is not a plain http(s) address."""
    address = web_address(url).replace("&", "&amp;")
    if not address or len(address) + 10 > limit:
        return quiet(label, limit)
    words = fit(one_line(label), limit - len(address) - 3, LABEL) or "link"
    return f"<{address}|{words}>"


def mention(who: str) -> str:
    """The mention of a person or a user group by an id that the config holds."""
    return f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>"
