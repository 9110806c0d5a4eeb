"""One typed environment file, compiled into everything that the environment needs to run."""

__version__ = "0.1.0"
