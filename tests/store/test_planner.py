"""What is asked at every look at the alerts is found by an index, however much is stored."""

import pytest

from deskpulse.store import Store

OPEN_CLOCKS = "SELECT * FROM sla_clock WHERE state <> 'not_started' AND ended_at IS NULL"
ENDED_CLOCKS = "SELECT * FROM sla_clock WHERE state <> 'not_started' AND ended_at >= 5"
NEXT_MESSAGE = (
    "SELECT id FROM delivery AS d WHERE notifier = 'team' AND state = 'queued' AND due_at <= 5 "
    "AND NOT EXISTS (SELECT 1 FROM delivery AS e WHERE e.notifier = d.notifier "
    "AND e.thread = d.thread AND e.state = 'queued' AND e.seq < d.seq) ORDER BY seq LIMIT 1"
)


@pytest.fixture
def plan(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")

    def asked(statement):
        with store.reading() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
        return " | ".join(row[-1] for row in rows)

    yield asked
    store.close()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (OPEN_CLOCKS, "ix_sla_clock_ended (ended_at=?)"),
        (ENDED_CLOCKS, "ix_sla_clock_ended (ended_at>?)"),
        (NEXT_MESSAGE, "ix_delivery_queue (state=? AND due_at<?)"),
        ("SELECT count(*) FROM delivery WHERE state = 'dead'", "ix_delivery_queue (state=?)"),
        ("SELECT * FROM announcement WHERE settled IS 0", "ix_announcement_settled (settled=?)"),
        ("SELECT * FROM announcement WHERE thread = 'x'", "ix_announcement_thread (thread=?)"),
        ("SELECT * FROM alert WHERE closed_at IS NULL ORDER BY id", "ix_alert_open"),
        ("SELECT * FROM alert WHERE rule = 'x' AND subject = 'y'", "(rule=? AND subject=?)"),
        ("SELECT * FROM message WHERE source = 'x' AND id = 'y'", "(source=? AND id=?)"),
        ("SELECT * FROM dirty_record WHERE kind = 'order' AND source = 'x' AND id = 'y'", "id=?"),
    ],
)
def test_an_index_is_used(plan, statement, index):
    assert index in plan(statement)


def test_forgetting_messages_looks_up_their_threads(plan):
    from deskpulse.alerts.purge import _MESSAGES

    steps = plan(_MESSAGES.replace(":before", "5"))
    assert "ix_announcement_thread (thread=?)" in steps
    assert "ix_delivery_thread (thread=?)" in steps
