"""`impact plan simulate`: what would this plan find, before anybody is asked?"""

from __future__ import annotations

import math
import shutil
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from impact.cli import options
from impact.cli.plan_text import names_of
from impact.cli.tables import GAP, Column, table, width

if TYPE_CHECKING:
    from impact.report.reading import Reading

Rows = list[Sequence[str] | str]

EPILOG = """\b
Examples:
  impact plan simulate dialogue-core --effect 0.2 --workshops 6 --people 10
  impact plan simulate dialogue-core --effect fear=0.4 --effect trust_group=0 --workshops 12
  impact plan simulate dialogue-core --effect 0 --repetitions 4000 --format json > nothing.json

\b
Planning values, where nothing better is known (docs/methods.md): a correlation of .5 to .6 between before and
after, .02 to .1 of the variance of the change between workshops, 10 to 20 % lost by the end of a workshop and
30 to 50 % after half a year; true changes of 0.1 to 0.25 are what careful studies find.
"""
WIDEST = 96
_ROOM_OF_VERDICTS = 48


class Effects(click.ParamType):
    """`0.2`, or `scale=0.2`."""

    name = "SD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        scale, _, number = str(value).rpartition("=")
        try:
            return scale.strip(), float(number)
        except ValueError:
            self.fail(f"“{value}” is neither a number nor scale=number.", param, ctx)


def _share(default: float) -> dict[str, Any]:
    return {"type": click.FloatRange(0, 1, max_open=True), "default": default, "show_default": True}


@click.command(epilog=EPILOG, short_help="Before any data: power, bias, coverage, chance of each verdict.")
@click.argument("plan")
@click.option(
    "--effect",
    "effects",
    type=Effects(),
    multiple=True,
    default=["0.2"],
    show_default=True,
    help="True change, in standard deviations of the score before, positive for the better; for all main outcomes, or scale=SD; may be repeated.",
)
@click.option(
    "--workshops", type=click.IntRange(1, 1000), default=6, show_default=True, help="Workshops held."
)
@click.option(
    "--people",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="People of each side in a workshop.",
)
@click.option(
    "--comparison",
    type=click.IntRange(0, 1000),
    help="With two arms: comparison workshops; else as many as workshops.",
)
@click.option(
    "--alone",
    type=click.IntRange(0, 100000),
    default=0,
    show_default=True,
    help="With two arms: comparison people of each side in no workshop, instead.",
)
@click.option("--icc", **_share(0.05), help="Share of the variance of the change between workshops.")
@click.option("--correlation", **_share(0.6), help="Of a person's scores before and after.")
@click.option("--attrition", **_share(0.15), help="Share of people lost at each later wave.")
@click.option(
    "--kept",
    type=click.FloatRange(-1, 2),
    default=1.0,
    show_default=True,
    help="Share of the change still there at a follow-up.",
)
@click.option(
    "--repetitions",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="Programmes drawn.",
)
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def simulate(plan: str, effects: tuple[tuple[str, float], ...], output: str, people: int, **supposed: Any) -> None:  # fmt: skip
    """Draw made-up programmes of a design and judge them by PLAN, as real ones would be.

    Nobody's answers are needed: the items, scales, verdict rule and estimator are the plan's own.
    """
    from impact import workflow
    from impact.settings import Settings

    found, instrument = workflow.find_plan(plan, Settings.from_environment())
    named = {scale: size for scale, size in effects if scale}
    general = next((size for scale, size in reversed(effects) if not scale), 0.0)
    with options.progress("Drawing") as progress:
        forecast = workflow.simulate_plan(
            found,
            instrument,
            effect=general,
            effects=named,
            people_per_side=people,
            progress=progress,
            **supposed,
        )
    if output == "json":
        click.get_binary_stream("stdout").write(workflow.findings_json(forecast))
    else:
        click.echo(forecast_text(forecast, names_of(found, instrument), found.has_arms))


def forecast_text(forecast: Mapping[str, Any], names: Reading, has_arms: bool) -> str:
    """The forecast for a terminal: what was supposed, the table, the chances, and how to read them."""
    wide = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)
    supposed = forecast["declared"]
    head = (
        f"{forecast['repetitions']:,} made-up programmes of {supposed['workshops']} workshop{'s' if supposed['workshops'] > 1 else ''}, "
        f"{supposed['people_per_side']} people{' of each side' if forecast['sides'] > 1 else ''} in each; {_percent(supposed['attrition'])} lost at each later wave, "
        f"correlation {supposed['correlation']:g}, share between workshops {supposed['icc']:g}."
    )
    parts = [
        "\n".join(
            [
                f"Forecast of {forecast['plan']['id']}",
                "═" * (12 + len(forecast["plan"]["id"])),
                *_wrapped(head, wide),
            ]
        ),
        _numbers(forecast, names),
        _chances(forecast, names, has_arms),
        "\n".join(_reading(forecast, wide)),
    ]
    return "\n\n".join(parts)


