"""The examples of a file, each a tiny cohort, tried in both algebras; what comes out differently is told."""
