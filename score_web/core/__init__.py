"""What any programme of this kind would need unchanged: time, words, database, forms, mail, audit. No SCORE rule lives here."""
