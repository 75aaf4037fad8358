"""Lowering: sentences become a typed tree in which every node knows its place and can be read back."""

from collections.abc import Iterator
from dataclasses import fields, replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest

from criterium.language import library, places
from criterium.language import tree as t
from criterium.language.file.source import Document, parse
from criterium.language.lower import content_hash, lower, setting, shown
from criterium.language.problems import Refused, Where
from criterium.language.sentences.expressions import lower_condition, lower_value
from criterium.language.sentences.scope import Entry, Scope
from criterium.language.uses import nodes

SHIPPED = [path.stem for path in library.files()]
BASE = (Path(__file__).parent / "bad/base.yaml").read_text(encoding="utf-8")


def lowered(text):
    return lower(parse(text, "base.yaml"), library.tables())


def complaints(text):
    with pytest.raises(Refused) as refused:
        lowered(text)
    return [(problem.what, problem.where.line) for problem in refused.value.problems]


# --- every node -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_every_node_knows_its_line(name):
    """Every node of a shipped criterion knows its file, its line and its column, and the text of that line."""
    for node in nodes(library.load(name)):
        assert node.where.file.startswith("criteria/")
        lines = (places.shipped("criteria").parent / node.where.file).read_text(encoding="utf-8").splitlines()
        assert lines[node.where.line - 1] == node.where.text
        assert 1 <= node.where.column <= len(node.where.text)


@pytest.mark.parametrize("name", SHIPPED)
def test_text_stands_where_the_node_is(name):
    """A comparison or choice of a ladder stands in its line as its text says, letter by letter."""
    criterion = library.load(name)
    for layer in (criterion.steps, criterion.course):
        for node in nodes(tuple(layer.measures.values())):
            if isinstance(node, (t.Change, t.Aggregate, t.Arithmetic, t.Constant, t.Parameter, t.Named)):
                start = node.where.column - 1
                assert node.where.text[start : start + node.where.width] == node.text


def sentences(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield the conditions that are written under `when` and `conditions`, with their paths."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from sentences(value, (*path, key))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from sentences(value, (*path, at))
    elif isinstance(data, str) and ("when" in path or "conditions" in path) and "terms" not in path:
        yield data, path


class Kept:
    """Remembers the scope in which every sentence of a criterion is read."""

    def __init__(self, monkeypatch):
        self.seen = []
        real = lower_condition
        for module in ("ladders", "decision_tables"):
            lowered = f"criterium.language.lowering.{module}.lower_condition"
            monkeypatch.setattr(lowered, lambda *given: self.keep(real, *given))

    def keep(self, real, text, document, path, scope, problems):
        made = real(text, document, path, scope, problems)
        self.seen.append((text, scope, made))
        return made


@pytest.mark.parametrize("name", SHIPPED)
def test_print_then_parse(name, monkeypatch):
    """The text of a condition is the sentence as written, and reading it again gives the same condition."""
    kept = Kept(monkeypatch)
    document = library.resolve(name)
    criterion = lower(document, library.tables())
    written = {text for text, _ in sentences(document.data)}
    assert written <= {text for text, _, _ in kept.seen}
    for text, scope, made in kept.seen:
        assert made.text == text
        where = Where("a.yaml", 1, 1, text, len(text))
        for node in nodes(made):
            # What `every later ...` denies has no sentence of its own, nor what `worst of ...` is made of.
            silent = isinstance(node, t.Always) or node.text.startswith(("not every", "one of them is"))
            if isinstance(node, t.Condition) and not silent and level_of(node, made) == "same":
                again = lower_condition(node.text, Document(node.text, {(): where}), (), scope, [])
                assert again == node, f"{criterion.id}: {node.text}"


def level_of(node, whole):
    """Return "same" if a condition is read in the scope of the whole sentence, not within one of its rows or steps."""
    elsewhere = (t.Quantified, t.Aggregate, t.Earlier, t.Later, t.Adjacent)
    inner = [n for c in nodes(whole) if isinstance(c, elsewhere) for n in below(c)]
    return "row" if any(n is node for n in inner) else "same"


def below(node):
    return [n for field in fields(node) for n in nodes(getattr(node, field.name)) if isinstance(n, t.Node)]


# --- the content hash -------------------------------------------------------------------------------------------------


def test_hash_of_formatting():
    """Formatting, remarks, the order of keys and examples do not count in the hash of a criterion's content."""
    plain = lowered(BASE).hash
    assert lowered(BASE.replace("order: [PR, SD, PD]", "order:\n  - PR\n  - SD\n  - PD  # a remark")).hash == plain
    assert lowered(BASE.replace("kind: response\nlanguage: 1", 'language: 1\nkind: "response"')).hash == plain
    assert lowered(BASE + "examples: [{class: PR}]\n").hash == plain


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("50 percent", "51 percent"),
        ("1.0.0", "1.0.1"),
        ("[PR, SD, PD]", "[SD, PR, PD]"),
        ("unknown: NE", "unknown: XX"),
    ],
)
def test_hash_of_content(old, new):
    """Anything that a criterion says counts in its hash."""
    assert lowered(BASE.replace(old, new)).hash != lowered(BASE).hash


