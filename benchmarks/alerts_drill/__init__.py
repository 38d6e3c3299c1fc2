"""Kill a process that evaluates and sends alerts, again and again; then count what arrived."""
