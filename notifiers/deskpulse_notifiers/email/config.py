"""Settings of `[notifiers.X]` with `use = "email"`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from deskpulse.notifier import Notifier
from deskpulse_notifiers.addresses import on_this_machine
from deskpulse_notifiers.email.addresses import address_of

Security = Literal["starttls", "tls", "none"]


def _one_address(text: str) -> str:
    address_of(text)
    return text


Address = Annotated[str, AfterValidator(_one_address)]


class EmailConfig(Notifier.Config):
    """Settings of an `email` notifier."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    host: str = Field(
        min_length=1, description="Name of the SMTP server, such as smtp.example.com."
    )
    port: int = Field(
        default=587, ge=1, le=65535, description="Its port: 587 for starttls, 465 for tls."
    )
    security: Security = Field(
        default="starttls",
        description="starttls, tls, or none (only for a server on this machine).",
    )
    username: str | None = Field(default=None, description="User name, if the server wants one.")
    password: SecretStr | None = Field(default=None, description="Password of that user.")
    sender: Address = Field(
        description="Who the mail is from, such as `Deskpulse <kpi@example.com>`."
    )
    recipients: list[Address] = Field(
        min_length=1, description="Who receives it; one mail for all."
    )
    subject_prefix: str = Field(
        default="", max_length=60, description="Words before each subject, such as `[support]`."
    )
    ca_file: Path | None = Field(
        default=None, description="PEM file of your own certificate authority."
    )
    unsubscribe: str | None = Field(
        default=None,
        description="https or mailto address for List-Unsubscribe; https also for one click.",
    )
    thread: Literal["alert", "day"] = Field(
        default="alert",
        description="What forms a thread: all mails about one alert, or those of one day.",
    )
    charts: bool = Field(
        default=True,
        description="Draw series as pictures, if the extra `charts` is installed.",
    )
    timeout_s: float = Field(
        default=30.0, gt=0, le=300, description="Seconds to wait for each answer of the server."
    )

    @field_validator("username")
    @classmethod
    def _a_name_that_can_be_sent(cls, name: str | None) -> str | None:
        if name is not None and not name.isascii():
            raise ValueError("signing in takes ASCII only; ask for a user name without others")
        return name

    @field_validator("password")
    @classmethod
    def _a_password_that_can_be_sent(cls, password: SecretStr | None) -> SecretStr | None:
        if password is not None and not password.get_secret_value().isascii():
            raise ValueError(
                "signing in takes ASCII only; make an app password, or one without other letters"
            )
        return password

    @field_validator("ca_file")
    @classmethod
    def _readable(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is None:
            return None
        # like every path of a configuration it starts from the configuration's folder
        found: Path = (info.context or {}).get("base", Path()) / path
        if not found.is_file():
            raise ValueError(f"{found} is not a file; give the PEM file of your own authority")
        return found

    @field_validator("unsubscribe")
    @classmethod
    def _safe_address(cls, address: str | None) -> str | None:
        if address is None:
            return None
        allowed = urlsplit(address).scheme in {"https", "mailto"}
        if not allowed or not address.isascii() or not address.isprintable() or " " in address:
            raise ValueError("give one address that begins with https:// or mailto:")
        if "<" in address or ">" in address:
            raise ValueError("give the address without angle brackets")
        return address

    @field_validator("security")
    @classmethod
    def _never_in_the_clear(cls, security: Security, info: ValidationInfo) -> Security:
        host = str(info.data.get("host", ""))
        if security == "none" and not on_this_machine(host):
            raise ValueError(
                f'"none" would send mail to {host} unencrypted; use "starttls" or "tls"'
            )
        return security

    @model_validator(mode="after")
    def _both_or_neither(self) -> EmailConfig:
        if (self.username is None) != (self.password is None):
            raise ValueError("give both `username` and `password`, or neither")
        return self
