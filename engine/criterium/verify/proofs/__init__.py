"""Questions about everything that can exist, up to a bound, and the answers as examples that people can read."""
