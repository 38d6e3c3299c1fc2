"""The demonstration with every vendor at once: one desk over four simulated sources."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from deskpulse.app import demo_steps as steps
from deskpulse.app.workspace import Workspace
from deskpulse.config import load
from deskpulse.records import Customer
from deskpulse.records.people import EMAIL_KEY, email_key
from deskpulse.store import Store

if TYPE_CHECKING:
    from rich.console import Console

    from deskpulse_connectors.simulators.simulator import Simulator

SHOWN = 5
COLUMNS = ("account", "tickets", "csat", "currency", "value")
"""Rows and columns of the table of accounts."""

HEAD = """\
# The demonstration's configuration, one desk over four sources. The data is here to stay: try
#   deskpulse -c {path} kpi submissions --by source
name = "Demo desk"
zone = "Europe/Berlin"
calendar = "office"

[store]
url = "sqlite:///desk.db"

[mart]
path = "mart"

[calendars.office]
zone = "Europe/Berlin"
hours = {{ mon-fri = ["09:00-18:00"] }}
holiday_country = "DE"

[sources.zendesk]
use = "zendesk"
url = "{zendesk}"
client_id = "{zendesk_client}"
client_secret = {{ env = "DEMO_ZENDESK" }}
export_per_minute = 1000

[sources.freshdesk]
use = "freshdesk"
domain = "{freshdesk}"
api_key = {{ env = "DEMO_FRESHDESK" }}
requests_per_minute = 10000
lists_per_minute = 10000

[sources.inbox]
use = "gmail"
url = "{gmail}"
token_url = "{gmail}/token"
client_id = "{gmail_client}"
client_secret = {{ env = "DEMO_GMAIL" }}
refresh_token = {{ env = "DEMO_GMAIL_REFRESH" }}
units_per_minute = 1000000

[sources.inbox.team]
{team}

[sources.shop]
use = "shopify"
url = "{shopify}"
client_id = "{shopify_client}"
client_secret = {{ env = "DEMO_SHOPIFY" }}
backfill = "pages"

[notifiers.screen]
use = "console"

[digests.morning]
at = "08:00"
days = ["mon", "tue", "wed", "thu", "fri"]
to = ["screen"]
by_source = true
"""


@dataclass(frozen=True, slots=True)
class Town:
    """The four vendors; the same customers write to the desks and buy in the shop."""

    zendesk: Simulator
    freshdesk: Simulator
    gmail: Simulator
    shopify: Simulator

    @classmethod
    def of(cls, *, tickets: int, seed: int, begins: datetime) -> Town:
        """Two thirds of the tickets in Zendesk, the rest between Freshdesk and the inbox."""
        from deskpulse_connectors.simulators.freshdesk import FreshdeskSimulator
        from deskpulse_connectors.simulators.gmail import GmailSimulator
        from deskpulse_connectors.simulators.shopify import ShopifySimulator
        from deskpulse_connectors.simulators.zendesk import ZendeskSimulator

        weeks, few = steps.WEEKS, max(tickets // 6, 1)
        return cls(
            ZendeskSimulator(
                seed=seed, tickets=max(tickets - 2 * few, 1), weeks=weeks, start=begins, budget=0
            ),
            FreshdeskSimulator(
                seed=seed,
                tickets=few,
                weeks=weeks,
                start=begins,
                account_limit=0,
                list_limit=0,
                town=True,
            ),
            GmailSimulator(seed=seed, conversations=few, weeks=weeks, start=begins, town=True),
            ShopifySimulator(
                seed=seed, orders=tickets // 2, days=7 * weeks, start=begins, town=True
            ),
        )

    @property
    def all(self) -> tuple[Simulator, ...]:
        """The vendors, in the order of their sources."""
        return self.zendesk, self.freshdesk, self.gmail, self.shopify


def play(console: Console, folder: Path, *, tickets: int, seed: int, now: datetime) -> Path:
    """Run the whole demonstration into `folder`; returns the report's path."""
    watch = steps.Stopwatch()
    begins = steps.thursday_afternoon(now) - timedelta(weeks=steps.WEEKS)
    console.rule("[bold]Zendesk, Freshdesk, Gmail and Shopify, simulated on this machine")
    town = Town.of(tickets=tickets, seed=seed, begins=begins)
    with ExitStack() as running:
        for vendor in town.all:
            running.enter_context(vendor)
        config, secrets = _write_config(folder, town)
        for vendor in town.all:
            console.print(f"{type(vendor).__name__} at {vendor.url}")
        clock = steps.SimulatedClock(town.zendesk)
        workspace = running.enter_context(Workspace(load(config, secrets), clock))
        steps.first_round(console, workspace)
        console.rule("[bold]customers[/]: the same people in several sources")
        _show_linked(console, workspace)
        console.rule("[bold]digest[/]: one desk over four sources")
        steps.show_digest(workspace)
        report = steps.write_report(workspace, folder)
        steps.second_round(console, workspace, *town.all)
        ended = workspace.clock.now()
    asked = f"-c {config} --as-of {ended:%Y-%m-%dT%H:%MZ}"
    questions = (
        "kpi submissions --by source",
        "kpi contact_rate --every week",
        "kpi account_summary",
    )
    steps.farewell(console, watch, report, asked, questions)
    return report


