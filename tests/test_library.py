"""The library: what ships is found by name, what is beside a file by its id, and nothing else is read."""

import re
from pathlib import Path

import pytest

from criterium.language import library, places
from criterium.language.problems import Refused

ROOT = Path(__file__).resolve().parent.parent
BASE = (Path(__file__).parent / "bad/base.yaml").read_text(encoding="utf-8")
OVER = "id: over\nversion: 1.0.0\ntitle: An overlay\nextends: base@1.0.0\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path


def load(folder, name, text):
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return library.load(str(folder / f"{name}.yaml"))


def refused(folder, name, text):
    with pytest.raises(Refused) as found:
        load(folder, name, text)
    return [problem.what for problem in found.value.problems]


@pytest.mark.parametrize("path", library.files(), ids=lambda path: path.stem)
def test_shipped(path):
    """Every criterion that ships loads by its name, by its name and version, and by its path, as the same content."""
    criterion = library.load(path.stem)
    assert criterion.id == path.stem.partition("@")[0]
    assert re.fullmatch(r"[0-9a-f]{12}", criterion.hash)
    assert library.load(f"{criterion.id}@{criterion.version}").hash == criterion.hash
    assert library.load(str(path)).hash == criterion.hash
    assert criterion.sources


def test_headings():
    """A list of what ships shows the header of every file, and agrees with the criteria."""
    headings = library.headings()
    assert [heading.path for heading in headings] == library.files()
    for heading in headings:
        criterion = library.load(f"{heading.id}@{heading.version}")
        assert (heading.version, heading.title, heading.kind) == (criterion.version, criterion.title, criterion.kind)


def test_kinds_are_folders():
    """A criterion stands in the folder of its kind."""
    folders = {heading.kind: heading.path.parent.name.removesuffix("s") for heading in library.headings()}
    assert all(kind in {folder, f"{folder}s"} for kind, folder in folders.items())


def test_wrong_version():
    """A version that is not here is refused, with the one that is."""
    with pytest.raises(Refused, match=r"version 99\.0\.0 of `swog` is not here\n  expected: version \d"):
        library.load("swog@99.0.0")


def test_shown():
    """A file that ships is named from its folder on, any other as it was given."""
    assert places.shown(places.shipped("criteria") / "response/swog.yaml") == "criteria/response/swog.yaml"
    assert places.shown(Path("elsewhere/swog.yaml")) == "elsewhere/swog.yaml"


def test_shipped_folders():
    """Criteria and cohorts are found in a checkout."""
    assert places.shipped("criteria") == ROOT / "criteria"
    assert places.shipped("cohorts") == ROOT / "cohorts"


def test_overlay_of_a_file_beside(folder):
    """An overlay finds its base beside itself."""
    criterion = load(folder, "over", OVER)
    assert (criterion.id, criterion.title) == ("over", "An overlay")
    assert criterion.hash != library.load(str(folder / "base.yaml")).hash


def test_overlay_of_what_ships(folder):
    """An overlay anywhere finds a base that ships, also under its own name."""
    version = library.load("swog").version
    text = OVER.replace("id: over", "id: swog").replace("base@1.0.0", f"swog@{version}")
    assert load(folder, "swog", text).title == "An overlay"


def test_overlay_of_an_overlay(folder):
    """Overlays can be laid one over another."""
    load(folder, "over", OVER + "parameters: {partial: {value: 40 percent}}\n")
    text = OVER.replace("id: over", "id: last").replace("base@1.0.0", "over@1.0.0")
    criterion = load(folder, "last", text + "parameters: {reading: {value: loose}}\n")
    assert (criterion.parameters["partial"].text, criterion.parameters["reading"].text) == ("40 percent", "loose")


@pytest.mark.parametrize(
    "reference",
    [
        "../base@1.0.0",
        "/etc/passwd",
        "base",
        "base.yaml",
        "sub/base@1.0.0",
        "base@1",
        "..",
        "http://host/base@1.0.0",
        "base@1.0.0/..",
    ],
)
def test_path_that_leaves_the_library(folder, reference):
    """A base is an id with a version; anything like a path is refused and never opened."""
    inner = folder / "inner"
    inner.mkdir()
    (found,) = refused(inner, "over", OVER.replace("base@1.0.0", f'"{reference}"'))
    assert found == f"`{reference}` is not the name of a criterion"


