"""The program: the only place that wires connectors, store, facts, KPIs and notifiers together."""
