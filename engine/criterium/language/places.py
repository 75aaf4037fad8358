"""Where what ships is found, and how its files are named."""

from __future__ import annotations

from pathlib import Path

# The files of a folder of criteria that are none.
DECLARING = frozenset({"kinds.yaml", "tables.yaml"})
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(folder: str) -> Path:
    """Return the folder of shipped `criteria` or `cohorts`: inside the package, or beside `engine/` in a checkout."""
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent.parent / folder


def shown(path: Path) -> str:
    """Return how a file is named in problems: from `criteria/` or `cohorts/` on if it ships, otherwise as given."""
    for folder in (shipped("criteria").resolve(), shipped("cohorts").resolve()):
        if path.resolve().is_relative_to(folder):
            return path.resolve().relative_to(folder.parent).as_posix()
    return str(path)
