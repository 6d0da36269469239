"""Documents are tested: what they name exists, what exists is named."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from impact.cli import main

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("surveys/*.md"),
        *ROOT.glob("analysis/*.md"),
    ]
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name_of(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9_.-]+", requirement)[0].lower()


def rows_of(section: str) -> set[str]:
    text = (ROOT / "docs" / "dependencies.md").read_text().split(f"## {section}")[1].split("\n## ")[0]
    return {row.split("|")[1].strip() for row in text.splitlines() if row.startswith("| ")} - {
        "package",
        "extra",
    }


def test_every_default_dependency_is_justified_and_nothing_else_is():
    assert rows_of("Default") == {name_of(r) for r in PROJECT["dependencies"]}


def test_every_extra_is_explained():
    extras = PROJECT["optional-dependencies"]
    assert rows_of("Extras") == {f"`{extra}`" for extra in extras}
    text = (ROOT / "docs" / "dependencies.md").read_text()
    missing = {name_of(r) for group in extras.values() for r in group if name_of(r) not in text}
    assert missing == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
    dead = [link for link in links if not (document.parent / link).exists()]
    assert dead == []


def test_the_commands_of_the_readme_exist():
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"\bmake ([a-z]+)\b", readme))
    assert targets - set(re.findall(r"^([a-z]+):", makefile, re.M)) == set()


@pytest.mark.parametrize(
    "document", [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))], ids=lambda path: path.name
)
def test_the_commands_of_a_document_exist_with_their_subcommands(document):
    called = re.findall(r"(?:^    |`|=\S+ )impact ([a-z]+)(?: ([a-z]+))?", document.read_text(), re.M)
    unknown = [
        f"{name} {under}".strip()
        for name, under in called
        if name not in main.commands
        or (
            isinstance(main.commands[name], click.Group)
            and under
            and under not in main.commands[name].commands
        )
    ]
    assert unknown == []


def test_every_term_of_the_code_that_the_glossary_forbids_is_absent():
    """Class and module names: the words on the right side of the glossary are not used for our own things."""
    forbidden = re.compile(r"^class \w*(Response|Question|Cohort|Questionnaire)\w*\b", re.M)
    found = {
        str(path.relative_to(ROOT)): forbidden.findall(path.read_text())
        for path in (ROOT / "src").rglob("*.py")
        if forbidden.search(path.read_text())
    }
    assert found == {}


def test_lock_files_pin_every_package_with_hashes_and_without_addresses():
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text()
        packages = re.findall(r"^[a-z0-9][^\s\\]*", text, re.M)
        assert len(packages) > 30
        assert all("==" in package for package in packages)
        assert re.findall(r"https?://|file:|--(?:extra-)?index-url|--find-links|@ ", text) == []
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_files_stay_small_enough_to_read():
    long = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / "src").rglob("*.py")
        if (count := len(path.read_text().splitlines())) > 300
    }
    assert long == {}
