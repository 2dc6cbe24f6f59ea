"""Responses -> terms, their usages, and keyword in context."""
