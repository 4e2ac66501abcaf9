"""What became of each row of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class RowResult(StrEnum):
    """What an import did with one row."""

    #: Somebody new.
    CREATED = "created"
    #: Somebody known, about whom the row says something new.
    UPDATED = "updated"
    #: Everything in it was known.
    UNCHANGED = "unchanged"
    #: It cannot be used; the reason says why.
    REJECTED = "rejected"


RESULT_NAMES: dict[RowResult, str] = {
    RowResult.CREATED: "新增",
    RowResult.UPDATED: "更新",
    RowResult.UNCHANGED: "没有变化",
    RowResult.REJECTED: "未导入",
}


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row: where it stands in the file, what became of it, and what staff should know."""

    sheet: str
    number: int
    result: RowResult
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """A whole import.

    Attributes:
        rows: one for each row of data, in the order of the file.
        dry_run: nothing was written.
        skipped_sheets: sheets in which no header was found.
    """

    rows: Sequence[RowReport]
    dry_run: bool = False
    skipped_sheets: Sequence[str] = ()

    def count(self, result: RowResult) -> int:
        """How many rows ended that way."""
        return sum(row.result is result for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """{created, updated, unchanged, rejected}."""
        return {result.value: self.count(result) for result in RowResult}

    def to_json(self, rejected_file: str | None) -> dict[str, Any]:
        """The report for programs: {created, updated, unchanged, rejected, rows: [{row, result, reason}], rejected_file}."""
        has_sheets = len({row.sheet for row in self.rows}) > 1
        return {
            **self.counts,
            "rows": [
                {"row": row.number, "result": row.result.value, "reason": row.reason}
                | ({"sheet": row.sheet} if has_sheets else {})
                for row in self.rows
            ],
            "rejected_file": rejected_file,
            "dry_run": self.dry_run,
        }
