"""Findings for people and for machines: text, JSON, SARIF 2.1.0 and JUnit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from rich.console import Console

from criterium import __version__
from criterium.language.problems import Problem, Where
from criterium.language.tree import Expected
from criterium.report.terminal import line, told
from criterium.verify.findings import CODES, Checked, Finding

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_PAGES = "docs/findings/"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file and what was found in it; `examples` is how many of its examples ran."""

    name: str
    examples: int
    checked: Checked


# --- text -------------------------------------------------------------------------------------------------------------
def headline(sheet: Sheet, out: Console) -> None:
    """Print the one line of a file: whether it is in order, and how many examples it has."""
    word = "PROBLEMS" if sheet.checked.errors else "ok"
    declared = len(sheet.checked.declared)
    known = f"  {_counted(declared, 'declared finding')}" if declared else ""
    line(out, f"{word:<8}  {sheet.name}  {_counted(sheet.examples, 'example')}{known}")


def show(sheets: Sequence[Sheet], out: Console) -> None:
    """Print every open finding, and how many there are."""
    found = [one for sheet in sheets for one in sheet.checked.open]
    for one in found:
        what = f"{one.code} {one.what}" if one.severity == "error" else f"warning {one.code} {one.what}"
        told(Problem(one.where, what, one.expected, one.help), out, "red" if one.severity == "error" else "yellow")
        if one.witness:
            out.print(f"  example: {one.witness}", soft_wrap=True, markup=False)
    errors = sum(one.severity == "error" for one in found)
    counts = [_counted(errors, "problem")] if errors else []
    counts += [_counted(len(found) - errors, "warning")] if len(found) > errors else []
    if counts:
        line(out, ", ".join(counts), "bold red" if errors else "bold yellow")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


# --- JSON -------------------------------------------------------------------------------------------------------------
def as_json(sheets: Iterable[Sheet]) -> str:
    """Return the findings of files as JSON: a list of files, each with its `findings` and its `declared` ones."""
    return json.dumps([_file(sheet) for sheet in sheets], indent=2, ensure_ascii=False)


def _file(sheet: Sheet) -> dict[str, Any]:
    declared = [
        {**_one(found), "reason": expected.reason, "cite": expected.cite} for found, expected in sheet.checked.declared
    ]
    return {
        "file": sheet.name,
        "examples": sheet.examples,
        "errors": sheet.checked.errors,
        "findings": [_one(found) for found in sheet.checked.open],
        "declared": declared,
    }


def _one(found: Finding) -> dict[str, Any]:
    place = {"file": found.where.file, "line": found.where.line, "column": found.where.column}
    words = {"about": found.about, "what": found.what, "expected": found.expected, "help": found.help}
    name = CODES[found.code].name
    return {"code": found.code, "name": name, "severity": found.severity, **place, **words, "witness": found.witness}


# --- SARIF ------------------------------------------------------------------------------------------------------------
def as_sarif(sheets: Sequence[Sheet]) -> str:
    """Return the findings as a SARIF 2.1.0 log; what a file declares is suppressed in source, with its reason."""
    results = [_result(found) for sheet in sheets for found in sheet.checked.open]
    results += [_suppressed(found, expected) for sheet in sheets for found, expected in sheet.checked.declared]
    rules = [
        {
            "id": code,
            "name": "".join(word.capitalize() for word in one.name.split()),
            "shortDescription": {"text": one.title},
            "helpUri": f"{_PAGES}{code}.md",
            "defaultConfiguration": {"level": one.severity},
        }
        for code, one in CODES.items()
    ]
    driver = {"name": "criterium", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _result(found: Finding) -> dict[str, Any]:
    return {
        "ruleId": found.code,
        "ruleIndex": list(CODES).index(found.code),
        "level": found.severity,
        "message": {"text": _text(found)},
        "locations": [{"physicalLocation": _location(found.where)}],
        "partialFingerprints": {"criterium/v1": f"{found.code} {found.about}"},
    }


def _suppressed(found: Finding, expected: Expected) -> dict[str, Any]:
    reason = f"{expected.reason} ({expected.cite})" if expected.cite else expected.reason
    return {**_result(found), "suppressions": [{"kind": "inSource", "justification": reason}]}


def _location(where: Where) -> dict[str, Any]:
    start = {"startLine": where.line, "startColumn": where.column, "endColumn": where.column + max(1, where.width)}
    return {"artifactLocation": {"uri": where.file}, "region": start}


def _text(found: Finding) -> str:
    parts = [found.what, found.expected and f"expected: {found.expected}", found.help and f"help: {found.help}"]
    return "\n".join([*(part for part in parts if part), *([f"example: {found.witness}"] if found.witness else [])])


# --- JUnit ------------------------------------------------------------------------------------------------------------
def as_junit(sheets: Sequence[Sheet]) -> str:
    """Return the findings as JUnit XML: a suite a file; errors fail, warnings pass, what is declared is skipped."""
    suites = ET.Element("testsuites", name="criterium check")
    for sheet in sheets:
        cases = [_case(found) for found in sheet.checked.open]
        cases += [_skipped(found, expected.reason) for found, expected in sheet.checked.declared]
        if not sheet.checked.errors:
            cases.append(ET.Element("testcase", classname=sheet.name, name="no finding of severity error"))
        counts = {"tests": len(cases), "failures": sheet.checked.errors, "skipped": len(sheet.checked.declared)}
        suite = ET.SubElement(suites, "testsuite", name=sheet.name, errors="0")
        for name, count in counts.items():
            suite.set(name, str(count))
        suite.extend(cases)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _case(found: Finding) -> ET.Element:
    name = f"{found.code} {found.about} line {found.where.line}"
    case = ET.Element("testcase", classname=found.where.file, name=name)
    if found.severity == "error":
        ET.SubElement(case, "failure", type=found.code, message=found.what).text = _text(found)
    else:
        ET.SubElement(case, "system-out").text = _text(found)
    return case


def _skipped(found: Finding, reason: str) -> ET.Element:
    case = ET.Element("testcase", classname=found.where.file, name=f"{found.code} {found.about}")
    ET.SubElement(case, "skipped", message=reason)
    return case
