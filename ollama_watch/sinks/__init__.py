"""Alerts out: one module a way of telling people."""
