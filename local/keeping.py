"""Moves what is kept between the state folder and the emulated AWS; own are the clients of our resources there."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from local import clock
from local.embedded_aws import BUCKET, STATES_TABLE, TABLES, embedded_resources, embedded_settings
from local.moto_seams import restore_object
from local.state_folder import State, StateFolder, StoredObject
from tasks.wiring import Clients, World
from workflows.errors import NotARead

SAID_OF = "said_of"
"""In an agent's state, the account that it was asked about; whoever notes a new state leaves it out."""


@contextmanager
def kept_world(folder: StateFolder, say: Callable[[str], None]) -> Iterator[World]:
    """The world of the folder: what is done to our resources in it is kept, and nothing of it where that fails.

    No account is there to be read. say is told when another run uses the folder.
    """
    with folder.held(say), embedded_resources() as own:
        restore(folder, own)
        yield World(embedded_settings(()), _no_account, own, clock.now)
        keep(folder, own)


@contextmanager
def seen_world(folder: StateFolder) -> Iterator[World]:
    """The world of the folder's tables, for who only looks: it waits for no other run, and nothing of it is kept."""
    with embedded_resources() as own:
        _restore_tables(folder.read(), own)
        yield World(embedded_settings(()), _no_account, own, clock.now)


def _no_account(service: str, region: str | None = None) -> NoReturn:
    raise NotARead(f"No account is looked at here; {service} in {region or 'no region'} was not asked.")


def restore(folder: StateFolder, own: Clients) -> None:
    """Afterwards the emulated AWS holds everything that the folder keeps."""
    state = folder.read()
    for kept in state.objects:
        content = folder.stored_bytes(kept)
        stored = restore_object(BUCKET, kept.key, content, version_id=kept.version_id, modified=kept.modified)
        # Folders of earlier versions do not name this, and have just been held to it.
        named = {"sha256": kept.sha256, "size": str(len(content)), **kept.metadata}
        headers = {f"x-amz-meta-{name}": value for name, value in named.items()}
        if kept.content_encoding:
            headers["Content-Encoding"] = kept.content_encoding
        stored.set_metadata({"Content-Type": kept.content_type, **headers})
    _restore_tables(state, own)


def forget_states_of_others(own: Clients, account: str) -> None:
    """Afterwards what agents said of themselves on another account is gone: what they can read there says nothing here.

    In AWS a stack has one account, and its table needs no such note.
    """
    for item in _items(own, STATES_TABLE):
        if item.get(SAID_OF) != {"S": account}:
            own("dynamodb").delete_item(TableName=STATES_TABLE, Key={"agent_name": item["agent_name"]})


def note_states_as_of(own: Clients, account: str) -> None:
    """Afterwards every state says of which account it is."""
    for item in _items(own, STATES_TABLE):
        own("dynamodb").put_item(TableName=STATES_TABLE, Item={**item, SAID_OF: {"S": account}})


def _restore_tables(state: State, own: Clients) -> None:
    for table, items in state.tables.items():
        for item in items:
            own("dynamodb").put_item(TableName=table, Item=item)


def keep(folder: StateFolder, own: Clients) -> None:
    """Afterwards the folder keeps everything that the emulated AWS holds."""
    known = {(kept.key, kept.version_id): kept for kept in folder.read().objects}
    objects = tuple(
        known.get((entry["Key"], entry["VersionId"])) or _stored(folder, own, entry) for entry in _versions(own)
    )
    folder.replace(State(objects=objects, tables={table: _items(own, table) for table in TABLES}))


def _stored(folder: StateFolder, own: Clients, entry: Mapping[str, Any]) -> StoredObject:
    stored = own("s3").get_object(Bucket=BUCKET, Key=entry["Key"], VersionId=entry["VersionId"])
    return StoredObject(
        key=entry["Key"],
        version_id=entry["VersionId"],
        sha256=folder.add_content(stored["Body"].read()),
        modified=entry["LastModified"],
        content_type=stored["ContentType"],
        metadata=stored["Metadata"],
        content_encoding=stored.get("ContentEncoding", ""),
    )


def _versions(own: Clients) -> list[Mapping[str, Any]]:
    pages = own("s3").get_paginator("list_object_versions").paginate(Bucket=BUCKET)
    entries = [entry for page in pages for entry in page.get("Versions", [])]
    return sorted(entries, key=lambda entry: (entry["Key"], entry["LastModified"], entry["VersionId"]))


def _items(own: Clients, table: str) -> list[dict[str, Any]]:
    pages = own("dynamodb").get_paginator("scan").paginate(TableName=table)
    items = [item for page in pages for item in page.get("Items", [])]
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
