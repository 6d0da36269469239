"""Which submissions are of one person: self-generated codes and respondents' numbers → pairs. Pure."""

from impact.linkage.link import Links, link
from impact.linkage.pair import Pairs, pair_codes, tolerance, usable

__all__ = ["Links", "Pairs", "link", "pair_codes", "tolerance", "usable"]
