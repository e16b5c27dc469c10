"""Findings over time become alerts. No I/O, no clock."""
