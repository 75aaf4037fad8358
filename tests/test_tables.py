"""The declaration of tables: its schema, its defaults, and what must hold for the tables that ship."""

from __future__ import annotations

import json
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from criterium.language.tables import Column, tables_from
from criterium.language.units import unit

SHIPPED = yaml.safe_load((Path(__file__).parents[1] / "criteria" / "tables.yaml").read_text(encoding="utf-8"))
SCHEMA = json.loads((resources.files("criterium.language") / "tables.schema.json").read_text(encoding="utf-8"))
TABLES = tables_from(SHIPPED)


def schema_parts(part: Any) -> list[dict[str, Any]]:
    """Return all objects inside a part of the schema that describe a key."""
    if isinstance(part, list):
        return [found for item in part for found in schema_parts(item)]
    if not isinstance(part, dict):
        return []
    keys = [*part.get("properties", {}).values(), *part.get("$defs", {}).values()]
    return keys + [found for key, item in part.items() if key != "dependentRequired" for found in schema_parts(item)]


def test_the_shipped_tables_fit_the_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(SHIPPED)


def test_every_key_of_the_schema_has_a_description():
    assert [part for part in schema_parts(SCHEMA) if "description" not in part] == []


@pytest.mark.parametrize("path", [(), ("tables", "lesions"), ("tables", "lesions", "columns", "long")])
def test_an_unknown_key_does_not_fit_the_schema(path):
    data = json.loads(json.dumps(SHIPPED))
    part = data
    for key in path:
        part = part[key]
    part["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.Draft202012Validator(SCHEMA).validate(data)


def test_a_column_holds_what_is_declared():
    assert TABLES["lesions"].columns["long"] == Column(
        name="long", column="long_mm", type="quantity", unit="mm", least=Fraction(0)
    )
    grade = TABLES["adverse_events"].columns["grade"]
    assert (grade.least, grade.most, grade.required, grade.may_be_empty) == (0, 5, True, True)
    role = TABLES["lesions"].columns["role"]
    assert (role.values, role.frozen) == (("target", "non-target", "new"), ("target", "non-target"))


def test_a_table_holds_what_is_declared_and_defaults_otherwise():
    lesions, labs = TABLES["lesions"], TABLES["labs"]
    assert (lesions.one, lesions.plural, lesions.member, lesions.series) == ("lesion", "lesions", "lesion_id", None)
    assert (labs.belongs_to, labs.series, labs.attributes, labs.derived) == ("date", "test", False, False)
    assert TABLES["treatments"].plural == "cycles"
    assert TABLES["patients"].attributes


def test_results_are_derived_tables():
    assert {name for name, table in TABLES.items() if table.derived} == {"responses", "best_responses", "grades"}


def test_a_bound_with_a_point_is_exact():
    column = {"type": "number", "least": "0.1", "most": 2.5}
    table = {"means": "a row", "one": "row", "belongs_to": "date", "columns": {"x": column}}
    found = tables_from({"tables": {"rows": table}})["rows"].columns["x"]
    assert (found.least, found.most) == (Fraction(1, 10), Fraction(5, 2))


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_names_inside_a_table_are_columns_of_it(table):
    named = [*table.key, *(name for name in (table.member, table.series) if name)]
    named += [column.unit_column for column in table.columns.values() if column.unit_column]
    assert set(named) <= set(table.columns)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_columns_agree_with_themselves(table):
    for column in table.columns.values():
        assert set(column.missing) <= set(column.values)
        assert set(column.frozen) <= set(column.values)
        assert column.type != "quantity" or (column.unit is None) != (column.unit_column is None)
        if column.unit:
            assert unit(column.unit).dimension not in {"", "number"}


def test_what_lasts():
    """A member keeps its name, role and site where it has no row, and nothing that somebody must look at again."""
    lesions = TABLES["lesions"]
    assert {"lesion_id", "role", "site"} <= set(lesions.lasting)
    assert not {"state", "long", "reader"} & set(lesions.lasting)
    assert TABLES["labs"].lasting == ("test",)
