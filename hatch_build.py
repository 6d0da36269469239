"""Put Plotly's script into the wheel, so that an installation needs no 64 MB Python package for one file.

Only for real wheels: an editable install reads the script from the package (the extra `checkout`).
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PlotlyScript(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        spec = find_spec("plotly")
        if spec is None or spec.origin is None:
            raise RuntimeError("plotly is missing: build with isolation, or install the extra “checkout” first.")
        package = Path(spec.origin).parent
        licence = next(package.parent.glob("plotly-*.dist-info/licenses/LICENSE.txt"), None)
        build_data["force_include"][str(package / "package_data" / "plotly.min.js")] = (
            "impact/_bundled/static/plotly.min.js"
        )
        if licence is not None:
            build_data["force_include"][str(licence)] = "impact/_bundled/static/plotly.LICENSE.txt"
