"""Which addresses are the team's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from deskpulse_connectors.mail.addresses import Address
from deskpulse_connectors.mail.settings import MailConfig


@dataclass(frozen=True, slots=True)
class Ours:
    """The addresses that answer for the desk: shared ones, whole domains, and people by name.

    Everything is in lower case. `team` maps the address of a person to their name; `people` are
    senders outside the team whose mail is never bulk.
    """

    shared: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    team: Mapping[str, str] = field(default_factory=dict)
    people: frozenset[str] = frozenset()

    @classmethod
    def of(cls, config: MailConfig, found: Iterable[str] = ()) -> Ours:
        """From settings, in any case, and the addresses that were `found` in the account."""
        return cls(
            frozenset(each.lower() for each in (*config.addresses, *found)),
            frozenset(each.lower().lstrip("@") for each in config.domains),
            {email.lower(): name for email, name in config.team.items()},
            frozenset(each.lower() for each in config.people),
        )

    def holds(self, address: Address) -> bool:
        """Whether whoever writes from there is one of the team."""
        known = address.email in self.shared or address.email in self.team
        return known or address.domain in self.domains

    def runs(self, list_id: str) -> bool:
        """Whether a mailing list is the desk's own: a group address that delivers to the inbox."""
        name = list_id.lower()
        names = {email.replace("@", ".") for email in self.shared}
        return any(f"<{own}>" in name or name == own for own in names) or any(
            name.rstrip(">").endswith(f".{domain}") for domain in self.domains
        )

    def agent(self, sender: Address, named: Iterable[Address]) -> Address:
        """Who of the team wrote: the sender, or behind a shared address one of those `named`.

        The delegate of a mailbox stands in the field `Sender`.
        """
        if sender.email in self.team:
            return Address(sender.email, self.team[sender.email] or sender.name)
        for each in named:
            if each.email in self.team:
                return Address(each.email, self.team[each.email] or each.name)
        return sender
