"""What the desk promises: the policies of the configuration, and the vendors' own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deskpulse.config import Config
from deskpulse.config.policies import PolicyTable
from deskpulse.errors import ConfigError
from deskpulse.records import SlaPolicy
from deskpulse.store import Store
from deskpulse_reports.sla.configured import configured
from deskpulse_reports.sla.imported import Vocabulary, imported
from deskpulse_reports.sla.promises import Promises

if TYPE_CHECKING:
    from deskpulse_reports.facts import Settings


def desk_promises(config: Config, store: Store, settings: Settings) -> Promises:
    """Policies of the configuration first, then the vendors' by source and position.

    A vendor's count where its source says `import_policies`, or says nothing and no policy of the
    configuration is for it. Raises `ConfigError` for a target in business time where tickets have
    no opening hours.
    """
    for name, table in config.policies.items():
        _check_hours(config, settings, name, table)
    policies = [configured(name, table) for name, table in config.policies.items()]
    records = [record for record in store.all("sla_policy") if isinstance(record, SlaPolicy)]
    records.sort(key=lambda each: (each.source, each.position is None, each.position or 0, each.id))
    for record in records:
        if record.source in config.sources and _imports(config, record.source):
            hours = _has_hours(settings, record.source)
            policies.append(imported(record, _vocabulary(config, record.source), has_hours=hours))
    rules = {name: source.on_change for name, source in config.sources.items()}
    return Promises(tuple(policies), rules)


def _imports(config: Config, source: str) -> bool:
    said = config.sources[source].import_policies
    if said is not None:
        return said
    return not any(
        not table.sources or source in table.sources for table in config.policies.values()
    )


def _vocabulary(config: Config, source: str) -> Vocabulary:
    settings = config.source_settings[source].values
    fields, brands = settings.get("fields"), settings.get("brands")
    return Vocabulary(
        fields if isinstance(fields, Mapping) else {}, brands if isinstance(brands, Mapping) else {}
    )


def _check_hours(config: Config, settings: Settings, name: str, table: PolicyTable) -> None:
    if table.clock == "calendar" or table.calendar is not None:
        return
    for source in table.sources or config.sources:
        if not _has_hours(settings, source):
            raise ConfigError(
                f"{config.document.where(f'policies.{name}')} has targets in business time, but "
                f"tickets of {source!r} have no opening hours",
                hint='Set `calendar` of the policy, the source or the desk, or clock = "calendar".',
            )


def _has_hours(settings: Settings, source: str) -> bool:
    by_team = any(of == source for of, _ in settings.team_calendars)
    return bool(settings.calendar(source, None, None)) or by_team
