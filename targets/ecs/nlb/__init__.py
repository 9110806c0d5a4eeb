"""The network load balancer of what is published, and its target groups."""
