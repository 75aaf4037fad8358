"""Criteria on a cohort: who moves, why, how often, and what follows for rates and times."""

import pytest

from criterium.compare.cohort import on_cohort
from criterium.compare.judged import merged
from criterium.language import library
from criterium.language.problems import Refused
from tests.small import STUDY, TREATMENTS, write


def blocks(criteria, cohort, *settings):
    return {block.judged.id: block for block in on_cohort(criteria, str(cohort), settings).blocks}


def crossings(pair):
    """Return the counts of a table by the classes of both criteria, without what nobody has."""
    return {
        (row, column): int(pair.table[i, j])
        for i, row in enumerate(pair.rows)
        for j, column in enumerate(pair.columns)
        if pair.table[i, j]
    }


@pytest.fixture(scope="module")
def salvage():
    return blocks(["swog", "swog-mr"], "lu177-salvage")["response-salvage"]


def test_the_published_classes(salvage):
    """Of the paper's 2 PR, 6 MR, 8 SD and 17 PD, the 6 MR are SD without minor response."""
    (moved,) = salvage.moved
    assert crossings(moved.pair) == {("PR", "PR"): 2, ("SD", "MR"): 6, ("SD", "SD"): 8, ("PD", "PD"): 17}
    assert moved.pair.share == pytest.approx(6 / 33)
    assert {(one.before, one.after) for one in moved.movers} == {("SD", "MR")}


def test_the_cause_of_a_minor_response(salvage):
    """All six move for one reason, which names the clause, its threshold, and that the other has no such class."""
    (moved,) = salvage.moved
    (cause,) = moved.causes
    assert cause.cause == "MR by swog-mr: shrinkage >= minor (25 percent); swog has no MR"
    assert len(cause.names) == 6
    assert "L06" in cause.names


def test_the_numbers_of_one(salvage):
    """L06 parts on 2006-10-12: 15.4536 of 21.6837 cm2, a fall of 28.73 percent."""
    (mover,) = [one for one in salvage.moved[0].movers if one.name == "L06"]
    assert round(100 * (1 - 15.4536 / 21.6837), 2) == 28.73
    assert (mover.when, mover.numbers) == ("2006-10-12", "28.73 >= 25 percent")


def test_rates(salvage):
    """The classes that count are those that each file names: 2 of 33 respond by one, 8 of 33 by the other."""
    response = salvage.rates[0]
    assert response.count == (("CR", "PR"), ("CR", "PR", "MR"))
    assert (response.number, response.total) == ((2, 8), 33)
    assert response.differences[0].estimate == pytest.approx(6 / 33)


def test_times_by_class(salvage):
    """The patients of a class have their own median; those of all classes are all patients, whatever the criterion."""
    (times,) = [one for one in salvage.times if one.endpoint == "time-to-progression"]
    assert [one.n for one in times.groups["all"]] == [33, 33]
    assert [one and one.n for one in times.groups["MR"]] == [None, 6]
    assert [one.n for one in times.groups["response"]] == [2, 8]
    counts = [sum(one[at].n for name, one in times.groups.items() if name.isupper() and one[at]) for at in (0, 1)]
    assert counts == [33, 33]


def test_itself():
    """A criterion moves nobody against itself, and agrees with itself."""
    moved = blocks(["swog", "swog"], "lu177-salvage")["response-salvage"].moved[0]
    assert (moved.pair.share, moved.movers, moved.pair.plain.value) == (0, (), pytest.approx(1))


def test_settings_of_the_study_stay():
    """The study's own criterion keeps what the study sets; of another with the same parameter a note is made."""
    found = on_cohort(["recist-1.1-mr", "recist-1.1"], "mibg-dose-intensified", [])
    assert [one.parameters["node_axis"].text for one in found.runs.criteria] == ["long", "short"]
    assert len(found.runs.notes) == 1
    assert "--set 'recist-1.1.node_axis=long'" in found.runs.notes[0]
    alike = on_cohort(["recist-1.1-mr", "recist-1.1"], "mibg-dose-intensified", ["recist-1.1.node_axis=long"])
    assert [one.parameters["node_axis"].text for one in alike.runs.criteria] == ["long", "long"]
    assert alike.runs.notes == ()


