"""Thresholds swept and sizes measured anew with error: how far the answers move."""
