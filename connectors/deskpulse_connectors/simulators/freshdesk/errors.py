"""The vendor's refusals, in its own shapes."""

from __future__ import annotations

from deskpulse_connectors.simulators.exchange import Reply, json_reply


def unauthenticated() -> Reply:
    """401: the key is unknown."""
    message = "You have to be logged in to perform this action."
    return json_reply({"code": "invalid_credentials", "message": message}, 401)


def access_denied() -> Reply:
    """403: the owner of the key may not."""
    message = "You are not authorized to perform this action."
    return json_reply({"code": "access_denied", "message": message}, 403)


def require_feature(feature: str) -> Reply:
    """403: the plan has not got it."""
    message = f"The {feature} feature(s) is/are not supported in your plan. Please upgrade your "
    return json_reply({"code": "require_feature", "message": message + "account to use it."}, 403)


def invalid(field: str, message: str) -> Reply:
    """400: a parameter has a value that is not allowed."""
    error = {"field": field, "message": message, "code": "invalid_value"}
    return json_reply({"description": "Validation failed", "errors": [error]}, 400)


def missing() -> Reply:
    """404: with an empty body."""
    return Reply(404, b"")


def too_many(wait: int) -> Reply:
    """429: the account, or one list, was asked too often."""
    message = "You have exceeded the limit of requests per minute"
    return json_reply({"message": message}, 429, {"Retry-After": str(wait)})
