"""The endpoints under /_sim/ by which another process drives a simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.faults import Fault

if TYPE_CHECKING:
    from deskpulse_connectors.simulators.simulator import Simulator


class Control:
    """Routes: GET state, truth, requests, faults; POST the rest.

    `POST /_sim/advance {"seconds": 60, "quiet": false}`, `POST /_sim/change {"count": 10,
    "spread": 60}`, `POST /_sim/tie {"count": 1500}` (changes of one second), `POST /_sim/settle`
    (a quiet minute), `POST /_sim/faults [{"kind": "throttle", ...}]` (replaces all; `[]` clears),
    `POST /_sim/expire` (tokens), `POST /_sim/forget` (the request log). Bad input gets 400.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._routes: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", "state"): self._state,
            ("GET", "truth"): lambda _: simulator.truth(),
            ("GET", "requests"): lambda _: [asdict(seen) for seen in list(simulator.requests)],
            ("GET", "faults"): lambda _: [asdict(fault) for fault in simulator.faults.active],
            ("POST", "advance"): self._advance,
            ("POST", "change"): self._change,
            ("POST", "tie"): lambda body: simulator.tie(int(body["count"])),
            ("POST", "settle"): lambda _: simulator.settle(),
            ("POST", "faults"): self._faults,
            ("POST", "expire"): lambda _: simulator.expire_tokens(),
            ("POST", "forget"): lambda _: simulator.requests.clear(),
        }

    def answer(self, request: Request) -> Reply:
        """Answer one control request."""
        route = self._routes.get((request.method, request.path.removeprefix("/_sim/")))
        if route is None:
            known = ", ".join(f"{method} /_sim/{name}" for method, name in self._routes)
            return json_reply({"error": f"unknown; there are: {known}"}, 404)
        try:
            value = route(request.json())
        except (TypeError, ValueError, KeyError) as problem:
            return json_reply({"error": repr(problem)}, 400)
        return json_reply(value if value is not None else self._state(None))

    def _state(self, _: Any) -> dict[str, Any]:
        simulator = self._simulator
        return {
            "now": simulator.clock.now(),
            "seed": simulator.seed,
            "requests": len(simulator.requests),
            "faults": len(simulator.faults.active),
        }

    def _advance(self, body: Any) -> None:
        self._simulator.advance(float(body["seconds"]), quiet=bool(body.get("quiet", False)))

    def _change(self, body: Any) -> None:
        self._simulator.change(int(body["count"]), spread=int(body.get("spread", 60)))

    def _faults(self, body: Any) -> None:
        self._simulator.faults.replace_with([Fault.read(each) for each in body or []])
