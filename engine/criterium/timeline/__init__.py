"""Patients in: tables, their columns and units, checked at the door."""
