"""One set of migrations for SQLite and PostgreSQL, applied by Alembic."""
