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
    regions = _regions(country)
    if regions is None:
        known = _library().list_supported_countries(include_aliases=True)
        near = difflib.get_close_matches(country.upper(), known, n=3) or ["DE", "GB", "US"]
        raise ConfigError(
            f"{where}: no holidays are known for country {country!r}; nearest: {', '.join(near)}",
            hint="Use an ISO 3166 code of two letters, or list the dates under `holidays`.",
        )
    if region is not None and region not in regions:
        allowed = ", ".join(regions) or "none, leave it out"
        raise ConfigError(
            f"{where}: no holidays are known for region {region!r} of {country};"
            f" allowed: {allowed}",
            hint="Use one of these, or list the dates under `holidays`.",
        )


def _regions(country: str) -> list[str] | None:
    """The regions of a country and their aliases; null if the library does not know it.

    Asked of the one country: to list them all would load every country's rules.
    """
    try:
        rules = _library().country_holidays(country)
    except NotImplementedError:
        return None
    if rules.country != country:  # it also answers to names such as "Germany"
        return None
    return [*rules.subdivisions, *sorted(rules.subdivisions_aliases)]


def public_holidays(country: str, region: str | None, years: Iterable[int]) -> frozenset[date]:
    """The public holidays of these years, days off in lieu included."""
    return frozenset(_library().country_holidays(country, subdiv=region, years=years))


def _library() -> ModuleType:
    import holidays

    return holidays
