"""The state machine: the definition as it is, with its functions."""

import json
import re

from asl import COST_REVIEW
from tasks.agents import AGENTS
from tests.infra.template import Template

DEFINITION = COST_REVIEW.read_text(encoding="utf-8")


def test_the_definition_is_deployed_unchanged(template: Template) -> None:
    """The very text of the file, its placeholders included, as a Standard state machine."""
    machine = template.the("AWS::StepFunctions::StateMachine")
    assert machine["DefinitionString"] == DEFINITION
    assert machine["StateMachineType"] == "STANDARD"


def test_every_placeholder_of_the_definition_means_its_function(template: Template) -> None:
    """ConsolidateFindings is finops-consolidate-findings, TrustedAdvisorWork is trusted-advisor-agent-work."""
    substitutions = template.the("AWS::StepFunctions::StateMachine")["DefinitionSubstitutions"]
    assert {name: template.said(arn) for name, arn in substitutions.items()} == {
        "PrepareReview": "finops-prepare-review",
        "CheckReadiness": "finops-check-readiness",
        "ConsolidateFindings": "finops-consolidate-findings",
        "WriteSummary": "finops-write-summary",
        "PublishReport": "finops-publish-report",
        "RecordFailure": "finops-record-failure",
        "TrustedAdvisorWork": "trusted-advisor-agent-work",
        "CostExplorerWork": "cost-explorer-agent-work",
        "RightsizingWork": "rightsizing-agent-work",
        "BudgetWork": "budget-agent-work",
        "DiscoveredAgentWork": "finops-discovered-agent-work",
        **{spec.work_placeholder: spec.work_function for spec in AGENTS},
    }
    assert set(substitutions) == set(re.findall(r"\$\{(\w+)\}", DEFINITION))


def test_the_supervisor_may_invoke_its_functions_and_no_others(template: Template) -> None:
    """Among them every agent's work function, because WakeAgent names it in the state's data."""
    machine = template.the("AWS::StepFunctions::StateMachine")
    rights = template.rights(machine["RoleArn"])
    invoked = {name for action, name in rights if action == "lambda:InvokeFunction"}
    assert invoked == {template.said(arn) for arn in machine["DefinitionSubstitutions"].values()}
    assert invoked >= {spec.work_function for spec in AGENTS}
    assert {action.split(":")[0] for action, _ in rights} == {"lambda", "logs", "xray"}


def test_every_execution_is_logged_and_traced(template: Template) -> None:
    """With the data of its states, where they are kept for a month."""
    machine = template.the("AWS::StepFunctions::StateMachine")
    logging = machine["LoggingConfiguration"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", True)
    assert machine["TracingConfiguration"] == {"Enabled": True}
    (destination,) = logging["Destinations"]
    name = template.said(destination["CloudWatchLogsLogGroup"]["LogGroupArn"])
    assert template.the("AWS::Logs::LogGroup", LogGroupName=name)["RetentionInDays"] == 30


def test_the_stack_says_where_to_start_a_review_and_where_its_reports_lie(template: Template) -> None:
    """And where budgets send alerts, and failed events lie: five outputs, by names that a script can ask for."""
    said = {name: template.said(output["Value"]) for name, output in template.content["Outputs"].items()}
    assert said["StateMachineArn"] == "finops-cost-review"
    assert said["ContextBucket"] == "AWS::S3::Bucket"
    assert said["ReviewsUrl"].endswith("/reviews")
    assert said["BudgetAlertsTopic"] == "finops-budget-alerts"
    assert said["DeadLettersUrl"] == "finops-dead-letters"
    assert len(said) == 5, json.dumps(said)
