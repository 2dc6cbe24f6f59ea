"""Texts and spans -> text vectors and usage vectors, in one forward pass of a verified model."""
