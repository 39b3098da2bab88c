"""Cards and answers of another team's agent, right ones to make wrong ones of."""

from typing import Any

Json = dict[str, Any]
ARN = "arn:aws:lambda:us-east-1:123456789012:function:log-retention-agent"


def a_card(**changes: Any) -> Json:
    """A card as another team writes it, with fields of the protocol that nobody here reads."""
    return {
        "name": "log-retention-agent",
        "description": "Proposes to keep logs for as long as somebody reads them.",
        "version": "1.2.0",
        "provider": {"organization": "Observability", "url": "https://example.com"},
        "supportedInterfaces": [{"url": ARN, "protocolBinding": "AWS-LAMBDA", "protocolVersion": "1.0"}],
        "capabilities": {"streaming": False, "extensions": [our_terms()]},
        "defaultInputModes": ["application/json"],
        "defaultOutputModes": ["application/json"],
        "skills": [
            {"id": "log-retention", "name": "Log retention", "description": "Finds old logs.", "tags": ["cost", "logs"]}
        ],
        **changes,
    }


def our_terms(**params: Any) -> Json:
    return {
        "uri": "urn:finops-supervisor:agent-contract:1",
        "required": True,
        "params": {"sources": ["LogRetention"], "timeoutSeconds": 30, **params},
    }


def a_proposal(**changes: Any) -> Json:
    return {
        "source": "LogRetention",
        "action_type": "Delete",
        "account_id": "123456789012",
        "region_id": "us-east-1",
        "resource_type": "logs:log-group",
        "resource_id": "/aws/lambda/old",
        "estimated_monthly_savings": "12.50",
        "billing_currency": "USD",
        **changes,
    }


def an_answer(*proposals: Json, **changes: Any) -> Json:
    return {
        "contract": "finops.agent/1",
        "agent": "log-retention-agent",
        "review_id": "review-1",
        "sources": [{"source": "LogRetention", "state": "AVAILABLE"}],
        "recommendations": list(proposals or [a_proposal()]),
        **changes,
    }
