"""Synthesizes what the tests of this folder look at: `python -m tests.infra.synthesize FOLDER`.

app.py runs as it does from the command line; then comes a stage that differs from it in every keyword argument.
"""

import os
import runpy
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def main(folder: Path) -> None:
    """Afterwards `main` and `staging` in the folder hold one cloud assembly each."""
    os.environ["CDK_OUTDIR"] = str(folder / "main")
    names = runpy.run_path(str(REPOSITORY / "app.py"), run_name="__main__")

    # Its names, not imports of ours, because app.py chooses the node before it imports aws_cdk.
    staging = names["App"](outdir=str(folder / "staging"), analytics_reporting=False)
    names["SupervisorStack"](
        staging,
        "Staging",
        prefix="staging-",
        regions=("eu-west-1", "us-east-1"),
        schedule=None,
        time_zone="Europe/Berlin",
        trusted_advisor_refresh=True,
        discovery=names["Discovery"](
            registrars=("arn:aws:iam::123456789012:role/platform", "arn:aws:iam::123456789012:role/finops"),
            proxy_boundary="arn:aws:iam::123456789012:policy/agents-at-most",
        ),
    )
    names["AwsEventsStack"](staging, "StagingAwsEvents", prefix="staging-", supervisor_region="eu-west-1")
    staging.synth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
