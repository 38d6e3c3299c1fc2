"""The rules that can be changed: who the team is, and what makes a status."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from deskpulse.connector import Connector, Described
from deskpulse.records.tickets import Status


class StatusRules(Described):
    """What makes the status of a conversation; read in this order: label, last speaker, silence."""

    labels: dict[str, Status] = Field(
        default_factory=dict,
        description="Label, folder or keyword to a status, as long as the last letter carries it.",
    )
    customer: Status = Field(
        "open", description="After a customer's letter, once the team has answered before."
    )
    team: Status = Field("pending", description="After the team's letter.")
    silence_days: float = Field(
        7, ge=0, le=365, description="Days without a word after the team's letter; 0: never ends."
    )
    silence: Status = Field("solved", description="After that silence.")

    @property
    def patience(self) -> timedelta | None:
        """How long silence must last; None: it never ends a conversation."""
        return timedelta(days=self.silence_days) if self.silence_days else None


class MailConfig(Connector.Config):
    """What every mail source can be told."""

    addresses: list[str] = Field(
        default_factory=list, description="Shared addresses that answer for the desk."
    )
    domains: list[str] = Field(
        default_factory=list,
        description="Domains of which every address is the team's; not if colleagues ask for help.",
    )
    team: dict[str, str] = Field(
        default_factory=dict, description="Address to the name of each person who answers."
    )
    people: list[str] = Field(
        default_factory=list,
        description="Senders whose mail always starts a ticket, such as your contact form.",
    )
    bodies: bool = Field(
        default=False,
        description="Also read what the letters say; kept only with [privacy] bodies = true.",
    )
    status: StatusRules = Field(
        default_factory=StatusRules, description="What makes the status of a conversation."
    )
