"""Is 5 % really 5 %? Every default analysis on made-up programmes with a known truth. `make calibrate` runs it.

`designs.py` draws programmes, `twins.py` analyses thousands of them at once with the engine's formulas, `cells.py`
counts, `rivals.py` has what other packages do by default, `table.py` writes docs/methods.md, “Calibration”.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes of one thread each; before numpy is loaded
