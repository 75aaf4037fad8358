"""The format: every key is described, its mistakes are explained in words, and whatever ships or is printed fits it."""

import json
import re
from pathlib import Path

import pytest

from criterium.language import library
from criterium.language.file import schema
from criterium.language.file.overlay import laid_over
from criterium.language.file.source import Document, parse
from criterium.language.lower import lower
from criterium.language.problems import Where
from criterium.verify.examples.trials import run

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = ROOT / "engine/criterium/language"
STUDY = ROOT / "criteria/study.schema.json"
FORMATS = sorted(path.name.removesuffix(".schema.json") for path in LANGUAGE.glob("*.schema.json"))
YAML = sorted(
    [*(ROOT / "criteria").rglob("*.yaml"), *(ROOT / "cohorts").rglob("*.yaml"), *(ROOT / "tests/bad").glob("base.yaml")]
)
BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/language.md").read_text(encoding="utf-8"), re.DOTALL)


def subschemas(data, path=()):
    """Yield (path, schema) for every schema below `data`."""
    if isinstance(data, dict):
        yield path, data
        for key, value in data.items():
            yield from subschemas(value, (*path, key))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from subschemas(value, (*path, at))


@pytest.mark.parametrize("name", FORMATS)
def test_descriptions(name):
    """Every key of every format has a description, its own or that of what it refers to."""
    whole = json.loads(schema.text_of(name))
    for path, found in subschemas(whole):
        if "properties" in path[-2:-1]:
            there = whole["$defs"].get(found.get("$ref", "").rpartition("/")[2], {})
            assert found.get("description") or there.get("description"), path


@pytest.mark.parametrize("name", FORMATS)
def test_unknown_keys_are_refused(name):
    """Every mapping with named keys refuses all others."""
    for path, found in subschemas(json.loads(schema.text_of(name))):
        if isinstance(found.get("properties"), dict) and path[-1:] != ("properties",):
            assert found.get("additionalProperties") is False, path


@pytest.mark.parametrize("name", FORMATS)
def test_every_definition_is_used(name):
    """Every definition of a format is referred to, and every reference leads somewhere."""
    text = schema.text_of(name)
    used = set(re.findall(r'"#/\$defs/(\w+)"', text))
    assert used == set(json.loads(text).get("$defs", {}))


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_first_line(path):
    """Every file that ships begins with the line by which an editor finds its format."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found, first
    assert (path.parent / found[1]).resolve() in {STUDY, *(LANGUAGE / f"{name}.schema.json" for name in FORMATS)}


def test_editors_have_the_format_of_a_study():
    """The file that studies name in their first line is what `criterium schema study` prints."""
    assert STUDY.read_text(encoding="utf-8") == schema.text_of("study")


@pytest.mark.parametrize("path", library.files(), ids=lambda path: path.stem)
def test_shipped(path):
    """Every criterion that ships fits the format, before and after it is laid over its base."""
    written = parse(path.read_text(encoding="utf-8"), path.name)
    assert not list(schema.problems(written, "criterion"))
    assert not list(schema.problems(library.resolve(path.stem), "criterion"))


def base():
    return parse(BLOCKS[0], "docs/language.md")


def test_printed_example():
    """The example of the reference is a criterion whose own examples hold."""
    document = schema.checked(base(), "criterion")
    criterion = lower(document, library.tables())
    assert criterion.id == "example"
    assert run(criterion, document, library.tables()).problems == ()


@pytest.mark.parametrize("text", [block for block in BLOCKS[1:] if "extends:" in block])
def test_printed_overlay(text):
    """An overlay of the reference fits the format and makes a criterion of the example."""
    overlay = parse(text, "docs/language.md")
    assert not list(schema.problems(overlay, "criterion"))
    whole = lower(schema.checked(laid_over(base(), overlay), "criterion"), library.tables())
    assert whole.order == ("PR", "MR", "SD", "PD")
    assert [clause.label for clause in whole.course.ladders["class"].clauses] == ["SD", "NE"]
    assert whole.parameters["partial"].text == "60 percent"


@pytest.mark.parametrize("text", [block for block in BLOCKS[1:] if "extends:" not in block])
def test_printed_part(text):
    """A part that the reference prints makes a criterion, put into the example or beside its header."""
    part = parse(text, "docs/language.md").data
    data = {key: value for key, value in base().data.items() if key != "examples"}
    if "each" in part or "table" in part:
        steps = () if "table" in part else ("each", "of", "measures", "conditions")
        data = {key: data[key] for key in data if key not in {"classes", "order", "course", "members", *steps}}
    if "table" in part:
        data |= {key: base().data[key] for key in ("members", "each", "of")}
    for key, value in part.items():
        data[key] = {**data[key], **value} if isinstance(data.get(key), dict) else value
    document = Document(data, {(): Where("docs/language.md")})
    document = library.with_used(schema.checked(document, "criterion"), ROOT / "docs/language.md")
    criterion = lower(document, library.tables())
    assert criterion.id == "example"
    assert run(criterion, document, library.tables()).problems == ()


def test_misspelt_key_is_read_as_meant():
    """What stands under a misspelt key keeps its place and is checked too."""
    document = schema.checked(parse(BLOCKS[0].replace("measures:", "mesures:"), "a.yaml"), "criterion")
    assert list(document.data) == list(base().data)
    assert document.where(("measures", "size")).text.startswith("  size: sum")
    assert [problem.what for problem in document.problems] == ["`mesures` is not a key here"]


def test_broken():
    """What does not fit is marked, so that nothing is made of it; all else is sound."""
    text = BLOCKS[0].replace("{class: SD, name: Stable disease, when: otherwise}", "{class: SD}")
    document = schema.checked(parse(text, "a.yaml"), "criterion")
    assert document.broken == {("classes", 2)}
    assert not document.sound(("classes",))
    assert not document.sound(("classes", 2))
    assert document.sound(("classes", 1))
