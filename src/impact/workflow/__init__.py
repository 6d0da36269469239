"""The product's story, told flat: one module a noun, every verb here, none longer than a screenful.

content      which instruments, plans and templates there are, and whether they are sound
programmes   set one up, list them, look at one
submissions  a participant's answers come in
imports      a data file comes in
evaluations  data become findings, findings become a report
releases     findings are frozen for a funder
withdrawals  a participant's answers go again
accounts     evaluators sign in and out
demo         a programme to try everything on
"""

from impact.workflow.accounts import Account, add_user, sign_in, sign_out, signed_in
from impact.workflow.content import (
    CheckSummary,
    check_content,
    find_plan,
    instrument_folders,
    instrument_of,
    plan_folders,
    plan_of,
)
from impact.workflow.demo import Demo, create_demo
from impact.workflow.evaluations import build_report, evaluate_files, evaluate_programme, findings_json
from impact.workflow.imports import import_data, import_programme
from impact.workflow.programmes import (
    ProgrammeFacts,
    ProgrammeOverview,
    WorkshopOverview,
    close_invitation,
    create_programme,
    list_programmes,
    pair_count,
    programme_overview,
    side_names,
)
from impact.workflow.releases import (
    ReleaseFacts,
    ReleaseLink,
    find_release,
    list_releases,
    release,
    revoke_release,
)
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
    "pair_count",
    "plan_folders",
    "plan_of",
    "programme_overview",
    "release",
    "revoke_release",
    "side_names",
    "sign_in",
    "sign_out",
    "signed_in",
    "submit_answers",
]