def test_hash_of_key_order():
    """A mapping has one hash in whatever order its keys stand, a list another for every order."""
    pairs = [("a", 1), ("b", [1, 2]), ("c", {"d": None})]
    assert len({content_hash(dict(order)) for order in permutations(pairs)}) == 1
    assert len({content_hash(order) for order in permutations([1, 2, 3])}) == 6


def test_hash_of_numbers():
    """A number has one hash however many zeros end it: 7, 7.0 and 7.00 are one number, 0.70 and 0.7 another."""
    data = parse("a: [7, 7.0, 7.00, 0.70, 0.7]", "a.yaml").data["a"]
    assert len({content_hash(number) for number in data[:3]}) == 1
    assert len({content_hash(number) for number in data}) == 2


# --- types ------------------------------------------------------------------------------------------------------------


def value(text):
    number = {
        "partial": t.Kind("number", "percent"),
        "size": t.Kind("number", "area"),
        "count": t.Kind("number", "number"),
    }
    names = {name: Entry("measure", kind, "step") for name, kind in number.items()}
    names |= {name: Entry("field", t.Kind("number", "length"), "step") for name in ("long", "short")}
    names |= {name: Entry("field", t.Kind("date"), "step") for name in ("date", "start")}
    problems = []
    where = Where("a.yaml", 1, 1, text, len(text))
    found = lower_value(text, Document(text, {(): where}), (), Scope("step", names, {}), problems)
    return found or [problem.what for problem in problems]


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("long * short", "area"),
        ("long * short / long", "length"),
        ("long / short", "number"),
        ("size + 10 cm2", "area"),
        ("2.5 * long", "length"),
        ("(long + short) / 2", "length"),
        ("percent fall of size from baseline", "percent"),
        ("rise of size from nadir", "area"),
        ("date - start", "time"),
        ("3", "number"),
    ],
)
def test_dimensions(text, dimension):
    """Arithmetic on quantities gives the dimension that it gives on paper."""
    found = value(text)
    assert found.kind == t.Kind("number", dimension)
    assert found.text == text


def test_dates():
    """A date moves by a time and stays a date."""
    assert value("date + 4 weeks").kind == t.Kind("date")
    assert value("date - 4 weeks").kind == t.Kind("date")


@pytest.mark.parametrize(
    "text", ["size + long", "size + 10", "date + date", "date + 4 mm", "date * 2", "4 weeks - date", "partial + count"]
)
def test_no_such_sum(text):
    """Values of different dimensions are not added, whatever their numbers."""
    (what,) = value(text)
    assert " is a" in what


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("50 percent", 50),
        ("10 cm2", 1000),
        ("4 weeks", 28),
        ("3 months", Fraction("91.3125")),
        ("1.20 mm", Fraction("1.2")),
        ("-2", -2),
    ],
)
def test_constants(text, number):
    """A quantity is its exact number in the canonical unit of its dimension."""
    assert value(text).value == number


