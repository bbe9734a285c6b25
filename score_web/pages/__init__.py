"""Public pages: home, help, contact, and the texts that people agree to. The smallest feature: read this one first.

Used by everybody, signed in or not. Records: none; texts are bilingual files in `documents/`. Hard rule: a consent refers to
`documents.version(name)`, so a text that changes in meaning gets a new version date.
"""
