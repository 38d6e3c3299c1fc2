"""The configuration that `deskpulse init` writes: small, commented, secrets by reference."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from deskpulse.config.document import nearest
from deskpulse.errors import ConfigError

_HOURS = re.compile(
    r"^\s*([a-z]{3}(?:-[a-z]{3})?)\s+(\d\d:\d\d\s*-\s*\d\d:\d\d)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a newcomer said."""

    name: str
    desk: str
    address: str
    zone: str
    hours: str
    channel: str


def write(target: Path, answers: Answers) -> dict[str, str]:
    """Write the file; returns the environment variables it needs and what they are.

    Raises `ConfigError` for an answer that cannot be used.
    """
    found = _HOURS.match(answers.hours)
    if found is None:
        raise ConfigError(
            f"the hours {answers.hours!r} are not understood", hint='Write "mon-fri 09:00-17:00".'
        )
    try:
        ZoneInfo(answers.zone)
    except (ValueError, OSError, KeyError):
        close = nearest(answers.zone, available_timezones()).partition("allowed:")[0]
        raise ConfigError(
            f"{answers.zone!r} is no IANA time zone; {close}".rstrip("; "),
            hint='Write for example "Europe/Berlin".',
        ) from None
    source, secrets = _source(answers)
    notifier, more = _notifier(answers)
    text = f"""\
name = {_text(answers.name)}
zone = {_text(answers.zone)}          # days begin at midnight here
calendar = "office"

[store]
url = "sqlite:///deskpulse.db"

[calendars.office]
zone = {_text(answers.zone)}
hours = {{ {found[1].lower()} = [{_text(found[2].replace(" ", ""))}] }}

{source}
{notifier}
[digests.morning]
at = "08:00"
to = ["team"]
"""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return {**secrets, **more}


def _source(answers: Answers) -> tuple[str, dict[str, str]]:
    if answers.desk == "zendesk":
        key = "url" if "://" in answers.address else "subdomain"
        address = answers.address.removesuffix(".zendesk.com") if key == "subdomain" else ""
        return (
            f"""[sources.zendesk]
use = "zendesk"
{key} = {_text(address or answers.address)}
client_id = "deskpulse"             # Admin Center > Apps and integrations > APIs > OAuth clients
client_secret = {{ env = "ZENDESK_CLIENT_SECRET" }}
""",
            {"ZENDESK_CLIENT_SECRET": "the secret of the OAuth client `deskpulse`"},
        )
    if answers.desk == "files":
        return f'[sources.files]\nuse = "files"\npath = {_text(answers.address)}\n', {}
    raise ConfigError(f"{answers.desk!r} is not known here; {nearest(answers.desk, KNOWN)}")


KNOWN = ("files", "zendesk")


def _notifier(answers: Answers) -> tuple[str, dict[str, str]]:
    channel = answers.channel.strip()
    if channel == "console":
        return '[notifiers.team]\nuse = "console"\n', {}
    if "@" in channel:
        return (
            f"""[notifiers.team]
use = "email"
host = "smtp.example.com"
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
        f"""[notifiers.team]
use = "slack"
token = {{ env = "SLACK_BOT_TOKEN" }}
channel = {_text(channel)}
""",
        {"SLACK_BOT_TOKEN": "the bot token of your Slack app (xoxb-...), scope chat:write"},
    )


def _text(value: str) -> str:
    """A TOML string: JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)
