"""What happens at a small desk in Request Tracker: told through REST2 and the mail gateway."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from support.request_tracker import RequestTracker, as_json, mail_of

CARL = "Carl Customer <carl@customer.example>"
DORA = "Dora Dürr <dora@customer.example>"
BEGAN = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
STEP = timedelta(minutes=10)


@dataclass
class Story:
    """The tickets, by what happens to them."""

    rt: RequestTracker

    def tell(self) -> dict[str, int]:
        """Tell everything once; tickets by name."""
        found = {
            "reopened": self.reopened(),
            "moved": self.moved(),
            "deleted": self.deleted(),
            "restored": self.restored(),
            "for_another": self.for_another(),
        }
        found["merged"] = self.merged(found["reopened"])
        self.spread()
        return found

    def reopened(self) -> int:
        ticket = self.opened(CARL, "Printer on fire", "It burns")
        self.act("ann", ticket, "take")
        self.act("ann", ticket, "comment", Content="Is it insured?", ContentType="text/plain")
        self.reply("ann", ticket, "Use water", TimeTaken=7)
        self.change("ann", ticket, Status="resolved")
        self.rt.mail(mail_of(CARL, f"[example.com #{ticket}] Printer on fire", "Still burns"))
        self.reply("ann", ticket, "Use more water", TimeTaken=5)
        self.change("ann", ticket, CustomFields={"Reason": "hardware"})
        self.change("ann", ticket, CustomFields={"Reason": "fire"}, TimeWorked=10)
        self.change("ann", ticket, Status="resolved")
        self.change("ann", ticket, Status="open")
        return ticket

    def moved(self) -> int:
        ticket = self.opened(DORA, "Invoice äöü 🧾", "Too high")
        self.change("bob", ticket, Queue="Billing", Priority=100, Due="2026-12-01 10:00:00")
        self.change("bob", ticket, Owner="ann")
        self.act("bob", ticket, "steal")
        self.reply("bob", ticket, "We look into it")
        away = mail_of(
            DORA, f"[example.com #{ticket}] Out of office", "Away", "Auto-Submitted: auto-replied"
        )
        self.rt.mail(away)
        self.change("bob", ticket, Status="stalled")
        return ticket

    def deleted(self) -> int:
        ticket = self.opened("Spam <spam@bad.example>", "Buy now", "Cheap")
        self.change("bob", ticket, Status="deleted")
        return ticket

    def restored(self) -> int:
        ticket = self.opened(CARL, "Deleted by mistake", "Important")
        self.change("bob", ticket, Status="deleted")
        self.change("bob", ticket, Status="open")
        return ticket

    def for_another(self) -> int:
        made = self.rt.ask(
            "bob",
            "POST",
            "/ticket",
            **as_json(
                Queue="Support",
                Subject="Called us",
                Requestor="dora@customer.example",
                Content="She wants a refund",
                ContentType="text/plain",
                Owner="bob",
                TimeWorked=3,
            ),
        )
        ticket = int(made["id"])
        self.change("bob", ticket, Owner="Nobody")
        self.change("bob", ticket, Status="rejected")
        return ticket

    def merged(self, into: int) -> int:
        ticket = self.opened(CARL, "Printer on fire!!", "Hello?")
        self.change("ann", ticket, MergeInto=into)
        return ticket

    # --- how ----------------------------------------------------------------------------------

    def opened(self, sender: str, subject: str, text: str) -> int:
        self.rt.mail(mail_of(sender, subject, text))
        return int(self.rt.rows("SELECT max(id) FROM Tickets")[0][0])

    def reply(self, who: str, ticket: int, text: str, **more: object) -> None:
        self.act(who, ticket, "correspond", Content=text, ContentType="text/plain", **more)

    def act(self, who: str, ticket: int, what: str, **fields: object) -> None:
        method = "PUT" if what in ("take", "steal") else "POST"
        self.rt.ask(who, method, f"/ticket/{ticket}/{what}", **as_json(**fields))

    def change(self, who: str, ticket: int, **fields: object) -> None:
        self.rt.ask(who, "PUT", f"/ticket/{ticket}", **as_json(**fields))

    def spread(self, began: datetime = BEGAN, step: timedelta = STEP) -> None:
        """Let time pass between the transactions, which were all made within seconds."""
        for place, (ident, ticket, kind, new) in enumerate(
            self.rt.rows(
                "SELECT id, ObjectId, Type, NewValue FROM Transactions "
                "WHERE ObjectType = 'RT::Ticket' ORDER BY id"
            )
        ):
            at = f"{began + place * step:%Y-%m-%d %H:%M:%S}"
            self.rt.change("UPDATE Transactions SET Created = ? WHERE id = ?", at, ident)
            if kind == "Create":
                self.rt.change("UPDATE Tickets SET Created = ? WHERE id = ?", at, ticket)
            if kind == "Status" and new in ("resolved", "rejected"):
                self.rt.change("UPDATE Tickets SET Resolved = ? WHERE id = ?", at, ticket)
            self.rt.change("UPDATE Tickets SET LastUpdated = ? WHERE id = ?", at, ticket)
