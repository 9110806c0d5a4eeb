"""One typed environment file, compiled into everything that the environment needs to run."""
