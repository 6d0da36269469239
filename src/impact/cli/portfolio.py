"""`impact portfolio`: findings of many programmes in one result, on the screen or as JSON."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from impact.cli.bidi import wrapped
from impact.cli.options import FILE
from impact.cli.tables import Column, table

WIDEST, NARROWEST = 96, 72
EPILOG = """\b
Examples:
  impact portfolio north.json south.json west.json
  impact portfolio findings/*.json --tags tags.yaml --format json > portfolio.json
  impact portfolio a.json b.json --scale fear --contrast "post - pre"
"""
Document = Mapping[str, Any]


@click.command(epilog=EPILOG, short_help="Pool the findings of several programmes.")
@click.argument("findings", nargs=-1, required=True, type=FILE, metavar="FINDINGS.json…")
@click.option(
    "--tags", type=FILE, metavar="FILE.yaml",
    help="Site, process, track and facilitator of each file, and what may be compared.",
)  # fmt: skip
@click.option("--scale", "scales", multiple=True, metavar="SCALE", help="Only this scale; may be repeated.")
@click.option(
    "--contrast", "contrasts", multiple=True, metavar="CONTRAST",
    help="Only this contrast, as “post - pre”; may be repeated.",
)  # fmt: skip
@click.option(
    "--measure", type=click.Choice(["points", "effect_size"]), default="points", show_default=True,
    help="Pool points of 0–100, or the effect size that all findings name.",
)  # fmt: skip
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def portfolio(
    findings: tuple[Path, ...],
    tags: Path | None,
    scales: tuple[str, ...],
    contrasts: tuple[str, ...],
    measure: str,
    output: str,
) -> None:
    """Pool the primary findings of several programmes (files written by “impact evaluate … --format json”).

    Random effects, with the interval of Knapp and Hartung and, from three programmes on, where a further one would
    lie. Refused, with every reason: hidden findings, mixed designs, audiences, units or instruments, data given twice.
    """
    from impact import workflow

    document = workflow.pool_findings(
        findings, tags=tags, measure=measure, scales=scales, contrasts=contrasts
    )
    if output == "json":
        click.get_binary_stream("stdout").write(workflow.findings_json(document))
    else:
        click.echo(portfolio_text(document))


def portfolio_text(document: Document, columns: int | None = None) -> str:
    """What may be said first, then the numbers it rests on, then the limits."""
    wide = min(max(columns or shutil.get_terminal_size((WIDEST, 24)).columns, NARROWEST), WIDEST)
    files = document["programmes"]
    design = document["design"].replace("_", " ")
    head = f"{len(files)} programmes. Design: {design}. For the {document['audience']}."
    if document["synthetic"]:
        head += " These data are synthetic; nobody was asked."
    shown = [one for one in document["results"] if not one["suppressed"]]
    parts = [
        "\n".join(["Portfolio", "═════════", head]),
        _section(
            "What may be said", [line for one in shown for line in wrapped(one["claim"]["text"], wide, "• ")]
        ),
        _section(f"Results, in {_unit(document)}", _numbers(document, wide)),
        *(
            _section(f"Programmes: {_label(document, one)}", _rows(one, _digits(document)))
            for one in shown
            if one["rows"]
        ),
        _section("Limits", _limits(document, wide)),
    ]
    return "\n\n".join(part for part in parts if part)


def _unit(document: Document) -> str:
    return next(
        "points from 0 to 100" if unit == "points" else f"standard deviations ({unit})"
        for unit in [document["results"][0]["estimate"]["unit"]]
    )


def _label(document: Document, one: Document) -> str:
    """Scale, contrast, side and group of a result."""
    labels, group, side = document["labels"], one["group"], one["subgroup"].get("side")
    parts = [f"{labels['scales'].get(one['scale'], one['scale'])} ({_times(one['contrast'])})"]
    parts += [labels["sides"].get(side, side)] if side else []
    parts += [f"{group['by']} {group['value']}"] if group["by"] else []
    return ", ".join(parts)


def _times(contrast: str) -> str:
    """`After – Before`, as in every other result."""
    from impact.report.wording import word_or

    return " – ".join(word_or("en", f"wave.{wave.strip()}", wave.strip()) for wave in contrast.split(" - "))


def _numbers(document: Document, wide: int) -> list[str]:
    columns = (
        Column("k", True), Column("n", True), Column("Mean", True), Column("interval", True),
        Column("a further one", True), Column("τ", True), Column("I²", True),
    )  # fmt: skip
    rows: list[list[str] | str] = []
    digits = _digits(document)
    for one in document["results"]:
        spread, ahead, estimate = one["heterogeneity"], one["prediction"], one["estimate"]
        share = spread["i_squared"]
        rows.append(_label(document, one))
        rows.append(
            [
                _count(one["programmes"]), _count(one["people"]), _cell(estimate["value"], digits, True),
                _ends(estimate, digits), _ends(ahead, digits), _cell(spread["tau"], digits), "–" if share is None else f"{100 * share:.0f} %",
            ]
        )  # fmt: skip
    lines = table(columns, rows).splitlines()
    foot = _FOOT.format(unit="points" if digits == 1 else "standard deviations")
    return [*lines, "", *textwrap.wrap(foot, wide)]


_FOOT = (
    "k: programmes. n: people analysed in them. A further one: where the result of one more programme like these "
    "would most likely lie. τ: how far the programmes’ true results lie apart, as a standard deviation in {unit}. "
    "I²: the share of the differences between their results that chance alone does not explain."
)


def _digits(document: Document) -> int:
    """Points with one decimal, effect sizes with two."""
    return 1 if document["results"][0]["estimate"]["unit"] == "points" else 2


def _rows(one: Document, digits: int) -> list[str]:
    columns = (
        Column("File"), Column("n", True), Column("Mean", True), Column("interval", True), Column("Weight", True),
    )  # fmt: skip
    rows = [
        [
            row["file"],
            _count(row["n"]),
            _cell(row["value"], digits, True),
            _ends(row, digits),
            f"{100 * row['weight']:.0f} %",
        ]
        for row in one["rows"]
    ]
    return table(columns, rows).splitlines()


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _cell(value: float | None, digits: int, with_sign: bool = False) -> str:
    from impact.report.text import number, signed

    return (signed if with_sign else number)(value, max(digits, _carried(value)))


def _carried(value: float | None) -> int:
    """Decimals that a published number carries: near 0 and the smallest effect of interest more than elsewhere."""
    return 0 if value is None else len(f"{value:g}".partition(".")[2])


def _ends(block: Document, digits: int) -> str:
    if block["low"] is None or block["high"] is None:
        return "–"
    return f"{_cell(block['low'], digits, True)} to {_cell(block['high'], digits, True)}"


def _limits(document: Document, wide: int) -> list[str]:
    found = [caveat["text"] for caveat in document["caveats"]]
    found += [caveat["text"] for one in document["results"] for caveat in one["caveats"]]
    return [
        line
        for text in [*dict.fromkeys(found), document["disclosure"]["rule"]]
        for line in wrapped(text, wide, "• ")
    ]


def _section(title: str, lines: list[str]) -> str:
    return "\n".join([title.upper(), "", *lines]) if lines else ""
