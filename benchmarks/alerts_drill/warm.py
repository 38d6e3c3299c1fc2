"""Imports what `deskpulse run` needs, for the fork server."""

import deskpulse_reports.kpis.engine
import deskpulse_reports.mart  # noqa: F401
from deskpulse.plugins import load

load()
