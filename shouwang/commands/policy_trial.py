"""`policies import --try`: what would change for residents, before anything is imported."""

from collections.abc import Sequence
from typing import Any

import click

from community.model.permissions import Permission
from community.model.policies.policy import PolicyAnswer
from community.usecases.authorise import authorise
from community.usecases.import_policies import PolicyFile
from community.usecases.try_policies import PolicyTrial, try_policies
from shouwang.commands.output import DONE, FAILED, print_json
from shouwang.wiring import open_office


def try_import(files: Sequence[PolicyFile], login: str, *, as_json: bool) -> int:
    """Print what would change and return the exit code: 1 when any file would be rejected."""
    with open_office() as office, office.database.reading() as conn:
        authorise(conn, login, Permission.IMPORT_POLICIES)
        now = office.clock.now()
        trial = try_policies(conn, files, today=now.astimezone(office.settings.timezone).date(), now=now)
    if as_json:
        print_json(_document(trial))
    else:
        _show(trial)
    return FAILED if any(file.reason for file in trial.files) else DONE


def _show(trial: PolicyTrial) -> None:
    for file in trial.files:
        click.echo(file.reason or f"可以导入\t{file.file}\t《{file.title}》{file.document_number}，{file.passages} 条")
        for warning in file.warnings:
            click.echo(f"  注意（{file.file}）：{warning}", err=True)
    for change in trial.changed:
        times = f"（问过 {change.times} 次）" if change.times > 1 else ""
        click.echo(f"\n问：{change.question}{times}\n现在：{change.before.text}\n以后：{change.after.text}")
    click.echo(f"\n最近一个月 {trial.questions} 个问题，{len(trial.changed)} 个的回答会变。什么都没有导入。")


def _document(trial: PolicyTrial) -> dict[str, Any]:
    return {
        "files": [
            {
                "file": file.file,
                "title": file.title,
                "number": file.document_number,
                "passages": file.passages,
                "reason": file.reason or None,
                "warnings": list(file.warnings),
            }
            for file in trial.files
        ],
        "questions": trial.questions,
        "changed": [
            {
                "question": change.question,
                "times": change.times,
                "before": _answer(change.before),
                "after": _answer(change.after),
            }
            for change in trial.changed
        ],
    }


def _answer(answer: PolicyAnswer) -> dict[str, Any]:
    document = answer.document
    return {
        "status": answer.status.value,
        "text": answer.text,
        "passage": answer.passage or None,
        "title": document.title if document else None,
        "number": document.document_number if document else None,
    }
