"""The shared context: the bucket in which evidence, findings and reports lie."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

EVIDENCE_PREFIX = "agent-context/"
REPORTS_PREFIX = "reviews/"


class SharedContext(Construct):
    """A private, versioned and encrypted bucket that outlives the stack, because reports are records."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[
                # 13 months, so that the review of the same month a year ago can still be replayed from its evidence.
                s3.LifecycleRule(id="EvidenceExpires", prefix=EVIDENCE_PREFIX, expiration=Duration.days(400)),
                s3.LifecycleRule(id="OldVersionsExpire", noncurrent_version_expiration=Duration.days(90)),
                s3.LifecycleRule(id="DeleteMarkersExpire", expired_object_delete_marker=True),
                s3.LifecycleRule(id="UploadsAbort", abort_incomplete_multipart_upload_after=Duration.days(1)),
            ],
        )