def _rows(
    forecast: Mapping[str, Any], names: Reading, cells: Callable[[Mapping[str, Any]], Sequence[str]]
) -> Rows:
    """The scale and its times as a heading, a row for each side below it."""
    from impact.report.beside.part import contrast_label

    rows: Rows = []
    last = None
    for found in forecast["findings"]:
        if (found["scale"], found["contrast"]) != last:
            last = (found["scale"], found["contrast"])
            rows.append(f"{names.scale_label(found['scale'])} ({contrast_label(names, found['contrast'])})")
        rows.append((GAP + names.side_label(found["side"] or None), *cells(found)))
    return rows


def _numbers(forecast: Mapping[str, Any], names: Reading) -> str:
    columns = [
        Column("main outcome"), Column("truth", True), Column("found", True),
        Column("interval", True), Column("holds truth", True), Column("finds it", True), Column("people", True),
    ]  # fmt: skip
    return table(columns, _rows(forecast, names, lambda found: (
        _points(found["truth"]), _points(found["mean"]),
        "–" if found["half_width"] is None else f"± {found['half_width']:.1f}", _percent(found["coverage"]),
        _with_error(found["power"], forecast["repetitions"]), f"{found['people']:.0f}",
    )))  # fmt: skip


def _chances(forecast: Mapping[str, Any], names: Reading, has_arms: bool) -> str:
    """The verdicts in words that hold for every scale, whichever way is hoped for on it."""
    from impact.report.wording import word_or

    verdicts = list(dict.fromkeys(name for found in forecast["findings"] for name in found["verdicts"]))
    part = "verdict_arms" if has_arms else "verdict"
    heads = [
        "no interval"
        if name == "none"
        else word_or("en", f"{part}.{name}", "") or word_or("en", f"verdict.{name}", name.replace("_", " "))
        for name in verdicts
    ]
    if sum(map(width, heads)) > _ROOM_OF_VERDICTS:  # one line for each verdict and side
        columns = [Column("chance of each verdict"), Column("verdict"), Column("chance", True)]
        rows = [
            line
            for row in _rows(forecast, names, lambda found: [_percent(found["verdicts"].get(name, 0.0)) for name in verdicts])
            for line in ([row] if isinstance(row, str) else _one_below_another(row, heads))
        ]  # fmt: skip
        return table(columns, rows)
    columns = [Column("chance of each verdict"), *(Column(head, True) for head in heads)]
    return table(
        columns,
        _rows(forecast, names, lambda found: [_percent(found["verdicts"].get(one, 0.0)) for one in verdicts]),
    )


def _one_below_another(row: Sequence[str], heads: Sequence[str]) -> list[Sequence[str]]:
    return [
        (row[0] if i == 0 else "", head, cell)
        for i, (head, cell) in enumerate(zip(heads, row[1:], strict=True))
    ]


def _with_error(share: float, repetitions: int) -> str:
    """A share of the programmes drawn, ± its standard error.

    Of a share of none or of all that error would be 0, as if more programmes could show nothing else: there it is
    that of half a programme more or less, (k + ½) / (n + 1).
    """
    hit = (share * repetitions + 0.5) / (repetitions + 1) if share in (0, 1) else share
    return f"{_percent(share)} ± {100 * math.sqrt(hit * (1 - hit) / repetitions):.1f}"


def _reading(forecast: Mapping[str, Any], wide: int) -> list[str]:
    drawn = forecast["repetitions"]
    lines = _wrapped(
        "In points of 0–100: the true change, the average of what was found, the plain interval. “Holds truth”: share of the plain intervals that hold the true change. “Finds it”: the verdict goes "
        "the way of the true change (where nothing changes: any way). ±: standard error from the number of programmes drawn, in points of per cent.",
        wide,
    )
    lines += _wrapped(
        f"Programmes with at least one main verdict that is wrong in its direction, or says that something moved where nothing does: "
        f"{_with_error(forecast['any_wrong'], drawn)}. With any main verdict that says that something moved: {_with_error(forecast['any_moved'], drawn)}.",
        wide,
    )
    if forecast["licence"] == "these_rooms":
        lines += _wrapped(
            "The interval speaks of the people in these rooms; the true change here is that of all workshops like them, which it holds less often.",
            wide,
        )
    return lines + _wrapped(f"The most that may ever be said: {forecast['reading']}", wide)


def _wrapped(text: str, wide: int) -> list[str]:
    return textwrap.wrap(text, wide)


def _points(value: float | None) -> str:
    from impact.report.text import signed

    return signed(value)


def _percent(share: float | None) -> str:
    return (
        "–"
        if share is None
        else f"{100 * share:.0f} %"
        if share in (0, 1) or 0.095 <= share <= 0.995
        else f"{100 * share:.1f} %"
    )
