"""Wire formats in: data files (CSV, XLSX) of our own layout or, through a column map, of any other → Submissions."""

from impact.formats.columns import ColumnMap, load_columns
from impact.formats.datafile import check_waves, read_data
from impact.formats.invited import read_invited

__all__ = ["ColumnMap", "check_waves", "load_columns", "read_data", "read_invited"]
