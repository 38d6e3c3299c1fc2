"""Alerts: from what rules say to what people are told.

    signals -> advance (states) -> cases -> should_notify (a reason) -> group -> compose -> outbox

One stage a file, pure up to `cycle`, which does all of it in one transaction. What is configured is
in `rules` and `routing`, what people do in `actions`, what is kept in `book`.
"""