def test_four_criteria():
    """Four criteria on 257 patients have the margins that van Vliet et al. print for theirs (J Nucl Med 2013; 54)."""
    found = on_cohort(["recist-1.1", "swog", "recist-1.1-mr", "swog-mr"], "gep-net-four-criteria", [])
    (block,) = found.blocks
    assert len(block.moved) == 6
    told = [{one.before, one.after} for moved in block.moved for one in moved.movers]
    assert not any("NE" in classes for classes in told)
    of = 257
    response = [round(100 * n / of) for n in block.rates[0].number]
    stable = [round(100 * block.judged.words(at).count("SD") / of) for at in range(4)]
    progressive = [round(100 * block.judged.words(at).count("PD") / of) for at in range(4)]
    assert response == [28, 25, 44, 45]
    assert stable == [49, 49, 33, 29]
    assert progressive == [24, 26, 24, 26]


FIVE = """\
patient_id,date,lesion_id,role,site,long_mm,short_mm,state
A,2019-12-20,T1,target,liver,15,15,present
A,2020-03-01,T1,target,liver,19,19,present
"""
HALF = """\
patient_id,date,lesion_id,role,site,long_mm,short_mm,state
A,2019-12-20,T1,target,liver,20,10,present
A,2020-03-01,T1,target,liver,20,,present
A,2020-06-01,T1,target,liver,20,,present
"""


@pytest.mark.parametrize("cohort", ["lu177-salvage", "mibg-dose-intensified"])
def test_causes_are_answers(cohort):
    """Law: where two criteria part, the clause that the exact walk names gives the class that the columns gave."""
    names = ["who", "swog", "swog-mr", "recist-1.0", "recist-1.1", "recist-1.1-mr"]
    found = on_cohort(names, cohort, [])
    ladders = {
        name: [one.course.ladders["class"], one.steps.ladders["class"]]
        for name, one in zip(found.runs.names, found.runs.criteria, strict=True)
    }
    movers = [one for block in found.blocks for moved in block.moved for one in moved.movers]
    assert movers
    for side in (side for one in movers for side in one.sides if not side.reason):
        clauses = [clause for ladder in ladders[side.name] for clause in ladder.clauses]
        assert (side.label, side.clause) in {(clause.label, clause.text) for clause in clauses}


def test_unknown(tmp_path):
    """One who cannot be told by one criterion moves for the reason it gives, and is in no kappa."""
    folder = write(tmp_path / "small", lesions=HALF)
    (block,) = blocks(["recist-1.1", "swog"], folder).values()
    (moved,) = block.moved
    (mover,) = [one for one in moved.movers if one.name == "A"]
    assert (mover.before, mover.after) == ("SD", "NE")
    assert mover.cause.startswith("swog cannot tell: ")
    assert moved.pair.plain.n == 0


def test_the_rule_of_5_mm(tmp_path):
    """From 15 to 19 mm is 27 percent and 4 mm: progression without, none with the floor of 5 mm."""
    folder = write(tmp_path / "small", lesions=FIVE)
    (block,) = blocks(["recist-1.0", "recist-1.1"], folder).values()
    (moved,) = block.moved
    (mover,) = moved.movers
    assert moved.causes[0].cause == (
        "PD by recist-1.0: regrowth >= progression (20 percent); recist-1.1 lacks gain >= progression_floor (5 mm)"
    )
    assert (mover.when, mover.numbers) == ("2020-03-01", "26.67 >= 20 percent | 4 < 5 mm")


