"""Paid answers are kept between runs, and never taken for those of another folder."""

import json
import shutil
from pathlib import Path
from typing import Any

from local.account_folder import SAMPLE_ACCOUNT
from local.accounts import account_in_folder
from local.review import run_review
from local.state_folder import StateFolder
from tests.local.runs import QUICK


def paid_by_a_run(state: Path, folder: Path | None = None) -> int:
    account = account_in_folder(folder)
    request: dict[str, Any] = {"as_of": account.as_of.isoformat()}
    result = run_review(request, account, StateFolder(state), on_events=lambda _: None, say=lambda _: None, pace=QUICK)
    assert result.report is not None
    return int(result.report["run"]["self_cost"]["cost_explorer_requests"])


def test_a_second_run_of_the_day_pays_nothing_and_a_changed_folder_is_asked_anew(tmp_path: Path) -> None:
    assert [paid_by_a_run(tmp_path / "state") for _ in range(2)] == [8, 0]
    changed = tmp_path / "changed"
    shutil.copytree(SAMPLE_ACCOUNT, changed)
    document = json.loads((changed / "account.json").read_text())
    (changed / "account.json").write_text(json.dumps({**document, "name": "changed"}))
    assert paid_by_a_run(tmp_path / "state", changed) == 8
