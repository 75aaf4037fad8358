"""Kinds of criteria are declared: what a study makes of one follows from a few lines, whose mistakes are told."""

import json
import re
import shutil
from pathlib import Path

import pytest

from criterium.language import library, places, roles
from criterium.language.file import schema
from criterium.language.problems import Refused
from criterium.study.exports import tables
from criterium.study.plan import survey
from criterium.study.results import run
from criterium.study.summary import sheets
from tests.calls import call
from tests.small import STUDY, computed, figure, table, write

CACHED = (roles.sections, schema.text_of, library.tables)
# What is the least that can be said of a kind; `well.yaml` is of it.
LEAST = "  quality-of-life:\n    means: the criterion of quality of life\n"
WELL = """\
id: well
version: 1.0.0
title: Being well
kind: quality-of-life
language: 1
source: [{cite: no paper, for: nothing, confidence: derived}]
parameters:
  less: {value: 2, means: fall of severity that counts, cite: none}
each: assessment
of: symptoms
measures: {burden: sum of severity over baseline symptoms, relief: fall of burden from baseline}
classes:
  - {class: improved, name: Improved, when: [relief >= less]}
  - {class: same, name: The same, when: otherwise}
order: [improved, same]
unknown: open
course:
  classes:
    - {class: improved, name: Improved, when: seen improved}
    - {class: same, name: The same, when: seen same}
    - {class: open, name: Not known, when: otherwise}
"""
# A falls from 5 to 3, B from 5 to 4, C has no baseline, D was never treated.
ITEMS = """\
patient_id,date,item,severity
A,2019-12-20,pain,5
A,2020-03-01,pain,3
B,2019-12-20,pain,5
B,2020-03-01,pain,4
C,2020-03-01,pain,4
"""


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """Return a function that changes what ships of `criteria`, a copy of it, by one replacement in one of its files."""
    folder = tmp_path / "package" / "criteria"
    shutil.copytree(places.shipped("criteria"), folder)
    monkeypatch.setattr(places, "_PACKAGE", folder.parent)

    def change(file, old, new):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        forget()

    yield change
    monkeypatch.undo()
    forget()


def forget():
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def kind(declare):
    """Return a function that adds a kind to those that there are, before the endpoints."""
    return lambda text: declare("kinds.yaml", "  endpoint:\n", f"{text}  endpoint:\n")