def test_all_unknown_names_of_a_sentence():
    """Every unknown name of a sentence is complained of at once."""
    assert value("sise + shrot * 2") == ["`sise` is not a name here", "`shrot` is not a name here"]


# --- one mistake, one complaint ---------------------------------------------------------------------------------------


def test_problem_does_not_spread():
    """What uses a measure, a parameter or a condition with a mistake is not complained of for that."""
    assert complaints(BASE.replace("sum of long over", "sum of lng over")) == [("`lng` is not a name here", 15)]
    assert complaints(BASE.replace("value: 50 percent", "value: half")) == [("`half` is not a quantity", 10)]
    assert complaints(BASE.replace("is present", "is presnt")) == [("`presnt` is not a word for this", 18)]


def test_problems_of_all_stages(tmp_path):
    """Mistakes of YAML, of the format and of meaning are found in one run, also under a misspelt key."""
    text = BASE.replace("title: A small criterion", "title: 6:30").replace("measures:", "mesures:")
    text = text.replace("shrinkage >= partial", "shrinkage >= partal").replace("seen PR}", "seen RP}")
    (tmp_path / "base.yaml").write_text(text.replace("target lesions in mm", "target lesions in mn"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        library.load(str(tmp_path / "base.yaml"))
    assert [problem.where.line for problem in refused.value.problems] == [4, 14, 15, 21, 27]


# --- parameters -------------------------------------------------------------------------------------------------------


def place(text):
    return Document(text, {(): Where("--set", 1, 1, text, len(text))})


def test_setting():
    """A parameter can be given another value of its kind, in another unit of its dimension."""
    criterion = library.load("swog")
    given = setting(criterion, "confirm_after", "28 days", place("28 days"))
    assert given == replace(criterion.parameters["confirm_after"], unit="days")
    assert shown(given) == "28 days"
    assert shown(setting(criterion, "partial", "60 percent", place("60 percent"))) == "60 percent"


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("partal", "60 percent", "`swog` has no parameter `partal`"),
        ("partial", "60", "`60` is a plain number"),
        ("partial", "60 mm", "`60 mm` is a length"),
        ("partial", "most", "`most` is not a quantity"),
        ("partial", "60 precent", "`precent` is not a unit"),
        ("markers", "sometimes", "`sometimes` is not a reading of `markers`"),
    ],
)
def test_setting_that_does_not_fit(name, text, what):
    """A value of another kind is refused, with what it is."""
    with pytest.raises(Refused) as refused:
        setting(library.load("swog"), name, text, place(text))
    assert [problem.what for problem in refused.value.problems] == [what]


# --- needs ------------------------------------------------------------------------------------------------------------


def test_needs_of_a_response_criterion():
    """A response criterion needs its own table; findings and events beside it are read if they are there."""
    needs = library.load("swog").needs
    assert set(needs) == {"lesions"}
    assert {"patient_id", "date", "lesion_id", "role", "long", "short", "state"} <= set(needs["lesions"])
    assert needs["lesions"]["long"] == "swog needs it for `area`"


def test_needs_of_an_endpoint():
    """An endpoint needs events: without them there is nothing to say."""
    assert set(library.load("overall-survival").needs) == {"events"}


def test_needs_of_a_toxicity_criterion():
    """A toxicity criterion needs results with their units and the limits of normal that its bands speak of."""
    needs = library.load("ctcae-3.0").needs
    assert set(needs) == {"labs"}
    assert {"test", "value", "unit", "lln", "uln"} <= set(needs["labs"])


def test_needs_of_a_quantity():
    """A quantity needs the column of its unit."""
    assert {"activity", "unit"} <= set(library.load("lu177-octreotate-salvage").needs["treatments"])
