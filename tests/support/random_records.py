"""Random rows of the tables that need no ticket: sales, use, outside numbers, accounts."""

from __future__ import annotations

from support.marts import fact

_NAMES = (
    "visits", "referrals", "kb_views", "kb_visitors", "mentions", "support_cost", "training_spend",
    "training_hours", "paid_hours", "available_hours", "headcount",
)  # fmt: skip
_FROM, _DAYS = "2025-02-20", 30


def _day(dice):
    number = 20 + dice.randrange(_DAYS)
    return f"2025-02-{number:02d}" if number <= 28 else f"2025-03-{number - 28:02d}"


def records(dice, size=60):
    """Rows by table; `dice` is a seeded random.Random."""
    found = {name: [] for name in ("orders", "subscriptions", "usage", "measurements")}
    found |= {"accounts": [], "customers": []}
    for number in range(size):
        key, counted = str(number), dice.random() < 0.9
        who = {"customer_id": f"c{dice.randrange(20)}", "counted": counted}
        start, end = sorted((_day(dice), _day(dice)))
        money = float(dice.randrange(1, 100))
        found["orders"].append(
            fact(**who, order_id=key, channel=dice.choice(["email", "chat"]), placed_at=start,
                 net=money, total=money, refunded=0.0, currency="EUR")
        )  # fmt: skip
        found["subscriptions"].append(
            fact(**who, subscription_id=key, started_at=start, mrr=money, currency="EUR",
                 ended_at=end if number % 3 == 0 else None)
        )  # fmt: skip
        found["usage"].append(
            fact(**who, usage_id=key, day_at=start, sessions=dice.randrange(1, 5), active=True,
                 actions=dice.randrange(1, 9), activated=False)
        )  # fmt: skip
        found["accounts"].append(
            fact(account_id=key, created_at=start, counted=counted,
                 churned_at=end if number % 3 == 0 else None)
        )  # fmt: skip
        found["customers"].append(fact(customer_id=f"n{key}", created_at=start, counted=counted))
    for name in _NAMES:
        for number in range(40):
            found["measurements"].append(
                fact(measurement_id=f"{name}{number}", name=name, value=float(dice.randrange(1, 9)),
                     day_at=_day(dice), channel=dice.choice(["email", "chat"]), team_id="a",
                     sentiment=dice.choice(["positive", "negative"]))
            )  # fmt: skip
    return found
