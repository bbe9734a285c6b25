"""Can an enterprise walk the whole first loop, in both languages, on phone and desktop, with and without script?"""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.factories import make_institution, make_trainer
from tests.journeys import people
from tests.journeys.people import Factory
from tests.journeys.visitor import visitor
from tests.screen import DESKTOP, PHONE

pytestmark = pytest.mark.browser
HANGZHOU = Factory("杭州云栖电气有限公司", "91330100799655058B", "浙江省", "杭州市")
SHENZHEN = Factory("深圳海湾插座有限公司", "914403001922038216", "Guangdong", "Shenzhen")
BEIJING = Factory("北京西山电器有限公司", "911101066976941872", "北京市", "北京市")


def arrange(database, *, scope: str, provinces: str, institution: str, trainer: str) -> SimpleNamespace:
    """An institution and a trainer of its own; the addresses with which its people sign in."""
    organisation, partner = make_institution(institution, scope=scope)
    _profile, teacher = make_trainer(organisation, provinces=provinces)
    teacher.name = trainer
    there = SimpleNamespace(institution=institution, name_en=organisation.name_en, partner=partner.email, trainer=teacher.email)
    database.session.commit()
    return there


@pytest.mark.both_engines
def test_in_chinese_on_a_phone(database, live, browser):
    there = arrange(database, scope="3301", provinces="330000", institution="杭州市企业服务中心", trainer="王建国")
    with visitor(browser, live, PHONE, lang="zh") as manager:
        people.finds_out(manager, HANGZHOU)
        people.registers(manager, "李梅", "limei@example.com")
        people.begins_enrolment(manager)
        people.describes_company(manager, HANGZHOU)
        people.describes_people(manager, HANGZHOU, "李梅")
        people.submits_enrolment(manager, HANGZHOU, there.institution)
        people.assesses_module_1(manager)
        people.submits_assessment(manager, 67, "Good")
        with visitor(browser, live, DESKTOP, lang="zh", as_=there.partner) as partner:
            people.reviews(partner, HANGZHOU)
            people.decides(partner, "Approve")
            partner.is_told("Approved: %(name)s. The enterprise has been told.", name=HANGZHOU.name)
        manager.open("dashboard")
        manager.sees("Module %(module)s: time to book a trainer", module=1)
        manager.follow("See free days")
        days = people.asks_for_trainer(manager, "想先解决交接班")
        with visitor(browser, live, PHONE, lang="zh", as_=there.trainer) as trainer:
            people.accepts(trainer, HANGZHOU.name, days, "想先解决交接班")
        calendar = people.sees_class_confirmed(manager, "王建国", days)
        assert "STATUS:CONFIRMED" in calendar
        assert "杭州云栖电气有限公司" in calendar.replace("\r\n ", "")
        assert any(line.startswith("王建国") for line in people.reads_who_sees_results(manager))


def test_in_english_on_a_desktop_with_detours(database, live, browser):
    """Returned and corrected, declined and asked again, the language switched in the middle of a form."""
    there = arrange(database, scope="all", provinces="440000", institution="全国项目办公室", trainer="Chen Wei")
    with visitor(browser, live, lang="en") as manager:
        people.finds_out(manager, SHENZHEN)
        people.registers(manager, "Zhang Li", "zhangli@example.com")
        people.begins_enrolment(manager)
        people.switches_language_with_half_a_form(manager)
        people.describes_company(manager, SHENZHEN)
        people.describes_people(manager, SHENZHEN, "张丽")
        people.submits_enrolment(manager, SHENZHEN, there.name_en)
        with visitor(browser, live, lang="en", as_=there.partner) as partner:
            people.reviews(partner, SHENZHEN)
            people.returns(partner, "Which plugs?")
            partner.is_told("Returned for correction: %(name)s. The enterprise has been told.", name=SHENZHEN.name)
            corrected = people.corrects_products(manager, SHENZHEN, "Which plugs?", "three-pin plugs")
            people.submits_enrolment(manager, corrected, there.name_en)
            people.reviews(partner, SHENZHEN)
            expect(partner.page.locator("ol.diff > li")).to_have_count(1)
            expect(partner.page.locator("ol.diff del")).to_have_text(SHENZHEN.products)
            expect(partner.page.locator("ol.diff ins")).to_have_text("three-pin plugs")
            people.decides(partner, "Approve")
            partner.is_told("Approved: %(name)s. The enterprise has been told.", name=SHENZHEN.name)
        manager.open("enrolment/")
        manager.sees("Your enrolment is approved")
        people.assesses_module_1(manager, rating=1)
        people.submits_assessment(manager, 33, "Starting")
        manager.follow("See free days")
        first = people.asks_for_trainer(manager, "We work in two shifts")
        with visitor(browser, live, lang="en", as_=there.trainer) as trainer:
            people.declines(trainer, SHENZHEN.name, "I am abroad then")
            manager.page.reload()
            manager.reads("I am abroad then")
            manager.follow("See free days")
            second = people.asks_for_trainer(manager, "Then the next ones")
            assert second == first, "a declined request holds no days"
            people.accepts(trainer, SHENZHEN.name, second, "Then the next ones")
        calendar = people.sees_class_confirmed(manager, "Chen Wei", second)
        assert "STATUS:CONFIRMED" in calendar
        assert any(line.startswith("Chen Wei") for line in people.reads_who_sees_results(manager))


def test_without_script_on_a_phone(database, live, browser):
    there = arrange(database, scope="11", provinces="110000", institution="北京市企业服务中心", trainer="刘洋")
    with visitor(browser, live, PHONE, lang="zh", script=False) as manager:
        people.finds_out(manager, BEIJING)
        people.registers(manager, "赵敏", "zhaomin@example.com")
        people.begins_enrolment(manager)
        people.describes_company(manager, BEIJING)
        people.describes_people(manager, BEIJING, "赵敏")
        people.submits_enrolment(manager, BEIJING, there.institution)
        people.assesses_module_1(manager, rating=3)
        people.submits_assessment(manager, 100, "Excellent")
        with visitor(browser, live, PHONE, lang="zh", script=False, as_=there.partner) as partner:
            people.reviews(partner, BEIJING)
            people.decides(partner, "Approve")
            partner.is_told("Approved: %(name)s. The enterprise has been told.", name=BEIJING.name)
        manager.open("booking/new?module=1")
        days = people.asks_for_trainer(manager, "两班倒")
        with visitor(browser, live, PHONE, lang="zh", script=False, as_=there.trainer) as trainer:
            people.accepts(trainer, BEIJING.name, days, "两班倒")
        assert "STATUS:CONFIRMED" in people.sees_class_confirmed(manager, "刘洋", days)
        assert any(line.startswith("刘洋") for line in people.reads_who_sees_results(manager))
