"""Wires the parts into a program."""
