"""The simulator as a process of its own, driven over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx
import pytest

from deskpulse_connectors.simulators.server import LoopbackServer

MODULE = "deskpulse_connectors.simulators.zendesk"


@pytest.fixture
def process():
    command = [sys.executable, "-m", MODULE, "--tickets", "40", "--seed", "9", "--budget", "0"]
    faults = json.dumps([{"kind": "status", "status": 502, "times": 1}])
    with subprocess.Popen(
        [*command, "--faults", faults], stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            yield json.loads(running.stdout.readline())
        finally:
            running.terminate()
            assert running.wait(10) == 0


def test_control(process):
    headers = {"Authorization": f"Bearer {process['token']}"}
    with httpx.Client(base_url=process["url"], headers=headers) as http:
        assert http.get("/api/v2/groups.json").status_code == 502
        assert http.get("/api/v2/groups.json").status_code == 200
        assert http.get("/_sim/state").json()["now"] == process["now"]
        before = http.get("/_sim/truth").json()
        assert len(before["tickets"]) + len(before["deleted"]) >= 40
        http.post("/_sim/change", json={"count": 10, "spread": 30})
        http.post("/_sim/tie", json={"count": 5})
        state = http.post("/_sim/settle").json()
        assert state["now"] == process["now"] + 30 + 61
        after = http.get("/_sim/truth").json()
        assert after != before
        assert after["unsettled"] == []
        assert http.post("/_sim/advance", json={"seconds": 86_400}).status_code == 200
        http.post("/_sim/faults", json=[{"kind": "forbidden", "path": "/api/v2/groups*"}])
        assert [each["kind"] for each in http.get("/_sim/faults").json()] == ["forbidden"]
        assert http.get("/api/v2/groups.json").status_code == 403
        http.post("/_sim/faults", json=[])
        assert http.get("/api/v2/groups.json").status_code == 200
        http.post("/_sim/expire")
        assert http.get("/api/v2/groups.json").status_code == 401
        statuses = [seen["status"] for seen in http.get("/_sim/requests").json()]
        assert statuses == [502, 200, 403, 200, 401]
        assert http.post("/_sim/faults", json=[{"kind": "meteor"}]).status_code == 400
        assert http.get("/_sim/unknown").status_code == 404


def test_keep_alive_and_gzip(small):
    small._server.stop()
    with LoopbackServer(small, compress=True) as server, httpx.Client() as http:
        http.headers["Authorization"] = f"Bearer {small.token}"
        path = f"{server.url}/api/v2/incremental/tickets/cursor.json?start_time=0"
        streams = set()
        for _ in range(3):
            answer = http.get(path)
            streams.add(answer.extensions["network_stream"].get_extra_info("client_addr"))
        assert len(streams) == 1
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.json()["tickets"]


@pytest.mark.parametrize("vendor", ["zendesk", "freshdesk", "gmail", "shopify"])
def test_every_vendor_runs_as_a_process(vendor):
    command = [sys.executable, "-m", f"deskpulse_connectors.simulators.{vendor}", "--seed", "3"]
    faults = json.dumps([{"kind": "status", "status": 502, "path": "/x"}])
    options = ("--start", "2026-02-02T00:00:00+01:00", "--faults", faults)
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as running:
        try:
            told = json.loads(running.stdout.readline())
            with httpx.Client(base_url=told["url"], trust_env=False, verify=False) as http:
                state = http.get("/_sim/state").json()
                assert (state["now"], state["seed"], state["faults"]) == (told["now"], 3, 1)
                assert http.get("/x").status_code == 502
                before = http.get("/_sim/truth").json()
                http.post("/_sim/change", json={"count": 20, "spread": 600})
                assert http.get("/_sim/truth").json() != before
        finally:
            running.terminate()
            assert running.wait(10) == 0
    assert len(told) > 2, "it tells how to sign in"
