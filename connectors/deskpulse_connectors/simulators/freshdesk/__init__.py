"""A simulated Freshdesk account; `python -m ...simulators.freshdesk` runs it as a process."""

from deskpulse_connectors.simulators.freshdesk.simulator import FreshdeskSimulator

__all__ = ["FreshdeskSimulator"]
