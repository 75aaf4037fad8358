"""The algebra of a cohort: one array for all patients, no loop over patients or rows."""
