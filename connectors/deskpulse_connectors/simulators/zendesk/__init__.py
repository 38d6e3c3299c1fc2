"""A simulated Zendesk Support account; `python -m ...simulators.zendesk` runs it as a process."""

from deskpulse_connectors.simulators.zendesk.simulator import ZendeskSimulator
from deskpulse_connectors.simulators.zendesk.team import Size

__all__ = ["Size", "ZendeskSimulator"]
