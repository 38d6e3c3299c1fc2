"""The desks that `deskpulse init` knows: what it asks of each, and the source that it writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from deskpulse.errors import ConfigError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*(:\d+)?")

Secrets = dict[str, str]
"""Environment variable to what belongs into it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A kind of desk. `write` makes its source's table, and the secrets that it needs.

    `read` puts the address that was given straight; it raises `ConfigError` if it is none.
    """

    question: str
    default: str
    write: Callable[[str], tuple[str, Secrets]]
    read: Callable[[str], str] = str.strip


def text(value: str) -> str:
    """A TOML string: JSON's escapes are TOML's, but TOML also wants DEL escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _files(path: str) -> tuple[str, Secrets]:
    return f'[sources.files]\nuse = "files"\npath = {text(path)}\n', {}


def _zendesk(address: str) -> tuple[str, Secrets]:
    return (
        f"""\
[sources.zendesk]
use = "zendesk"
{_named("subdomain", address)}
client_id = "deskpulse"  # Admin Center > Apps and integrations > APIs > OAuth clients
client_secret = {{ env = "ZENDESK_CLIENT_SECRET" }}
""",
        {"ZENDESK_CLIENT_SECRET": "the secret of the OAuth client `deskpulse`"},
    )


def _freshdesk(address: str) -> tuple[str, Secrets]:
    return (
        f"""\
[sources.freshdesk]
use = "freshdesk"
domain = {text(address)}
api_key = {{ env = "FRESHDESK_API_KEY" }}
plan = "growth"  # trial, growth, pro or enterprise: it says how much may be asked
""",
        {"FRESHDESK_API_KEY": "the API key of an agent who sees all tickets (profile settings)"},
    )


def _gmail(address: str) -> tuple[str, Secrets]:
    return (
        f"""\
[sources.inbox]
use = "gmail"
mailbox = {text(address.strip())}
client_id = "deskpulse.apps.googleusercontent.com"  # of your OAuth client, a desktop app
client_secret = {{ env = "GOOGLE_CLIENT_SECRET" }}
refresh_token = {{ env = "GOOGLE_REFRESH_TOKEN" }}

# Who answers from an address of their own:
[sources.inbox.team]
# "anna@example.com" = "Anna Berg"
""",
        {
            "GOOGLE_CLIENT_SECRET": "the secret of the OAuth client",
            "GOOGLE_REFRESH_TOKEN": "the refresh token, scope gmail.readonly",
        },
    )


def _imap(address: str) -> tuple[str, Secrets]:
    user = address.strip()
    return (
        f"""\
[sources.inbox]
use = "imap"
host = {text("imap." + user.rpartition("@")[2])}  # your mail server
user = {text(user)}
password = {{ env = "MAIL_PASSWORD" }}
folders = ["INBOX"]
sent = ["Sent"]
""",
        {"MAIL_PASSWORD": "the password of the mailbox, or an app password"},
    )


def _request_tracker(address: str) -> tuple[str, Secrets]:
    url = address.strip() if "://" in address else f"https://{address.strip()}"
    return (
        f"""\
[sources.rt]
use = "request_tracker"
url = {text(url)}
token = {{ env = "RT_TOKEN" }}
""",
        {"RT_TOKEN": "an authentication token of a user who sees every ticket"},
    )


def _shopify(address: str) -> tuple[str, Secrets]:
    return (
        f"""\
[sources.shop]
use = "shopify"
{_named("shop", address)}
client_id = "deskpulse"  # the client id of your app in the Dev Dashboard
client_secret = {{ env = "SHOPIFY_CLIENT_SECRET" }}
""",
        {"SHOPIFY_CLIENT_SECRET": "the secret of the app"},
    )


def _named(key: str, account: str) -> str:
    """The account by its name, or by its address if it has one of its own."""
    return f"{'url' if '://' in account else key} = {text(account)}"


def _account(suffix: str) -> Callable[[str], str]:
    """Reads the name of an account, also out of the address of any of its pages.

    A host of the account's own gives its address, without the page.
    """

    def read(given: str) -> str:
        scheme, marked, rest = given.strip().rpartition("://")
        host = rest.partition("/")[0].lower()
        name = host.removesuffix(suffix)
        if _NAME.fullmatch(name) and (name != host or not marked):
            return name
        if _HOST.fullmatch(host):
            return f"{scheme or 'https'}://{host}"
        raise ConfigError(
            f"{given!r} is neither the name of an account nor its address",
            hint=f'Write "acme" for https://acme{suffix}.',
        )

    return read


DESKS: Mapping[str, Desk] = MappingProxyType(
    {
        "zendesk": Desk("Zendesk subdomain or address", "acme", _zendesk, _account(".zendesk.com")),
        "freshdesk": Desk("Freshdesk domain", "acme", _freshdesk, _account(".freshdesk.com")),
        "gmail": Desk("Address of the shared inbox", "support@example.com", _gmail),
        "imap": Desk("Address of the mailbox", "support@example.com", _imap),
        "request_tracker": Desk(
            "Address of Request Tracker", "https://rt.example.com", _request_tracker
        ),
        "shopify": Desk(
            "Name or address of the shop", "acme", _shopify, _account(".myshopify.com")
        ),
        "files": Desk("Path of the files", "data/*.ndjson", _files),
    }
)
