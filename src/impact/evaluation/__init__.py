"""Plan + linked, scored data → Findings: estimates, verdicts, the sentence that may be said, disclosure control."""

from impact.evaluation.check import Breach, check
from impact.evaluation.columns import as_submissions
from impact.evaluation.declared import Declared
from impact.evaluation.findings import to_json
from impact.evaluation.forecast import forecast
from impact.evaluation.labels import Labels, default_labels
from impact.evaluation.ledger import may_refresh, too_close
from impact.evaluation.poolable import portfolio_faults
from impact.evaluation.portfolio import pool_programmes
from impact.evaluation.run import AUDIENCES, run
from impact.evaluation.simulate import draw
from impact.evaluation.verdicts import VERDICTS, verdict

__all__ = [
    "AUDIENCES",
    "VERDICTS",
    "Breach",
    "Declared",
    "Labels",
    "as_submissions",
    "check",
    "default_labels",
    "draw",
    "forecast",
    "may_refresh",
    "pool_programmes",
    "portfolio_faults",
    "run",
    "to_json",
    "too_close",
    "verdict",
]
