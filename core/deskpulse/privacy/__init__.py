"""What of people is kept: rules for every record, and those who were erased. Pure functions."""

from deskpulse.privacy.erased import Erased
from deskpulse.privacy.keyed import Keyed
from deskpulse.privacy.rules import Retention, Rules, Treatment

__all__ = ["Erased", "Keyed", "Retention", "Rules", "Treatment"]
