"""finops review, record, doctor and policy: what reads an account."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from local.options.common import account_of, add_account, add_refresh, add_state
from workflows.errors import BadInput, together


def add(commands: Any) -> None:
    """Adds the commands."""
    _add_review(commands)
    record = commands.add_parser("record", help="run a review and keep what AWS said, scrubbed, as an account folder")
    record.set_defaults(run=_record)
    record.add_argument("folder", type=Path, metavar="DIR", help="where to; it must not exist yet")
    record.add_argument("--as-of", metavar="DATE", help="the day to look from, YYYY-MM-DD (default: the account's)")
    add_account(record)
    add_state(record)

    doctor = commands.add_parser("doctor", help="what can be read of an account now, why not, and the remedy; free")
    doctor.set_defaults(run=_doctor)
    doctor.add_argument("--json", action="store_true", help="print it as JSON")
    add_account(doctor)

    policy = commands.add_parser("policy", help="the IAM policy that a role needs for reading an account")
    policy.set_defaults(run=_policy)
    add_refresh(policy, "with what a review needs for --refresh-trusted-advisor; that is more than reads")


def _add_review(commands: Any) -> None:
    review = commands.add_parser("review", help="run a review here, on the sample account unless told otherwise")
    review.set_defaults(run=_review)
    add_account(review)
    add_refresh(review, "have Trusted Advisor look anew first, and wait for it a minute at most (needs --profile)")
    review.add_argument("--as-of", metavar="DATE", help="the day to look from, YYYY-MM-DD (default: the account's)")
    review.add_argument("--input", metavar="FILE|JSON", help="the review's input document, as a file or as it is")
    exempted = "a reviewed TOML file of exemptions (pattern, reason, expires), kept for later reviews too"
    review.add_argument("--exemptions", type=Path, metavar="FILE", help=exempted)
    review.add_argument("--output", type=Path, metavar="DIR", help="write report.json, .md, .csv and .html there")
    review.add_argument("--json", action="store_true", help="print the report as JSON and nothing else")
    review.add_argument("--rank", metavar="PRESET", help="the order: biggest (default), quick_wins or safest")
    add_state(review)


def _review(options: argparse.Namespace) -> int:
    # Imported here because a wrong option should not have to wait for the emulated AWS to load.
    from local.commands.review import review_command
    from local.output_folder import check_writable

    with together() as problems:
        document = problems.of(lambda: _ranked(_document(options.input, options.as_of), options.rank))
        account = problems.of(lambda: account_of(options, refreshes_trusted_advisor=options.refresh_trusted_advisor))
        exemptions = problems.of(lambda: _exemptions(options.exemptions))
        problems.of(lambda: check_writable(options.output))
    return review_command(
        account,
        document=document,
        output=options.output,
        state=options.state,
        as_json=options.json,
        exemptions=exemptions,
    )


def _record(options: argparse.Namespace) -> int:
    from local.commands.record import record_command
    from local.recording import check_free

    check_free(options.folder)
    document = _document("{}", options.as_of)
    return record_command(account_of(options), options.folder, document=document, state=options.state)


def _doctor(options: argparse.Namespace) -> int:
    from local.commands.doctor import doctor_command

    return doctor_command(account_of(options), as_json=options.json)


def _policy(options: argparse.Namespace) -> int:
    from local.commands.policy import policy_command

    return policy_command(refreshing=options.refresh_trusted_advisor)


def _exemptions(path: Path | None) -> bytes | None:
    """The content of the file; BadInput with every wrong entry of it."""
    if path is None:
        return None
    from workflows.savings.exemptions import exemptions_from

    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput([f"--exemptions {path}: cannot be read ({error.strerror}); name a TOML file"]) from None
    try:
        exemptions_from(content)
    except BadInput as error:
        raise BadInput([f"--exemptions {path}: {problem}" for problem in error.problems]) from None
    return content


def _document(given: str | None, as_of: str | None) -> Any:
    """The input document with what the options add to it; BadInput where it is no JSON."""
    document: Any = {"requested_by": "finops-review"} if given is None else _parsed(given)
    if as_of is None or not isinstance(document, dict):
        return document
    named = document.get("as_of")
    if named is not None and named != as_of:
        raise BadInput([f"--as-of says {as_of} and the input's as_of says {named}; drop one of them"])
    return {**document, "as_of": _calendar_date(as_of)}


def _ranked(document: Any, preset: str | None) -> Any:
    """The document with the order that the option names; BadInput where the input names another one."""
    if preset is None or not isinstance(document, dict):
        return document
    wanted = {"preset": preset}
    if document.get("ranking") not in (None, wanted):
        raise BadInput([f"--rank says {preset} and the input's ranking says something else; drop one of them"])
    return {**document, "ranking": wanted}


def _calendar_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInput([f"--as-of: {text!r} is not a calendar date; write it as YYYY-MM-DD"]) from None


def _parsed(given: str) -> Any:
    is_inline = given.lstrip().startswith(("{", "[", '"'))
    if is_inline:
        text, where = given, "--input"
    else:
        where = f"--input {given}"
        try:
            text = Path(given).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise BadInput([f"{where}: cannot be read ({reason}); name a JSON file, or give the JSON itself"]) from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput([f"{where}: not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}"]) from None
    except (ValueError, RecursionError) as error:
        raise BadInput([f"{where}: not a document that can be read ({error})"]) from None
