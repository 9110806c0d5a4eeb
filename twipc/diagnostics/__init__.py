"""What the compiler says to its user: codes, spans, findings, and the report that gathers them."""

from .alike import told_once
from .code import Code, Severity
from .finding import Finding, Related
from .merge import Merged, lost_at, merged
from .report import Report, Stopped
from .span import Path, Span

__all__ = [
    "Code",
    "Finding",
    "Merged",
    "Path",
    "Related",
    "Report",
    "Severity",
    "Span",
    "Stopped",
    "lost_at",
    "merged",
    "told_once",
]
