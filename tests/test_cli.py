"""The command line: every command, its exit code and what it prints."""

import json
import re
import shutil
import subprocess

import pytest
from typer.main import get_command

from criterium import __version__, cli
from criterium.language import library, places
from tests.calls import OURS, call, environment, fail

COMMANDS = ["check", "diff", "explain", "list", "lock", "new", "pages", "run", "schema", "show", "sweep", "test"]


# --- help -------------------------------------------------------------------------------------------------------------
def test_commands():
    """These are the commands, and the help names all of them and the exit codes."""
    assert sorted(get_command(cli.app).commands) == COMMANDS
    code, out, _ = call("--help")
    assert code == 0
    assert all(f"  {command} " in out for command in COMMANDS)
    assert "0 fine, 1 findings, 2 usage or file error, 3 a fault" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_documents_every_word(command):
    """Every option and argument of a command has a sentence in its help."""
    found = get_command(cli.app).commands[command]
    code, out, _ = call(command, "--help")
    assert code == 0
    assert found.help
    for parameter in found.params:
        assert parameter.help, parameter.name
        assert max(parameter.opts, key=len) in out or (parameter.metavar or parameter.name) in out


def test_version():
    """The version is that of the package."""
    assert call("--version") == (0, f"criterium {__version__}\n", "")


# --- list, show, schema -----------------------------------------------------------------------------------------------
def test_list(monkeypatch):
    """The list has every criterion that ships, with its kind."""
    monkeypatch.setenv("COLUMNS", "160")
    code, out, _ = call("list")
    assert code == 0
    for one in library.headings():
        assert re.search(
            rf"^{re.escape(one.id)} +{one.version} +{one.kind} +{re.escape(one.title)}$", out, re.MULTILINE
        )


@pytest.mark.parametrize("name", [path.stem for path in library.files()])
def test_show(name):
    """A page has the title, the hash and every parameter of a criterion."""
    criterion = library.load(name)
    code, out, _ = call("show", name)
    assert code == 0
    assert out.startswith(f"{criterion.title}\n{criterion.id} {criterion.version}+{criterion.hash}, ")
    for parameter, one in criterion.parameters.items():
        assert re.search(rf"^{parameter} +{re.escape(one.text)}", out, re.MULTILINE)
    assert all(len(line) <= 120 and line == line.rstrip() for line in out.splitlines())


def test_show_needs():
    """What a criterion needs goes by the names of columns in the files."""
    code, out, _ = call("show", "swog", "--needs")
    assert code == 0
    assert re.search(r"^lesions +long_mm +mm +swog needs it for `area`$", out, re.MULTILINE)
    assert "Read where they are there: findings, events" in out


@pytest.mark.parametrize("format_", ["criterion", "study", "tables"])
def test_schema(format_):
    """A schema is printed as JSON."""
    code, out, _ = call("schema", format_)
    assert code == 0
    assert json.loads(out)["$schema"].startswith("https://json-schema.org/")


# --- check, test, new -------------------------------------------------------------------------------------------------
def test_check_of_one():
    """A criterion without a problem is ok, with the number of its examples."""
    code, out, err = call("check", "time-to-progression")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"ok +time-to-progression +\d+ examples\n", out)


def test_check_tells_problems_of_all_files(tmp_path):
    """Exit code 1; each wrong file is told with the place and a caret, the others are still checked."""
    good = (places.shipped("criteria") / "response" / "swog-mr.yaml").read_text()
    (tmp_path / "a.yaml").write_text(
        good.replace("id: swog-mr", "id: a").replace("shrinkage >= minor", "shrinkage >= manor")
    )
    (tmp_path / "b.yaml").write_text("id: b\n")
    shutil.copy(places.shipped("criteria") / "response" / "swog.yaml", tmp_path)
    code, out, err = call("check", str(tmp_path))
    assert code == 1
    assert [line.split()[0] for line in out.splitlines()] == ["PROBLEMS", "PROBLEMS", "ok"]
    assert "`manor` is not a name here" in err
    assert re.search(r"^ +\^{5}$", err, re.MULTILINE)
    assert "b.yaml:1:1" in err
    assert re.search(r"\d+ problems\n$", err)


