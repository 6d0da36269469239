"""The product's story, told flat: one module a noun, every verb here, none longer than a screenful.

content      which instruments, plans and templates there are, and whether they are sound
programmes   set one up, list them, look at one
submissions  a participant's answers come in
imports      a data file comes in
forecasts    what a plan will find, before any data
evaluations  data become findings, findings become a report
portfolios   findings of many programmes become one result
remarks      what participants wrote in their own words
releases     findings are frozen for a funder
withdrawals  a participant's answers go again
accounts     evaluators sign in and out
demo         a programme to try everything on
"""

from impact.workflow.accounts import Account, add_user, new_password, sign_in, sign_out, signed_in
from impact.workflow.content import (
    CheckSummary,
    check_content,
    find_columns,
    find_plan,
    instrument_folders,
    instrument_of,
    plan_folders,
    plan_of,
)
from impact.workflow.demo import Demo, create_demo, open_demo
from impact.workflow.evaluations import build_report, evaluate_files, evaluate_programme, findings_json
from impact.workflow.forecasts import simulate_plan
from impact.workflow.imports import import_data, import_programme
from impact.workflow.plans import lock_of, lock_plan
from impact.workflow.portfolios import pool_findings
from impact.workflow.programmes import (
    ProgrammeFacts,
    ProgrammeOverview,
    WorkshopOverview,
    close_invitation,
    create_programme,
    list_programmes,
    programme_overview,
)
from impact.workflow.releases import (
    ReleaseFacts,
    ReleaseLink,
    find_release,
    list_releases,
    release,
    revoke_release,
)
from impact.workflow.remarks import Remarks, read_remarks
from impact.workflow.sides import side_names
from impact.workflow.submissions import submit_answers
from impact.workflow.withdrawals import Withdrawal, find_withdrawal, forget_respondent

__all__ = [
    "Account",
    "CheckSummary",
    "Demo",
    "ProgrammeFacts",
    "ProgrammeOverview",
    "ReleaseFacts",
    "ReleaseLink",
    "Remarks",
    "Withdrawal",
    "WorkshopOverview",
    "add_user",
    "build_report",
    "check_content",
    "close_invitation",
    "create_demo",
    "create_programme",
    "evaluate_files",
    "evaluate_programme",
    "find_columns",
    "find_plan",
    "find_release",
    "find_withdrawal",
    "findings_json",
    "forget_respondent",
    "import_data",
    "import_programme",
    "instrument_folders",
    "instrument_of",
    "list_programmes",
    "list_releases",
    "lock_of",
    "lock_plan",
    "new_password",
    "open_demo",
    "plan_folders",
    "plan_of",
    "pool_findings",
    "programme_overview",
    "read_remarks",
    "release",
    "revoke_release",
    "side_names",
    "sign_in",
    "sign_out",
    "signed_in",
    "simulate_plan",
    "submit_answers",
]
