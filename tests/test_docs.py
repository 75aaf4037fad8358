"""What the documents show is what happens.

A `console` block is a transcript: a line that begins with `$ ` is run, the lines after it are all that it prints. `...`
on a line of its own stands for any lines, within a line for any text; runs of spaces count as one. A command must
succeed unless `$ echo $?` follows and shows its exit code. A `yaml` block that begins with `# NAME.yaml` is a file: it
is written, and loads; one that begins with `# from PATH` is quoted from the repository. A `diff` block edits the file
that it names. A `python` block runs.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from criterium.commands.check import checked
from criterium.language.file import schema
from criterium.language.file.source import parse
from criterium.study.exports import tables
from criterium.study.plan import folder_of, study_of
from criterium.study.results import run

ROOT = Path(__file__).parents[1]
DOCS = (
    "README.md",
    "docs/tutorial.md",
    "docs/minor-response.md",
    "docs/study.md",
    "docs/design.md",
    "docs/checks.md",
    "docs/mutation.md",
    "docs/explain.md",
    "docs/diff.md",
    "docs/sweep.md",
    "docs/versions.md",
)
STUDY = (ROOT / "docs/study.md").read_text(encoding="utf-8")
SCHEMA = json.loads(schema.text_of("study"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALLS_US = "make test"  # it runs this very test


@dataclass(frozen=True)
class Block:
    """A fenced block of a document: its language, its text, and the line it begins on."""

    language: str
    text: str
    line: int


def blocks(document):
    """Return the fenced blocks of a document, in order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [Block(found[1], found[2], text.count("\n", 0, found.start()) + 1) for found in FENCE.finditer(text)]


class Reader:
    """Somebody who does in a folder what a document says."""

    def __init__(self, folder, programs):
        self.folder = folder
        self.status = 0
        self.environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "FORCE_COLOR"}}
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self.environment |= {"PATH": path, "PYTHONPATH": str(ROOT / "engine"), "PYTHONUNBUFFERED": "1"}

    def follow(self, block):
        """Do what a block says; fail where it does not come out."""
        getattr(self, block.language, lambda _: None)(block)

    def console(self, block):
        for command, expected in transcript(block.text):
            assert self.status == 0 or command == "echo $?", f"exit code {self.status} before `{command}`"
            if command != CALLS_US:
                printed = "".join(self.run(one) for one in recipe(command))
                assert fits(expected, printed), f"$ {command}\n{printed}\n--- line {block.line} shows ---\n{expected}"
        assert self.status == 0, f"exit code {self.status} at the end of the block of line {block.line}"

    def run(self, command):
        """Return what a command prints; `$?` is the exit code of the one before it."""
        shell = ["/bin/sh", "-c", f"(exit {self.status}); {command}"]
        done = subprocess.run(
            shell, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        self.status = done.returncode
        return done.stdout.decode()

    def yaml(self, block):
        name = re.match(r"# ([\w./-]+\.yaml)\n", block.text)
        if name:
            path = self.folder / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
            assert loads(path), f"{name[1]} of line {block.line} does not load"
        elif block.text.startswith("# from "):
            first, _, quoted = block.text.partition("\n")
            assert fits(f"...\n{quoted}...", (ROOT / first.removeprefix("# from ")).read_text(encoding="utf-8"))

    def diff(self, block):
        first, *edits = block.text.splitlines()
        path = self.folder / first.removeprefix("--- ")
        for old, new in changes(edits):
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} does not stand in {path.name} once"
            path.write_text(text.replace(old, new), encoding="utf-8")

    def python(self, block):
        command = [sys.executable, "-W", "error", "-c", block.text]
        subprocess.run(command, cwd=self.folder, env=self.environment, check=True)


def changes(edits):
    """Return what each `-` line is replaced with: the `+` lines that follow it, the first in the place of the old."""
    found = []
    for line in edits:
        if line.startswith("-"):
            found.append((line[1:].strip(), []))
        else:
            found[-1][1].append(line[1:])
    return [(old, "\n".join([new[0].strip(), *new[1:]])) for old, new in found]


def transcript(text):
    """Return the commands of a transcript, each with the lines shown after it."""
    first, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not first, f"a transcript begins with a command, not with {first!r}"
    return [(command, expected) for command, _, expected in (part.partition("\n") for part in parts)]


def recipe(command):
    """Return the commands that a command stands for: those of the Makefile for `make TARGET`, otherwise itself."""
    if not command.startswith("make "):
        return [command]
    target = command.removeprefix("make ")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"the Makefile has no {target}"
    return [line.removeprefix("\t$(BIN)/") for line in found[1].splitlines()]


