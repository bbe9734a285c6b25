"""What people do in the first loop, one function a step. Each says what the person sees on the way, in the language of their pages."""

import re
from dataclasses import dataclass, field, replace

from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.visitor import Visitor

RATINGS = {"en": ("Not in place", "Started", "Mostly in place", "Fully in place"), "zh": ("没有做", "刚起步", "基本做到", "全面做到")}
PEOPLE = {"Women": 70, "Men": 50, "Managers": 12, "Workers": 108, "Of these, casual and agency staff": 0}
SHORT_OF_ONE = "A credit code has 18 characters; you typed %(typed)s. Compare it with the business licence."


@dataclass(frozen=True)
class Factory:
    """What an enterprise fills in. The code is a real one of the public register, the rest is invented."""

    name: str
    code: str
    province: str
    city: str
    sector: str = "C38"
    products: str = "插座、插头 · sockets, plugs"
    people: dict[str, int] = field(default_factory=PEOPLE.copy)


def finds_out(who: Visitor, factory: Factory) -> None:
    """From the home page to the answer whether one is eligible."""
    who.open("")
    who.sees("See where you stand, improve together")
    who.follow("Check if you are eligible")
    who.sees("Are you eligible?")
    who.type("Number of employees", "120")
    who.pick("Province", factory.province)
    who.pick("Sector", factory.sector)
    who.press("Check now")
    who.sees("You can apply")


def registers(who: Visitor, name: str, email: str) -> None:
    """The account comes into being with the link of the mail, which demo mode shows on the page."""
    who.follow("Register and enrol")
    who.sees("Register an enterprise")
    who.type("Your name", name)
    who.type("E-mail", email)
    who.type("Password", PASSWORD)
    who.tick("I have read the privacy notice and the terms of use and agree to both.")
    who.press("Create account")
    who.sees("We have sent a link")
    who.reads("Demo: this mail would have gone to %(address)s", address=email)
    who.tap(who.page.get_by_role("link", name="/accounts/activate/"))
    who.sees("Activate your account")
    who.press("Activate and sign in")
    who.is_told("Your account is active and you are signed in. Next time sign in with your e-mail and password.")
    who.sees("Start your enrolment")


def begins_enrolment(who: Visitor) -> None:
    who.follow("Start the enrolment")
    who.sees("Enrol your enterprise")
    who.press("Begin the enrolment")
    who.sees("Your enterprise")


def describes_company(who: Visitor, factory: Factory) -> None:
    """First with a character of the code forgotten: the page says so and has lost nothing."""
    who.finds("Sector", factory.sector)
    who.type("Name in Chinese", factory.name)
    who.type("Unified social credit code", factory.code[:-1])
    who.pick("Province and city", factory.city)
    who.type("Main products", factory.products)
    who.press("Save and continue")
    expect(who.page.get_by_role("alert").get_by_role("heading")).to_have_text(who.say("%(num)s thing to put right", num=1))
    who.is_warned(SHORT_OF_ONE, typed=17)
    who.finds("Name in Chinese", factory.name)
    who.finds("Main products", factory.products)
    who.type("Unified social credit code", factory.code)
    who.press("Save and continue")
    who.sees("People, contact and wishes")


def describes_people(who: Visitor, factory: Factory, contact: str) -> None:
    for label, number in factory.people.items():
        who.type(label, str(number))
    who.tick("Elected worker representatives")
    who.type("Contact person", contact)
    who.type("Position of the contact person", "厂长")
    who.type("Phone of the contact person", "138 0000 0000")
    who.press("Save and continue")


def submits_enrolment(who: Visitor, factory: Factory, institution: str) -> None:
    who.sees("Check your answers")
    for text in (factory.name, factory.code.upper(), factory.products):
        expect(who.page.get_by_text(text, exact=True)).to_be_visible()
    who.tick("We pledge that what we have filled in is true, exact and complete, and answer for it.")
    who.tick("We agree that the responsible partner institution uses these data to decide on and accompany our participation.")
    who.press("Submit the enrolment")
    who.is_told("Submitted. %(institution)s has been told and decides.", institution=institution)
    who.sees("Your enrolment waits for a decision")


