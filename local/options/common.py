"""Options that several commands share, and what they mean."""

import argparse
import os
from pathlib import Path
from typing import Any

STATE_FOLDER = "FINOPS_STATE"


def add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", type=Path, metavar="DIR", help="a folder of AWS responses (default: the sample)")
    parser.add_argument("--profile", metavar="NAME", help="a real account: a profile of your AWS configuration")
    regions = "where Compute Optimizer is asked; may be repeated (default: all regions)"
    parser.add_argument("--region", action="append", default=[], metavar="REGION", help=regions)


def add_refresh(parser: argparse.ArgumentParser, told: str) -> None:
    parser.add_argument("--refresh-trusted-advisor", action="store_true", help=told)


def add_state(parser: argparse.ArgumentParser, *, below_another: bool = False) -> None:
    """below_another: the option of the command above holds, unless it is said here again."""
    default = argparse.SUPPRESS if below_another else Path(os.environ.get(STATE_FOLDER, ".finops"))
    parser.add_argument("--state", type=Path, default=default, metavar="DIR", help="what is kept between runs")


def account_of(options: argparse.Namespace, *, refreshes_trusted_advisor: bool = False) -> Any:
    from local.accounts import account_named

    return account_named(
        profile=options.profile,
        folder=options.account,
        regions=options.region,
        refreshes_trusted_advisor=refreshes_trusted_advisor,
    )
