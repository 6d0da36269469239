"""What ships: exactly what git tracks below src/impact, surveys, analysis and templates, and Plotly's script."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = "impact/_bundled/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # A private file that git ignores lies beside the content: it must not be shipped.
    private = ROOT / "surveys" / "columns" / "respondents.sqlite3"
    private.write_text("private")
    try:
        subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
            check=True,
            capture_output=True,
        )
    finally:
        private.unlink()
    return next(folder.glob("*.whl"))


def tracked() -> set[str]:
    listing = subprocess.run(
        ["git", "ls-files", "src/impact", "surveys", "analysis", "templates"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    return {
        f"impact/{n.removeprefix('src/impact/')}" if n.startswith("src/") else BUNDLED + n for n in listing
    }


def test_the_wheel_holds_what_git_tracks_and_nothing_else(wheel):
    names = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    assert names - tracked() == {BUNDLED + "static/plotly.min.js", BUNDLED + "static/plotly.LICENSE.txt"}
    assert tracked() - names == set()


def test_the_wheel_runs_on_its_own(wheel, tmp_path):
    """Unpacked away from the checkout it finds its instruments, plans and templates."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    script = (
        "import impact.resources as r; from impact.cli import main; import sys;"
        f"assert str(r.folder('surveys')).startswith({str(tmp_path)!r}), r.folder('surveys');"
        f"assert str(r.plotly_script()).startswith({str(tmp_path)!r});"
        "sys.argv = ['impact', 'check']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