def assesses_module_1(who: Visitor, rating: int = 2) -> None:
    """All five themes, the same rating everywhere; with script each answer is saved by itself."""
    who.goes_to("Assessment")
    who.sees("Self-assessment")
    who.press("Start", about="1")
    for letter, following in zip("ABCDE", "BCDE-", strict=True):
        expect(who.page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{letter} "))
        answers_theme(who, rating)
        if following == "-":
            who.press("Save, check answers")
        else:
            who.tap(who.page.get_by_role("button", name=who.say("Save, go to %(letter)s", letter=following), exact=True))
    who.sees("Check your answers")
    who.reads("All statements are answered: you can submit.")


def answers_theme(who: Visitor, rating: int) -> None:
    for statement in who.page.locator("fieldset.statement").all():
        who.tap(statement.get_by_text(RATINGS[who.lang][rating], exact=True))
        if who.script:
            expect(statement.get_by_role("status")).to_have_text(who.saved())


def submits_assessment(who: Visitor, percent: int, band: str) -> None:
    who.press("Submit the self-assessment")
    who.sees("Your result: %(band)s", band=who.say(band))
    expect(who.page.locator(".score .big")).to_have_text(f"{percent}%")


def opens_what_waits(who: Visitor, heading: str, **values) -> None:
    who.open("dashboard")
    who.sees("%(num)s thing is waiting for you", num=1)
    who.follow("Open it")
    who.sees(heading, **values)


def reviews(who: Visitor, factory: Factory) -> None:
    """By way of the queue, where it is the oldest that waits."""
    opens_what_waits(who, "Enrolments to decide")
    who.tap(who.page.get_by_role("link", name=f"{who.say('Review')} {factory.name}", exact=True).first)
    who.sees(factory.name)


def decides(who: Visitor, decision: str) -> None:
    who.tick_option(decision)
    who.press("Confirm the decision")


def asks_for_trainer(who: Visitor, message: str) -> list[str]:
    """The first days that are offered; gives them as the page writes them."""
    who.reads("Everything is in place")
    offer = who.page.locator("label.choice").first
    days = offer.locator("b").inner_text().split("\n")
    who.tap(offer)
    who.type("Message to the trainer" + " (optional)", message)
    who.press("Send request")
    who.is_told("Your request is on its way. The trainer has been told.")
    who.reads("%(first)s and %(last)s", first=days[0], last=days[1])
    return days


def accepts(who: Visitor, enterprise: str, days: list[str], wish: str) -> None:
    """The trainer reads who asks for what, and says yes."""
    opens_what_waits(who, "%(enterprise)s asks for a two-day class", enterprise=enterprise)
    who.reads("%(first)s and %(last)s", first=days[0], last=days[1])
    expect(who.page.get_by_text(wish, exact=True)).to_be_visible()
    who.type("Message to the enterprise" + " (optional)", "请准备一间会议室")
    who.press("Accept the class")
    who.is_told("Accepted. The days are yours, and everybody has been told.")


def declines(who: Visitor, enterprise: str, reason: str) -> None:
    opens_what_waits(who, "%(enterprise)s asks for a two-day class", enterprise=enterprise)
    who.unfold("I cannot make it")
    who.type("Reason (the enterprise will read it)", reason)
    who.press("Decline")
    who.is_told("Declined. The enterprise has been told why.")


def sees_class_confirmed(who: Visitor, trainer: str, days: list[str]) -> str:
    """On the booking's page, after looking again; gives the calendar file."""
    who.open("dashboard")
    who.follow("See the booking")
    expect(who.page.get_by_role("heading", level=1)).to_contain_text(trainer)
    expect(who.page.get_by_role("main").locator(".chip").first).to_have_text(who.say("Confirmed"))
    who.reads("%(first)s and %(last)s", first=days[0], last=days[1])
    expect(who.page.get_by_text("请准备一间会议室", exact=True)).to_be_visible()
    with who.page.expect_download() as download:
        who.follow("Put into my calendar (.ics)")
    return download.value.path().read_text(encoding="utf-8")


def returns(who: Visitor, remark: str) -> None:
    """The partner asks for other words about the products, and for nothing else."""
    who.tick_option("Return for correction")
    who.unfold("Remarks for a return: which answers, and what to correct")
    who.type("Main products", remark)
    who.type("Message to the enterprise", "Almost there")
    who.press("Confirm the decision")


def corrects_products(who: Visitor, factory: Factory, remark: str, better: str) -> Factory:
    """Only the answer that was asked for is typed again."""
    who.open("dashboard")
    who.follow("See what to correct")
    who.sees("Please correct your enrolment")
    who.reads(remark)
    who.follow("Correct it")
    who.sees("Your enterprise")
    who.reads(remark)
    who.finds("Name in Chinese", factory.name)
    who.finds("Main products", factory.products)
    who.type("Main products", better)
    who.press("Save and continue")
    who.sees("People, contact and wishes")
    who.finds("Women", str(factory.people["Women"]))
    who.press("Save and continue")
    return replace(factory, products=better)


def switches_language_with_half_a_form(who: Visitor) -> None:
    """What was typed and not yet saved is there in the other language, and after switching back."""
    who.type("Name in Chinese", "半个名")
    who.type("Unified social credit code", "9144")
    for words, lang in (("中文", "zh"), ("English", "en")):
        who.tap(who.page.get_by_role("button", name=words, exact=True))
        who.lang = lang
        who.sees("Your enterprise")
        who.finds("Name in Chinese", "半个名")
        who.finds("Unified social credit code", "9144")


def reads_who_sees_results(who: Visitor) -> list[str]:
    who.open("assessment/")
    who.follow("See who can see our results")
    who.sees("Who can see our results")
    return who.page.locator("main .checks li").all_inner_texts()
