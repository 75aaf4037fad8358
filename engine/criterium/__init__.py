"""Criterium: a rule engine for clinical criteria written as versioned YAML."""

__version__ = "0.1.0"
