"""Senses, people's judgements and glossary.yaml -> glossary entries and their formats."""
