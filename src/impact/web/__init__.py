"""The pages: participants, evaluators, funders. `create_app` makes the application, `server_options` how to run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["create_app", "server_options"]


def create_app(*arguments: Any, **options: Any) -> FastAPI:
    """See `impact.web.app.create_app`; loaded at its first use, so that commands without pages start fast."""
    from impact.web.app import create_app as create

    return create(*arguments, **options)


def server_options() -> dict[str, Any]:
    """How uvicorn is to run the application: no access log and no names of software; addresses are not recorded.

    More than 512 requests and idle connections at once are told 503, so that nobody can fill the memory with them.
    """
    return {
        "access_log": False,
        "server_header": False,
        "log_level": "warning",
        "timeout_keep_alive": 10,
        "limit_concurrency": 512,
        "proxy_headers": False,
    }
