"""Arrays in, results out: the statistics of small, clustered, paired data.

Every function is pure and returns a frozen result. Missing values are NaN and are left out by complete cases; what
cannot be computed is None with a `caveat` in words; ValueError is for mistakes of the calling code only.
"""

from impact.stats.caveats import Caveat
from impact.stats.change import ReliableChange, reliable_change
from impact.stats.clustered import ClusteredFit, MeanChange, mean_change_cr2, ols_cr2
from impact.stats.comparison import Ancova, ancova
from impact.stats.effect_sizes import EffectSize, standardized_mean_change, standardized_mean_difference
from impact.stats.exact import SignedRank, SignFlip, sign_flip, wilcoxon_signed_rank
from impact.stats.multiplicity import adjust_p_values, simultaneous_level
from impact.stats.omega import mcdonald_omega
from impact.stats.paired import TTest, paired_t, welch_t
from impact.stats.reliability import ItemTotal, Reliability, cronbach_alpha, item_total

__all__ = [
    "Ancova",
    "Caveat",
    "ClusteredFit",
    "EffectSize",
    "ItemTotal",
    "MeanChange",
    "Reliability",
    "ReliableChange",
    "SignFlip",
    "SignedRank",
    "TTest",
    "adjust_p_values",
    "ancova",
    "cronbach_alpha",
    "item_total",
    "mcdonald_omega",
    "mean_change_cr2",
    "ols_cr2",
    "paired_t",
    "reliable_change",
    "sign_flip",
    "simultaneous_level",
    "standardized_mean_change",
    "standardized_mean_difference",
    "welch_t",
    "wilcoxon_signed_rank",
]
