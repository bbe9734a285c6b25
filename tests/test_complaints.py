"""What do users of comparable systems complain about, and which test keeps it from happening here?

`COMPLAINTS` is the index: each complaint (with where it was voiced) and the tests that stand against it. What no other file was the
place for is tested at the end of this one.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from score_web.core import clock, mail
from tests.factories import make_person
from tests.source import PACKAGE, ROOT

TESTS = Path(__file__).parent
COMPLAINTS = {
    "Answers are lost (eQ runner 991, CISO Assistant 2193, CSET 5321, Kobo 5121)": [
        "assessment/test_zero_loss.py::test_lost_answers_killed_browser_goes_on_where_it_was",
        "assessment/test_zero_loss.py::test_lost_answers_network_cut_and_back",
        "assessment/test_zero_loss.py::test_lost_answers_session_expired_in_mid_page",
        "assessment/test_zero_loss.py::test_lost_answers_two_tabs_and_a_hasty_change",
        "assessment/test_zero_loss.py::test_lost_answers_language_switch_in_mid_page",
        "assessment/test_zero_loss.py::test_lost_answers_back_shows_what_is_stored_now",
        "assessment/test_conflicts.py::test_double_submit_is_harmless",
        "assessment/test_conflicts.py::test_two_devices_see_both_answers_and_the_newer_stands",
        "assessment/test_merging.py::test_two_devices_offline_twice_and_in_conflict_end_equal",
        "security/test_held_forms.py::test_what_was_typed_comes_back_unsaved_and_is_stored_on_save",
        "test_torture.py::test_what_was_confirmed_survives_kill_9",
    ],
    "It said saved, but it was not (CISO Assistant 287)": [
        "assessment/test_conflicts.py::test_a_script_saves_one_answer_and_gets_the_time_of_the_database",
        "assessment/test_conflicts.py::test_a_script_is_told_why_nothing_was_saved",
        "assessment/test_zero_loss.py::test_saved_but_it_was_not_after_signing_in_again_in_another_tab",
    ],
    "“Later” submitted it, opening it again wiped it (eQ runner 973, GC Forms 6968)": [
        "assessment/test_conflicts.py::test_leaving_never_submits_and_resuming_never_overwrites",
        "assessment/test_zero_loss.py::test_load_wiped_resuming_never_overwrites_and_names_both",
        "enrolment/test_typing.py::test_save_for_later_keeps_everything_and_says_nothing_was_sent",
    ],
    "Slower with every row (eQ runner 884, CISO Assistant 2672, Moodle forum)": [
        "test_query_counts.py::test_same_number_of_queries_for_1_and_30_rows",
        "assessment/test_views.py::test_a_theme_page_needs_five_queries_and_ten_kilobytes",
        "assessment/test_evidence_pages.py::test_a_theme_page_asks_at_most_five_questions_however_much_evidence_there_is",
        "enrolment/test_queue.py::test_as_many_queries_for_thirty_rows_as_for_one",
    ],
    "One page in the wrong language (eQ runner 698, CISO Assistant 712, Formbricks 7515)": [
        "test_translations.py::test_every_text_is_translated",
        "test_pretend_language.py::test_every_text_comes_from_the_catalogue",
        "test_pages.py::test_every_page_is_reached_and_sound",
        "pages/test_pages.py::test_every_error_has_words_in_both_languages",
    ],
    "The report lacks things (Euphorie 85, CSET 2727, CISO Assistant 435)": [
        "assessment/test_reports.py::test_every_answer_note_reason_and_photo_leaves",
        "assessment/test_reports.py::test_photos_beyond_the_limit_and_lost_ones_are_listed",
        "assessment/test_reports.py::test_characters_that_cannot_be_drawn_are_listed",
        "assessment/test_reports.py::test_what_one_page_leaves_out_is_said",
        "assessment/test_reports.py::test_each_language_is_complete",
    ],
    "Chinese is boxes in the PDF (SurveyJS 1803, ONLYOFFICE 1738, DMPRoadmap 2248)": [
        "test_typesetting.py::test_rare_characters_are_drawn_and_found",
        "test_typesetting.py::test_it_is_tagged_for_everybody_and_brings_its_fonts",
        "test_typesetting.py::test_what_no_font_has_is_replaced_and_named",
        "assessment/test_report_pages.py::test_without_a_font_one_sentence_says_what_to_install_and_the_rest_works",
    ],
    "Chinese is garbled in Excel, and cells run formulas (SQLPage 528, ODK Central 792, django-survey 79)": [
        "test_sheets.py::test_text_stays_text",
        "test_sheets.py::test_any_name_of_a_sheet",
        "assessment/test_evidence_services.py::test_the_zip_has_readable_chinese_names_and_an_index_that_runs_nothing",
        "test_complaints.py::test_garbled_no_table_leaves_as_csv",
    ],
    "The same day twice (LibreBooking, Easy!Appointments)": [
        "booking/test_races.py::test_of_thirty_colliding_requests_exactly_one_is_accepted",
        "booking/test_races.py::test_random_histories_never_take_a_day_twice_and_every_live_mandate_has_a_live_booking",
        "booking/test_pages.py::test_another_request_for_the_same_days_is_a_warning_not_a_wall",
    ],
    "Calendar files that double the event or break its name (LibreBooking 872 and 576)": [
        "booking/test_calendar_file.py::test_the_uid_stays_the_sequence_rises_and_cancelling_takes_it_out",
        "booking/test_calendar_file.py::test_long_chinese_names_are_folded_at_75_octets_and_come_back_whole",
    ],
    "The list shows another hour than the form (Cal.com 6932, 15360, 23391)": [
        "test_complaints.py::test_time_zone_every_moment_is_shown_in_beijing_time_and_pages_say_so",
        "test_architecture.py::test_one_clock",
    ],
    "Reminders sent twice or never (Easy!Appointments 1025, Indico 6443)": [
        "test_complaints.py::test_reminders_a_second_run_sends_nothing_twice_and_a_failed_one_is_tried_again",
        "test_jobs.py::test_two_never_run_one_at_once",
        "booking/test_services.py::test_lapsing_tells_both_sides_once",
        "accounts/test_own_account.py::test_the_inbox_marks_what_is_new_and_opening_reads_it",
    ],
    "Returned without saying what to mend; changed after it was approved (Indico 5264, Easy!Appointments 1655)": [
        "enrolment/test_decisions.py::test_return_needs_a_named_field_and_a_reason",
        "enrolment/test_loop.py::test_returned_corrected_and_resubmitted",
        "enrolment/test_decisions.py::test_name_code_and_place_go_back_to_the_partner",
        "enrolment/test_decisions.py::test_small_corrections_count_at_once_with_history",
    ],
    "Evidence without its date, no ZIP of it (CISO Assistant 4797, 2592)": [
        "assessment/test_evidence_services.py::test_a_photo_and_a_document_are_kept_with_both_dates",
        "assessment/test_evidence_services.py::test_the_zip_has_readable_chinese_names_and_an_index_that_runs_nothing",
    ],
    "Shared figures that name somebody (CSET 94)": [
        "assessment/test_benchmark.py::test_nothing_below_five",
        "assessment/test_compare.py::test_the_results_page_shows_the_median_to_the_enterprise_alone",
        "pulse/test_anonymity.py::test_two_views_differ_by_nobody_or_by_five_at_least",
        "pulse/test_nobody.py::test_a_signed_in_phone_is_nobody",
    ],
    "Totals that disagree (Digirisk 4067)": [
        "assessment/test_results.py::test_differences_are_those_of_the_shown_numbers",
        "assessment/test_results.py::test_a_shown_number_never_contradicts_its_band",
        "pulse/test_anonymity.py::test_nobody_is_lost_or_counted_twice",
        "test_visibility.py::test_lists_show_what_one_may_open",
    ],
    "Hidden items count as open (CISO Assistant 4104, 4186)": [
        "assessment/test_scoring.py::test_answers_to_other_modules_and_editions_change_nothing",
        "assessment/test_scoring.py::test_what_does_not_apply_counts_as_if_it_were_not_there",
        "assessment/test_editions.py::test_one_that_is_open_is_finished_in_the_edition_it_was_begun_with",
    ],
    "It does not work inside WeChat": [
        "assessment/test_report_pages.py::test_wechat_is_told_to_open_the_browser",
        "assessment/test_evidence_pages.py::test_on_a_phone_a_photo_is_added_to_a_statement",
        "journeys/test_whole_loop.py::test_without_script_on_a_phone",
        "test_complaints.py::test_wechat_nothing_opens_by_itself",
    ],
}


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_every_test_named_here_exists(complaint):
    for place in COMPLAINTS[complaint]:
        file, _, name = place.partition("::")
        assert (TESTS / file).exists(), place
        assert re.search(rf"^def {name}\(", (TESTS / file).read_text("utf-8"), re.MULTILINE), place


def test_time_zone_every_moment_is_shown_in_beijing_time_and_pages_say_so(app, client):
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    for environment in app.environments.values():
        with app.test_request_context("/en/"):
            shown = environment.from_string("{{ at|date }} {{ at|datetime }} {{ at|time }}").render(at=late)
        assert "23" in shown
        assert "22" not in shown
        assert shown.count("0:30") == 2
    assert "All times are Beijing time" in client.get("/en/").text
    assert "北京时间" in client.get("/zh/").text


@pytest.mark.both_engines
def test_reminders_a_second_run_sends_nothing_twice_and_a_failed_one_is_tried_again(database, monkeypatch):
    sent, down = [], [True]

    def hand_over(message, *_more):
        if down.pop() if down else False:
            raise OSError("the mail server is away")
        sent.append(message["To"])

    monkeypatch.setattr(mail, "_hand_over", hand_over)
    for person in (make_person(), make_person()):
        mail.send("accounts/email_known.txt", address=person.email, language="zh", path="/accounts/sign-in")
    database.session.commit()
    assert mail.deliver() == 0
    with clock.at(clock.now() + timedelta(days=1)):
        assert [mail.deliver(), mail.deliver()] == [2, 0]
    assert len(sent) == len(set(sent)) == 2


def test_garbled_no_table_leaves_as_csv(app):
    """Excel guesses the encoding of a CSV file wrong; what leaves as a table is XLSX."""
    assert [rule.rule for rule in app.url_map.iter_rules() if rule.rule.endswith(".csv")] == []


def test_wechat_nothing_opens_by_itself():
    """Its browser drops pop-ups: pages open none, and scripts ask nothing in windows of the browser."""
    for script in (PACKAGE / "static").glob("*.js"):
        assert not re.search(r"window\.open|\balert\(|\bprompt\(", script.read_text("utf-8")), script.name
    for template in (ROOT / "templates").rglob("*.html"):
        for link in re.findall(r"<a [^>]*_blank[^>]*>", template.read_text("utf-8")):
            assert "noopener" in link, f"{template.name}: {link}"
