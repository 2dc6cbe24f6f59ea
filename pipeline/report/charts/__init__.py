"""Figures: a finished table in, a matplotlib Figure out. Nothing is computed, nothing is saved here."""
