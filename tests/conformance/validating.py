"""Run by the Python that has cloudformation-validate: what it finds in the templates named, as JSON on the standard output."""

import json
import sys

from cloudformation_validate import CompositeEngine, ReportStatus

engine = CompositeEngine()
found = []
for path in sys.argv[1:]:
    report = engine.validate_template(path)
    assert report.status is ReportStatus.OK, path
    assert not report.metadata.budget_exhaustions, f"{path} is not judged whole"
    found += [
        {
            "path": path,
            "severity": one.severity.name,
            "rule": one.rule_id,
            "kind": one.entity.resource_type if one.entity else "",
            "said": f"{one.entity.logical_id if one.entity else ''}: {one.message}",
        }
        for one in report.diagnostics
    ]
json.dump(found, sys.stdout)
