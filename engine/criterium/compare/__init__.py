"""Two criteria or more: what their files say, what can part them, and what they say of a cohort; thresholds swept."""