def test_grades(tmp_path):
    """Every result whose grade differs is a mover with its value; the highest grade of a patient is one too."""
    (path,) = [one for one in library.files() if one.stem == "ctcae-3.0"]
    text = path.read_text(encoding="utf-8").replace("low: [lln, 75, 50, 25]", "low: [lln, 80, 50, 25]")
    (tmp_path / "ctcae-3.0.yaml").write_text(text, encoding="utf-8")
    labs = "patient_id,date,test,value,unit,lln,uln\n"
    labs += "A,2020-02-01,platelets,78,10*9/L,150,400\nA,2020-02-08,platelets,90,10*9/L,150,400\n"
    folder = write(tmp_path / "small", STUDY + "toxicity: ctcae-3.0@1.0.0\n", labs=labs)
    found = blocks(["ctcae-3.0", str(tmp_path / "ctcae-3.0.yaml")], folder)
    (single,) = found["results-only"].moved
    assert crossings(single.pair) == {("1", "1"): 1, ("1", "2"): 1}
    (mover,) = single.movers
    assert (mover.name, mover.numbers) == ("A 2020-02-01 platelets", "78 10*9/L")
    assert "grade 1 (below lln)" in mover.cause
    assert "grade 2 (below 80)" in mover.cause
    (worst,) = found["worst-only"].moved
    assert [one.name for one in worst.movers] == ["A platelets"]


def test_schemes():
    """Two schemes of treatment are compared in every course that has one; who moves has the amounts that decided."""
    found = blocks(["lu177-octreotate-regular", "lu177-octreotate-salvage"], "lu177-salvage")
    assert set(found) == {"dosing-regular", "dosing-salvage"}
    (moved,) = found["dosing-regular"].moved
    assert crossings(moved.pair) == {("reached", "exceeded"): 33}
    mover = next(one for one in moved.movers if one.name == "L01")
    assert mover.numbers == "29.6 <= 30.34 GBq | 29.6 > 15.54 GBq"


def test_endpoints(tmp_path):
    """Endpoints are compared in the place of the one they are named for: a death ends one time and not the other."""
    study = STUDY.replace("overall-survival@1.0.0", "time-to-progression@1.0.0")
    folder = write(tmp_path / "small", study)
    (block,) = blocks(["time-to-progression", "progression-free-survival"], folder).values()
    (moved,) = block.moved
    assert [(one.name, one.after) for one in moved.movers] == [("B", "death")]
    assert [times.endpoint for times in block.times] == ["time-to-progression"]


def test_what_remains():
    """No change and stable disease are both what remains: whoever has one has the other, for no other reason."""
    (moved,) = blocks(["who", "swog"], "lu177-salvage")["response-regular"].moved
    assert crossings(moved.pair) == {("PR", "PR"): 6, ("NC", "SD"): 27}
    assert [one.cause for one in moved.causes] == ["NC and SD are what remains when nothing above holds"]


def test_two_kinds():
    """Criteria of two kinds have no class in common, and are refused by name."""
    with pytest.raises(Refused, match=r"`swog` judges response, `ctcae-3\.0` judges toxicity"):
        on_cohort(["swog", "ctcae-3.0"], "lu177-salvage", [])


def test_no_answer_for_a_course(tmp_path):
    """A criterion that judges assessments only has no class for a patient, and says so."""
    (path,) = [one for one in library.files() if one.stem == "who"]
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("\ncourse:\n")
    head = "\n".join(line for line in head.splitlines() if not line.startswith("rates:"))
    (tmp_path / "who.yaml").write_text(head + "\n", encoding="utf-8")
    assert rest
    with pytest.raises(Refused, match="`who` gives a class to every assessment and none to a course"):
        on_cohort(["swog", str(tmp_path / "who.yaml")], "lu177-salvage", [])


def test_no_such_role(tmp_path):
    """A study without a criterion of the kind is refused with what it has."""
    folder = write(tmp_path / "small", treatments=TREATMENTS)
    with pytest.raises(Refused, match="the study has no criterion for dosing"):
        on_cohort(["lu177-octreotate-regular", "lu177-octreotate-salvage"], str(folder), [])


@pytest.mark.parametrize(
    ("orders", "whole"),
    [
        ([["CR", "PR", "SD"], ["CR", "PR", "MR", "SD"]], ("CR", "PR", "MR", "SD")),
        ([["a", "b"], ["b", "a"]], ()),
        ([[], ["a"]], ("a",)),
        ([["a", "c"], ["b", "c"]], ("a", "b", "c")),
    ],
)
def test_orders_are_merged(orders, whole):
    """One order keeps all orders, unless they contradict each other."""
    assert merged(orders) == whole
