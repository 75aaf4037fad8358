"""criterium sweep: a parameter takes one value after the other, or measurements are disturbed, over a cohort."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from criterium.compare.sweep.noise import Noise, noise_of, noisy
from criterium.compare.sweep.noise_shares import fragile
from criterium.compare.sweep.ranges import asked, axes
from criterium.compare.sweep.rates import sweep as rates
from criterium.language.problems import Problem, Refused, Where
from criterium.report.pictures import refuse_ending
from criterium.report.sweep_noise import noise_json, show_noise
from criterium.report.sweep_picture import noise_picture, sweep_picture
from criterium.report.sweeping import show, sweep_json
from criterium.report.terminal import console, errors, line
from criterium.study.plan import folder_of, survey
from criterium.study.results import Results, run_on_whole_dates

MOST = {1: 20, 2: 7}  # values of a range without a step: of one alone, of each of two; of three and more the least


@dataclass(frozen=True, slots=True)
class _Run:
    """A study that has run, and the role of the criterion in question."""

    results: Results
    role: str


def sweep(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    parameters: Sequence[str],
    cohort: str,
    step: str,
    noise: str,
    seed: int,
    settings: Sequence[str],
    format_: str,
    plot: Path | None,
) -> int:
    """Sweep parameters over a cohort, or disturb its measurements; return 0. Problems raise Refused."""
    if plot is not None:
        refuse_ending(plot)
    if noise:
        _noise(" ".join(parameters), cohort, noise_of(noise), seed, settings, format_, plot)
    else:
        _sweep(parameters, cohort, step, settings, format_, plot)
    if plot is not None:
        line(errors(), f"wrote {plot}")
    return 0


def _sweep(
    parameters: Sequence[str], cohort: str, step: str, settings: Sequence[str], format_: str, plot: Path | None
) -> None:
    wanted = asked(parameters)
    done = _run(wanted[0].criterion, cohort, settings)
    criterion = done.results.study.criteria[done.role]
    grid = axes(criterion, wanted, step, MOST.get(len(wanted), 4))
    found = rates(done.results, done.role, grid)
    if format_ == "json":
        sys.stdout.write(sweep_json(found, done.results.study) + "\n")
    else:
        show(found, done.results.study, console())
    if plot is not None:
        sweep_picture(found, plot)


def _noise(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    id_: str, cohort: str, noise: Noise, seed: int, settings: Sequence[str], format_: str, plot: Path | None
) -> None:
    if "=" in id_:
        what = "this sweeps a parameter, and `--noise` disturbs the measurements of a criterion as it is"
        raise Refused([Problem(Where(f"sweep {id_}"), what, "the id of a criterion", "set parameters by `--set`")])
    done = _run(id_, cohort, settings)
    results, criterion = done.results, done.results.study.criteria[done.role]
    drawn = noisy(criterion, results.material, results.courses, noise, seed)
    found = fragile(results, done.role, noise, seed, drawn)
    if format_ == "json":
        sys.stdout.write(noise_json(found, results.study) + "\n")
    else:
        show_noise(found, results.study, console())
    if plot is not None:
        noise_picture(found, plot)


def _run(id_: str, cohort: str, settings: Sequence[str]) -> _Run:
    """Return the study of a cohort, run with a criterion, which takes the place of that of its kind if it has to."""
    folder = folder_of(cohort)
    study = survey(folder, settings)
    name = Path(id_).stem if id_.endswith((".yaml", ".yml")) else id_.partition("@")[0]
    roles = [role for role, one in study.criteria.items() if one.id == name]
    if not roles:
        study = survey(folder, settings, [id_])
        roles = [role for role, one in study.criteria.items() if one.id == name]
    results = run_on_whole_dates(study)
    return _Run(results, roles[0])
