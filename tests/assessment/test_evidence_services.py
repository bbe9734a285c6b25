"""Evidence on both databases: added, limited, removed; and what is on the disk whatever happens to the row."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

from score_web.assessment import services
from score_web.assessment.models import AssessmentRound, Evidence
from score_web.assessment.queries import module_of
from score_web.assessment.queries.evidence import content_of, earlier_evidence, evidence_of, thumbnail_of
from score_web.core import clock, jobs, uploads
from score_web.core.db import db
from score_web.core.errors import Refused
from tests.assessment.filling import submitted
from tests.assessment.proofs import office, pdf, photo
from tests.source import ROOT

pytestmark = pytest.mark.both_engines


def add(f, content: bytes, name: str, statement: str = "M1-B1", caption: str = "", round_=None) -> Evidence:
    asked = module_of(round_ or f.round).statement(statement)
    looked = services.look_at(name, content, asked)
    return services.add_evidence(round_ or f.round, asked, looked, made_on=looked.taken_on or date(2026, 1, 5), caption=caption, by=f.actor)


def on_disk() -> set[str]:
    return {key for key, _written in uploads.folder().stored()}


def test_a_photo_and_a_document_are_kept_with_both_dates(f):
    with clock.at(clock.now() - timedelta(days=3)):
        add(f, photo(), "车间.png", caption="班前会")
    add(f, pdf(), "制度.pdf")
    db.session.commit()
    first, second = evidence_of(f.round.id)["M1-B1"]
    assert (first.name, first.caption, first.made_on, first.uploaded_by) == ("车间.jpg", "班前会", date(2026, 3, 5), f.manager.name)
    assert clock.now() - first.uploaded_at > timedelta(days=2)
    assert content_of(second) == pdf()
    assert thumbnail_of(first).startswith(b"\xff\xd8")
    assert thumbnail_of(second) is None
    assert on_disk() == {first.file_key, first.thumbnail_key, second.file_key}
    assert evidence_of(f.round.id, "M1-B2") == {}


def test_the_same_file_twice_is_stored_once_elsewhere_again(f):
    assert add(f, photo(), "a.jpg").id == add(f, photo(), "b.jpg").id
    add(f, photo(), "a.jpg", statement="M1-B2")
    db.session.commit()
    assert len(on_disk()) == 4


def test_a_statement_holds_ten(f):
    for n in range(10):
        add(f, pdf() + b"%" * n, f"{n}.pdf")
    with pytest.raises(Refused, match="remove one first"):
        add(f, photo(), "photo.jpg")
    add(f, photo(), "photo.jpg", statement="M1-B2")


def test_after_submission_nothing_is_added_or_removed(f):
    evidence = add(f, photo(), "a.jpg")
    submitted(f)
    with pytest.raises(Refused, match="stays as it is"):
        services.remove_evidence(evidence, by=f.actor)
    with pytest.raises(Refused, match="stays as it is"):
        add(f, pdf(), "b.pdf")
    db.session.rollback()
    assert len(on_disk()) == 2


def test_the_file_goes_after_the_commit_that_removed_its_row(f):
    evidence = add(f, photo(), "a.jpg")
    db.session.commit()
    services.remove_evidence(evidence, by=f.actor)
    assert len(on_disk()) == 2
    db.session.rollback()
    assert len(on_disk()) == 2
    services.remove_evidence(evidence, by=f.actor)
    db.session.commit()
    assert on_disk() == set()
    assert evidence_of(f.round.id) == {}


def test_a_row_that_does_not_commit_leaves_no_file(f):
    add(f, photo(), "a.jpg")
    assert len(on_disk()) == 2
    db.session.rollback()
    assert on_disk() == set()
    assert evidence_of(f.round.id) == {}


def test_a_new_self_assessment_begins_without_evidence_and_knows_where_the_old_one_is(f):
    add(f, photo(), "a.jpg")
    add(f, pdf(), "b.pdf")
    first = submitted(f)
    second = services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    db.session.commit()
    assert evidence_of(second.id) == {}
    assert earlier_evidence(second) == [(first.id, 1, 2)]
    assert earlier_evidence(first) == []


def test_the_sweep_takes_what_no_row_names_once_it_is_a_day_old(f):
    add(f, photo(), "a.jpg")
    db.session.commit()
    left_over = uploads.folder().store(b"a crash came between file and row")
    half = uploads.folder().place / "ab" / ("ab" * 16 + ".part")
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half")
    assert uploads.sweep() == 0
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert "files" in jobs.run_due()
    assert len(on_disk()) == 2
    assert left_over not in on_disk()
    assert not half.exists()


def test_a_lost_file_is_said_so_and_harms_nothing_else(f):
    evidence = add(f, photo(), "a.jpg")
    db.session.commit()
    uploads.folder().remove(evidence.file_key)
    assert content_of(evidence_of(f.round.id)["M1-B1"][0]) is None
    with services.pack_evidence(f.round, with_names=True) as file, zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["index.csv"]
        assert "the file is lost" in archive.read("index.csv").decode("utf-8-sig")


def test_the_zip_has_readable_chinese_names_and_an_index_that_runs_nothing(f):
    document = office()
    add(f, photo(), "车间照片.jpg", caption='=HYPERLINK("http://x")')
    add(f, photo(colour="red"), "车间照片.png", caption="＝1+1")
    add(f, document, "制度.docx", statement="M1-A1")
    db.session.commit()
    with services.pack_evidence(f.round, with_names=False) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert [name.split("/")[-1] for name in names] == ["制度.docx", "车间照片.jpg", "车间照片 (2).jpg", "index.csv"]
        assert names[0].startswith("M1-A1 ")
        assert all(info.flag_bits & 0x800 for info in archive.infolist()[:3]), "Windows reads names as UTF-8 only where this says so"
        index = archive.read("index.csv")
        assert archive.read(names[0]) == document
    lines = index.decode("utf-8-sig").splitlines()
    assert index.startswith(b"\xef\xbb\xbf")
    assert len(lines) == 4
    assert "'=HYPERLINK" in lines[2]
    assert "'＝1+1" in lines[3]
    assert "2026-03-05" in lines[2]
    assert evidence_of(f.round.id)["M1-B1"][0].sha256 in lines[2]
    assert f.manager.name not in index.decode()


KILLED = """
import sys
from score_web.core import uploads
folder = uploads.Folder(__import__("pathlib").Path(sys.argv[1]))
while True:
    print("stored", folder.store(b"x" * 3_000_000), flush=True)
"""


def test_a_kill_in_mid_write_leaves_whole_files_and_at_most_one_half(tmp_path):
    """What was reported as stored is there in full; the rest is a .part that no row can name."""
    for wait in (0.05, 0.21):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        process.stdout.readline()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        stored = {line.split()[1] for line in process.communicate()[0].splitlines() if line.startswith("stored")}
        there = {key: path for path in tmp_path.glob("*/*") if not (key := path.name).endswith(".part")}
        assert stored <= set(there)
        assert {path.stat().st_size for path in there.values()} <= {3_000_000}


def test_of_twelve_at_the_same_moment_ten_stay_and_the_disk_agrees(app, f):
    round_id, barrier = f.round.id, Barrier(12)
    db.session.rollback()

    def one(number: int) -> bool:
        with app.app_context():
            f.round = None
            barrier.wait()
            try:
                add(f, pdf() + b"%" * number, f"{number}.pdf", round_=db.session.get(AssessmentRound, round_id))
                db.session.commit()
            except Refused:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(12))) == 10
    assert len(evidence_of(round_id)["M1-B1"]) == len(on_disk()) == 10
