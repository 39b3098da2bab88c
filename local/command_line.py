"""The finops command.

Exit codes of a review: 0 complete, 3 partial, 1 failed, 2 bad input (then nothing was read, paid for or written).
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from local import clock
from workflows.errors import BadInput, FinOpsError, together

FAILED, BAD_INPUT = 1, 2
INTERRUPTED, BROKEN_PIPE = 130, 141
STATE_FOLDER = "FINOPS_STATE"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    # The functions log as in AWS; here their errors are in the report, so the log stays out of the way.
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    try:
        return int(options.run(options))
    except BadInput as error:
        return _complain(error.problems, BAD_INPUT)
    except FinOpsError as error:
        return _complain([str(error)], FAILED)
    except KeyboardInterrupt:
        return _complain(["interrupted; the state folder is as it was before"], INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has closed it (finops show latest | head): end quietly, as if by the signal itself.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _complain(problems: Sequence[str], code: int) -> int:
    for problem in problems:
        print(f"finops: {problem}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the same words and with the same exit code as everything else."""

    def error(self, message: str) -> NoReturn:
        print(f"finops: {message} (see: {self.prog} --help)", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="finops", description="Asks the FinOps agents what can be saved, and counts it once.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    review = commands.add_parser("review", help="run a review here, on the sample account unless told otherwise")
    review.set_defaults(run=_review)
    _add_account(review)
    _add_refresh(review, "have Trusted Advisor look anew first, and wait for it a minute at most (needs --profile)")
    review.add_argument("--as-of", metavar="DATE", help="the day to look from, YYYY-MM-DD (default: the account's)")
    review.add_argument("--input", metavar="FILE|JSON", help="the review's input document, as a file or as it is")
    exempted = "a reviewed TOML file of exemptions (pattern, reason, expires), kept for later reviews too"
    review.add_argument("--exemptions", type=Path, metavar="FILE", help=exempted)
    review.add_argument("--output", type=Path, metavar="DIR", help="write report.json, .md, .csv and .html there")
    review.add_argument("--json", action="store_true", help="print the report as JSON and nothing else")
    review.add_argument("--rank", metavar="PRESET", help="the order: biggest (default), quick_wins or safest")
    _add_state(review)

    record = commands.add_parser("record", help="run a review and keep what AWS said, scrubbed, as an account folder")
    record.set_defaults(run=_record)
    record.add_argument("folder", type=Path, metavar="DIR", help="where to; it must not exist yet")
    record.add_argument("--as-of", metavar="DATE", help="the day to look from, YYYY-MM-DD (default: the account's)")
    _add_account(record)
    _add_state(record)

    doctor = commands.add_parser("doctor", help="what can be read of an account now, why not, and the remedy; free")
    doctor.set_defaults(run=_doctor)
    doctor.add_argument("--json", action="store_true", help="print it as JSON")
    _add_account(doctor)

    policy = commands.add_parser("policy", help="the IAM policy that a role needs for reading an account")
    policy.set_defaults(run=_policy)
    _add_refresh(policy, "with what a review needs for --refresh-trusted-advisor; that is more than reads")

    listing = commands.add_parser("list", help="the reviews that were run here, newest first")
    listing.set_defaults(run=_list)
    listing.add_argument("--json", action="store_true", help="print them as JSON")
    _add_state(listing)

    show = commands.add_parser("show", help="one review that was run here, or one of its savings opened")
    show.set_defaults(run=_show)
    show.add_argument("review", metavar="REVIEW", help="its id, the beginning of it, or 'latest'")
    show.add_argument("opportunity", metavar="OPPORTUNITY", nargs="?", help="open one: its id, or the beginning of it")
    show.add_argument("--json", action="store_true", help="print it as JSON")
    show.add_argument("--output", type=Path, metavar="DIR", help="write the report's files there")
    _add_state(show)

    explain = commands.add_parser("explain", help="the way of one saving from AWS's responses to the counted amount")
    explain.set_defaults(run=_explain)
    explain.add_argument("opportunity", metavar="OPPORTUNITY", help="its id in the report, or the beginning of it")
    explain.add_argument("--review", default="latest", metavar="REVIEW", help="its id (default: the last published)")
    explain.add_argument("--json", action="store_true", help="print it as JSON")
    _add_state(explain)

    replay = commands.add_parser("replay", help="make a stored review again of its evidence, and compare every byte")
    replay.set_defaults(run=_replay)
    replay.add_argument("review", metavar="REVIEW", help="its id, the beginning of it, or 'latest'")
    replay.add_argument("--json", action="store_true", help="print it as JSON")
    _add_state(replay)
    _add_decisions(commands)
    return parser


DECISIONS = {
    "accept": "say that a saving is to be carried out",
    "dismiss": "set a saving aside for good; needs --why",
    "snooze": "set a saving aside for a while; needs --until",
    "done": "say that a saving was carried out; later reviews look for it on the bill",
    "reopen": "take back what was decided",
}


def _add_decisions(commands: Any) -> None:
    for verb, told in DECISIONS.items():
        deciding = commands.add_parser(verb, help=told)
        deciding.set_defaults(run=_decide, verb=verb)
        deciding.add_argument("opportunity", metavar="ID", help="the opportunity's id in the report, or its beginning")
        deciding.add_argument("--why", default="", metavar="TEXT", help="the reason, for who reads it later")
        deciding.add_argument("--until", metavar="DATE", help="the day on which a snooze ends, YYYY-MM-DD")
        deciding.add_argument("--on", metavar="DATE", help="the day on which it was done (default: today), YYYY-MM-DD")
        deciding.add_argument("--by", metavar="NAME", help="who decides (default: you, as this machine knows you)")
        _add_state(deciding)
    decided = commands.add_parser("decisions", help="what was decided about savings, the latest first")
    decided.set_defaults(run=_decisions)
    decided.add_argument("--json", action="store_true", help="print them as JSON")
    _add_state(decided)


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", type=Path, metavar="DIR", help="a folder of AWS responses (default: the sample)")
    parser.add_argument("--profile", metavar="NAME", help="a real account: a profile of your AWS configuration")
    regions = "where Compute Optimizer is asked; may be repeated (default: all regions)"
    parser.add_argument("--region", action="append", default=[], metavar="REGION", help=regions)


def _add_refresh(parser: argparse.ArgumentParser, told: str) -> None:
    parser.add_argument("--refresh-trusted-advisor", action="store_true", help=told)


def _add_state(parser: argparse.ArgumentParser) -> None:
    default = Path(os.environ.get(STATE_FOLDER, ".finops"))
    parser.add_argument("--state", type=Path, default=default, metavar="DIR", help="what is kept between runs")


def _review(options: argparse.Namespace) -> int:
    # Imported here because a wrong option should not have to wait for the emulated AWS to load.
    from local.commands.review import review_command
    from local.output_folder import check_writable

    with together() as problems:
        document = problems.of(lambda: _ranked(_document(options.input, options.as_of), options.rank))
        account = problems.of(lambda: _account(options, refreshes_trusted_advisor=options.refresh_trusted_advisor))
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
    return record_command(_account(options), options.folder, document=document, state=options.state)


def _doctor(options: argparse.Namespace) -> int:
    from local.commands.doctor import doctor_command

    return doctor_command(_account(options), as_json=options.json)


def _policy(options: argparse.Namespace) -> int:
    from local.commands.policy import policy_command

    return policy_command(refreshing=options.refresh_trusted_advisor)


def _account(options: argparse.Namespace, *, refreshes_trusted_advisor: bool = False) -> Any:
    from local.accounts import account_named

    return account_named(
        profile=options.profile,
        folder=options.account,
        regions=options.region,
        refreshes_trusted_advisor=refreshes_trusted_advisor,
    )


def _list(options: argparse.Namespace) -> int:
    from local.commands.history import list_command

    return list_command(options.state, as_json=options.json)


def _show(options: argparse.Namespace) -> int:
    from local.commands.history import show_command

    return show_command(
        options.state,
        options.review,
        opportunity=options.opportunity,
        output=options.output,
        as_json=options.json,
    )


def _explain(options: argparse.Namespace) -> int:
    from local.commands.explain import explain_command

    return explain_command(options.state, options.opportunity, review=options.review, as_json=options.json)


def _replay(options: argparse.Namespace) -> int:
    from local.commands.replay import replay_command

    return replay_command(options.state, options.review, as_json=options.json)


def _decide(options: argparse.Namespace) -> int:
    from local.commands.decisions import asked_for, decide_command

    wish = asked_for(
        options.verb, options.opportunity, why=options.why, until=options.until, by=options.by, on=options.on
    )
    return decide_command(options.state, wish)


def _decisions(options: argparse.Namespace) -> int:
    from local.commands.decisions import decisions_command

    return decisions_command(options.state, as_json=options.json, now=clock.now())


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


if __name__ == "__main__":
    sys.exit(main())
