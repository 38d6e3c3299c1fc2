"""Who sent it, and when: HMAC-SHA256 over the time and the body. Pure."""

from __future__ import annotations

import hashlib
import hmac

TIMESTAMP = "Deskpulse-Timestamp"
SIGNATURE = "Deskpulse-Signature"


def signed(secret: str, seconds: int, body: bytes) -> dict[str, str]:
    """The two headers. `seconds` since 1970 are part of what is signed, so a replay shows."""
    text = str(seconds).encode() + b"." + body
    digest = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {TIMESTAMP: str(seconds), SIGNATURE: f"v1={digest}"}
