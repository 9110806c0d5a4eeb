"""What `aws ecs create-service` is told: how many tasks, where, and how they are replaced."""
