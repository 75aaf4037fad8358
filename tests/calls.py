"""Calls of the command line, in this process and in one of its own."""

import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from criterium import cli

OURS = [sys.executable, "-c", "from criterium.cli import main; main()"]


def call(*words):
    """Return the exit code, output and errors of a command that goes well, or that finds something."""
    done = CliRunner().invoke(cli.app, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def fail(monkeypatch, capsys, *words):
    """Return the exit code and the errors of a command that is refused."""
    monkeypatch.setattr(sys, "argv", ["criterium", *words])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code, capsys.readouterr().err


def environment(**more):
    """Return the environment of a process of ours."""
    folder = str(Path(cli.__file__).parents[1])
    return {**{key: value for key, value in os.environ.items() if key != "COLUMNS"}, "PYTHONPATH": folder, **more}
