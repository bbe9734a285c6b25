"""To which version of which document does somebody agree? The texts themselves are in pages/documents."""

PRIVACY_VERSION = "2026-11-22"
TERMS_VERSION = "2026-11-01"
DOCUMENTS = {"privacy": PRIVACY_VERSION, "terms": TERMS_VERSION}
