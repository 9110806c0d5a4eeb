"""`twipc deploy` to an account that is only played: what it is asked, in which order, and what is told of it."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.cli import project, run
from tests.cli.scenes import ENDED, GROUPLESS, MANY, REPLACING
from tests.cli.stand_in_aws import Aws, aws, stack
from tests.on_ecs import BUILT_ON_ECS, ON_ECS
from twipc.run.stacks import Refused, Stacks

READ = {"DescribeStacks", "GetTemplate"}


def compiled(folder: Path, spec: str = ON_ECS) -> str:
    """The template of a project that is made."""
    project(folder, prod=spec)
    assert run("compile", at=folder).code == 0
    return (folder / "out" / "prod" / "ecs" / "template.json").read_text()


def words_of(account: Aws, action: str) -> dict[str, str]:
    return next(dict(words) for asked, words in account.asked if asked == action)


def test_the_first_deployment_makes_a_stack_with_our_tags(tmp_path: Path) -> None:
    text = compiled(tmp_path)
    with aws(tmp_path) as account:
        ran = run("deploy", "prod", at=tmp_path)
        assert ran.code == 0, (ran.out, ran.err)
        assert account.stack
        assert account.stack["text"] == text
        assert account.stack["tags"] == {"project": "shop", "environment": "prod"}
    assert [action for action in account.actions if action not in READ] == [
        *("CreateChangeSet", "DescribeChangeSet", "DescribeStackEvents", "ExecuteChangeSet", "DescribeStackEvents"),
    ]
    # What is retained would be in the way of a second try.
    assert words_of(account, "ExecuteChangeSet")["RetainExceptOnCreate"] == "true"
    assert "created  DbService" in ran.out
    assert ran.err.splitlines() == [
        "there is no stack `shop-prod` in eu-west-1",
        "shop-prod: 3 to create; no outage",
        "  ask what CloudFormation would do with shop-prod in eu-west-1",
        "  create shop-prod, and wait for its end",
        "    Stack create complete",
        "shop-prod is deployed",
    ]


def test_a_later_one_updates_what_is_there(tmp_path: Path) -> None:
    before = compiled(tmp_path)
    compiled(tmp_path, ON_ECS.replace("shop/db:1", "shop/db:2"))
    with aws(tmp_path, stack=stack(before)) as account:
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
        assert ran.code == 0
        said = json.loads(ran.out)
    assert [(one["resource"], one["change"]) for one in said["changes"]] == [("DbTask", "replaced"), ("DbService", "updated")]
    assert (said["against"], said["status"]) == ("stack", "UPDATE_COMPLETE")
    assert words_of(account, "CreateChangeSet")["ChangeSetType"] == "UPDATE"
    assert "RetainExceptOnCreate" not in words_of(account, "ExecuteChangeSet")


def test_where_nothing_is_to_change_nothing_is_left_behind(tmp_path: Path) -> None:
    with aws(tmp_path, stack=stack(compiled(tmp_path)), nothing=True) as account:
        ran = run("deploy", "prod", at=tmp_path)
        assert (ran.code, ran.out) == (0, "")
        assert "ExecuteChangeSet" not in account.actions
        assert "DeleteChangeSet" in account.actions
        assert account.stack
    assert ran.err.endswith("shop-prod: nothing is to change\n")


def test_a_dry_run_against_the_stack_only_reads(tmp_path: Path) -> None:
    before = compiled(tmp_path)
    compiled(tmp_path, ON_ECS.replace("shop/db:1", "shop/db:2"))
    with aws(tmp_path, stack=stack(before)) as account:
        ran = run("deploy", "prod", "--dry-run", "--against", "stack", at=tmp_path)
    assert ran.code == 0
    assert set(account.actions) == READ
    assert "services.db.image: ContainerDefinitions Image was shop/db:1, is shop/db:2" in ran.out
    with aws(tmp_path) as account:
        assert "3 to create" in run("deploy", "prod", "--dry-run", "--against", "stack", at=tmp_path).err
    assert set(account.actions) == {"DescribeStacks"}


def test_a_dry_run_asks_nobody(tmp_path: Path) -> None:
    text = compiled(tmp_path)
    with aws(tmp_path, stack=stack(text)) as account:
        assert run("deploy", "prod", "--dry-run", at=tmp_path).code == 0
    assert account.asked == []


def test_a_stack_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    for status in ("CREATE_COMPLETE", "REVIEW_IN_PROGRESS"):
        with aws(tmp_path, stack=stack(compiled(tmp_path), status, project="shop")) as account:
            ran = run("deploy", "prod", "--format", "json", at=tmp_path)
        assert (ran.code, ran.codes) == (1, ["TW714"])
        assert set(account.actions) <= READ


@pytest.mark.parametrize(
    ("status", "code", "help"),
    [
        ("UPDATE_IN_PROGRESS", "TW624", "wait for it"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "TW624", "wait for it"),
        ("ROLLBACK_COMPLETE", "TW715", "delete-stack --region eu-west-1 --stack-name shop-prod"),
        ("UPDATE_ROLLBACK_FAILED", "TW715", "continue-update-rollback"),
        ("UPDATE_FAILED", "TW715", "aws cloudformation rollback-stack"),
    ],
)
def test_a_stack_that_takes_no_update_says_what_to_do(tmp_path: Path, status: str, code: str, help: str) -> None:
    with aws(tmp_path, stack=stack(compiled(tmp_path), status)) as account:
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
    assert (ran.code, ran.codes) == (1, [code])
    assert help in ran.findings[0]["help"]
    assert set(account.actions) <= READ


def test_a_parameter_is_said_once(tmp_path: Path) -> None:
    compiled(tmp_path, GROUPLESS)
    with aws(tmp_path) as account:
        twice = run("deploy", "prod", *("--parameter", "Vpc=vpc-0a1b2c3d") * 2, at=tmp_path)
        assert (twice.code, "`Vpc` is said twice" in twice.err) == (2, True)
        missing = run("deploy", "prod", "--format", "json", at=tmp_path)
        assert (missing.code, missing.codes, account.stack) == (1, ["TW717"], None)
        assert run("deploy", "prod", "--parameter", "Vpc=vpc-0a1b2c3d", at=tmp_path).code == 0
        assert account.stack
        assert account.stack["parameters"] == {"Vpc": "vpc-0a1b2c3d"}
        account.asked.clear()
        assert run("deploy", "prod", at=tmp_path).code == 0
        assert words_of(account, "CreateChangeSet")["Parameters.member.1.UsePreviousValue"] == "true"
        assert "Capabilities.member.1" not in words_of(account, "CreateChangeSet")
        other = run("deploy", "prod", "--parameter", "Vpc=vpc-1a1b2c3d", at=tmp_path)
        assert "    VpcId refers to Vpc, which is another" in other.out


def test_who_has_roles_made_says_so(tmp_path: Path) -> None:
    compiled(tmp_path, "".join(line for line in ON_ECS.splitlines(keepends=True) if "execution_role" not in line))
    with aws(tmp_path) as account:
        assert run("deploy", "prod", at=tmp_path).code == 0
    assert words_of(account, "CreateChangeSet")["Capabilities.member.1"] == "CAPABILITY_IAM"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--parameter", "Vpc"), "`Vpc` is not NAME=VALUE"),
        (("--parameter", "Vpc="), "`Vpc=` is not NAME=VALUE"),
        (("--parameter", "Vpx=1"), "the template has no parameter `Vpx`; it takes none"),
        (("--against", "HEAD"), "--against is for --dry-run"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    compiled(tmp_path)
    with aws(tmp_path) as account:
        ran = run("deploy", "prod", *words, at=tmp_path)
    assert (ran.code, ran.out, account.asked) == (2, "", [])
    assert said in ran.err


def test_what_aws_refuses_is_told_in_its_words_and_leaves_nothing(tmp_path: Path) -> None:
    compiled(tmp_path)
    with aws(tmp_path, refuses={"ExecuteChangeSet": ("AccessDenied", "User x is not\nauthorized")}) as account:
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
        assert account.stack is None
    assert (ran.code, ran.codes) == (3, ["TW713"])
    (finding,) = ran.findings
    assert finding["message"] == "it was to create the stack `shop-prod`, and: AccessDenied: User x is not authorized"
    assert finding["help"] == "nothing was begun"


def test_a_stack_that_only_has_change_sets_is_made_and_never_taken_away(tmp_path: Path) -> None:
    """Others of its change sets may be somebody's."""
    waiting = stack(compiled(tmp_path), "REVIEW_IN_PROGRESS")
    with aws(tmp_path, stack=dict(waiting), refuses={"ExecuteChangeSet": ("AccessDenied", "no")}) as account:
        assert run("deploy", "prod", at=tmp_path).code == 3
        assert account.stack
    with aws(tmp_path, stack=dict(waiting)) as account:
        assert run("deploy", "prod", at=tmp_path).code == 0
        assert words_of(account, "CreateChangeSet")["ChangeSetType"] == "CREATE"