def test_test_tells_an_example_that_fails(tmp_path):
    """Exit code 1 and the line of the example, for `test` as for `check`."""
    path = tmp_path / "mine.yaml"
    assert call("new", "mine", "--folder", str(tmp_path))[0] == 0
    path.write_text(path.read_text().replace("[100, 70.1], class: SD", "[100, 70.1], class: PR"))
    line = next(at for at, text in enumerate(path.read_text().splitlines(), 1) if "70.1" in text)
    for command in ("test", "check"):
        code, _, err = call(command, str(path))
        assert code == 1
        assert f"{path}:{line}:" in err
        assert "the example says class PR, the file gives SD" in err
    assert call("test", str(path))[1].startswith(f"{path}: 3 of 4 examples hold\n4 examples")


@pytest.mark.parametrize("words", [["nope"], ["nope.yaml"], ["folder"]])
@pytest.mark.parametrize("command", ["check", "test", "show"])
def test_what_is_not_there_is_a_usage_error(monkeypatch, capsys, tmp_path, command, words):
    """Exit code 2 for an unknown name, a missing file, and a folder without a criterion."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    code, err = fail(monkeypatch, capsys, command, *words)
    assert code == 2
    assert err.startswith(f"{words[0]}: ")
    assert err.endswith("1 problem\n")


@pytest.mark.parametrize("kind", ["response", "toxicity", "dosing", "symptoms", "endpoint"])
def test_new_is_ready(tmp_path, kind):
    """A new criterion of every kind loads and passes its own examples."""
    code, out, _ = call("new", "mine", "--kind", kind, "--folder", str(tmp_path / "made"))
    assert (code, out.splitlines()[0]) == (0, f"wrote {tmp_path}/made/mine.yaml")
    assert call("check", str(tmp_path / "made"))[0] == 0


def test_new_overlay(tmp_path):
    """An overlay names its base with the version, and has the classes of the base."""
    assert call("new", "mine", "--extends", "swog", "--folder", str(tmp_path))[0] == 0
    assert "extends: swog@1.0.0" in (tmp_path / "mine.yaml").read_text()
    assert library.load(str(tmp_path / "mine.yaml")).order == library.load("swog").order


@pytest.mark.parametrize(
    ("words", "what"),
    [(["Mine"], "is not a name of a criterion"), (["there"], "there already"), (["x", "--extends", "nope"], "`nope`")],
)
def test_new_refuses(monkeypatch, capsys, tmp_path, words, what):
    """A bad name, a file that is there and an unknown base are refused; nothing is written."""
    (tmp_path / "there.yaml").write_text("mine")
    code, err = fail(monkeypatch, capsys, "new", *words, "--folder", str(tmp_path))
    assert code == 2
    assert what in err
    assert [path.name for path in tmp_path.iterdir()] == ["there.yaml"]
    assert (tmp_path / "there.yaml").read_text() == "mine"


# --- exit codes -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["run", "nothing"],
        ["run", "lu177-salvage", "--format", "xml"],
        ["run", "lu177-salvage", "--set", "swog-mr.minor"],
        ["run", "lu177-salvage", "--criteria", "nothing"],
        ["nothing"],
        ["schema", "nothing"],
        ["show"],
    ],
)
def test_usage_errors_are_exit_code_2(monkeypatch, capsys, words):
    """A word that is missing or unknown is told on the side of errors."""
    code, err = fail(monkeypatch, capsys, *words)
    assert code == 2
    assert err


def test_a_fault_of_ours_is_exit_code_3(monkeypatch, capsys):
    """What nobody foresaw is not blamed on the reader's files; the trace is there for those who ask."""
    monkeypatch.setattr("criterium.commands.listing.headings", lambda: 1 / 0)
    code, err = fail(monkeypatch, capsys, "list")
    assert code == 3
    assert err.startswith("This is a fault of criterium, not of your files: ZeroDivisionError")
    assert "Traceback" not in err
    monkeypatch.setenv("CRITERIUM_TRACE", "1")
    assert "Traceback" in fail(monkeypatch, capsys, "list")[1]


def test_a_reader_who_leaves_early_is_no_fault():
    """`criterium show ctcae-3.0 | head -1` ends quietly."""
    words = [*OURS, "show", "ctcae-3.0"]
    with subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
