"""Where it runs: the CDK stack and its parts."""
