"""First schema: programmes, workshops, invitations, sealed submissions, users, releases."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _programmes()
    _submissions()
    _users()
    _releases()


def _length(table: str, column: str, low: int, high: int) -> sa.CheckConstraint:
    name = op.f(f"ck_{table}_{column}_length")
    return sa.CheckConstraint(f"length({column}) BETWEEN {low} AND {high}", name=name)


def _programmes() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("instrument_id", sa.Text, nullable=False),
        sa.Column("instrument_version", sa.Integer, nullable=False),
        sa.Column("instrument_sha256", sa.Text, nullable=False),
        sa.Column("plan_id", sa.Text, nullable=False),
        sa.Column("plan_sha256", sa.Text, nullable=False),
        sa.Column("plan_yaml", sa.Text, nullable=False),
        sa.Column("plan_locked_at", sa.Text, nullable=True),
        sa.Column("side_names", sa.JSON, nullable=False),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("truth", sa.JSON, nullable=True),
        sa.Column("created_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        _length("programme", "id", 1, 40),
        _length("programme", "name", 1, 200),
        _length("programme", "instrument_sha256", 64, 64),
        _length("programme", "plan_sha256", 64, 64),
        sa.CheckConstraint("instrument_version >= 1", name=op.f("ck_programme_instrument_version_positive")),
    )
    op.create_table(
        "workshop",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("programme_id", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("arm", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_workshop_programme")),
        sa.UniqueConstraint("programme_id", "label", "arm", name=op.f("uq_workshop_programme_id_label_arm")),
        sa.UniqueConstraint("programme_id", "id", name=op.f("uq_workshop_programme_id_id")),
        _length("workshop", "id", 1, 40),
        _length("workshop", "label", 0, 200),
        sa.CheckConstraint("arm IN ('workshop', 'comparison')", name=op.f("ck_workshop_arm_known")),
    )
    op.create_table(
        "invitation",
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("workshop_id", sa.Text, nullable=False),
        sa.Column("wave", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=True),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_invitation")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_invitation_workshop")),
        _length("invitation", "token", 22, 64),
        _length("invitation", "wave", 1, 40),
        _length("invitation", "side", 1, 40),
    )
    op.create_index(op.f("ix_invitation_workshop_id"), "invitation", ["workshop_id"])


def _submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.LargeBinary, nullable=False),
        sa.Column("programme_id", sa.Text, nullable=False),
        sa.Column("workshop_id", sa.Text, nullable=False),
        sa.Column("wave", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=True),
        sa.Column("language", sa.Text, nullable=True),
        sa.Column("answers", sa.LargeBinary, nullable=False),
        sa.Column("code_sealed", sa.LargeBinary, nullable=True),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "id", name=op.f("pk_submission")),
        sa.ForeignKeyConstraint(
            ["programme_id", "workshop_id"],
            ["workshop.programme_id", "workshop.id"],
            name=op.f("fk_submission_workshop"),
        ),
        sa.UniqueConstraint(
            "programme_id", "idempotency_key", name=op.f("uq_submission_programme_id_idempotency_key")
        ),
        _length("submission", "id", 16, 16),
        _length("submission", "wave", 1, 40),
        _length("submission", "side", 1, 40),
        _length("submission", "language", 2, 35),
        _length("submission", "idempotency_key", 16, 64),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_submission_counts"), "submission", ["programme_id", "workshop_id", "wave", "side"]
    )
    op.create_table(
        "open_text",
        sa.Column("programme_id", sa.Text, nullable=False),
        sa.Column("submission_id", sa.LargeBinary, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "submission_id", "item", name=op.f("pk_open_text")),
        sa.ForeignKeyConstraint(
            ["programme_id", "submission_id"],
            ["submission.programme_id", "submission.id"],
            name=op.f("fk_open_text_submission"),
            ondelete="CASCADE",
        ),
        _length("open_text", "item", 1, 80),
        sqlite_with_rowid=False,
    )


def _users() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        _length("user_account", "id", 1, 40),
        sa.CheckConstraint(
            "email = lower(email) AND email LIKE '%_@_%'", name=op.f("ck_user_account_email_form")
        ),
        sa.CheckConstraint("role IN ('evaluator', 'administrator')", name=op.f("ck_user_account_role_known")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_sha256", sa.LargeBinary, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sign_in_user_account"), ondelete="CASCADE"
        ),
        _length("sign_in", "token_sha256", 32, 32),
    )
    op.create_index(op.f("ix_sign_in_user_id"), "sign_in", ["user_id"])


def _releases() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("programme_id", sa.Text, nullable=False),
        sa.Column("token_sha256", sa.LargeBinary, nullable=False),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        sa.Column("created_on", sa.Date, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_release_programme")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_release_token_sha256")),
        _length("release", "id", 1, 40),
        _length("release", "token_sha256", 32, 32),
    )
    op.create_index(op.f("ix_release_programme_id"), "release", ["programme_id"])
