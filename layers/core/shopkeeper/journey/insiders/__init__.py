"""Walks over all who are inside a journey: they are woken, moved to another version, counted."""
