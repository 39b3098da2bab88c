"""The schemas of the contract in the repository."""

from workflows.discovery.schemas import FOLDER, schema_files


def test_the_schemas_in_the_repository_are_those_of_the_models() -> None:
    """`make schemas` writes them anew."""
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")} == schema_files()
