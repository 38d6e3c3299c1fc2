"""The settings of an IMAP source: which server, which folders, how much to read."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from deskpulse_connectors.mail.settings import MailConfig

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ImapConfig(MailConfig):
    """Settings of `[sources.X]` with `use = "imap"`."""

    host: str = Field(min_length=1, description="The IMAP server.")
    port: int | None = Field(
        None, ge=1, le=65535, description="993 with TLS from the start, else 143, unless given."
    )
    user: str = Field(min_length=1, description="Whoever signs in.")
    password: SecretStr = Field(description="Their password, or an app password.")
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="How the connection is encrypted; none only to this machine."
    )
    ca_file: str | None = Field(
        None, description="Certificates to trust instead of the system's, for a private authority."
    )
    folders: list[str] = Field(
        default_factory=lambda: ["INBOX"],
        min_length=1,
        description="Folders with customers' mail; name those, too, into which mail is moved.",
    )
    sent: list[str] = Field(
        default_factory=lambda: ["Sent"], description="Folders with what the team sent."
    )
    start: date | None = Field(None, description="Read no mail that came before this day.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError(
                f'security = "none" would send the password of {self.host} unencrypted;'
                ' use "tls" or "starttls"'
            )
        if not self.addresses and "@" not in self.user:
            raise ValueError("set addresses to those that answer for the desk; user is none")
        return self

    @property
    def at(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or (993 if self.security == "tls" else 143)

    @property
    def every_folder(self) -> list[str]:
        """Every folder that is read, each once."""
        return list(dict.fromkeys((*self.folders, *self.sent)))
