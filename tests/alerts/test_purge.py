"""What is long over is forgotten; nothing that may still be told of, or looked after, ever is."""

from datetime import timedelta

from deskpulse.alerts.purge import Purged, purge
from deskpulse.errors import DeliveryDeferred, DeliveryRejected
from support.alerting import RULE, signal
from support.stores import rows

TABLES = ("alert", "alert_event", "announcement", "delivery")


def forget(bench, days=180):
    with bench.store.writing() as connection:
        return purge(connection, bench.clock.now() - timedelta(days=days))


def counts(bench):
    return [rows(bench.store, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]


def test_what_is_over_goes_after_its_time_with_all_that_was_said_of_it(both):
    both(signal())
    both(signal(condition="clear"))
    before = counts(both)
    assert before[0] == 1
    assert before[3] == 2
    both.wait(days=179)
    assert forget(both) == Purged(0, 0)
    assert counts(both) == before
    both.wait(days=2)
    assert forget(both) == Purged(1, 2)
    assert counts(both) == [0, 0, 0, 0]
    both(signal())  # it comes again: that is news
    assert both.team.kinds == ["firing", "resolved", "firing"]


def test_what_is_open_stays_and_its_thread_goes_on(both):
    both.use(repeat_every=timedelta(days=100), repeat_at_most=9, expire_after=timedelta(days=999))
    both(signal())
    for _ in range(3):
        both.wait(days=101)
        both(signal())
    assert forget(both) == Purged(0, 0)
    both.wait(days=101)
    both(signal())
    both(signal(condition="clear"))
    kinds = ["firing"] * 5 + ["resolved"]
    assert both.team.kinds == kinds
    assert all(receipt is not None for _, receipt in both.team.got[1:]), "the thread was forgotten"
    assert forget(both) == Purged(0, 0), "it has only just ended"
    both.wait(days=181)
    assert forget(both) == Purged(1, len(kinds))


def test_what_still_waits_stays_with_its_thread(both):
    both(signal())
    both.team.faults = [DeliveryDeferred("later", retry_after=3600)]
    both(signal(condition="clear"))
    both.wait(days=181)
    assert forget(both) == Purged(1, 0)
    assert both.send()[0].state == "sent"
    message, receipt = both.team.got[-1]
    assert message.kind == "resolved"
    assert receipt is not None, "its beginning was forgotten"


def test_what_was_refused_stays_until_somebody_dismisses_it(both):
    both.team.faults = [DeliveryRejected("channel_not_found")]
    both(signal())
    both(signal(condition="clear"))
    both.wait(days=400)
    forget(both)
    assert rows(both.store, "SELECT state FROM delivery ORDER BY seq") == [("dead",), ("dropped",)]
    with both.store.writing() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'dismissed' WHERE state = 'dead'")
    assert forget(both).messages == 2


def test_an_end_that_quiet_hours_hold_back_is_not_forgotten(both):
    both(signal(), signal("t2"))
    with both.store.writing() as connection:  # as it stands while its end is not told
        connection.exec_driver_sql(
            "UPDATE alert SET closed_at = opened_at, state = 'resolved' WHERE subject = 't1'"
        )
    both.wait(days=181)
    assert forget(both) == Purged(0, 0)
    assert both.every()[0].about == (RULE, "t1")
