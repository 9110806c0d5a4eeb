"""Where environments really run: an engine, the images that they name, and clients of what is published.

On a machine where Docker runs, the scenarios run there, with the images of its registries. Elsewhere, as root, the lab has an
engine of its own in a network of its own, without a way out, and stand-ins for the official images.
"""

from tests.dockerd import Docker, Failed
from tests.e2e.lab.ask import Answer
from tests.e2e.lab.bases import BASES
from tests.e2e.lab.lab import Lab, lab

__all__ = ("BASES", "Answer", "Docker", "Failed", "Lab", "lab")