def _write_config(folder: Path, town: Town) -> tuple[Path, dict[str, str]]:
    """The configuration, and the secrets that its variables stand for."""
    from deskpulse_connectors.simulators.gmail.life import TEAM

    zendesk, freshdesk, gmail, shopify = (vendor.credentials for vendor in town.all)
    path = folder / "config.toml"
    team = "\n".join(f"{json.dumps(mail)} = {json.dumps(name)}" for mail, name in TEAM.items())
    text = HEAD.format(
        path=path,
        zendesk=town.zendesk.url,
        zendesk_client=zendesk["client_id"],
        freshdesk=town.freshdesk.url,
        gmail=town.gmail.url,
        gmail_client=gmail["client_id"],
        team=team,
        shopify=town.shopify.url,
        shopify_client=shopify["client_id"],
    )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path, {
        "DEMO_ZENDESK": zendesk["client_secret"],
        "DEMO_FRESHDESK": freshdesk["key"],
        "DEMO_GMAIL": gmail["client_secret"],
        "DEMO_GMAIL_REFRESH": gmail["refresh_token"],
        "DEMO_SHOPIFY": shopify["client_secret"],
    }


def _show_linked(console: Console, workspace: Workspace) -> None:
    """How many people are known to how many sources, and what the best of them bought."""
    from deskpulse.app import kpi_answers

    counted = Counter(len(sources) for sources in _sources_of_people(workspace.store).values())
    for sources, people in sorted(counted.items(), reverse=True):
        many = "source" if sources == 1 else "sources"
        console.print(f"{people:,} people are known to {sources} {many}")
    table = workspace.engine.analyse("account_summary")
    kept = [table.columns.index(name) for name in COLUMNS]
    rows = [tuple(row[at] for at in kept) for row in table.rows if row[kept[-1]] is not None]
    first = table.model_copy(update={"columns": COLUMNS, "rows": tuple(rows[:SHOWN])})
    title = "Of those who also buy in the shop, who writes most"
    kpi_answers.of_table(workspace, "account_summary", title, first).deliver(None, as_json=False)


def _sources_of_people(store: Store) -> dict[str, set[str]]:
    """The sources in which a person is a customer, by the key of their address."""
    found: dict[str, set[str]] = {}
    for record in store.all("customer"):
        assert isinstance(record, Customer)
        known = record.custom.get(EMAIL_KEY)
        key = email_key(record.email) if record.email else known
        if key is not None:
            found.setdefault(str(key), set()).add(record.source)
    return found
