"""Arrays in, results out: the statistics of small, clustered, paired data.

Every function is pure and returns a frozen result. Missing values are NaN and are left out by complete cases; what
cannot be computed is None with a `caveat` in words; ValueError is for mistakes of the calling code only.
"""

from impact.stats.attrition import AttritionGroup, AttritionTable, LossTest, attrition_table
from impact.stats.blocked import Blocked, ancova_blocked
from impact.stats.caveats import Caveat
from impact.stats.change import ReliableChange, reliable_change
from impact.stats.clustered import ClusteredFit, MeanChange, mean_change_cr2, ols_cr2
from impact.stats.comparison import WORKING_ICC, Ancova, ancova
from impact.stats.differences import DifferenceInDifferences, difference_in_differences
from impact.stats.effect_sizes import EffectSize, standardized_mean_change, standardized_mean_difference
from impact.stats.equivalence import Equivalence, equivalence
from impact.stats.exact import SignedRank, SignFlip, sign_flip, wilcoxon_signed_rank
from impact.stats.imputation import Imputation, multiple_imputation
from impact.stats.leave_one_out import WithoutEach, mean_change_without_each
from impact.stats.meta import MetaAnalysis, random_effects_meta
from impact.stats.mixed import MixedFit, VarianceComponents, mixed_model
from impact.stats.multiplicity import adjust_p_values, simultaneous_level
from impact.stats.omega import mcdonald_omega
from impact.stats.paired import TTest, paired_t, welch_t
from impact.stats.partially_nested import PartiallyNested, partially_nested
from impact.stats.permutation import PermutationInterval, arm_permutation_interval, sign_flip_interval
from impact.stats.pooling import Pooled, pool
from impact.stats.power import (
    ClusteredPower,
    PairedPower,
    detectable_change,
    power_clustered,
    power_paired,
    workshops_needed,
)
from impact.stats.power_simulation import SimulatedPower, simulate_power
from impact.stats.ranks import RankBiserial, Superiority, probability_of_superiority_paired, rank_biserial
from impact.stats.ratio import Ratio, ratio_of_means
from impact.stats.reliability import ItemTotal, Reliability, cronbach_alpha, item_total
from impact.stats.shares import Share, share
from impact.stats.simultaneous import MeanChanges, Simultaneous, mean_changes_cr2, simultaneous_intervals
from impact.stats.tipping import (
    DeltaAdjustment,
    ExtremeBounds,
    delta_adjustment,
    extreme_bounds,
    tipping_point,
)
from impact.stats.widening import cr2_widening

__all__ = [
    "WORKING_ICC",
    "Ancova",
    "AttritionGroup",
    "AttritionTable",
    "Blocked",
    "Caveat",
    "ClusteredFit",
    "ClusteredPower",
    "DeltaAdjustment",
    "DifferenceInDifferences",
    "EffectSize",
    "Equivalence",
    "ExtremeBounds",
    "Imputation",
    "ItemTotal",
    "LossTest",
    "MeanChange",
    "MeanChanges",
    "MetaAnalysis",
    "MixedFit",
    "PairedPower",
    "PartiallyNested",
    "PermutationInterval",
    "Pooled",
    "RankBiserial",
    "Ratio",
    "Reliability",
    "ReliableChange",
    "Share",
    "SignFlip",
    "SignedRank",
    "SimulatedPower",
    "Simultaneous",
    "Superiority",
    "TTest",
    "VarianceComponents",
    "WithoutEach",
    "adjust_p_values",
    "ancova",
    "ancova_blocked",
    "arm_permutation_interval",
    "attrition_table",
    "cr2_widening",
    "cronbach_alpha",
    "delta_adjustment",
    "detectable_change",
    "difference_in_differences",
    "equivalence",
    "extreme_bounds",
    "item_total",
    "mcdonald_omega",
    "mean_change_cr2",
    "mean_change_without_each",
    "mean_changes_cr2",
    "mixed_model",
    "multiple_imputation",
    "ols_cr2",
    "paired_t",
    "partially_nested",
    "pool",
    "power_clustered",
    "power_paired",
    "probability_of_superiority_paired",
    "random_effects_meta",
    "rank_biserial",
    "ratio_of_means",
    "reliable_change",
    "share",
    "sign_flip",
    "sign_flip_interval",
    "simulate_power",
    "simultaneous_intervals",
    "simultaneous_level",
    "standardized_mean_change",
    "standardized_mean_difference",
    "tipping_point",
    "welch_t",
    "wilcoxon_signed_rank",
    "workshops_needed",
]
