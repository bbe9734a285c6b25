"""Which pages hand an enterprise's data to somebody outside of it, and what do we call that?"""

from score_web.core.words import N_, Labelled


class Shared(Labelled):
    RESULTS = "results", N_("Results of a self-assessment, looked at")
    REPORT = "report", N_("Report of a self-assessment, downloaded (PDF)")
    WORKBOOK = "workbook", N_("Results of a self-assessment, downloaded (Excel)")
    EVIDENCE = "evidence", N_("A piece of evidence, opened")
    EVIDENCE_ALL = "evidence_all", N_("All evidence of a self-assessment, downloaded")
    ENROLMENT = "enrolment", N_("Enrolment, looked at")


# Endpoint → what it hands out, and which argument of its address names the record.
ENDPOINTS = {
    "assessment.results": (Shared.RESULTS, "assessment_round_id"),
    "assessment.verify": (Shared.RESULTS, "assessment_round_id"),
    "assessment.compare": (Shared.RESULTS, "assessment_round_id"),
    "assessment.report_pdf": (Shared.REPORT, "assessment_round_id"),
    "assessment.report_xlsx": (Shared.WORKBOOK, "assessment_round_id"),
    "assessment.evidence_zip": (Shared.EVIDENCE_ALL, "assessment_round_id"),
    "assessment.evidence_file": (Shared.EVIDENCE, "evidence_id"),
    "enrolment.review": (Shared.ENROLMENT, "enrolment_id"),
    "enrolment.show": (Shared.ENROLMENT, "enrolment_id"),
}
