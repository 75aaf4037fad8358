"""A cohort and its criteria become results, survival and published figures."""
