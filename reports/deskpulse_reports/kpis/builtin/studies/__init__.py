"""Analyses: functions from the mart and a question to a table, one noun a file."""
