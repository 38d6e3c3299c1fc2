"""What people write about: reasons, subjects, replies. Invented; nobody real appears here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why customers write: its tag, its team, the vendor's ticket type, how often, subjects."""

    tag: str
    group: str
    kind: str | None
    weight: int
    subjects: tuple[str, ...]


REASONS = (
    Reason("delivery_late", "Orders", "question", 22,
           ("Where is my parcel?", "Order {n} has not arrived", "Delivery date moved again")),
    Reason("invoice", "Billing", "question", 14,
           ("Invoice {n} shows the wrong amount", "Please change the address on invoice {n}")),
    Reason("refund", "Billing", "task", 12,
           ("Refund for order {n}", "When will I get my money back?")),
    Reason("login", "Technical", "incident", 15,
           ("Cannot log in since this morning", "Password link has expired")),
    Reason("bug_export", "Technical", "incident", 9,
           ("Export stops at 50 %", "Report {n} is empty", "Umlaute kaputt: Müller & Söhne")),
    Reason("damaged", "Orders", "problem", 10,
           ("Item arrived damaged (order {n})", "Glass broken in parcel {n}")),
    Reason("how_to", "First line", "question", 14,
           ("How do I add a colleague?", "Can I export my data?", "How do I cancel?")),
    Reason("other", "First line", None, 6,
           ("Question", "(no subject)", "Feedback on your shop 😀")),
)  # fmt: skip

GROUPS = ("First line", "Orders", "Billing", "Technical", "Key accounts")

CUSTOMER_FIRST = (
    "Hello, {s} Could you please look into it? My order number is {n}.",
    "Hi there,\n\n{s}\n\nI have tried twice already and nothing happened.\n\nThanks",
    "{s} This is urgent for us, please answer today.",
    "Guten Tag, {s} Viele Grüße",
)
CUSTOMER_NEXT = (
    "Thank you, but that did not help. I still see the same message.",
    "Here is the information that you asked for: {n}.",
    "Any news on this?",
    "I tried it again just now and it is still not working.",
    "Yes, exactly. What happens next?",
)
AGENT_REPLY = (
    "Thank you for writing. I have checked case {n} and we are on it; I will come back to you.",
    "Could you please send us a screenshot and the time at which it happened?",
    "I have corrected this on our side. Please log out, log in again and tell me if it works.",
    "Your parcel {n} has left our warehouse and should be with you within two working days.",
    "I am sorry for the trouble. The refund is on its way and takes three to five days.",
)
AGENT_NOTE = (
    "Checked the log: request {n} failed twice. Asking the second line.",
    "Customer called as well, see case {n}.",
    "Warehouse confirms: sent yesterday.",
    "Handing over, needs somebody with access to billing.",
)
AUTO_ESCALATION = "Escalated: no answer within the agreed time."
AUTO_GREETING = "Hi! You have reached our assistant. A colleague will be with you shortly."
AUTO_REMINDER = "We have not heard from you. We will close this request soon."
GOOD = ("Quick and friendly, thank you!", "Great help.", None, None, None)
BAD = ("Took far too long.", "Nobody read what I wrote.", None)
BAD_REASONS = (
    "The issue took too long to resolve",
    "The issue was not resolved",
    "Some other reason",
)
