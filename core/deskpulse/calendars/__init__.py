"""Business calendars: how much open time lies between two instants, exact over DST changes.

`Calendar` says when a desk is open; `Calendars` answers for many of them at once. Calendar number
0, called "", is always open, so the calendar clock and the business clock are the same code.
"""

from __future__ import annotations

from deskpulse.calendars.calendar import Calendar
from deskpulse.calendars.calendars import ALWAYS_OPEN, Calendars

__all__ = ["ALWAYS_OPEN", "Calendar", "Calendars"]
