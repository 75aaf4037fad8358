"""Settings of every test run."""

import os

from hypothesis import settings

# A slow machine is no failure of a law.
settings.register_profile("criterium", deadline=None)
settings.load_profile("criterium")

# Output has the width of a pipe, whatever the terminal that runs the tests is.
os.environ.pop("COLUMNS", None)
