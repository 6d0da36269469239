"""Wire formats in: data files (CSV, XLSX) of our own layout or, through a column map, of any other → Submissions;
Findings (JSON) of many programmes and their tags → Programmes to pool."""

from impact.formats.columns import ColumnMap, load_columns
from impact.formats.datafile import missing_waves, read_data
from impact.formats.invited import read_invited
from impact.formats.programmes import names_of, read_programmes
from impact.formats.tags import Tags, load_tags

__all__ = [
    "ColumnMap",
    "Tags",
    "load_columns",
    "load_tags",
    "missing_waves",
    "names_of",
    "read_data",
    "read_invited",
    "read_programmes",
]
