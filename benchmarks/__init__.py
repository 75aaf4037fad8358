"""Measurements against hand-written programs; never part of the tests' verdict on speed."""
