"""What Slack's error codes mean for the message and for the operator.

Codes: https://docs.slack.dev/reference/methods/chat.postMessage#errors and chat.update.
"""

from __future__ import annotations

from deskpulse.errors import DeliveryRejected

TEMPORARY = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
        "external_channel_migrating",
    }
)
"""Slack could not take it now; the same call may work later."""

HALF_DONE = frozenset({"internal_error", "fatal_error"})
"""Of these Slack says that some of it may have happened."""

GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "thread_not_found",
        "cannot_reply_to_message",
    }
)
"""The earlier message can no longer be edited or answered: post anew."""

FORGOTTEN = frozenset({"duplicate_message_not_found", "duplicate_channel_not_found"})
"""Slack saw this `client_msg_id` before but cannot find the message: post without it."""

_REINSTALL = (
    "Create a new bot token (Slack app > OAuth & Permissions > Reinstall), store it where the "
    "config's `token` points, and run `deskpulse check`."
)
_ARGUMENTS = "deskpulse built a message that Slack does not take; please report this."
_HINTS: dict[str, str] = {
    "not_authed": "No token reached Slack: check where the config's `token` points.",
    "invalid_auth": _REINSTALL,
    "token_revoked": _REINSTALL,
    "token_expired": _REINSTALL,
    "account_inactive": _REINSTALL,
    "not_allowed_token_type": "Use a bot token (it starts with xoxb-).",
    "missing_scope": "Add the scope chat:write to the Slack app and reinstall it.",
    "no_permission": "Add the scope chat:write to the Slack app and reinstall it.",
    "not_in_channel": "Invite the app: type `/invite @its-name` in that channel.",
    "channel_not_found": (
        "Check `channel` (an id such as C024BE91L); in a private channel, invite the app first."
    ),
    "is_archived": "The channel is archived: unarchive it or set another `channel`.",
    "restricted_action": "A workspace rule forbids posting there: ask a Slack admin.",
    "restricted_action_read_only_channel": "The channel is read-only: set another `channel`.",
    "restricted_action_thread_only_channel": "Only answers are allowed there: set another one.",
    "team_access_not_granted": "A Slack admin must grant the app access to this workspace.",
    "access_denied": "A Slack admin must grant the app access.",
    "ekm_access_denied": "Your organisation's key management suspended posting: ask a Slack admin.",
    "messages_tab_disabled": "The app's messages tab is off: set a channel instead of a person.",
    "user_not_found": "Check `channel`: no such person.",
    "msg_too_long": _ARGUMENTS,
    "no_text": _ARGUMENTS,
    "invalid_blocks": _ARGUMENTS,
    "invalid_arguments": _ARGUMENTS,
}


class SlackRefused(Exception):
    """`ok: false` with a code that is final for this call; inside this package only."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code


_WEBHOOK_HINTS: dict[str, str] = {
    "channel_is_archived": "The webhook's channel is archived: unarchive it or make a new webhook.",
    "action_prohibited": "A workspace rule forbids posting there: ask a Slack admin.",
    "posting_to_general_channel_denied": "Only admins may post to #general: use another channel.",
    "channel_not_found": "The webhook's channel is gone: make a new webhook.",
    "user_not_found": "The webhook's person is gone: make a new webhook.",
    "invalid_payload": _ARGUMENTS,
    "invalid_blocks": _ARGUMENTS,
    "no_text": _ARGUMENTS,
}
_NEW_WEBHOOK = (
    "The webhook is switched off or its address is wrong: make a new one (Slack app > Incoming "
    "Webhooks) and store its address where `webhook_url` points."
)


def webhook_hint(code: str) -> str:
    """What to do about a webhook's refusal."""
    return _WEBHOOK_HINTS.get(code, _NEW_WEBHOOK)


_BUTTONS = (
    "Check `app_token`: an app-level token (xapp-...) with the scope connections:write, of an app "
    "whose Socket Mode is switched on."
)


def rejected(refusal: SlackRefused) -> DeliveryRejected:
    """The same for the operator."""
    if refusal.method == "apps.connections.open":
        return DeliveryRejected(f"Slack refused {refusal.method}: {refusal.code}", hint=_BUTTONS)
    hint = _HINTS.get(refusal.code) or (
        f"Look up {refusal.code!r} at https://docs.slack.dev/reference/methods/{refusal.method}."
    )
    return DeliveryRejected(f"Slack refused {refusal.method}: {refusal.code}", hint=hint)
