"""What the answers for the fields depend on, and those for volumes and for a load balancer in a server's place."""
