"""One call to Slack: an answer, a refusal, or "later". Never a second try."""

from __future__ import annotations

import http.client
import logging
import re
import ssl
import urllib.error
import urllib.request
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from deskpulse.delivery import patience
from deskpulse.errors import DeliveryDeferred, DeliveryRejected
from deskpulse_notifiers.slack.answers import HALF_DONE, TEMPORARY, SlackRefused

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_TRANSPORT_FAULTS = (
    OSError,
    http.client.HTTPException,
    SlackClientError,
    # The SDK's own slips on bodies that are no JSON object, or in an unknown charset.
    ValueError,
    AttributeError,
    TypeError,
    LookupError,
)


class SlackClient:
    """Calls Web API methods with JSON. `timeout_s` bounds each wait for the network."""

    def __init__(self, token: str, base_url: str, timeout_s: float) -> None:
        # At DEBUG the SDK logs whole bodies, and it logs each failure: our errors say it better.
        silent = logging.getLogger("deskpulse.slack.sdk")
        silent.setLevel(logging.CRITICAL + 1)
        # The SDK's default is one repeat after a cut connection, which posts twice when Slack had
        # accepted the first: retry_handlers=[] leaves the retry to the sender.
        self._web = _OneRequest(
            token=token,
            base_url=base_url,
            timeout=timeout_s,  # type: ignore[arg-type]  # handed to the socket, which takes floats
            retry_handlers=[],
            logger=silent,
        )

    def call(self, method: str, payload: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """The answer's fields and headers (names in lower case).

        Raises `SlackRefused` (final for this call), `DeliveryRejected` (the address is no Slack),
        or `DeliveryDeferred` (unknown or temporary; the message may have arrived).
        """
        try:
            response = self._web.api_call(method, json=payload)
        except SlackApiError as problem:
            raise _failure(method, problem.response) from None
        except _TRANSPORT_FAULTS as problem:
            raise _unreachable(method, problem) from None
        return dict(response.data), _lower(response.headers)  # type: ignore[arg-type]


def _failure(method: str, response: Any) -> Exception:
    """The error for an answer that is not `ok: true`."""
    status = int(response.status_code)
    body = response.data if isinstance(response.data, dict) else {}
    code = body.get("error")
    code = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    wait = patience(_lower(response.headers))
    if status == http.client.TOO_MANY_REQUESTS or code in {"ratelimited", "rate_limited"}:
        return DeliveryDeferred(f"Slack asks for patience ({method})", retry_after=wait)
    if code in TEMPORARY or status >= http.client.INTERNAL_SERVER_ERROR:
        half = code in HALF_DONE if code else status != http.client.SERVICE_UNAVAILABLE
        return DeliveryDeferred(
            f"Slack cannot take it now ({method}: {code or status})"
            + ("; the message may have arrived" if half else ""),
            retry_after=wait,
            ambiguous=half,
        )
    if code:
        return SlackRefused(method, code)
    if status in {http.client.OK, http.client.REQUEST_TIMEOUT}:
        return DeliveryDeferred(
            f"Slack's answer to {method} was not JSON; the message may have arrived",
            hint="If this goes on, something between deskpulse and Slack answers instead of Slack: "
            "check `base_url` and the proxy.",
            ambiguous=True,
        )
    return DeliveryRejected(
        f"{method}: HTTP {status}, and not from Slack's API",
        hint="Check `base_url` (normally https://slack.com/api/) and the proxy.",
    )


def _unreachable(method: str, problem: Exception) -> Exception:
    reason = problem.reason if isinstance(problem, urllib.error.URLError) else problem
    if isinstance(reason, ssl.SSLCertVerificationError):
        return DeliveryRejected(
            f"Slack's certificate cannot be verified ({method})",
            hint="Check `base_url` and the machine's certificate store; a proxy may be in between.",
        )
    # The type only: some of these texts quote the request, token included.
    kind = type(reason).__name__
    # urllib wraps what happens before the request is sent whole, and nothing that comes after.
    if isinstance(problem, urllib.error.URLError):
        return DeliveryDeferred(f"Slack cannot be reached for {method} ({kind})")
    return DeliveryDeferred(
        f"no usable answer from Slack to {method} ({kind}); the message may have arrived",
        ambiguous=True,
    )


def _lower(headers: Any) -> dict[str, str]:
    """Headers by lower-case name; the SDK gives plain values or lists."""
    return {
        str(name).lower(): value[0] if isinstance(value, list) else str(value)
        for name, value in dict(headers).items()
    }


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to whatever address it names."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class _OneRequest(WebClient):
    """The SDK's client, without redirects, and with the usual proxy variables (NO_PROXY too)."""

    def _perform_urllib_http_request_internal(
        self, url: str, req: urllib.request.Request
    ) -> dict[str, Any]:
        del url
        opener = urllib.request.build_opener(
            _NoRedirects, urllib.request.HTTPSHandler(context=self.ssl)
        )
        with opener.open(req, timeout=self.timeout) as answer:
            body = answer.read().decode("utf-8", "replace")
            return {"status": answer.status, "headers": answer.headers, "body": body}
