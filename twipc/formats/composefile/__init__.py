"""Compose files: what docker compose, docker-compose 1.29 and docker stack write alike, and what it means read back."""
