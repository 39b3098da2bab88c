"""The endpoint: `POST /reviews` starts a review."""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

# Velocity, as API Gateway runs it. escapeJavaScript also escapes the single quote, which JSON does not allow: undone.
START_EXECUTION = """\
#set($body = $util.escapeJavaScript($input.json('$')).replaceAll("\\\\'", "'"))
{"stateMachineArn": "%s", "input": "$body"}"""

REVIEW_STARTED = """\
#set($arn = $input.path('$.executionArn'))
{"review_id": "$arn.replaceAll('^.*:', '')", "executionArn": "$arn"}"""

# Step Functions answers 400 to what it blames on its caller, which may be the client or this endpoint itself.
REVIEW_REFUSED = """\
#set($error = $input.path('$.__type').replaceAll('^.*#', ''))
#if($error == 'InvalidExecutionInput' || $error == 'ValidationException')
{"error": "InvalidReviewRequest", "message": "The body cannot be the input of a review."}
#elseif($error == 'ThrottlingException' || $error == 'ExecutionLimitExceeded')
#set($context.responseOverride.status = 429)
{"error": "Throttled", "message": "Too many reviews are being started: ask again later."}
#else
#set($context.responseOverride.status = 500)
{"error": "ReviewNotStarted", "message": "The review could not be started."}
#end"""

REVIEW_NOT_STARTED = '{"error": "ReviewNotStarted", "message": "The review could not be started."}'


class ReviewsApi(Construct):
    """A REST API in front of StartExecution, open to callers that sign with IAM credentials and may invoke it."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, state_machine: sfn.StateMachine) -> None:
        super().__init__(scope, construct_id)
        self.api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=name,
            description="Starts cost reviews.",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=False,  # because that role is one an account and region, not ours to set
            deploy_options=apigateway.StageOptions(
                stage_name="v1",
                tracing_enabled=True,
                throttling_rate_limit=2,  # requests a second; a review takes minutes, and each one costs
                throttling_burst_limit=5,
            ),
        )
        self.api.node.try_remove_child("Endpoint")  # CDK's own output, because the stack names its outputs itself
        self.api.root.add_resource("reviews").add_method(
            "POST",
            _start_execution_of(state_machine, _role_that_starts(self, state_machine)),
            authorization_type=apigateway.AuthorizationType.IAM,
            method_responses=[apigateway.MethodResponse(status_code=status) for status in ("202", "400", "429", "500")],
        )


def _role_that_starts(scope: Construct, state_machine: sfn.StateMachine) -> iam.Role:
    role = iam.Role(scope, "StartRole", assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"))
    state_machine.grant_start_execution(role)
    return role


def _start_execution_of(state_machine: sfn.StateMachine, role: iam.Role) -> apigateway.AwsIntegration:
    """StartExecution with the request's body as input. What Step Functions has no answer for counts as not started."""
    return apigateway.AwsIntegration(
        service="states",
        action="StartExecution",
        integration_http_method="POST",
        options=apigateway.IntegrationOptions(
            credentials_role=role,
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_templates={"application/json": START_EXECUTION % state_machine.state_machine_arn},
            integration_responses=[
                _answer("202", REVIEW_STARTED, to="200"),
                _answer("400", REVIEW_REFUSED, to=r"4\d{2}"),
                _answer("500", REVIEW_NOT_STARTED),
            ],
        ),
    )


def _answer(status: str, template: str, to: str | None = None) -> apigateway.IntegrationResponse:
    """Our answer to the statuses of Step Functions that match; without a pattern, to all that no other matches."""
    return apigateway.IntegrationResponse(
        status_code=status, selection_pattern=to, response_templates={"application/json": template}
    )
