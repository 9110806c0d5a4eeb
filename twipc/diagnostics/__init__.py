"""What the compiler says to its user: codes, spans, findings, and the report that gathers them."""

from .code import Code, Severity
from .finding import Finding, Related
from .report import Report, Stopped
from .span import Path, Span

__all__ = ["Code", "Finding", "Path", "Related", "Report", "Severity", "Span", "Stopped"]