def test_without_a_network_aws_does_not_answer(tmp_path: Path) -> None:
    compiled(tmp_path)
    with aws(tmp_path), patch.dict("os.environ", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}):
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
    assert (ran.code, ran.codes) == (3, ["TW713"])
    assert "Could not connect" in ran.findings[0]["message"]


@pytest.mark.parametrize(
    "listed",
    [
        REPLACING,
        [{"LogicalResourceId": "DbLogs", "Action": "Remove"}],
        [{"LogicalResourceId": "DbTask", "Action": "Modify", "Replacement": "False"}, *REPLACING],
    ],
)
def test_what_was_not_told_is_not_done(tmp_path: Path, listed: list[dict[str, str]]) -> None:
    """Whichever page of the change set it stands on."""
    with aws(tmp_path, stack=stack(compiled(tmp_path)), lists=listed) as account:
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
        assert account.stack
    assert (ran.code, ran.codes) == (1, ["TW718"])
    assert "ExecuteChangeSet" not in account.actions
    assert "DeleteChangeSet" in account.actions


def test_a_hazard_ends_it_before_anything_is_asked_for(tmp_path: Path) -> None:
    text = compiled(tmp_path).replace('"FARGATE"\n', '"FARGATE"\n').replace('"LaunchType": "FARGATE"', '"LaunchType": "EC2"')
    with aws(tmp_path, stack=stack(text)) as account:
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
    assert (ran.code, "ECS135" in ran.codes) == (1, True)
    assert set(account.actions) <= READ


