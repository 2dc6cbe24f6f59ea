"""The people asked and what was promised: the frozen plan, planned comparisons, follow-up surveys, instruments."""
