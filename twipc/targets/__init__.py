"""Where the shipped targets are imported from.

In a wheel the target folders lie beside this file; in a checkout they lie in `targets/` at the top of the repository.
"""

from pathlib import Path

_checkout = Path(__file__).resolve().parents[2]
if (_checkout / "pyproject.toml").is_file():
    __path__.append(str(_checkout / "targets"))
