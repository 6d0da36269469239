"""`impact plan simulate`: what would this plan find, before anybody is asked?"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping
from typing import Any

import click

from impact.cli import options
from impact.cli.tables import Column, table

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
        click.echo(forecast_text(forecast))


def forecast_text(forecast: Mapping[str, Any]) -> str:
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
        _numbers(forecast),
        _chances(forecast),
        "\n".join(_reading(forecast, wide)),
    ]
    return "\n\n".join(parts)


def _label(found: Mapping[str, Any]) -> str:
    return f"{found['scale']}{', side ' + found['side'] if found['side'] else ''} ({found['contrast']})"


def _numbers(forecast: Mapping[str, Any]) -> str:
    columns = [
        Column("main outcome"), Column("truth", True), Column("found", True),
        Column("interval", True), Column("holds truth", True), Column("finds it", True), Column("people", True),
    ]  # fmt: skip
    rows = [
        (
            _label(found), _points(found["truth"]), _points(found["mean"]),
            "–" if found["half_width"] is None else f"± {found['half_width']:.1f}", _percent(found["coverage"]),
            f"{_percent(found['power'])} ± {100 * found['power_error']:.1f}", f"{found['people']:.0f}",
        )
        for found in forecast["findings"]
    ]  # fmt: skip
    return table(columns, rows)


def _chances(forecast: Mapping[str, Any]) -> str:
    verdicts = list(dict.fromkeys(name for found in forecast["findings"] for name in found["verdicts"]))
    columns = [Column("chance of each verdict"), *(Column(name.replace("_", " "), True) for name in verdicts)]
    rows = [
        (_label(found), *(_percent(found["verdicts"].get(name, 0.0)) for name in verdicts))
        for found in forecast["findings"]
    ]
    return table(columns, rows)


def _reading(forecast: Mapping[str, Any], wide: int) -> list[str]:
    lines = _wrapped(
        "In points of 0–100: the true change, the average of what was found, the plain interval. “Holds truth”: share of the plain intervals that hold the true change. “Finds it”: the verdict goes "
        "the way of the true change (where nothing changes: any way), ± its error from the number of programmes.",
        wide,
    )
    lines += _wrapped(
        f"Programmes with at least one main verdict that is wrong in its direction, or says that something moved where nothing does: "
        f"{_percent(forecast['any_wrong'])}. With any main verdict that says that something moved: {_percent(forecast['any_moved'])}.",
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
    return "–" if value is None else f"{value:+.1f}".replace("-", "−")


def _percent(share: float | None) -> str:
    return (
        "–"
        if share is None
        else f"{100 * share:.0f} %"
        if share in (0, 1) or 0.095 <= share <= 0.995
        else f"{100 * share:.1f} %"
    )
