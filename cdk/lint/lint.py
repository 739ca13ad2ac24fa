"""The templates are what CloudFormation takes, each in its region, and could stand in Osaka.

Reads what `npm run templates` wrote. Ends with 0 if cfn-lint finds nothing, and if every type of
resource of the stacks in Tokyo exists in Osaka too, but for those that are named here.
"""

import pathlib
import subprocess
import sys

TEMPLATES = pathlib.Path(__file__).parent.parent / "cdk.out" / "templates"
SECOND = "ap-northeast-3"
# Dependencies that the CDK writes down although a reference says so already.
REDUNDANT = "W3005"
# A budget belongs to the account and not to a region: that of Tokyo goes on counting.
NOT_IN_OSAKA = {"AWS::Budgets::Budget"}


def lint(region: str, templates: list[pathlib.Path]) -> list[str]:
    """What cfn-lint says of templates in a region, a line for each finding."""
    answer = subprocess.run(
        [
            pathlib.Path(sys.executable).with_name("cfn-lint"),
            *("--ignore-checks", REDUNDANT),
            *("--regions", region),
            *("--format", "parseable"),
            "--",
            *templates,
        ],
        capture_output=True,
        text=True,
    )
    if answer.stderr:
        sys.exit(answer.stderr)
    return answer.stdout.splitlines()


def main() -> None:
    regions = sorted(folder for folder in TEMPLATES.glob("*/*") if folder.is_dir())
    if not regions:
        sys.exit(f"there are no templates in {TEMPLATES}: run `npm run templates` first")
    findings = []
    for folder in regions:
        findings += lint(folder.name, sorted(folder.glob("*.json")))
    tokyo = sorted(TEMPLATES.glob("prod/ap-northeast-1/*.json"))
    absent = lint(SECOND, tokyo)
    unknown = [one for one in absent if not any(f"'{kind}'" in one for kind in NOT_IN_OSAKA)]
    findings += [f"in Osaka: {one}" for one in unknown]
    findings += [
        f"{kind} is in Osaka by now: take it out of lint.py"
        for kind in NOT_IN_OSAKA
        if not any(f"'{kind}'" in one for one in absent)
    ]
    for finding in findings:
        print(finding)
    print(f"{len(regions)} folders of templates, {len(findings)} findings")
    sys.exit(1 if findings else 0)


main()
