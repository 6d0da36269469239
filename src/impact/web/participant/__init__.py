"""The participant's pages: consent, questions, thanks. They need no script, set no cookie, record no address."""

from impact.web.participant.routes import add_routes

__all__ = ["add_routes"]
