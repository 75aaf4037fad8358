"""The house: which room may import which, where each heavy package lives, and what the engine may not know."""

import ast
import re
from pathlib import Path

import pytest

from criterium.language.roles import kinds

ROOT = Path(__file__).resolve().parent.parent / "engine"
FILES = sorted((ROOT / "criterium").rglob("*.py"))
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}

# An import points to a room further up in this list, or stays in its own.
ROOMS = ["language", "timeline", "evaluate", "verify", "study", "explain", "compare", "report", "commands", "cli"]

# Within a room an import points to a part further up in its list, to its own, or to what lies in the room itself.
PARTS = {
    "language": ["file", "sentences", "lowering"],
    "evaluate": ["columns", "exact", "symbols", "words", "results"],
    "verify": ["examples", "proofs", "checks", "mutation"],
    "compare": ["sweep"],
}

# The places (a file, or a room) that a package may be imported in.
HOMES = {
    "yaml": {"language/file/source.py"},
    "jsonschema": {"language/file/fitting.py"},
    "pint": {"language/units.py"},
    "lark": {"language/sentences/parsing.py"},
    "z3": {"evaluate/symbols/solver.py"},
    "lifelines": {"study/survival.py"},
    "statsmodels": {"compare/agreement.py"},
    "matplotlib": {"report/pictures.py"},
    "rich": {"report"},
    "typer": {"cli.py", "commands"},
    "pandas": {"timeline", "study", "report"},
    "pyarrow": {"timeline"},
}

# What is known of medicine stands in criteria: every text of the engine is looked through, comments included.
TEXTS = sorted(path for path in (ROOT / "criterium").rglob("*") if path.suffix in {".py", ".json", ".lark"})
CLINICAL = re.compile(
    r"platelet|lesion|tumou?r|h(a)?emoglobin|progression|progressive|metasta|cancer|oncolog|leu[ck]ocyt|neutrophil|lymph"
    r"|thrombocyt|an(a)?emia|creatinine|bilirubin|albumin|octreotat|lutetium|iodine|radionuclide|chemotherap|therap(y|ies)"
    r"|diameter|remission|serum|marrow|kidney|\bliver|pharmac|\bdeath|\bscans?\b|disease|relapse|antigen|uptake|nausea"
    r"|toxic|\bdos(e|es|ing)\b|\bresponses?\b|symptom|treatment|\bdrugs?\b|medicat|\bblood|biops|radiolog|tomograph"
    r"|hypertens|surg(ery|ical)|malignan|carcino|sarcoma|lymphoma|myeloma|\bplasma|\burine|pleura|\bskin\b|necros"
    r"|karnofsky|\bimag(es?|ing)\b",
    re.IGNORECASE,
)


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def room_of(path):
    return path.relative_to(ROOT / "criterium").parts[0].removesuffix(".py")


def imported(path):
    """Yield (module, node) for every import of a file; `from criterium.x import y` may import `criterium.x.y`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole if whole in MODULES else node.module), node


def own(path):
    return [(module, node) for module, node in imported(path) if module.split(".")[0] == "criterium"]


each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())


def test_files_are_found():
    """Every file of the engine is looked at."""
    assert len(FILES) > 40
    assert all(room_of(path) in {*ROOMS, "__init__"} for path in FILES)


@each_file
def test_imports_point_up(path):
    """A module imports its own room and the rooms above it, by their whole names."""
    for module, node in own(path):
        assert not getattr(node, "level", 0)
        if module != "criterium":
            assert ROOMS.index(module.split(".")[1]) <= ROOMS.index(room_of(path)), module


@each_file
def test_imports_point_up_within_a_room(path):
    """A module in a part of a room imports its own part, those before it, and what lies in the room itself."""
    room, *inside = path.relative_to(ROOT / "criterium").parts
    parts = PARTS.get(room, [])
    for module, _ in own(path) if len(inside) > 1 else ():
        place = MODULES[module].relative_to(ROOT / "criterium").parts
        if place[0] == room and len(place) > 2:
            assert parts.index(place[1]) <= parts.index(inside[0]), module


def test_parts_are_the_folders_of_a_room():
    """Every folder in a room is one of its parts."""
    found = {path.parent.relative_to(ROOT / "criterium") for path in FILES}
    parts = {f"{room}/{part}" for room in PARTS for part in PARTS[room]}
    assert {one.as_posix() for one in found if len(one.parts) == 2} == parts


@each_file
def test_own_imports_are_at_the_top(path):
    """No function imports a module of ours: what a module depends on stands at its top."""
    top = [node for node in tree_of(path).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    lines = {node.lineno for node in top}
    assert all(node.lineno in lines for _, node in own(path))


def test_no_circles():
    """No module depends on itself through others."""
    uses = {name: {module for module, _ in own(path) if module in MODULES} - {name} for name, path in MODULES.items()}
    done: set[str] = set()

    def visit(name, below):
        assert name not in below, " -> ".join([*below, name])
        if name not in done:
            for module in sorted(uses[name]):
                visit(module, [*below, name])
            done.add(name)

    for name in sorted(uses):
        visit(name, [])


@each_file
def test_heavy_packages_have_a_home(path):
    """A heavy package is imported in its one place."""
    here = path.relative_to(ROOT / "criterium").as_posix()
    for module, _ in imported(path):
        homes = HOMES.get((module or "").split(".")[0])
        assert homes is None or {here, here.split("/")[0]} & homes, module


def names():
    """Return the names of the criteria that ship, and the words of them that are neither English nor clinical."""
    ids = {path.stem.partition("@")[0] for path in (ROOT.parent / "criteria").glob("*/*.yaml")}
    plain = {"time", "overall", "free", "follow", "reverse", "regular", "fixed", "control", "duration", "errata"}
    plain |= {"biochemical", "combined", "estimated", "survival"}  # the last is also statistics
    words = {word for one in ids for word in re.split(r"[-.0-9]+", one) if len(word) > 3}
    return ids, {word for word in words if not CLINICAL.search(word)} - plain


def told(path):
    """Return what a text of the engine says, and what its file is called."""
    return f"{path.name}\n{path.read_text(encoding='utf-8')}"


each_text = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())


@each_text
def test_engine_names_no_criterion(path):
    """No text of the engine has a word of the name of a criterion that ships, or a whole name as one writes it."""
    ids, words = names()
    text = told(path)
    spelled = [rf"`{re.escape(one)}`|\b{re.escape(one)}(@|\.yaml)" for one in ids]
    spelled += [rf"\b{word}\b" for word in words]
    assert [one for one in spelled if re.search(one, text, re.IGNORECASE)] == []


@each_text
def test_engine_knows_no_medicine(path):
    """No text of the engine has a clinical word."""
    assert {found[0].lower() for found in CLINICAL.finditer(told(path))} == set()


def kind_words():
    """Return the names of kinds of criteria, and what marks them in exports; an endpoint is a word of statistics."""
    return {word for kind in kinds() for word in (kind.name, kind.column, kind.code)} - {"endpoint", "ENDPOINT"}


@each_text
def test_engine_names_no_kind(path):
    """No text of the engine has the name of a kind of criterion, or the column or code that marks it in exports."""
    assert set(re.findall(rf"\b({'|'.join(sorted(kind_words()))})\b", told(path))) == set()


@pytest.mark.parametrize(
    "word", ["platelets", "Target lesions", "tumour", "hemoglobin", "Progression-free", "metastases", "dose", "Scan"]
)
def test_clinical_words(word):
    """The words that are looked for are found in any form."""
    assert CLINICAL.search(word)
