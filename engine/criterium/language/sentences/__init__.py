"""Sentences become typed nodes."""
