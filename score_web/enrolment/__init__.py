"""An enterprise applies; the responsible partner institution decides.

Used by enterprises (apply, correct, withdraw) and partner staff (queue, review, transfer). Records: Enrolment, EnrolmentVersion.
States: draft → submitted → returned / approved / rejected, withdrawn. Hard rules: nothing typed is lost; only the responsible
institution decides; the credit code is unique among approved enterprises only, and an applicant never learns that a code exists.
"""
