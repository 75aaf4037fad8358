"""The algebra of one course that nobody has seen: terms that a solver can reason about."""
