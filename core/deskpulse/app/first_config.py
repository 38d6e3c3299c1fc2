"""The configuration that `deskpulse init` writes: small, commented, secrets by reference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from deskpulse.app.first_sources import DESKS, text
from deskpulse.app.opening_hours import hours_table
from deskpulse.calendars.zones import read_zone as zone_named
from deskpulse.config import nearest
from deskpulse.errors import ConfigError

_SLACK_CHANNEL = re.compile(r"[CGDUW][A-Z0-9]{6,}")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a newcomer said, after `read_desk`, `read_zone` and the like have looked at it."""

    name: str
    desk: str
    address: str
    zone: str
    hours: str
    channel: str


def read_desk(given: str) -> str:
    """A kind of desk that is known here; raises `ConfigError`."""
    desk = given.strip().lower()
    if desk not in DESKS:
        raise ConfigError(f"{given!r} is no kind of desk; {nearest(desk, DESKS)}")
    return desk


def read_zone(given: str) -> str:
    """An IANA zone; raises `ConfigError` with the nearest ones."""
    return zone_named("time zone", given.strip()).key


def read_channel(given: str) -> str:
    """`console`, a mail address, or the id of a Slack channel; raises `ConfigError`."""
    channel = given.strip()
    if channel == "console" or "@" in channel or _SLACK_CHANNEL.fullmatch(channel):
        return channel
    raise ConfigError(
        f"{given!r} is neither a channel id such as C024BE91L, nor a mail address, nor console",
        hint="In Slack open the channel, click its name, and copy the id at the bottom of `About`.",
    )


def write(target: Path, answers: Answers) -> dict[str, str]:
    """Write the file; returns the environment variables it needs and what they are."""
    source, secrets = DESKS[answers.desk].write(answers.address)
    notifier, more = _notifier(answers.channel)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        f"""\
name = {text(answers.name)}
zone = {text(answers.zone)}  # days begin at midnight here
calendar = "office"

[store]
url = "sqlite:///deskpulse.db"

[calendars.office]
zone = {text(answers.zone)}
hours = {hours_table(answers.hours)}

{source}
{notifier}
[digests.morning]
at = "08:00"
to = ["team"]
""",
        encoding="utf-8",
    )
    return secrets | more


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
recipients = [{text(channel)}]
""",
            {"SMTP_PASSWORD": "the password of the mail account"},
        )
    return (
        f"""\
[notifiers.team]
use = "slack"
token = {{ env = "SLACK_BOT_TOKEN" }}
channel = {text(channel)}
""",
        {"SLACK_BOT_TOKEN": "the bot token of your Slack app (xoxb-...), scope chat:write"},
    )
