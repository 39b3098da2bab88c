"""What makes a few hundred whole reviews in one process quick; it changes nothing that a test could see."""

import gc
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.httpsession
import pytest
from botocore.httpsession import create_urllib3_context

ALLOCATIONS_BETWEEN_COLLECTIONS = 50_000


@pytest.fixture(scope="session", autouse=True)
def _the_collector_leaves_alone_what_is_there_to_stay() -> Iterator[None]:
    """What is imported stays until the end: looking through it takes a tenth of a review."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS, *usual[1:])
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _all_clients_read_the_certificates_once() -> Iterator[None]:
    """Each of a review's clients reads them anew, though no test speaks TLS: what answers is in the process."""

    @cache
    def context() -> Any:
        return create_urllib3_context()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.httpsession, "create_urllib3_context", context)
        yield
