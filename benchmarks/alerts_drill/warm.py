"""Imports what `deskpulse run`, `alerts` and `digest` need, for the fork server.

Importing is half of what a short command does, and no moment at which a kill tells us anything.
"""

from importlib import import_module

from deskpulse.plugins import load

WANTED = (
    "adbc_driver_sqlite.dbapi",
    "deskpulse.app.alerting",
    "deskpulse.app.desk_view",
    "deskpulse.app.jobs",
    "deskpulse.app.listening",
    "deskpulse.app.scheduler",
    "deskpulse.app.validation",
    "deskpulse.app.verbs.alerts",
    "deskpulse.app.verbs.digest",
    "deskpulse.app.verbs.run",
    "deskpulse.app.waiting",
    "deskpulse.store.retention",
    "deskpulse.sync.engine",
    "deskpulse_reports.digest",
    "deskpulse_reports.kpis.engine",
    "deskpulse_reports.mart",
    "numpy.ma",
)

for module in WANTED:
    import_module(module)
load()
