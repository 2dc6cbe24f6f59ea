"""Finished tables -> figures, publication tables, the report, the manifest."""
