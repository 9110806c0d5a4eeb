"""What is wrong of a deployment that nothing is wrong with by itself: of two templates, not of one."""

from __future__ import annotations

from twipc.diagnostics import Code, Severity

REFUSED = Code(
    "ECS135",
    "an update that CloudFormation refuses",
    Severity.ERROR,
    why="It makes the new one before it deletes the old one, and AWS takes no second one of the same name; nor can what has a "
    "logical name become something of another kind. Such an update fails halfway, and is rolled back.",
    raised_by="`twipc deploy --dry-run` of a service whose `launch` was another, under the same name",
)
STATE = Code(
    "ECS136",
    "kept state would be deleted",
    Severity.ERROR,
    why="What is on a file system that is replaced or deleted is gone with it: no roll-back brings it back.",
    raised_by="`twipc deploy --dry-run` against a template with a file system that is neither retained nor in the new one",
)
TWO_WRITERS = Code(
    "ECS137",
    "two single writers would run at once",
    Severity.ERROR,
    why="A service that is replaced, or that goes under another name, runs until its successor is up, and one that gives a "
    "volume to another is not waited for: stop-first holds within one service alone. Meanwhile both write what one alone may.",
    raised_by="`twipc deploy --dry-run` of a single writer under another name than what runs has",
)
OTHER_FILES = Code(
    "ECS138",
    "a volume is at another place, or comes to be another user's",
    Severity.WARNING,
    why="The tasks begin with what is there, and what the old ones have written stays where it is: nobody copies it. "
    "Or it is the folder of before, and who comes by another access point does not own what is in it.",
    raised_by="`twipc deploy --dry-run` where a volume has another access point than in what runs",
)
BESIDE = Code(
    "ECS139",
    "a mount target beside the one that it replaces",
    Severity.WARNING,
    why="A file system has one mount target in a zone, and all in one VPC (EFS guide, mount targets). CloudFormation makes the "
    "new one before it deletes the old one: where both are in one zone, AWS refuses that halfway, and all is rolled back.",
    raised_by="`twipc deploy --dry-run` where a file system that the template makes is mounted in another subnet",
)
PROTECTED = Code(
    "ECS131",
    "a load balancer that is protected against deletion would go",
    Severity.ERROR,
    why="AWS refuses to delete it. CloudFormation tries three times while it cleans up, leaves it behind and calls the update "
    "complete (re:Post, stack stuck in a cleanup): it runs on and is paid for, with its security group, and no stack has it.",
    raised_by="`twipc deploy --dry-run` of a spec that publishes nothing any more, against a protected load balancer",
)
CODES = (REFUSED, STATE, TWO_WRITERS, OTHER_FILES, BESIDE, PROTECTED)
