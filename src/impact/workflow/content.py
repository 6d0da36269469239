"""Which instruments and plans there are, and whether everything that is written down is sound."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from impact.errors import Conflict, DataInvalid, ImpactError, InputInvalid, PlanInvalid, Problem
from impact.instruments import Instrument, find_instrument, list_instruments, list_modules
from impact.instruments.reading import Document, suggestion
from impact.plans import Plan, load_plan
from impact.resources import folder
from impact.settings import Settings
from impact.store import Programme

Found = TypeVar("Found")


@dataclass(frozen=True)
class CheckSummary:
    """What was checked and found sound: names, in order."""

    instruments: tuple[str, ...]
    modules: tuple[str, ...]
    plans: tuple[str, ...]
    column_maps: tuple[str, ...]
    templates: tuple[str, ...]


def instrument_folders(settings: Settings | None = None) -> tuple[Path, ...]:
    """Folders that hold instruments: the bundled one, then the operator's (IMPACT_SURVEYS_DIR)."""
    return _distinct(folder("surveys"), settings and settings.surveys_dir)


def plan_folders(settings: Settings | None = None) -> tuple[Path, ...]:
    """Folders that hold plans: the bundled one, then the operator's (IMPACT_ANALYSIS_DIR)."""
    return _distinct(folder("analysis"), settings and settings.analysis_dir)


def find_plan(name_or_path: str | Path, settings: Settings | None = None) -> tuple[Plan, Instrument]:
    """A plan with the instrument it analyses, by name (`dialogue-core`) or by path (`my/plan.yaml`).

    A plan given by path may have its instrument beside it. Raises PlanInvalid, InstrumentInvalid.
    """
    path = _plan_path(str(name_or_path), settings)
    return load_plan(path, _finder(*instrument_folders(settings), path.parent))


def find_columns(name_or_path: str | Path, settings: Settings | None = None) -> Path:
    """The file of a column map, by path or, like a plan, by name (`jobs-ii` or `jobs-ii.yaml`). Raises DataInvalid."""
    path = Path(name_or_path)
    if path.is_file() or len(path.parts) != 1:
        return path
    known = _column_maps(settings)
    name = path.stem if path.suffix in (".yaml", ".yml") else path.name
    found = [one for one in known if one.stem == name]
    if not found:
        remedy = f"{suggestion(name, [one.stem for one in known])} Or give the path of a file."
        raise DataInvalid.at(str(name_or_path), "there is no column map of this name.", remedy)
    if len(found) > 1:
        places = " and ".join(str(one) for one in found)
        raise DataInvalid.at(name, f"two column maps have this name: {places}.", "Give the path of one.")
    return found[0]


def instrument_of(programme: Programme, settings: Settings) -> Instrument:
    """The instrument that a programme was opened with. Raises Conflict if its content has changed since."""
    found = find_instrument(
        programme.instrument_id, programme.instrument_version, instrument_folders(settings)
    )
    if found.sha256 != programme.instrument_sha256:
        raise Conflict.at(
            programme.name,
            f"the instrument {found.ref} was changed after the programme was opened with it.",
            "Put back the unchanged file; a changed instrument needs a new version number.",
        )
    return found


def plan_of(programme: Programme, settings: Settings) -> tuple[Plan, Instrument]:
    """The plan as it was when the programme was opened (its text lies with the programme), and the instrument."""
    instrument = instrument_of(programme, settings)
    with tempfile.TemporaryDirectory(prefix="impact-plan-") as place:
        path = Path(place) / f"{programme.plan_id}.yaml"
        path.write_text(programme.plan_yaml, encoding="utf-8")
        return load_plan(path, lambda _id, _version: instrument)


