"""Several people read the same images: a study says whose reading counts, and nobody's rows vanish unsaid."""

import pytest

from criterium.language.problems import Refused
from criterium.study.exports import tables
from criterium.study.plan import survey
from criterium.study.results import run
from tests.calls import call
from tests.small import STUDY, write

HEAD = "patient_id,date,lesion_id,role,long_mm,short_mm,state,reader\n"
# One lesion 10 mm wide, 50 mm long at baseline; what each reader measured later. A response by SWOG is 25 mm or less.
LATER = {("A", "R1"): 25, ("A", "R2"): 40, ("A", "R3"): 40, ("B", "R1"): 25, ("B", "R2"): 25}
LESIONS = HEAD + "".join(
    f"{patient},2019-12-20,T1,target,50,10,present,{reader}\n{patient},2020-03-01,T1,target,{long},10,present,{reader}\n"
    for (patient, reader), long in LATER.items()
)


def assessed(folder, *readers):
    """Return the class of the one assessment of each patient, and who read it."""
    frame = tables(run(survey(folder, readers=readers)))["assessments"]
    return {row.USUBJID: (row.AVALC, getattr(row, "EVALID", "")) for row in frame.itertuples()}


def refused(folder, *readers):
    with pytest.raises(Refused) as caught:
        run(survey(folder, readers=readers))
    return [(one.what, one.where.text.strip()) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("R1", {"A": ("PR", "R1"), "B": ("PR", "R1")}),
        ("R2", {"A": ("SD", "R2"), "B": ("PR", "R2")}),
        ("[R3, R1]", {"A": ("SD", "R3"), "B": ("PR", "R1")}),
        ("[R3, R2]", {"A": ("SD", "R3"), "B": ("PR", "R2")}),
        ("[R1, R3]", {"A": ("PR", "R1"), "B": ("PR", "R1")}),
    ],
)
def test_first_who_read(tmp_path, order, expected):
    """Each patient goes by the first of the readers who read anything of the patient."""
    assert assessed(write(tmp_path, STUDY + f"reader: {order}\n", lesions=LESIONS)) == expected


def test_one_reader_as_if_alone(tmp_path):
    """The reading of one is what comes out when the rows of the others were never entered."""
    mine = HEAD + "".join(line + "\n" for line in LESIONS.splitlines() if line.endswith(",R2"))
    assert assessed(write(tmp_path / "alone", lesions=mine)) == assessed(write(tmp_path, lesions=LESIONS), "R2")


def test_readers_of_the_command_line(tmp_path):
    """Readers given on the command line take the place of those of the study, and are told with the result."""
    folder = write(tmp_path, STUDY + "reader: R1\n", lesions=LESIONS)
    assert call("run", str(folder))[1].splitlines()[1] == "cohort small: made by hand; read by R1"
    told = call("run", str(folder), "--reader", "R3", "--reader", "R1")[1]
    assert told.splitlines()[1] == "cohort small: made by hand; read by R3, else R1"
    explained = call("explain", str(folder), "A", "--reader", "R3", "--reader", "R1", "--what", "response")[1]
    assert explained.splitlines()[1] == "age 40; arm one; read by R3"


def test_findings_of_the_same_reader(tmp_path):
    """All tables go by the same person: findings of who read the lesions count, those of another do not."""
    lesions = LESIONS.replace(",40,10,present,R2", ",0,0,absent,R2")
    findings = "patient_id,date,item,value,reader\nA,2020-03-01,markers,elevated,R1\nA,2020-03-01,markers,normal,R2\n"
    study = STUDY + "set: {swog.markers: required}\nbecause: to be read\n"
    folder = write(tmp_path, study, lesions=lesions, findings=findings)
    assert assessed(folder, "R2")["A"] == ("CR", "R2")


def test_nothing_says_whose(tmp_path):
    """A study of a cohort with several readings is refused until it says whose counts."""
    folder = write(tmp_path, lesions=LESIONS)
    what = "`R1`, `R2`, `R3` read these patients; nothing says whose reading counts"
    assert refused(folder) == [(what, "id: small")]


def test_stranger(tmp_path):
    """A reader who read nothing is named, and where that leaves patients without rows, so are they."""
    folder = write(tmp_path, STUDY + "reader: [R3, R4]\n", lesions=LESIONS)
    assert refused(folder) == [
        ("1 patient was read by others alone, B first", "reader: [R3, R4]"),
        ("nobody named `R4` read anything", "reader: [R3, R4]"),
    ]
    assert refused(folder, "R3") == [("1 patient was read by others alone, B first", "R3")]


def test_rows_of_nobody(tmp_path):
    """A table in which some rows name no reader is refused: they may be a second reading of the same."""
    folder = write(tmp_path, STUDY + "reader: R1\n", lesions=LESIONS + "B,2020-06-01,T1,target,20,10,present,\n")
    assert [what for what, _ in refused(folder)] == ["1 row has no reader, the others have one"]


def test_the_same_twice(tmp_path):
    """Two readers may measure one lesion on one day, one reader may not do so twice."""
    folder = write(tmp_path, STUDY + "reader: R1\n", lesions=LESIONS + "A,2020-03-01,T1,target,24,10,present,R1\n")
    (what, _), *more = refused(folder)
    assert not more
    assert "a second lesion with patient_id `A`, date `2020-03-01`, lesion_id `T1`, reader `R1`" in what
