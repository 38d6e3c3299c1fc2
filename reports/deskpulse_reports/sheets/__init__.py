"""Answers as files for spreadsheets and other programs."""
