"""Who did what, when, from which state to which: the audit, readable by those concerned.

Used by everybody who has an account. No records of its own: it reads core/audit. Hard rules: an enterprise sees what was done to its
own records, a partner institution what was done to records while it was responsible for them, everybody their own actions, what
happened to their own account and, as a trainer, to their bookings, and nobody anything else; of partner staff, others see the
institution. Every action has a sentence.
"""
