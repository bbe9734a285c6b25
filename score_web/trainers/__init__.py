"""Who may train which module, where, and when they are free.

Used by trainers (profile, days) and their partner institution (certification). Records: TrainerProfile, Certification, DayOff,
DayClaim. Hard rules: qualification is per module (candidate, certified, expert) and granted by the trainer's institution; a claimed
day is unique per trainer in the database, whoever claims it.
"""
