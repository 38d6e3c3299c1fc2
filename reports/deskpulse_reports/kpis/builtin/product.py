"""Sales, self-service, use and what is said in public: outside numbers beside the desk's."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Direction, Measure, Ratio, Unit

BOOK = "Product"


def _sum(name: str, title: str, words: str, better: Direction = "neutral") -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        direction=better,
        table="measurements",
        value="sum(value)",
        filter=f"name = '{name}' and value is not null",
        time_words="day of the measurement",
        population=(
            f"Measurements named `{name}`, bots filtered by whoever measures; a period without any "
            "has no figure."
        ),
        source="Shop, web or help-centre analytics: no helpdesk measures it.",
        book=BOOK,
    )


def _used(name: str, title: str, words: str, value: str) -> Measure:
    return Measure(
        id=name,
        title=title,
        definition=words,
        direction="higher",
        table="usage",
        value=value,
        filter="active",
        time_words="day of use",
        population="Days on which a customer had a session, an action or an activation.",
        source="Amplitude: active users and their events.",
        book=BOOK,
    )


def _ratio(
    name: str,
    title: str,
    words: str,
    parts: tuple[str, str],
    *,
    unit: Unit = "ratio",
    better: Direction = "neutral",
    source: str,
    part: bool = False,
) -> Ratio:
    return Ratio(
        id=name,
        title=title,
        definition=words,
        unit=unit,
        direction=better,
        numerator=parts[0],
        denominator=parts[1],
        proportion=part,
        minimum_sample=1,
        time_words="each side by its own time",
        population="Both sides over the same period; nothing below the line is no data.",
        source=source,
        book=BOOK,
    )


PRODUCT = (
    Measure(
        id="orders",
        title="Orders",
        definition="Orders placed and not cancelled.",
        direction="higher",
        table="orders",
        value="count(*)",
        filter="cancelled_at is null",
        time_words="order",
        population="Orders; a cancelled one is none.",
        source="Shopify: orders by the date they were placed.",
        book=BOOK,
    ),
    Measure(
        id="net_sales",
        title="Net sales",
        definition="Order totals less refunds; a cancelled order is worth nothing.",
        unit="money",
        direction="higher",
        table="orders",
        value="sum(net)",
        filter="net is not null",
        time_words="order",
        population="Orders with a total, by the day they were placed; one currency a figure.",
        source="Shopify: total less refunds.",
        book=BOOK,
    ),
    _sum("visits", "Visits", "Visits to the shop or site.", "higher"),
    _sum("referrals", "Referrals", "New customers who came by a referral.", "higher"),
    _sum("kb_views", "Self-service page views", "Views of help articles.", "higher"),
    _sum("kb_visitors", "Self-service visitors", "Unique visitors of the help centre.", "higher"),
    _sum("mentions", "Social mentions", "Public posts that name the brand; split by sentiment."),
    Measure(
        id="negative_mention_rate",
        title="Negative mentions",
        definition="Negative mentions out of all with a sentiment.",
        unit="ratio",
        direction="lower",
        table="measurements",
        value=(
            "sum(value) filter (where sentiment = 'negative') "
            "/ nullif(sum(value) filter (where sentiment is not null), 0)"
        ),
        filter="name = 'mentions' and value is not null",
        time_words="day of the measurement",
        population="Measurements named `mentions` that have a sentiment, reposts apart.",
        source="Common practice: share of negative posts, as the source judges them.",
        book=BOOK,
    ),
    _ratio(
        "conversion_rate",
        "Conversion rate",
        "Orders by visits.",
        ("orders", "visits"),
        better="higher",
        source="Common practice: sales / visits x 100.",
    ),
    _ratio(
        "contact_rate",
        "Contact rate per order",
        "Tickets created by orders placed.",
        ("submissions", "orders"),
        better="lower",
        source="Common practice: tickets / orders in the same period.",
    ),
    _ratio(
        "self_service_ratio",
        "Self-service ratio",
        "Visitors of the help centre by customers with a ticket: 4 means 4 to 1.",
        ("kb_visitors", "requesters"),
        unit="score",
        better="higher",
        source="Zendesk's self-service score: help-centre visitors / users with a ticket.",
    ),
    _ratio(
        "referral_rate",
        "Referral rate",
        "Referrals by new customers.",
        ("referrals", "new_customers"),
        better="higher",
        source="Common practice: new customers by referral / new customers.",
    ),
    _used(
        "active_users",
        "Active users",
        "Distinct active customers: by day, week or month with --every.",
        "count(distinct source || '/' || customer_id)",
    ),
    _used("sessions", "Sessions", "Sessions of all customers.", "sum(sessions)"),
    _used("actions", "Actions", "Actions of all customers.", "sum(actions)"),
    _ratio(
        "actions_per_user",
        "Actions per active user",
        "Actions by distinct active customers: the depth of engagement.",
        ("actions", "active_users"),
        unit="score",
        better="higher",
        source="Common practice: events per engaged customer.",
    ),
    _ratio(
        "activation_by_sessions",
        "Activation (sessions by actions)",
        "Sessions by completed actions: the reading of activation without a cohort.",
        ("sessions", "actions"),
        unit="score",
        source="Common practice: sessions / activities completed; not the cohort's rate.",
    ),
)
