"""Shipped rules, altered in one spot each: their cases have to notice."""