def made(folder, study, **files):
    """Write a study of `well.yaml` and its tables into a folder."""
    write(folder, study, symptoms=ITEMS)
    for name, text in {"well": WELL, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


# --- a kind of few lines ----------------------------------------------------------------------------------------------
SINGLE = STUDY + "quality-of-life: well.yaml\n" + figure("{count: courses, when: quality-of-life is improved}", "1")


def test_a_new_kind_is_run_printed_and_exported(tmp_path, kind):
    """A kind that is declared in two lines has a section, a name in figures, a table, a column and rows."""
    kind(LEAST)
    folder = made(tmp_path / "study", SINGLE)
    assert computed(folder)["one"].agrees
    results = run(survey(folder))
    rows = table(results, "quality-of-life-only")
    assert {label: row["n"] for label, row in rows.items()} == {"improved": 1, "same": 1, "open": 2}
    frames = tables(results)
    courses = frames["courses"].set_index("USUBJID")["QUALITY-OF-LIFE"]
    assert courses.to_dict() == {"A": "improved", "B": "same", "C": "open", "D": "open"}
    steps = frames["quality-of-life"]
    assert {*steps["PARAMCD"]} == {"QUALITY-OF-LIFE"}
    assert steps.set_index("USUBJID")["AVALC"].to_dict() == {"A": "improved", "B": "same", "C": "open"}


def test_every_command_knows_a_new_kind(tmp_path, kind):
    """A run names its criterion, one patient is explained by it, criteria of it are compared, and its numbers swept."""
    kind(LEAST)
    folder = made(tmp_path / "study", SINGLE, more=WELL.replace("id: well", "id: more").replace("value: 2", "value: 1"))
    assert "quality-of-life: well 1.0.0" in call("run", str(folder))[1]
    assert "Being well by well 1.0.0, only course" in call("run", str(folder))[1]
    assert "Quality-of-life, well: improved" in call("explain", str(folder), "A", "--what", "quality-of-life")[1]
    files = [str(folder / "well.yaml"), str(folder / "more.yaml")]
    told = json.loads(call("diff", *files, "--cohort", str(folder), "--steps", "0", "--format", "json")[1])
    (judged,) = told["cohort"]["judged"]
    assert judged["title"] == "Quality-of-life of each patient"
    assert [mover["name"] for pair in judged["pairs"] for mover in pair["movers"]] == ["B"]
    out = call("sweep", f"{folder / 'well.yaml'}.less=1,2", "--cohort", str(folder))[1]
    assert "between 1 and 2: B moves improved -> same" in out


def test_the_formats_have_a_new_kind(kind):
    """What `criterium schema` prints of a study has its section, and of a criterion its name."""
    kind(LEAST)
    section = json.loads(call("schema", "study")[1])["properties"]["quality-of-life"]
    assert section == {"description": "the criterion of quality of life", "type": "string"}
    assert "quality-of-life" in json.loads(call("schema", "criterion")[1])["$defs"]["kind"]["enum"]


SHAPES = {
    "one": ("", "quality-of-life: well.yaml", "quality-of-life", "QUALITY-OF-LIFE"),
    "named": ("    section: lives\n    called: life\n    column: LIFE\n", "lives: well.yaml", "life", "LIFE"),
    "course": ("    holds: course\n", "quality-of-life: {only: well.yaml}", "quality-of-life", "QUALITY-OF-LIFE"),
    "list": ("    holds: list\n", "quality-of-life: [well.yaml]", "well", "WELL"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_kind_says_of_itself(tmp_path, kind, shape):
    """A section holds one criterion, one for each course or a list; names and columns are those declared."""
    said, section, called, column = SHAPES[shape]
    kind(LEAST + said)
    folder = made(
        tmp_path / "study", f"{STUDY}{section}\n" + figure(f"{{count: courses, when: {called} is improved}}", "1")
    )
    assert computed(folder)["one"].agrees
    results = run(survey(folder))
    assert tables(results)["courses"].set_index("USUBJID")[column]["A"] == "improved"
    assert table(results, "well-only" if shape == "list" else "quality-of-life-only")["improved"]["n"] == 1


def test_printed_tables_are_those_declared(tmp_path, kind):
    """A kind may ask for tables of steps and of measures, with an id and a title."""
    kind(f"{LEAST}    sheets: [{{of: steps, id: looks, title: Looks}}, {{of: measures, id: sums, title: Sums}}]\n")
    results = run(survey(made(tmp_path / "study", SINGLE)))
    assert table(results, "looks-only")["improved"]["assessments"] == 1
    assert [table(results, "sums-only")["burden"][end] for end in ("lowest", "highest")] == [3, 4]
    titles = {one.id: one.title for one in sheets(results)}
    assert (titles["looks-only"], titles["sums-only"]) == ("Looks by well 1.0.0, only course", "Sums, only course")


def test_further_criteria_of_a_new_kind(tmp_path, kind):
    """A section of further criteria takes them by names; each is asked for by what the kind is called and its name."""
    kind(f"{LEAST}    called: life\n    further: {{section: lives, means: further ones, each: one of them}}\n")
    study = f"{STUDY}quality-of-life: well.yaml\nlives: {{easy: more.yaml}}\n"
    study += figure("{count: courses, when: [life_easy is improved, life is same]}", "1")
    more = WELL.replace("id: well", "id: more").replace("value: 2", "value: 1")
    folder = made(tmp_path / "study", study, more=more)
    assert computed(folder)["one"].agrees
    results = run(survey(folder))
    assert table(results, "quality-of-life-easy-only")["improved"]["n"] == 2
    assert tables(results)["courses"].set_index("USUBJID")["LIFE_EASY"]["B"] == "improved"


def test_a_new_kind_that_grades(tmp_path, kind):
    """Whether results are graded is said by the file: one with terms has a sheet of highest grades, and rows."""
    kind(LEAST.replace("quality-of-life", "safety"))
    scaffold = (places.shipped("criteria") / "new" / "toxicity.txt").read_text(encoding="utf-8")
    text = "id: own\nversion: 1.0.0\ntitle: Own grades\n" + scaffold.replace("kind: toxicity", "kind: safety")
    folder = made(tmp_path / "study", STUDY + "safety: own.yaml\n", own=text)
    labs = "patient_id,date,test,value,unit,lln,uln\nA,2020-01-05,platelets,60,10*9/L,150,400\n"
    (folder / "labs.csv").write_text(labs, encoding="utf-8")
    results = run(survey(folder))
    assert "safety" in results.graded
    assert len(tables(results)["safety"]) == 1


READS = """\
id: until-improved
version: 1.0.0
title: Time until improved
kind: endpoint
language: 1
source: [{cite: no paper, for: nothing, confidence: derived}]
each: course
unknown: unknown
measures: {improved_on: first date over looks where class is improved}
time:
  from: start
  unit: days
  events: [{event: improved, at: improved_on}]
  censoring: [{because: not improved, at: start}]
"""


def test_what_a_new_kind_says_is_a_table_for_the_next(tmp_path, kind, declare):
    """An endpoint reads the steps of a kind that makes a table: A is improved on 2020-03-01, after 60 days."""
    kind(LEAST)
    columns = "columns: {date: {type: date}, class: {type: label, predicate: true}}"
    head = "means: looks, made_by: quality-of-life, each: step, one: look, belongs_to: course"
    declare("tables.yaml", "results:\n", f"results:\n  looks: {{{head}, {columns}}}\n")
    study = STUDY.replace("overall-survival@1.0.0]", "until-improved.yaml]") + "quality-of-life: well.yaml\n"
    folder = made(tmp_path / "study", study, **{"until-improved": READS})
    times = tables(run(survey(folder)))["times"].set_index("USUBJID")
    assert times.loc["A", ["AVAL", "CNSR"]].tolist() == [60.0, 0]
    assert times.loc["B", "CNSR"] == 1
    swept = call("sweep", f"{folder / 'well.yaml'}.less=1,2", "--cohort", str(folder))[1]
    assert "until-improved" in swept
    write(folder, study.replace("quality-of-life: well.yaml\n", ""))
    with pytest.raises(Refused, match="until-improved reads looks, and the study has no quality-of-life criterion"):
        run(survey(folder))


AHEAD = """\
id: ahead
version: 1.0.0
title: A response that asks for grades
kind: response
language: 1
source: [{cite: no paper, for: nothing, confidence: derived}]
each: assessment
of: lesions
measures: {size: sum of long over target lesions in mm}
classes:
  - {class: PD, name: Progressive, when: [size >= 10 mm, any grade where grade >= 3]}
  - {class: SD, name: Stable, when: otherwise}
order: [SD, PD]
unknown: NE
course: {classes: [{class: PD, when: seen PD}, {class: SD, when: otherwise}]}
"""


def test_what_is_made_later_cannot_be_read(tmp_path):
    """Grades come after responses, so a response that reads them would find none: it is refused, not called stable."""
    study = STUDY.replace("swog@1.0.0", "ahead.yaml") + "toxicity: ctcae-3.0@1.0.0\n"
    folder = made(tmp_path, study, ahead=AHEAD)
    (folder / "labs.csv").write_text("patient_id,date,test,value,unit,lln,uln\n", encoding="utf-8")
    with pytest.raises(Refused, match="ahead reads grades, which the toxicity criterion makes") as caught:
        run(survey(folder))
    assert [marked(one) for one in caught.value.problems] == ["ahead.yaml"]


def test_figures_call_each_criterion_otherwise(tmp_path, kind):
    """An entry of a list whose id is what figures call another criterion is refused at its place."""
    kind(f"{LEAST}    holds: list\n")
    best = WELL.replace("id: well", "id: best")
    folder = made(tmp_path / "study", STUDY + "quality-of-life: [best.yaml]\n", best=best)
    with pytest.raises(Refused, match="figures would call `quality-of-life best` `best`") as caught:
        run(survey(folder))
    assert [marked(one) for one in caught.value.problems] == ["best.yaml"]


# --- mistakes ---------------------------------------------------------------------------------------------------------
def marked(problem):
    """Return the text of the file that a problem marks."""
    where = problem.where
    return where.text[where.column - 1 : where.column - 1 + where.width]


KINDS_WRONG = [
    ("holds: course", "holds: courses", "`courses` is not allowed here", "courses"),
    ("    called: best\n", "    caled: best\n", "`caled` is not a key here", "caled"),
    ("    means: the endpoints\n", "", "the key `means` of `endpoint` is missing", None),
    ("called: best", "called: dosing", "the name in figures `dosing` is that of `response` already", None),
    ("    column: SYMPT\n", "    column: CBOR\n", "the column `CBOR` is that of `response` already", "CBOR"),
    ("section: endpoints", "section: set", "the section `set` is that of the format already", "set"),
    ("      section: beside\n", "      section: dosing\n", "the section `dosing` is that of `response` already", None),
    ("table: cycles", "table: courses", "the table `courses` is that of the format already", "courses"),
    ("id: amounts", "id: cycles", "the sheet `cycles` is that of `dosing` already", "cycles"),
    ("    main: true\n", "", "no kind is what a study is about", None),
    ("    main: true\n", "    main: true\n    holds: list\n", "a study may have several criteria of the kind", "true"),
    ("  symptoms:\n", "  symptoms:\n    main: true\n", "a study is about `response` already", "true"),
]


@pytest.mark.parametrize(("old", "new", "what", "text"), KINDS_WRONG, ids=[what for _, _, what, _ in KINDS_WRONG])
def test_faults_of_the_kinds(declare, old, new, what, text):
    """Every mistake in the kinds is told at its line and column, with what was expected."""
    declare("kinds.yaml", old, new)
    with pytest.raises(Refused) as caught:
        roles.sections()
    found = [one for one in caught.value.problems if what in one.what]
    assert found
    assert found[0].where.file == "criteria/kinds.yaml"
    assert found[0].where.line > 1
    assert found[0].expected
    assert text is None or marked(found[0]) == text


TABLES_WRONG = [
    ("    opens: true\n", "", "nothing says which table opens courses", None),
    ("    one: lesion\n", "    one: lesion\n    opens: true\n", "opens with a row of `treatments` already", "true"),
    ("read_by: reader\n    key: [patient_id, date, reader]", "read_by: role\n    key: [date]", "`role` is no", "role"),
    ("made_by: toxicity", "made_by: toxicty", "there is no kind `toxicty`", "toxicty"),
    ("made_by: toxicity", "made_by: dosing", "a study may have several criteria of the kind `dosing`", "dosing"),
    ("    each: course\n", "", "the key `each` of `best_responses` is missing", None),
    ("category: {type", "colour: {type", "nothing is said of each result that could stand in `colour`", "colour"),
]


@pytest.mark.parametrize(("old", "new", "what", "text"), TABLES_WRONG, ids=[what for _, _, what, _ in TABLES_WRONG])
def test_faults_of_the_tables(declare, old, new, what, text):
    """What the tables say of kinds and courses is held against them, and told at its line and column."""
    declare("tables.yaml", old, new)
    with pytest.raises(Refused) as caught:
        library.tables()
    (found,) = caught.value.problems
    assert what in found.what
    assert found.where.file == "criteria/tables.yaml"
    assert found.where.line > 1
    assert text is None or marked(found) == text


def test_criteria_are_of_a_kind_that_there_is(tmp_path):
    """A criterion of an unknown kind is refused with those that there are."""
    path = tmp_path / "well.yaml"
    path.write_text(WELL, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        library.load(str(path))
    (problem,) = [one for one in caught.value.problems if one.what == "`quality-of-life` is not allowed here"]
    assert re.findall("`([a-z]+)`", problem.expected) == [kind.name for kind in roles.kinds()]


def test_scaffolds_are_of_kinds_that_there_are():
    """Every scaffold that `criterium new` writes is of a declared kind, which is the name of its file."""
    for path in Path(places.shipped("criteria") / "new").iterdir():
        assert f"kind: {path.stem}\n" in path.read_text(encoding="utf-8")
        assert roles.own_section(path.stem)
