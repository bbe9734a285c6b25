"""What is in the copy that somebody takes home? Which tables, by which column they belong to the person or the enterprise.

The names of tables and columns are the keys of the files: they stay as they are. A test knows every table that leads to a person or an
organisation, and wants it here or in LEFT_OUT with the reason.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import NamedTuple

from score_web.assessment.lenses import Lens, Tally, of_workers
from score_web.core.words import Text


class Part(NamedTuple):
    """`by`: the columns that lead to the person or the enterprise, or into the part named `through`. `hide`: columns left out;
    `only`: a column and the value it must have; `told`: what may be told of a row."""

    table: str
    what: Text
    by: tuple[str, ...]
    through: str = ""
    hide: tuple[str, ...] = ()
    only: tuple[str, object] | None = None
    told: Callable[[dict], dict] = dict


def _as_on_pages(value: dict) -> dict:
    """Of workers no more than pages show: the exact sum of five ratings may say what each of the five chose."""
    if value["lens"] is not Lens.WORKERS:
        return value
    return value | {"sum": None, "shown": asdict(of_workers(Tally(value["sum"], value["n"])))}


PERSON = (
    Part("person", Text(en="Your account", zh="您的账号"), ("id",), hide=("password_hash",)),
    Part("membership", Text(en="Roles you have or had", zh="您现在和以前的身份"), ("person_id",)),
    Part("consent", Text(en="What you agreed to and withdrew", zh="您同意过和撤回过的事项"), ("person_id",)),
    Part("sign_in", Text(en="Your sign-ins", zh="登录记录"), ("person_id",), hide=("key_hash",)),
    Part("device", Text(en="Browsers you signed in on", zh="登录过的浏览器"), ("person_id",), hide=("key_hash",)),
    Part("second_factor", Text(en="That you sign in with a code", zh="您启用了验证码登录"), ("person_id",), hide=("salt", "last_step")),
    Part("message", Text(en="Your inbox", zh="站内消息"), ("person_id",), only=("private", False)),
    Part("theme_assignment", Text(en="Themes given to you", zh="分给您的自评主题"), ("person_id",)),
    Part("mandate", Text(en="Enterprises whose results you may or might see", zh="您可以或曾经可以查看其结果的企业"), ("person_id",)),
    Part("trainer_profile", Text(en="Your trainer profile", zh="您的培训师资料"), ("person_id",)),
    Part("certification", Text(en="Your certification per module", zh="您的各模块资格"), ("trainer_id",), "trainer_profile"),
    Part("day_off", Text(en="Your days off", zh="您的休息日"), ("trainer_id",), "trainer_profile"),
    Part("day_claim", Text(en="Days taken by your bookings", zh="被预约占用的日子"), ("trainer_id",), "trainer_profile"),
    Part("data_request", Text(en="Your requests about your data, with the answers", zh="您提出的个人信息请求和答复"), ("person_id",)),
    Part("erasure", Text(en="Your wish to have the account erased", zh="您的注销请求"), ("person_id",)),
    Part("receipt", Text(en="Data of enterprises that you looked at", zh="您查看过的企业资料"), ("person_id",)),
    Part("audit_event", Text(en="What you did and what concerns you", zh="您做过的和与您有关的操作记录"), ("by_id", "person_id")),
)
ENTERPRISE = (
    Part("organisation", Text(en="The enterprise", zh="企业"), ("id",)),
    Part("membership", Text(en="Who belongs to it", zh="企业成员"), ("organisation_id",)),
    Part("enrolment", Text(en="The enrolment", zh="报名资料"), ("enterprise_id",)),
    Part("enrolment_version", Text(en="Every version handed in", zh="提交过的每一版报名资料"), ("enrolment_id",), "enrolment"),
    Part("assessment_round", Text(en="Self-assessments", zh="自评"), ("enterprise_id",)),
    Part("participants", Text(en="How many took part", zh="参加自评的人数"), ("round_id",), "assessment_round"),
    Part("theme_assignment", Text(en="Who does which theme", zh="主题分工"), ("round_id",), "assessment_round"),
    Part("answer", Text(en="Answers", zh="自评答案"), ("round_id",), "assessment_round"),
    Part("answer_version", Text(en="What answers said before", zh="答案的修改历史"), ("round_id",), "assessment_round"),
    Part("trainer_rating", Text(en="Trainers' ratings", zh="培训师的评价"), ("round_id",), "assessment_round"),
    Part("lens_value", Text(en="Ratings by side, workers together only", zh="各方评分（员工只有合计）"), ("round_id",), "assessment_round",
         told=_as_on_pages),
    Part("worker_voice", Text(en="How many workers answered", zh="回答问卷的员工人数"), ("round_id",), "assessment_round"),
    Part(
        "evidence",
        Text(en="Evidence; the files are in the folder evidence", zh="佐证材料（文件在evidence文件夹）"),
        ("round_id",),
        "assessment_round",
        hide=("file_key", "thumbnail_key"),
    ),
    Part("pulse_survey", Text(en="Worker surveys", zh="员工匿名问卷"), ("round_id",), "assessment_round",
         hide=("taken", "since_count", "told", "version")),
    Part("booking", Text(en="Bookings", zh="预约"), ("enterprise_id",)),
    Part("mandate", Text(en="Trainers who may or might see the results", zh="可以或曾经可以查看结果的培训师"), ("enterprise_id",)),
    Part("receipt", Text(en="Who from outside got what", zh="外部人员查看、下载记录"), ("enterprise_id",)),
    Part("erasure", Text(en="The wish to have the enterprise erased", zh="企业资料的删除请求"), ("organisation_id",)),
    Part("audit_event", Text(en="History", zh="操作记录"), ("enterprise_id",)),
    Part("audit_words", Text(en="Reasons given in the history", zh="操作记录里写的理由"), ("event_id",), "audit_event"),
)
LEFT_OUT = {
    "pulse_count": "how often each answer was chosen: only what pages show of them together is told, see lens_value",
    "link": "one-time links: hashes, and what somebody typed who may be another person",
    "recovery_code": "hashes of secrets",
    "guest_draft": "a trial that waits is shown on the page of self-assessments and becomes answers there",
    "pulse_waiting_answer": "a worker's own answer: nobody gets it, see pulse/anonymity.py",
}
