"""Public holidays of a country or region, from the `holidays` library."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from types import ModuleType


def check_country(where: str, country: str | None, region: str | None) -> None:
    """Raise `ConfigError` unless holidays of this country and region are known."""
    if country is None:
        if region is not None:
            raise ConfigError(
                f"{where}: holiday_region {region!r} without a holiday_country",
                hint='Add the country, such as holiday_country = "DE".',
            )
        return
    known = _library().list_supported_countries(include_aliases=True)
    if country not in known:
        near = difflib.get_close_matches(country.upper(), known, n=3) or ["DE", "GB", "US"]
        raise ConfigError(
            f"{where}: no holidays are known for country {country!r}; nearest: {', '.join(near)}",
            hint="Use an ISO 3166 code of two letters, or list the dates under `holidays`.",
        )
    if region is not None and region not in known[country]:
        allowed = ", ".join(known[country]) or "none, leave it out"
        raise ConfigError(
            f"{where}: no holidays are known for region {region!r} of {country};"
            f" allowed: {allowed}",
            hint="Use one of these, or list the dates under `holidays`.",
        )


def public_holidays(country: str, region: str | None, years: Iterable[int]) -> frozenset[date]:
    """The public holidays of these years, days off in lieu included."""
    return frozenset(_library().country_holidays(country, subdiv=region, years=years))


def _library() -> ModuleType:
    import holidays

    return holidays
