"""Seconds of statsmodels' best fit of the same file; run by its own interpreter (`make bench` makes it)."""

import sys
import time
import warnings

import numpy as np
from statsmodels.regression.mixed_linear_model import MixedLM

path, n, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
y, x, arm, groups = np.fromfile(path).reshape(4, n)
X = np.column_stack([np.ones(n), x, arm])
warnings.simplefilter("ignore")
seconds = []
for _ in range(1 if n > 100_000 else min(times, 5)):
    began = time.perf_counter()
    MixedLM(y, X, groups).fit(reml=True)
    seconds.append(time.perf_counter() - began)
print(min(seconds))
