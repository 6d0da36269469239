"""What is kept, and the only SQL: tables, one query module a table, migrations, the writer of submissions."""

from impact.store import invitations, programmes, releases, sign_ins, submissions, users, workshops
from impact.store.database import Database, open_database
from impact.store.invitations import InvitationInfo
from impact.store.sealing import seal_code, seal_text, unseal_text
from impact.store.submissions import NewSubmission, new_id, new_idempotency_key
from impact.store.tables import Invitation, OpenText, Programme, Release, SignIn, Submission, User, Workshop
from impact.store.writer import Writer

__all__ = [
    "Database",
    "Invitation",
    "InvitationInfo",
    "NewSubmission",
    "OpenText",
    "Programme",
    "Release",
    "SignIn",
    "Submission",
    "User",
    "Workshop",
    "Writer",
    "invitations",
    "new_id",
    "new_idempotency_key",
    "open_database",
    "programmes",
    "releases",
    "seal_code",
    "seal_text",
    "sign_ins",
    "submissions",
    "unseal_text",
    "users",
    "workshops",
]
