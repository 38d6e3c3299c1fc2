"""Imports what `deskpulse run` needs, for the fork server."""

import deskpulse.app.alerting
import deskpulse.app.desk_view
import deskpulse.app.jobs
import deskpulse.app.scheduler
import deskpulse.app.validation
import deskpulse.app.verbs.alerts
import deskpulse.app.verbs.digest
import deskpulse.app.verbs.run
import deskpulse_reports.kpis.engine
import deskpulse_reports.mart  # noqa: F401
from deskpulse.plugins import load

load()
