"""What a task definition says: its container, what that is told, what it mounts, what it may."""
