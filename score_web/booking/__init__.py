"""Every dated event that an enterprise books: a two-day class or a one-day follow-up visit.

Used by enterprises (request, cancel), trainers (accept, decline) and partners (are told, may cancel). Record: Booking.
States: requested → accepted / declined / cancelled / lapsed → completed. Hard rules: a pending request claims nothing and lapses; the
trainer's yes is final and claims whole days; a candidate is never offered alone; an accepted booking opens a mandate.
"""
