"""The lock that lay beside a plan's file is kept with the programme, so that every door says the same of the plan."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("programme", sa.Column("plan_lock", sa.Text, nullable=True))
