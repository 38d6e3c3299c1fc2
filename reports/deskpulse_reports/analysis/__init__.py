"""Statistics behind the KPIs: plain values in, plain values out; no I/O and no clock."""
