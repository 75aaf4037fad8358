"""The command line. It reads words; each command lives in a module of its own that is loaded when it is called.

Exit codes: 0 fine, 1 findings (a problem, an example that fails, a figure that does not agree), 2 usage or file error,
3 a fault of ours.
"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from criterium import __version__
from criterium.language.places import shipped

app = typer.Typer(
    name="criterium",
    help="A rule engine for clinical criteria written as versioned YAML.",
    epilog="Exit codes: 0 fine, 1 findings, 2 usage or file error, 3 a fault of criterium.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


# The kinds of criterion that a scaffold ships for.
_KINDS = sorted(path.stem for path in (shipped("criteria") / "new").glob("*.txt"))
class Schema(StrEnum):
    """The formats that have a schema."""

    CRITERION = "criterion"
    STUDY = "study"
    TABLES = "tables"
    KINDS = "kinds"


class Output(StrEnum):
    """How a study is printed."""

    TEXT = "text"
    JSON = "json"


class Findings(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


class Difference(StrEnum):
    """How a comparison is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class Page(StrEnum):
    """How a criterion is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"


class Files(StrEnum):
    """The format of the files that a study writes."""

    CSV = "csv"
    PARQUET = "parquet"


def _call(module: str, function: str, *words: Any) -> None:
    """Call a command and leave with its status. Loading it here keeps `--help` free of what only one command needs."""
    raise typer.Exit(getattr(import_module(f"criterium.commands.{module}"), function)(*words))


Paths = Annotated[list[str] | None, typer.Argument(help="Names, files or folders; without any, all that ship.")]


@app.command("list")
def list_() -> None:
    """List the criteria that ship."""
    _call("listing", "listing")


@app.command()
def show(
    criterion: Annotated[str, typer.Argument(help="A name, `name@version`, or a file.")],
    needs: Annotated[bool, typer.Option("--needs", help="Only the tables and columns it reads.")] = False,  # noqa: FBT002
    format_: Annotated[Page, typer.Option("--format", help="How to print the page.")] = Page.TEXT,
) -> None:
    """Print one criterion as a page to hold against the paper, overlays resolved."""
    _call("show", "show", criterion, "needs" if needs else "page", str(format_))


@app.command()
def pages(folder: Annotated[Path, typer.Argument(help="A folder, made if it is not there.")]) -> None:
    """Write the pages of all shipped criteria into a folder, one Markdown file each."""
    _call("show", "pages", folder)


@app.command()
def lock(
    folder: Annotated[Path | None, typer.Argument(help="A folder of criteria; without it, those that ship.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Add the versions that are not in the lock yet.")] = False,  # noqa: FBT002
) -> None:
    """Hold criteria against `criteria.lock`, in which every released version has its hash."""
    _call("lock", "lock", folder, "write" if write else "check")


@app.command()
def check(
    paths: Paths = None,
    format_: Annotated[Findings, typer.Option("--format", help="How to print.")] = Findings.TEXT,
) -> None:
    """Check criteria: loading, examples, claims, gaps, overlaps, prose against numbers; each finding has a code."""
    _call("check", "check", paths or [], str(format_))


@app.command("test")
def run_examples(
    paths: Paths = None,
    mutate: Annotated[bool, typer.Option("--mutate", help="Which changes of the rules no example notices.")] = False,  # noqa: FBT002
) -> None:
    """Run the examples and courses of criteria, each in both algebras."""
    _call(*(("mutate", "mutate") if mutate else ("check", "test")), paths or [])


CohortName = Annotated[str, typer.Argument(help="A folder with a study.yaml, or the name of a shipped cohort.")]
Swaps = Annotated[
    list[str] | None,
    typer.Option(metavar="CRITERION", help="Another criterion: its name, or `ROLE=path.yaml`; may be repeated."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="ID.PARAMETER=VALUE", help="A parameter set anew; may be repeated."),
]
Readers = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Whose reading counts; of several, the first who read the patient."),
]
Picture = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="A picture, as SVG or PNG.")]


@app.command()
def run(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    cohort: CohortName,
    criteria: Swaps = None,
    set_: Settings = None,
    reader: Readers = None,
    format_: Annotated[Output, typer.Option("--format", help="How to print.")] = Output.TEXT,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="A folder for the tables, row by row.")] = None,
    files: Annotated[Files, typer.Option(help="The format of these tables.")] = Files.CSV,
) -> None:
    """Run a study: its tables, and what was published against what is computed.

    Set a parameter like `--set "ID.PARAMETER=20 percent"`. The exit code is 1 if a published figure does not agree.
    """
    _call("run", "run", cohort, criteria or [], set_ or [], reader or [], str(format_), out, str(files))


@app.command()
def explain(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    cohort: CohortName,
    patient: Annotated[str, typer.Argument(help="The patient's id.")],
    what: Annotated[
        str, typer.Option(metavar="ROLE", help=f"A role: {', '.join(_KINDS)}, the name of an endpoint, or all.")
    ] = "all",
    why_not: Annotated[str, typer.Option(metavar="CLASS", help="What kept each assessment from this class.")] = "",
    criteria: Swaps = None,
    set_: Settings = None,
    reader: Readers = None,
    format_: Annotated[Output, typer.Option("--format", help="How to print.")] = Output.TEXT,
    plot: Picture = None,
) -> None:
    """Explain one patient: values, references, the clause that decided, what was missing, and the nearest flip."""
    words = (cohort, patient, what, why_not, criteria or [], set_ or [], reader or [], str(format_), plot)
    _call("explain", "explain", *words)


@app.command()
def diff(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    criteria: Annotated[list[str], typer.Argument(help="Two or more: names, `name@version`, or files.")],
    cohort: Annotated[str, typer.Option(metavar="COHORT", help="Compare them on this cohort as well.")] = "",
    set_: Settings = None,
    steps: Annotated[
        int, typer.Option(min=0, metavar="N", help="Dates after the baseline on every timeline; 0: no timelines.")
    ] = 5,
    fail_over: Annotated[
        float | None, typer.Option(metavar="PERCENT", help="Exit with 1 if more than this share is reclassified.")
    ] = None,
    format_: Annotated[Difference, typer.Option("--format", help="How to print.")] = Difference.TEXT,
    plot: Picture = None,
) -> None:
    """Compare criteria: in meaning, on every timeline that can exist, and on a cohort."""
    _call("diff", "diff", criteria, cohort, set_ or [], steps, fail_over, str(format_), plot)


@app.command()
def sweep(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    parameters: Annotated[
        list[str], typer.Argument(metavar="ID.PARAMETER=RANGE...", help='"ID.PARAMETER=10..30 percent"; or an id.')
    ],
    cohort: Annotated[str, typer.Option(metavar="COHORT", help="A folder with a study.yaml, or a shipped cohort.")],
    step: Annotated[str, typer.Option(help="The step of the range, in its unit.")] = "",
    noise: Annotated[str, typer.Option(metavar="SIZE", help="Measurement error: `1mm` or `5percent`.")] = "",
    seed: Annotated[int, typer.Option(help="The seed of the error.")] = 1,
    set_: Settings = None,
    format_: Annotated[Output, typer.Option("--format", help="How to print.")] = Output.TEXT,
    plot: Picture = None,
) -> None:
    """Sweep thresholds over a cohort: rates, reclassified share and medians; or the share fragile under noise."""
    _call("sweep", "sweep", parameters, cohort, step, noise, seed, set_ or [], str(format_), plot)


@app.command()
def schema(
    format_: Annotated[
        Schema, typer.Argument(metavar="FORMAT", help="criterion, study, tables or kinds.")
    ] = Schema.CRITERION,
) -> None:
    """Print the JSON Schema of a format, for an editor."""
    _call("schema", "schema", str(format_))


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The id of the new criterion, which is the name of its file.")],
    kind: Annotated[
        str,
        typer.Option(metavar="KIND", help=f"What it judges: {', '.join(_KINDS)}; without it, what studies are about."),
    ] = "",
    extends: Annotated[str | None, typer.Option(metavar="ID", help="The criterion it is an overlay of.")] = None,
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Where the file goes.")] = Path(),
) -> None:
    """Write a new criterion that loads and passes its own examples."""
    _call("new", "new", name, kind, extends, folder)


def _version(value: bool) -> None:  # noqa: FBT001
    if value:
        typer.echo(f"criterium {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[  # noqa: FBT002
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 -- the last place where a fault can become an exit code
        sys.exit(_failed(error))


def _failed(error: Exception) -> int:
    """Print what went wrong and return the exit code: 2 for the reader's file, 3 for a fault of ours."""
    refused = getattr(error, "problems", None)
    if refused is not None:
        terminal = import_module("criterium.report.terminal")
        terminal.problems(refused, terminal.errors())
        return 2
    sys.stderr.write(f"This is a fault of criterium, not of your files: {type(error).__name__}: {error}\n")
    sys.stderr.write("Please report it with the command you ran. Set CRITERIUM_TRACE=1 to see where it happened.\n")
    if os.environ.get("CRITERIUM_TRACE"):
        import_module("traceback").print_exception(error)
    return 3
