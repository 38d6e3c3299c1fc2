"""`deskpulse reconcile`: what it says, and what it says of odd questions."""

from support.odd_tickets import NOW, ODD
from support.program import Desk
from support.small_desk import derived_desk


def reconciled(desk, *options):
    return desk("reconcile", "shop", *options, "--json", as_of=NOW).ok().json


def test_the_figures_add_up(odd):
    found = reconciled(odd)
    assert found["tickets"] == len(ODD)
    assert found["without_facts"] == 0
    by_reason = {each["reason"]: each["n"] for each in found["reasons"]}
    assert sum(by_reason.values()) == found["total"] == len(found["disagreements"])
    for each in found["metrics"]:
        assert each["agreement"] == each["equal"] / each["n"]
        differing = each["n"] - each["equal"] + each["missing_here"] + each["missing_there"]
        assert sum(each["reasons"].values()) == differing
        assert (each["median_difference"] is None) == (each["n"] == each["equal"])


def test_the_difference_is_theirs_minus_ours(odd):
    found = reconciled(odd, "--metric", "reopens", "--metric", "agent_replies")
    metrics = {each["metric"]: each for each in found["metrics"]}
    assert list(metrics) == ["agent_replies", "reopens"]
    assert metrics["reopens"]["agreement"] == 1
    assert metrics["agent_replies"]["median_difference"] == 1
    assert metrics["agent_replies"]["clock"] is None


def test_a_family_means_both_clocks_and_the_reasons_stay(odd):
    whole = {(r["ticket_id"], r["metric"]): r for r in reconciled(odd)["disagreements"]}
    part = reconciled(odd, "--metric", "first_reply")
    assert {each["metric"] for each in part["metrics"]} == {
        "first_reply_s",
        "first_reply_business_s",
    }
    assert part["disagreements"]
    for row in part["disagreements"]:
        assert row == whole[row["ticket_id"], row["metric"]]


def test_the_doubtful_come_first(odd):
    rows = reconciled(odd)["disagreements"]
    known = [row["reason"] != "unknown" for row in rows]
    assert known == sorted(known)
    sure = [row["reproduced"] for row in rows if row["reason"] != "unknown"]
    assert sure == sorted(sure)
    assert set(sure) == {True, False}


def test_limit_and_tickets_with_links(odd):
    found = reconciled(odd, "--limit", 3, "--tickets")
    assert len(found["disagreements"]) == 3 < found["total"]
    assert len(found["by_ticket"]) == 3
    assert found["by_ticket"][0]["ticket_id"] == "unknown"
    assert found["by_ticket"][0]["url"] is None
    assert reconciled(odd, "--limit", 0)["disagreements"] == reconciled(odd)["disagreements"]


def test_the_screen(odd):
    shown = odd("reconcile", "shop", "--limit", 2, as_of=NOW).ok().out
    assert f"shop: {len(ODD)} tickets" in shown
    assert "first_reply_business_s" in shown
    assert "Disagreements, 2 of " in shown
    assert "unknown?" in shown
    listed = odd("reconcile", "shop", "--tickets", "--limit", 0, as_of=NOW).ok().out
    assert "Tickets\n" in listed
    assert "private_first_reply" in listed


def test_facts_that_are_out_of_date(tmp_path):
    """The vendor counts a reply that was stored after the last derive."""
    desk = derived_desk(tmp_path)
    line = {"record": "message", "id": "1-9", "ticket_id": "1", "public": True}
    reply = {**line, "sent_at": "2026-11-02T09:10:00Z", "author_role": "agent"}
    number = {"record": "vendor_metric", "id": "1-f", "ticket_id": "1", "metric": "first_reply_s"}
    desk.records("more.ndjson", reply, {**number, "value_s": 600})
    desk("sync").ok()
    [row] = desk("reconcile", "shop", "--json").ok().json["disagreements"]
    assert (row["reason"], row["ours"], row["theirs"]) == ("facts_out_of_date", 1800, 600)
    desk("derive").ok()
    assert desk("reconcile", "shop", "--json").ok().json["disagreements"] == []


def test_numbers_of_unknown_tickets_and_of_unknown_names(tmp_path):
    desk = derived_desk(tmp_path)
    metric = {"record": "vendor_metric", "value_s": 60}
    desk.records(
        "more.ndjson",
        {**metric, "id": "1", "ticket_id": "ghost", "metric": "first_reply_s"},
        {**metric, "id": "2", "ticket_id": "1", "metric": "happiness"},
    )
    desk("sync")
    found = desk("reconcile", "shop", "--json").json
    assert (found["tickets"], found["without_facts"]) == (0, 1)
    assert found["not_compared"] == ["happiness"]
    shown = desk("reconcile", "shop").out
    assert "1 tickets of the vendor have no facts here" in shown
    assert "no fact of ours has this name: happiness" in shown


def test_a_source_without_numbers_of_the_vendor(tmp_path):
    done = derived_desk(tmp_path)("reconcile", "shop")
    assert done.code == 1
    assert "no numbers of the vendor for 'shop'" in done.err


def test_questions_that_cannot_be_answered(tmp_path):
    desk = derived_desk(tmp_path)
    source = desk("reconcile", "shpo")
    assert source.code == 2
    assert 'did you mean "shop"' in source.err
    metric = desk("reconcile", "shop", "--metric", "frist_reply")
    assert metric.code == 2
    assert "did you mean 'first_reply'" in metric.err


def test_nothing_derived_yet(tmp_path):
    desk = Desk(tmp_path).configure('[sources.shop]\nuse = "files"\npath = "*.ndjson"\n')
    done = desk("reconcile", "shop")
    assert done.code == 3
    assert "deskpulse derive" in done.err
