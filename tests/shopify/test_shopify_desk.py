"""A help desk with a shop beside it, as a support lead uses them."""

import orjson
import pytest

from deskpulse_connectors.simulators.shopify import ShopifySimulator
from support.program import Desk

CONFIG = """\
name = "Shop desk"

[store]
url = "sqlite:///desk.db"

[sources.desk]
use = "files"
path = "desk.ndjson"

[sources.shop]
use = "shopify"
url = "{url}"
client_id = "{client}"
client_secret = {{ env = "SHOP_SECRET" }}
"""


@pytest.fixture
def simulator():
    with ShopifySimulator(seed=3, orders=60, days=40, running=True) as running:
        running.api.bulk.polls = 0
        running.settle()
        yield running


@pytest.fixture
def desk(tmp_path, simulator):
    """Every buyer but the last wrote once; the desk knows their address in capitals."""
    lines = []
    for number, raw in enumerate(list(simulator.shop.customers.values())[:-1]):
        email = raw["defaultEmailAddress"]["emailAddress"].upper()
        created = raw["createdAt"]
        lines.append({"record": "customer", "id": f"c{number}", "email": email})
        lines.append(
            {"record": "ticket", "id": f"t{number}", "created_at": created, "status": "open",
             "requester_id": f"c{number}"}
        )  # fmt: skip
    (tmp_path / "desk.ndjson").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    desk = Desk(tmp_path, {"SHOP_SECRET": simulator.client_secret})
    return desk.configure(CONFIG.format(url=simulator.url, client=simulator.client_id))


def test_contact_rate_repeat_customers_and_account_value(desk, simulator):
    def ask(kpi):
        return desk("kpi", kpi, "--json").ok().json

    def value(kpi):
        [row] = ask(kpi)["rows"]
        return row["value"]

    checked = desk("check").ok()
    assert checked.out.count("✓ source shop") == 3
    assert not simulator.api.bulk.jobs, "looking starts no export"
    synced = desk("sync").ok()
    desk("derive").ok()

    truth = simulator.truth()
    orders = [each for each in truth["orders"].values() if each["cancelled_at"] is None]
    tickets = len(truth["customers"]) - 1
    assert value("orders") == len(orders)
    assert value("contact_rate") == pytest.approx(tickets / len(orders))
    sales = sum(float(each["total"]) - float(each["refunded"]) for each in orders)
    assert value("net_sales") == pytest.approx(sales)

    repeat = ask("repeat_customers")
    assert sum(row["orders"] for row in _rows(repeat)) == len(orders)
    first = sum(row["first_time"] for row in _rows(repeat))
    assert first == len({each["customer"] for each in orders})

    contacts = _rows(ask("contacts_by_customer"))
    assert {row["tickets"] for row in contacts} == {0, 1}
    assert sum(row["tickets"] == 0 for row in contacts) <= 1

    summary = {row["account"]: row for row in _rows(ask("account_summary"))}
    assert len(summary) == tickets
    for ident, row in summary.items():
        assert row["source"] == "shop"
        assert row["value"] == pytest.approx(float(truth["customers"][ident]["spent"]))

    stored = (desk.folder / "desk.db").read_bytes() + synced.out.encode() + checked.out.encode()
    for secret in (simulator.client_secret, simulator.token, "Signature=", "@Shop.Example"):
        assert secret.encode() not in stored


def _rows(answer):
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def test_a_second_sync_brings_only_changes(desk, simulator):
    desk("sync").ok()
    simulator.change(5, spread=300)
    simulator.settle()
    done = desk("sync", "--json").ok().json
    shop = [each for each in done["streams"] if each["source"] == "shop"]
    assert [each["requests"] for each in shop] == [1, 1, 1]
    assert sum(each["rows"]["new"] + each["rows"]["changed"] for each in shop) < 40


def test_a_missing_scope_is_told_in_words(desk, simulator):
    simulator.api.scopes -= {"read_returns", "read_all_orders"}
    done = desk("check")
    assert "not granted: returns: Shopify hides the returns" in done.out
    assert "Give the app the scope read_returns" in done.out
    assert "only orders of the last 60 days" in done.out
    simulator.api.scopes -= {"read_customers"}
    done = desk("check")
    assert "`read_customers` access scope" in done.out
    assert done.code == 1
