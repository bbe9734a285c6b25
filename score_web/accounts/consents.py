"""To which version of which document does somebody agree? The texts themselves are in pages/documents."""

PRIVACY_VERSION = "2026-11-22"
TERMS_VERSION = "2026-11-01"
DOCUMENTS = {"privacy": PRIVACY_VERSION, "terms": TERMS_VERSION}


def outdated(agreed: set[tuple[str, str]]) -> list[str]:
    """The documents that somebody agreed to, as (document, version), but not in the version of today."""
    known = {document for document, _version in agreed}
    return [document for document, version in DOCUMENTS.items() if document in known and (document, version) not in agreed]
