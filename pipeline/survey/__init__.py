"""Exports and the data dictionary -> respondents, items, responses, ratings, excerpts."""