def test_a_template_that_is_not_twipcs_is_not_updated(tmp_path: Path) -> None:
    compiled(tmp_path)
    theirs = {**stack("{}"), "text": "Resources:\n  Web: {Type: AWS::ECS::Cluster}\n"}
    with aws(tmp_path, stack=theirs) as account:
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
    assert (ran.code, ran.codes) == (1, ["TW715"])
    assert set(account.actions) <= READ


def test_what_failed_first_is_the_reason(tmp_path: Path) -> None:
    compiled(tmp_path)
    cancelled = ("DbLogs", "CREATE_FAILED", "Resource creation cancelled")
    with aws(tmp_path, ends="ROLLBACK_COMPLETE", fails=[ENDED[0], cancelled, ENDED[1]]):
        ran = run("deploy", "prod", at=tmp_path)
    assert ran.code == 1
    assert "DbService create failed: Resource handler returned message: the tasks ended" in ran.err
    assert ran.out.count("error[TW719]") == 1
    assert "help: CloudFormation has taken everything back (ROLLBACK_COMPLETE): mend it, and deploy again" in ran.out


def test_the_first_cluster_of_an_account_may_want_a_second_deployment(tmp_path: Path) -> None:
    compiled(tmp_path)
    reason = "Unable to assume the service linked role. Please verify that the ECS service linked role exists."
    with aws(tmp_path, ends="ROLLBACK_COMPLETE", fails=[("Cluster", "CREATE_FAILED", reason), ENDED[1]]):
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
    assert (ran.code, ran.codes) == (1, ["TW719"])
    assert "--aws-service-name ecs.amazonaws.com` makes it" in ran.findings[0]["help"]


def test_a_long_template_goes_by_way_of_a_bucket(tmp_path: Path) -> None:
    text = compiled(tmp_path, MANY)
    with aws(tmp_path) as account:
        assert run("deploy", "prod", "--bucket", "shop-templates", at=tmp_path).code == 0
        assert account.stack
        assert account.stack["text"] == text
    (path,) = account.put
    assert path.startswith("/shop-templates/shop-prod/")
    assert "TemplateBody" not in words_of(account, "CreateChangeSet")


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    text = compiled(tmp_path)
    with aws(tmp_path, stack=stack(text)), patch.object(Stacks, "wait", side_effect=KeyboardInterrupt):
        ran = run("deploy", "prod", at=tmp_path)
    assert ran.code == 130
    assert "what AWS has begun goes on: `aws cloudformation describe-stack-events --region eu-west-1" in ran.err
    assert "cancel-update-stack --region eu-west-1 --stack-name shop-prod` takes the update back" in ran.err
    with aws(tmp_path) as account, patch.object(Stacks, "listed", side_effect=KeyboardInterrupt):
        ran = run("deploy", "prod", at=tmp_path)
        assert account.stack is None
    assert ran.code == 130
    assert "interrupted; nothing was begun" in ran.err


