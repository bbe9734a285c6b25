"""Self-assessment: where does an enterprise stand in a module, and what should it do first?

Who: managers and workers of an approved enterprise fill it in together; its partner and its trainers read the results.
Records: AssessmentRound ("self-assessment no. 2"; number 1 is the baseline) and Answer, one row per statement. LensValue: each statement
through three lenses, self, workers (written by pulse, with WorkerVoice) and trainer (TrainerRating keeps comment and name).
AnswerVersion: what an answer said before a change. Evidence: a photo or document behind an answer; it stays with its self-assessment.
Participants and ThemeAssignment: who took part, who does which theme.
States: open, submitted; a submitted one is reopened only with a reason.
Hard rules:
- Statements are reviewed files in questionnaires/<module>/<edition>.yaml. A published edition keeps ids, order, critical,
  worker and evidence; a statement whose meaning changes gets a new id in a new edition.
- Answered means rated, or not applicable with a reason. Submitting needs 80 % answered and half of the statements rated.
- Percentages leave out what does not apply; bands use unrounded values; a theme without a rating shows no number.
- A critical statement rated 0 or 1 is a red flag whatever the average says.
- No lens overwrites another. Of workers nothing is told below five ratings (lenses.py); of other enterprises only medians
  of at least five (benchmark.py).
"""
