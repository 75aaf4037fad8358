"""The algebra of one course that was seen: fractions, with a trace."""