def test_a_lost_answer_takes_nothing_back(tmp_path: Path) -> None:
    """A first deployment that has begun is never deleted because nobody could look at it any more."""
    compiled(tmp_path)
    with aws(tmp_path) as account, patch.object(Stacks, "wait", side_effect=Refused("no network")):
        ran = run("deploy", "prod", "--format", "json", at=tmp_path)
        assert account.stack
    assert (ran.code, ran.codes) == (3, ["TW713"])
    assert "what AWS has begun goes on" in ran.findings[0]["help"]
    assert not {"DeleteStack", "DeleteChangeSet"} & set(account.actions)


def test_without_the_extra_or_credentials_one_line_says_what_is_missing(tmp_path: Path) -> None:
    compiled(tmp_path)
    with aws(tmp_path), patch.dict("sys.modules", {"botocore.session": None}):
        ran = run("deploy", "prod", "--format", "concise", at=tmp_path)
        assert run("deploy", "prod", "--dry-run", at=tmp_path).code == 0
    assert ran.code == 3
    assert ran.out.splitlines() == ["error[TW711]: botocore is not installed, by which AWS is spoken to"]
    with aws(tmp_path), patch.dict("os.environ", {"AWS_PROFILE": "nobody"}):
        named = run("deploy", "prod", "--format", "concise", at=tmp_path)
    assert (named.code, len(named.out.splitlines())) == (3, 1)
    assert "there are no credentials for AWS: The config profile (nobody) could not be found" in named.out


JUNK = (
    "AWS_ENDPOINT_URL=junk",
    "AWS_ENDPOINT_URL=http://127.0.0.1:99999",
    "AWS_ENDPOINT_URL=http://[",
    "AWS_ACCESS_KEY_ID=a\nb",
)
NOBODY = (
    *("AWS_METADATA_SERVICE_TIMEOUT=junk", "AWS_CONTAINER_CREDENTIALS_FULL_URI=junk"),
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=junk",
)


@pytest.mark.parametrize(("said", "code"), [*((one, "TW713") for one in JUNK), *((one, "TW712") for one in NOBODY)])
def test_surroundings_that_mean_nothing_are_no_bug(tmp_path: Path, said: str, code: str) -> None:
    """botocore reads them itself, and raises what Python does."""
    compiled(tmp_path)
    name, _, value = said.partition("=")
    with aws(tmp_path) as account:
        gone = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""} if code == "TW712" else {}
        with patch.dict("os.environ", {**gone, name: value}):
            ran = run("deploy", "prod", "--format", "json", at=tmp_path)
    assert (ran.code, ran.codes) == (3, [code])
    assert not account.actions


def test_repositories_are_a_stack_of_their_own(tmp_path: Path) -> None:
    project(tmp_path, prod=BUILT_ON_ECS)
    assert run("compile", at=tmp_path).code == 0
    text = (tmp_path / "out" / "prod" / "ecs" / "registry.template.json").read_text()
    with aws(tmp_path) as account:
        ran = run("deploy", "prod", "--registry", at=tmp_path)
        assert ran.code == 0, (ran.out, ran.err)
        assert account.stack
        assert (account.stack["text"], account.stack["tags"]) == (text, {"project": "shop", "environment": "prod"})
        assert {words["StackName"] for _, words in account.asked} == {"shop-prod-registry"}
        assert ran.err.endswith("shop-prod-registry is deployed\nnext: `twipc pack prod`, then `twipc compile prod`\n")
        # An environment that is called so has another tag.
        theirs = BUILT_ON_ECS.replace("environment: prod", "environment: prod-registry").replace("shop/web:1", "shop/own:1")
        project(tmp_path, **{"prod-registry": theirs})
        assert run("compile", "prod-registry", at=tmp_path).code == 0
        assert run("deploy", "prod-registry", "--format", "json", at=tmp_path).codes == ["TW714"]
