"""Decisions, codings and judgements -> coefficients of agreement with intervals."""
