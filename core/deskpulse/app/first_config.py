"""The configuration that `deskpulse init` writes: small, commented, secrets by reference."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from deskpulse.calendars.zones import read_zone as zone_named
from deskpulse.config import nearest
from deskpulse.errors import ConfigError

DESKS = ("files", "zendesk")
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_HOURS = re.compile(
    rf"\s*({_DAY}(?:\s*-\s*{_DAY})?)\s+(\d\d:\d\d)\s*-\s*(\d\d:\d\d)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a newcomer said; `read_desk`, `read_zone` and `read_hours` have looked at it."""

    name: str
    desk: str
    address: str
    zone: str
    hours: str
    channel: str


def read_desk(text: str) -> str:
    """A kind of desk that is known here; raises `ConfigError`."""
    desk = text.strip().lower()
    if desk not in DESKS:
        raise ConfigError(f"{text!r} is no kind of desk; {nearest(desk, DESKS)}")
    return desk


def read_zone(text: str) -> str:
    """An IANA zone; raises `ConfigError` with the nearest ones."""
    return zone_named("time zone", text.strip()).key


def read_hours(text: str) -> str:
    """Opening hours as `mon-fri 09:00-17:00`; raises `ConfigError`."""
    found = _HOURS.fullmatch(text)
    if found is None or found[2] >= found[3] or found[3] > "24:00":
        raise ConfigError(
            f"the hours {text!r} are not understood", hint='Write "mon-fri 09:00-17:00".'
        )
    days = found[1].lower().replace(" ", "")
    return f"{days} {found[2]}-{found[3]}"


def write(target: Path, answers: Answers) -> dict[str, str]:
    """Write the file; returns the environment variables it needs and what they are."""
    source, secrets = _zendesk(answers) if answers.desk == "zendesk" else _files(answers)
    notifier, more = _notifier(answers.channel.strip())
    days, span = answers.hours.split(" ")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        f"""\
name = {_text(answers.name)}
zone = {_text(answers.zone)}  # days begin at midnight here
calendar = "office"

[store]
url = "sqlite:///deskpulse.db"

[calendars.office]
zone = {_text(answers.zone)}
hours = {{ {days} = [{_text(span)}] }}

{source}
{notifier}
[digests.morning]
at = "08:00"
to = ["team"]
""",
        encoding="utf-8",
    )
    return secrets | more


def _zendesk(answers: Answers) -> tuple[str, dict[str, str]]:
    address = answers.address.strip()
    where = f"url = {_text(address)}"
    if "://" not in address:
        where = f"subdomain = {_text(address.removesuffix('.zendesk.com'))}"
    return (
        f"""\
[sources.zendesk]
use = "zendesk"
{where}
client_id = "deskpulse"  # Admin Center > Apps and integrations > APIs > OAuth clients
client_secret = {{ env = "ZENDESK_CLIENT_SECRET" }}
""",
        {"ZENDESK_CLIENT_SECRET": "the secret of the OAuth client `deskpulse`"},
    )


def _files(answers: Answers) -> tuple[str, dict[str, str]]:
    return f'[sources.files]\nuse = "files"\npath = {_text(answers.address)}\n', {}


def _notifier(channel: str) -> tuple[str, dict[str, str]]:
    if channel == "console":
        return '[notifiers.team]\nuse = "console"\n', {}
    if "@" in channel:
        return (
            f"""\
[notifiers.team]
use = "email"
host = "smtp.example.com"  # your mail server
port = 587
security = "starttls"
username = "deskpulse@example.com"
password = {{ env = "SMTP_PASSWORD" }}
sender = "deskpulse@example.com"
recipients = [{_text(channel)}]
""",
            {"SMTP_PASSWORD": "the password of the mail account"},
        )
    return (
        f"""\
[notifiers.team]
use = "slack"
token = {{ env = "SLACK_BOT_TOKEN" }}
channel = {_text(channel)}
""",
        {"SLACK_BOT_TOKEN": "the bot token of your Slack app (xoxb-...), scope chat:write"},
    )


def _text(value: str) -> str:
    """A TOML string: JSON's escapes are TOML's, but TOML also wants DEL escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
