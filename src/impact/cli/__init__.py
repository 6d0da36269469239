"""The commands of `impact`: read arguments, call one verb of workflow, print. One module a command group.

Nothing heavier than click is imported before a command runs, so that `impact --help` answers at once.
"""

from impact.cli.main import main

__all__ = ["main"]