def fits(expected, printed):
    """Return whether what was printed is what a block shows."""
    shown, there = ([" ".join(line.split()) for line in text.splitlines()] for text in (expected, printed))
    pattern = ""
    for line in shown:
        words = (re.escape(part) for part in line.split("..."))
        pattern += r"(?:[^\n]*\n)*?" if line == "..." else r"[^\n]*".join(words) + "\n"
    return re.fullmatch(pattern + r"\n*", "".join(f"{line}\n" for line in there)) is not None


def loads(path):
    """Return whether a criterion or a study loads, and the examples of a criterion hold."""
    return bool(study_of(path.parent).criteria) if path.name == "study.yaml" else not checked(str(path)).problems


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """Return a folder with the command `criterium` of this checkout."""
    folder = tmp_path_factory.mktemp("bin")
    program = "import sys; sys.argv[0] = 'criterium'; from criterium.cli import main; main()"
    (folder / "criterium").write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{program}" "$@"\n')
    (folder / "criterium").chmod(0o755)
    return folder


@pytest.mark.parametrize("document", DOCS)
def test_documents_do_what_they_show(document, programs, tmp_path):
    """Whoever follows a document sees what it shows: README in a checkout, study.md beside its tables."""
    if document == "README.md":
        shutil.copytree(ROOT / "cohorts", tmp_path / "cohorts")
    if document == "docs/study.md":
        only_tables = shutil.ignore_patterns("study.yaml")
        shutil.copytree(folder_of("mibg-dose-intensified"), tmp_path / "my-study", ignore=only_tables)
    reader = Reader(tmp_path, programs)
    for block in blocks(document):
        reader.follow(block)


@pytest.mark.parametrize("document", ["README.md", "docs/tutorial.md", "docs/study.md"])
def test_documents_have_transcripts(document):
    """The test above does not pass for want of something to run."""
    consoles = [block.text for block in blocks(document) if block.language == "console"]
    assert any(command.startswith("criterium ") for text in consoles for command, _ in transcript(text))


@pytest.mark.parametrize(
    ("expected", "printed", "answer"),
    [
        ("a  b\n", "a b  \n", True),
        ("a\n", "a\nb\n", False),
        ("a\n...\n", "a\nb\nc\n", True),
        ("...\nc\n", "a\nb\nc\n", True),
        ("a\nc\n", "a\nb\nc\n", False),
        ("b\n...\na\n", "a\nb\n", False),
        ("hash ...!\n", "hash 1a2b!\n", True),
        ("", "something\n", False),
    ],
)
def test_comparison_is_strict(expected, printed, answer):
    """Lines must be the same, in the same order, with nothing between them that is not marked by dots."""
    assert fits(expected, printed) is answer


def described(schema):
    """Yield every key of a schema."""
    for name, part in schema.get("properties", {}).items():
        yield name
        yield from described(part)
    for part in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(part, dict):
            yield from described(part)


def test_study_page_has_every_key():
    """Every key of the study format, every way to compute and every method stands in docs/study.md."""
    compute = SCHEMA["properties"]["published"]["items"]["properties"]["compute"]["properties"]
    words = {*described(SCHEMA), *compute["method"]["enum"], *compute["count"]["enum"]}
    assert {word for word in words if f"`{word}`" not in STUDY and f"`{word}:" not in STUDY} == set()


def test_study_page_computes_in_every_way():
    """The studies of docs/study.md hold a figure of every kind."""
    compute = SCHEMA["properties"]["published"]["items"]["properties"]["compute"]["properties"]
    kinds = set(compute) - {"course", "when", "of", "method"}
    texts = [block.text for block in blocks("docs/study.md") if block.text.startswith("# my-study/")]
    figures = [figure for text in texts for figure in parse(text, "study").data["published"]]
    assert kinds == {next(iter(figure["compute"])) for figure in figures}


@pytest.mark.parametrize("cohort", ["lu177-salvage", "mibg-dose-intensified"])
def test_study_page_has_every_column(cohort):
    """Every column that `--out` writes stands in docs/study.md, ladders and measures of criteria apart."""
    results = run(study_of(folder_of(cohort)))
    layers = [one for criterion in results.study.criteria.values() for one in (criterion.steps, criterion.course)]
    own = {name.upper() for layer in layers for name in layer.ladders if name != "class"}
    columns = {column for frame in tables(results).values() for column in frame.columns if column.isupper()}
    assert {column for column in columns - (own - {"DOSE"}) if f"`{column}`" not in STUDY} == set()
