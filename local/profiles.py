"""A profile of the user's AWS configuration as a session that can only read; what stands in the way is told early.

The credentials are fetched here, before AWS is emulated around the review: what boto3 starts for them (a credential
process, a sign-in service) then sees the user's own environment.
"""

from collections.abc import Collection, Iterable
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    CredentialRetrievalError,
    HTTPClientError,
    LoginError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as UnreachableError

from local.read_only import only_reads
from tasks.aws.failures import in_our_words
from workflows.errors import SourceError, UnusableProfile

DEFAULT = "default"
AWS = "aws"
"""The partition of the commercial regions."""


def check_environment() -> None:
    """UnusableProfile where AWS_PROFILE names a profile that does not exist: the emulated AWS could not start then."""
    try:
        botocore.session.Session().get_scoped_config()
    except ProfileNotFound as error:
        raise UnusableProfile([f"AWS_PROFILE: {error}; correct it or unset it"]) from error
    except (ConfigParseError, ConfigNotFound) as error:
        raise UnusableProfile([f"{error}; mend that file"]) from error


def session_of_profile(name: str, *, besides: Collection[str] = ()) -> boto3.Session:
    """A session that reads with this profile's credentials, which have been fetched; UnusableProfile where they fail.

    "default" is the default chain (environment, container, instance role) where the files name no such profile.
    besides names the operations that it may call although they are no reads.
    """
    core = _core_session(name)
    only_reads(core, besides=besides)
    _fetch_credentials(name, core)
    return boto3.Session(botocore_session=core)


def check_partition(names: Iterable[str], told_by: str) -> None:
    """UnusableProfile where a region is not one of AWS's commercial regions: the other partitions keep their own
    accounts, bills and names of resources, which nothing here reads."""
    loader: Any = botocore.session.Session().get_component("data_loader")
    partitions = loader.load_data("endpoints")["partitions"]
    others = {
        region: one["partitionName"] for one in partitions for region in one["regions"] if one["partition"] != AWS
    }
    if found := sorted({name for name in names if name in others}):
        told = ", ".join(f"{name} is of {others[name]}" for name in found)
        raise UnusableProfile(
            [f"{told_by}: {told}, which is not read here; name a profile and regions of AWS's commercial partition"]
        )


def identified(name: str, clients: Any) -> str:
    """The account id behind the credentials, by one free request; UnusableProfile where AWS refuses them."""
    try:
        return str(clients("sts", "us-east-1").get_caller_identity()["Account"])
    except ClientError as error:
        raise UnusableProfile([_sentence(name, error)]) from error
    except BotoCoreError as error:
        raise _unreachable_or_unusable(name, error) from error


def _core_session(name: str) -> Any:
    try:
        core = botocore.session.Session(profile=name)
        known = core.available_profiles
    except (ConfigParseError, ConfigNotFound) as error:
        raise UnusableProfile([f"--profile {name}: {error}; mend that file"]) from error
    if name in known:
        return core
    if name == DEFAULT:
        return botocore.session.Session()
    some = ", ".join(known[:20]) or "none"
    raise UnusableProfile(
        [f"--profile {name}: there is no such profile (known: {some}); name one of them, or run: aws configure"]
    )


def _fetch_credentials(name: str, core: Any) -> None:
    try:
        credentials = core.get_credentials()
        frozen = credentials and credentials.get_frozen_credentials()
    except (BotoCoreError, ClientError) as error:
        raise _unreachable_or_unusable(name, error) from error
    except (OSError, ValueError) as error:  # because a credential process is started, and its output read, unguarded
        raise UnusableProfile([f"--profile {name}: its credentials cannot be fetched ({error}); mend it"]) from error
    except (KeyError, TypeError) as error:  # because a token file of a sign-in is read unguarded, too
        raise UnusableProfile(
            [f"--profile {name}: what is kept of its sign-in cannot be read; run: aws sso login --profile {name}"]
        ) from error
    if not frozen or not frozen.access_key:
        raise UnusableProfile(
            [f"--profile {name}: it has no credentials; run: aws configure --profile {name} (or aws configure sso)"]
        )


def _unreachable_or_unusable(name: str, error: Exception) -> Exception:
    if isinstance(error, HTTPClientError | UnreachableError):
        return SourceError(f"AWS cannot be reached with profile {name}: {error}. Check the network and the proxy.")
    return UnusableProfile([_sentence(name, error)])


def _sentence(name: str, error: Exception) -> str:
    """What is wrong and what to do about it, in one sentence."""
    told = " ".join(str(error).split())
    match error:
        case SSOError() | TokenRetrievalError():
            return f"--profile {name}: its sign-in has expired ({told}); run: aws sso login --profile {name}"
        case LoginError():
            return f"--profile {name}: its sign-in has expired ({told}); run: aws login --profile {name}"
        case PartialCredentialsError():
            return f"--profile {name}: its credentials are incomplete ({told}); run: aws configure --profile {name}"
        case CredentialRetrievalError():
            return f"--profile {name}: its credentials cannot be fetched ({told}); mend what fetches them"
        case ClientError():
            return f"--profile {name}: AWS refuses its credentials ({in_our_words(error)}); renew them or sign in again"
        case _:
            return f"--profile {name}: its credentials cannot be used ({told}); mend the profile"
