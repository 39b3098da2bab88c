"""What local/moto_seams.py needs before moto's Step Functions is imported; importing this module does it.

Its integration with AWS Batch imports one enumeration, and with it the whole of moto's EC2: most of a second at every
start, for a service that no definition of ours names. The package moto.batch is put in place without running its
__init__, so that its small modules still load and its models do not.
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


def _without_models(package: str) -> None:
    parent, _, name = package.rpartition(".")
    spec = find_spec(parent)
    if package in sys.modules or spec is None or not spec.submodule_search_locations:
        return
    stand_in = ModuleType(package)
    stand_in.__path__ = [str(Path(place) / name) for place in spec.submodule_search_locations]
    sys.modules[package] = stand_in


_without_models("moto.batch")
