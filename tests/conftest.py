"""Settings of every test run."""

from hypothesis import settings

# A slow machine is no failure of a law.
settings.register_profile("criterium", deadline=None)
settings.load_profile("criterium")
