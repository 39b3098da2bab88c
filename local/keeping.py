"""Moves what is kept between the state folder and the emulated AWS."""

import json
from collections.abc import Mapping
from typing import Any

from local.embedded_aws import BUCKET, TABLES, EmbeddedAws
from local.moto_seams import restore_object
from local.state_folder import State, StateFolder, StoredObject


def restore(folder: StateFolder, aws: EmbeddedAws) -> None:
    """Afterwards the emulated AWS holds everything that the folder keeps."""
    state = folder.read()
    for kept in state.objects:
        content = folder.content(kept)
        stored = restore_object(BUCKET, kept.key, content, version_id=kept.version_id, modified=kept.modified)
        headers = {f"x-amz-meta-{name}": value for name, value in kept.metadata.items()}
        stored.set_metadata({"Content-Type": kept.content_type, **headers})
    for table, items in state.tables.items():
        for item in items:
            aws.clients("dynamodb").put_item(TableName=table, Item=item)


def keep(folder: StateFolder, aws: EmbeddedAws) -> None:
    """Afterwards the folder keeps everything that the emulated AWS holds."""
    known = {(kept.key, kept.version_id): kept for kept in folder.read().objects}
    objects = tuple(
        known.get((entry["Key"], entry["VersionId"])) or _stored(folder, aws, entry) for entry in _versions(aws)
    )
    folder.replace(State(objects=objects, tables={table: _items(aws, table) for table in TABLES}))


def _stored(folder: StateFolder, aws: EmbeddedAws, entry: Mapping[str, Any]) -> StoredObject:
    stored = aws.clients("s3").get_object(Bucket=BUCKET, Key=entry["Key"], VersionId=entry["VersionId"])
    return StoredObject(
        key=entry["Key"],
        version_id=entry["VersionId"],
        sha256=folder.add_content(stored["Body"].read()),
        modified=entry["LastModified"],
        content_type=stored["ContentType"],
        metadata=stored["Metadata"],
    )


def _versions(aws: EmbeddedAws) -> list[Mapping[str, Any]]:
    pages = aws.clients("s3").get_paginator("list_object_versions").paginate(Bucket=BUCKET)
    entries = [entry for page in pages for entry in page.get("Versions", [])]
    return sorted(entries, key=lambda entry: (entry["Key"], entry["LastModified"], entry["VersionId"]))


def _items(aws: EmbeddedAws, table: str) -> list[dict[str, Any]]:
    pages = aws.clients("dynamodb").get_paginator("scan").paginate(TableName=table)
    items = [item for page in pages for item in page.get("Items", [])]
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
