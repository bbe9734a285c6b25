"""What people may ask of us about their own data, and what we owe them unasked.

Used by everybody who has an account; partner institutions answer requests. Records: `Receipt` (who got what of an enterprise),
`DataRequest` (open → answered), `Erasure` (asked → done, taken back or refused); consents are rows of accounts. Hard rules: consents are
only added to; nobody's export holds what that person may not see; an erasure leaves every number of the statistics as it was; every
column with personal data or free text has its period in `retention`.
"""
