"""Sameword: from a survey export to a glossary of the words people mean differently."""

__version__ = "0.1.0"
