"""An application load balancer in the place of an `http` service."""
