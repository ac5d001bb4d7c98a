"""Figures of quality: retrieval by text and by image."""
