"""Criteria whose rows are judged one by one, each by the ladder of its word and unit."""
