"""Cohorts written by hand, and what the door says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from criterium.language.problems import Problem, Refused
from criterium.language.tables import tables_from
from criterium.timeline.door import read_cohort

DATA = yaml.safe_load((Path(__file__).parents[1] / "criteria" / "tables.yaml").read_text(encoding="utf-8"))
TABLES = tables_from(DATA)
LESIONS = "patient_id,date,lesion_id,role,long_mm\n"
LABS = "patient_id,date,test,value,unit,lln,uln\n"
DOSES = "patient_id,date,activity,unit\n"

Found = tuple[str, int, int, str, str, str]


def problems_of(
    tmp_path: Path, files: Mapping[str, str | bytes], needs: Mapping[str, Mapping[str, str]] | None = None
) -> list[Problem]:
    """Return the problems of a cohort of these files and the patients A1 and A2."""
    for name, content in {"patients.csv": "patient_id\nA1\nA2\n", **files}.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Refused) as refused:
        read_cohort(tmp_path, TABLES, needs)
    return list(refused.value.problems)


def found_in(
    tmp_path: Path, files: Mapping[str, str | bytes], needs: Mapping[str, Mapping[str, str]] | None = None
) -> list[Found]:
    """Return the problems as file, line, column, what, expected, help."""
    return [
        (Path(p.where.file).name, p.where.line, p.where.column, p.what, p.expected, p.help)
        for p in problems_of(tmp_path, files, needs)
    ]


def whats(tmp_path: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """Return what is wrong with a cohort of these files."""
    return [problem.what for problem in problems_of(tmp_path, files)]