def test_problem_of_the_base(folder):
    """A mistake in the base is shown in the base's file."""
    (folder / "base.yaml").write_text(BASE.replace("is present", "is presnt"), encoding="utf-8")
    with pytest.raises(Refused) as found:
        load(folder, "over", OVER)
    (problem,) = found.value.problems
    assert problem.where.file == str(folder / "base.yaml")


def test_problems_of_both(folder):
    """The mistakes of an overlay and those that it makes of its base are found in one run."""
    text = OVER + "parameters: {partial: {valeu: 40 percent}}\nclasses: {remove: [XX]}\nunknown: NO\n"
    text += "conditions: {grown: any new lesion is presnt}\n"
    assert refused(folder, "over", text) == [
        "`valeu` is not a key here",
        "there is no `XX` here",
        "`NO` is false to some YAML readers",
        "`presnt` is not a word for this",
    ]


def test_tables():
    """The tables are declared in a file that ships; the optional ones are those that stand beside others."""
    tables = library.tables()
    optional = {name for name, table in tables.items() if table.optional}
    assert optional == {"adverse_events", "events", "findings", "visits"}
    assert not any(table.optional for table in tables.values() if table.derived or table.member)


def versions(folder):
    """Write the base in its newest version and in two older ones."""
    for version, name in (("1.0.0", "base@1.0.0"), ("1.2.0", "base@1.2.0"), ("2.0.0", "base")):
        text = BASE.replace("version: 1.0.0", f"version: {version}").replace("50 percent", f"{version[0]}0 percent")
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("version", ["1.0.0", "1.2.0", "2.0.0"])
def test_versions_beside(folder, version):
    """Older versions stand beside the newest, and an overlay finds the one that it names."""
    versions(folder)
    assert load(folder, "over", OVER.replace("base@1.0.0", f"base@{version}")).parameters["partial"].text == (
        f"{version[0]}0 percent"
    )


def test_missing_version_among_several(folder):
    """Of a version that is not there the ones that are there are named, oldest first."""
    versions(folder)
    with pytest.raises(
        Refused, match=r"version 1\.1\.0 of `base` is not here\n  expected: version 1\.0\.0 or 1\.2\.0 or 2"
    ):
        load(folder, "over", OVER.replace("base@1.0.0", "base@1.1.0"))


def test_version_in_the_name(folder):
    """A file named for a version loads by its path, and holds that version."""
    versions(folder)
    assert library.load(str(folder / "base@1.2.0.yaml")).version == "1.2.0"
    (folder / "base@1.3.0.yaml").write_text(BASE, encoding="utf-8")
    with pytest.raises(Refused, match=r"the version is `1\.0\.0`, the file is named `base@1\.3\.0\.yaml`"):
        library.load(str(folder / "base@1.3.0.yaml"))


def test_shipped_versions(tmp_path, monkeypatch):
    """Of what ships a name alone is the newest version, and a name with a version that one."""
    place = tmp_path / "criteria"
    (place / "response").mkdir(parents=True)
    for name in ("tables.yaml", "response/swog.yaml"):
        (place / name).write_text((ROOT / "criteria" / name).read_text(encoding="utf-8"), encoding="utf-8")
    newest = (place / "response/swog.yaml").read_text(encoding="utf-8")
    (place / "response/swog@1.0.0.yaml").write_text(newest, encoding="utf-8")
    newer = newest.replace("version: 1.0.0", "version: 1.1.0", 1).replace("value: 10 cm2", "value: 8 cm2")
    (place / "response/swog.yaml").write_text(newer, encoding="utf-8")
    monkeypatch.setattr(library, "shipped", lambda folder: tmp_path / folder)
    found = {
        text: library.load(text).parameters["progression_area"].text for text in ("swog", "swog@1.0.0", "swog@1.1.0")
    }
    assert found == {"swog": "8 cm2", "swog@1.0.0": "10 cm2", "swog@1.1.0": "8 cm2"}
    assert [(one.id, one.version) for one in library.headings()] == [("swog", "1.1.0"), ("swog", "1.0.0")]


def test_a_file_is_read_again_once_it_has_changed(tmp_path):
    """The same text gives the same criterion; an edit is seen at the next load, also one of the same length."""
    path = tmp_path / "swog.yaml"
    path.write_text((places.shipped("criteria") / "response" / "swog.yaml").read_text(encoding="utf-8"), "utf-8")
    first = library.load(str(path))
    assert library.load(str(path)) is first
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"version: {first.version}", "version: 9.9.9"), encoding="utf-8")
    assert library.load(str(path)).version == "9.9.9"
