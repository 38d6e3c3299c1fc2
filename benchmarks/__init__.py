"""Measurements against the limits that deskpulse promises: `make bench`, `make drill`."""
