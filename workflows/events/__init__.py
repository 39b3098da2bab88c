"""Events: what this product announces, what it hears from AWS, and which reviews follow from that."""