def check_content(settings: Settings) -> CheckSummary:
    """Load and cross-check all content, modules alone too; raise with all problems at once."""
    problems: list[Problem] = []
    instruments = _attempt(problems, lambda: list_instruments(instrument_folders(settings))) or ()
    modules = _attempt(problems, lambda: list_modules(instrument_folders(settings))) or ()
    plans = _checked(problems, _plan_files(settings), lambda path: find_plan(path, settings)[0].id)
    maps = _checked(problems, _column_maps(settings), lambda path: _check_column_map(path, settings))
    templates = _checked(problems, _templates(), _check_template)
    InputInvalid.raise_if(dict.fromkeys(problems))
    names = tuple(tuple(one.ref for one in found) for found in (instruments, modules))
    return CheckSummary(*names, plans, maps, templates)


def _distinct(*folders: Path | None) -> tuple[Path, ...]:
    """Without those not given, and each once, however it is written."""
    return tuple({one.resolve(): one for one in folders if one is not None}.values())


def _finder(*folders: Path) -> Callable[[str, int], Instrument]:
    return lambda name, version: find_instrument(name, version, _distinct(*folders))


def _plan_path(name_or_path: str, settings: Settings | None) -> Path:
    """A file if it looks like one, else the plan of this name."""
    if name_or_path.endswith((".yaml", ".yml")) or "/" in name_or_path or "\\" in name_or_path:
        return Path(name_or_path)
    found = [path for path in _plan_files(settings) if path.stem == name_or_path]
    if not found:
        known = [path.stem for path in _plan_files(settings)]
        remedy = f"{suggestion(name_or_path, known)} Or give the path of a file that ends in .yaml."
        raise PlanInvalid.at(name_or_path, "there is no plan of this name.", remedy)
    if len(found) > 1:
        places = " and ".join(str(path) for path in found)
        raise PlanInvalid.at(name_or_path, f"two plans have this name: {places}.", "Give the path of one.")
    return found[0]


def _plan_files(settings: Settings | None) -> list[Path]:
    return [path for one in plan_folders(settings) for path in sorted(one.glob("*.yaml"))]


def _column_maps(settings: Settings | None) -> list[Path]:
    return [path for one in instrument_folders(settings) for path in sorted(one.glob("columns/*.yaml"))]


def _templates() -> list[Path]:
    kinds = (".html", ".jinja", ".json")
    return [path for path in sorted(folder("templates").rglob("*")) if path.suffix in kinds]


def _check_template(path: Path) -> str:
    """Jinja's syntax, or JSON that can be read; what a template shows is tested with its page."""
    from jinja2 import TemplateSyntaxError

    from impact.templating import environment

    name = path.relative_to(folder("templates")).as_posix()
    try:
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        else:
            environment().get_template(name)
    except (TemplateSyntaxError, json.JSONDecodeError) as fault:
        raise InputInvalid.at(
            f"{name}, line {fault.lineno}", f"the template is broken: {fault.args[0]}.", "Mend this line."
        ) from None
    return name


def _check_column_map(path: Path, settings: Settings) -> str:
    """A column map names the instrument that it is for, as `dialogue-core.v1`."""
    from impact.formats import load_columns

    document = Document.read(path, InputInvalid)
    name, _, version = str(document.data.get("instrument", "")).rpartition(".v")
    if not name or not version.isdecimal():
        document.problem(
            ("instrument",), "the column map names no instrument.", "Write “instrument: name.v1”."
        )
    document.finish()
    load_columns(path, _finder(*instrument_folders(settings))(name, int(version)))
    return path.stem


def _attempt(problems: list[Problem], check: Callable[[], Found]) -> Found | None:
    try:
        return check()
    except ImpactError as error:
        problems.extend(error.problems)
        return None


def _checked(problems: list[Problem], paths: Sequence[Path], check: Callable[[Path], str]) -> tuple[str, ...]:
    """The names of what is sound; the problems of the rest are added to `problems`."""
    names = [_attempt(problems, lambda path=path: check(path)) for path in paths]
    return tuple(name for name in names if name is not None)
