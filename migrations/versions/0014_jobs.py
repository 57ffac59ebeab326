"""Jobs for the workers and the files that they read and make; a run may wait for a worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

_STATES = ("queued", "running", "finished", "failed", "cancelled")
_SEQUENCES = ("job_id_seq", "stored_file_id_seq")


def upgrade() -> None:
    for sequence in _SEQUENCES:
        op.execute(sa.schema.CreateSequence(sa.Sequence(sequence)))
    _create_job()
    _create_stored_file()
    _create_stored_file_chunk()
    _allow_states_of_runs(_STATES)


def downgrade() -> None:
    op.execute("UPDATE run SET state = 'cancelled' WHERE state = 'queued'")
    _allow_states_of_runs(_STATES[1:])
    for table in ("stored_file_chunk", "stored_file", "job"):
        op.drop_table(table)
    for sequence in _SEQUENCES:
        op.execute(sa.schema.DropSequence(sa.Sequence(sequence)))


def _create_job() -> None:
    states = sa.Enum(*_STATES, name="jobstate", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "job",
        _municipality_code(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("step_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows_done", sa.BigInteger(), nullable=True),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("result_file_id", sa.BigInteger(), nullable=True),
        _municipality_check("job"),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_job_attempts")),
        _municipality_key("job"),
        sa.PrimaryKeyConstraint("municipality_code", "kind", "job_id", name=op.f("pk_job")),
    )
    waiting = sa.text("state = 'queued'")
    op.create_index("ix_job_queued", "job", ["municipality_code", "queued_at"], postgresql_where=waiting)
    op.create_index("ix_job_running", "job", ["municipality_code"], postgresql_where=sa.text("state = 'running'"))
    op.create_index("ix_job_municipality_code_started_at", "job", ["municipality_code", "started_at"])


def _create_stored_file() -> None:
    op.create_table(
        "stored_file",
        _municipality_code(),
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _municipality_check("stored_file"),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_stored_file_size_bytes")),
        _municipality_key("stored_file"),
        sa.PrimaryKeyConstraint("municipality_code", "file_id", name=op.f("pk_stored_file")),
    )
    op.create_index("ix_stored_file_expires_at", "stored_file", ["expires_at"])


def _create_stored_file_chunk() -> None:
    op.create_table(
        "stored_file_chunk",
        _municipality_code(),
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chunk_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _municipality_check("stored_file_chunk"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "file_id"],
            ["stored_file.municipality_code", "stored_file.file_id"],
            name=op.f("fk_stored_file_chunk_stored_file"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "file_id", "chunk_number", name=op.f("pk_stored_file_chunk")),
    )
    # Most files are compressed already: PostgreSQL would try in vain, at a tenth of the speed.
    op.execute("ALTER TABLE stored_file_chunk ALTER COLUMN content SET STORAGE EXTERNAL")


def _municipality_code() -> sa.Column[str]:
    return sa.Column("municipality_code", sa.String(length=3, collation="C"), nullable=False)


def _municipality_check(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name=op.f(f"ck_{table}_municipality_code"))


def _municipality_key(table: str) -> sa.ForeignKeyConstraint:
    columns = (["municipality_code"], ["municipality.municipality_code"])
    return sa.ForeignKeyConstraint(*columns, name=op.f(f"fk_{table}_municipality"))


def _allow_states_of_runs(states: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_run_runstate"), "run")
    known = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_run_runstate"), "run", f"state IN ({known})")
