"""What is announced has a schema in the repository, and a version."""

from pathlib import Path

import pytest

from tasks.schemas import write_schemas
from workflows.errors import InvalidEvent
from workflows.events.published import DETAILS, FindingsDetail, event_id, read_as
from workflows.events.schemas import FOLDER, schema_files


def test_the_schemas_in_the_repository_are_those_of_the_models() -> None:
    """Where this fails: `make schemas`, and a new version if something goes or means something else."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert kept == schema_files()


def test_writing_the_schemas_leaves_none_of_an_event_that_is_not_announced_any_more(tmp_path: Path) -> None:
    (tmp_path / "gone-1.json").write_text("{}")
    write_schemas(tmp_path, schema_files())
    assert {path.name for path in tmp_path.iterdir()} == set(schema_files())


@pytest.mark.parametrize("name", sorted(DETAILS))
def test_each_detail_has_to_name_its_schema_and_the_files_name_has_its_version(name: str) -> None:
    schema = DETAILS[name].model_json_schema()
    assert "schema" in schema["required"]
    assert schema["properties"]["schema"]["const"].rpartition("/")[2] == name.rpartition("-")[2]


def test_the_same_announcement_of_a_review_has_the_same_id_and_another_has_another() -> None:
    told = {
        event_id(schema, source, review)
        for schema in ("finops.events.findings/1", "finops.events.review-failed/1")
        for source in ("finops.trusted-advisor-agent", "finops.budget-agent")
        for review in ("review-1", "review-2")
        for _ in range(2)
    }
    assert len(told) == 8


def test_a_detail_that_is_not_of_its_schema_is_refused_with_what_is_wrong() -> None:
    with pytest.raises(InvalidEvent, match=r"schema: .*findings/1"):
        read_as(FindingsDetail, {"schema": "finops.events.findings/2"})
