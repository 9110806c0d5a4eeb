"""What the answers for the fields depend on, and those that go together: for volumes, for a load balancer in a server's place."""
