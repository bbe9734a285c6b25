"""Worker pulse: what do the workers say about the same statements, without anybody learning who said what?

Who: an enterprise opens a survey beside a self-assessment; its workers answer by a link, a QR code or on paper, knowing nobody and
known to nobody; the enterprise keys paper slips and closes the survey.
Records: PulseSurvey (one per self-assessment), WaitingAnswer (a whole answer, only until it is counted), PulseCount.
States: open, closed.
Hard rules:
- The answering side is declared `@anonymous`: no session, no person, no address, no time, no audit. Its one cookie says that
  somebody answered on this phone.
- An answer waits under a random id. At least 5 become counts together, when the hourly job runs, and are erased.
- What is told of a statement grows by 5 answers or more at a time, and after the first time one answer, drawn by lot, always
  stays behind, see anonymity.py. What is told goes to assessment.LensValue; nothing else is ever shown.
- At closing the fewer than 5 left over are erased unread, and the page says how many.
"""
