"""People, organisations and who is who.

Used by everybody. Records: Person, Organisation (enterprise or partner institution), Membership (a person's role there),
SignIn (one device), Link (one-time link for activation, reset, invitation, e-mail change), Mandate (why a trainer may see an
enterprise's results), Consent, Throttle.
Hard rules: nothing tells whether an address has an account; a sign-in, suspension or ended membership counts on the next
request; the last head of an organisation cannot leave; rights are the union of memberships.
"""
