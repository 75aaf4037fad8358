"""The package holds what it needs: the wheel is built from the sdist, as an installer would, and opened."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import criterium

ROOT = Path(__file__).parents[1]
LEFT_OUT = {"__pycache__", ".DS_Store"}


def files(folder):
    """Return the files below a folder of the checkout, as paths from it."""
    paths = (path for path in (ROOT / folder).rglob("*") if path.is_file() and not LEFT_OUT & set(path.parts))
    return {path.relative_to(ROOT / folder).as_posix() for path in paths}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the folder that holds the sdist and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    """Return the one wheel, open."""
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.mark.parametrize(
    ("folder", "place"),
    [("engine/criterium", "criterium"), ("criteria", "criterium/criteria"), ("cohorts", "criterium/cohorts")],
)
def test_everything_is_in_the_wheel(wheel, folder, place):
    """Every module and data file of the package, every criterion and every table of a cohort is in the wheel."""
    names = set(wheel.namelist())
    missing = {name for name in files(folder) if f"{place}/{name}" not in names}
    assert missing == set()


def test_nothing_else_is_in_the_wheel(wheel):
    """A user's environment gets the package and its metadata, no tests and no benchmarks."""
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"criterium", f"criterium-{criterium.__version__}.dist-info"}


def test_the_kinds_of_data_are_there(wheel):
    """Schemas, the grammar and the units are among what was found, so that the comparison is not between empty sets."""
    endings = {Path(name).suffix for name in wheel.namelist() if name.startswith("criterium/language/")}
    assert {".py", ".json", ".lark", ".txt"} <= endings
    assert "criterium/criteria/tables.yaml" in wheel.namelist()


def test_the_wheel_says_what_it_is(wheel):
    """The metadata have the version of the package, the Python it needs and the command it installs."""
    folder = f"criterium-{criterium.__version__}.dist-info"
    metadata = wheel.read(f"{folder}/METADATA").decode()
    assert f"\nVersion: {criterium.__version__}\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "criterium = criterium.cli:main" in wheel.read(f"{folder}/entry_points.txt").decode()


def test_the_wheel_works_without_the_checkout(built, tmp_path):
    """Unpacked alone, the package is imported from there and reads its own data."""
    (path,) = built.glob("*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "--extract", str(path), str(tmp_path)], check=True)
    program = "import criterium.language.units as u; print(u.__file__); print(u.unit('10*9/L').name)"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {program}"]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert result.stdout.splitlines() == [str(tmp_path / "criterium/language/units.py"), "10*9/L"]


def test_the_sdist_can_be_tested(built):
    """The sdist holds the tests and what `make test` reads."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "constraints.txt", "pyproject.toml", "LICENSE", "tests/test_packaging.py"} <= names


def test_the_constraints_pin_what_the_project_asks_for():
    """Every dependency has one version in `constraints.txt`, which holds names and versions only."""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pins = dict(line.split("==") for line in lines)
    assert len(pins) == len(lines)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {name.split(">")[0].lower() for name in asked}
    assert names <= {name.lower() for name in pins}
