"""Translation validation: does what was written mean what was meant, and is every loss said?"""

from .codes import CODES
from .compare import Difference, differences
from .losses import losses

__all__ = ["CODES", "Difference", "differences", "losses"]
