"""IANA zones by name."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.names import nearest


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises ConfigError with the nearest one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        lowered = {known.lower(): known for known in available_timezones()}
        near = nearest(name, lowered)
        for low, known in lowered.items():
            near = near.replace(f"{low!r}", f"{known!r}")
        raise ConfigError(
            f"no time zone {name!r}{near}", hint="Give an IANA name such as Europe/Berlin."
        ) from None
