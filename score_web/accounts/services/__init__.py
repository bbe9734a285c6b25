"""What happens to accounts: one file per matter, all of it importable from here."""

from score_web.accounts.services.agreeing import agree
from score_web.accounts.services.bringing import Bringing, bring, notices, pack_all
from score_web.accounts.services.forgetting import forget_old
from score_web.accounts.services.hashing import hash_password, hasher, password_fits
from score_web.accounts.services.invitations import (
    accept_invitation,
    change_institution,
    found_institution,
    invite,
    join,
    renew_invitation,
    withdraw,
)
from score_web.accounts.services.leaving import close_account, when_leaving
from score_web.accounts.services.links import end_links, make_link, use_link
from score_web.accounts.services.mandates import end_mandates, open_mandate
from score_web.accounts.services.memberships import end_membership, make_head
from score_web.accounts.services.oversight import link_to_hand_over, remove_factor, restore, suspend
from score_web.accounts.services.passwords import change_password, reset_password
from score_web.accounts.services.profile import ask_email_change, confirm_email, save_profile
from score_web.accounts.services.reading import mark_read
from score_web.accounts.services.registration import activate, ask_reset, register
from score_web.accounts.services.second_factor import (
    drop_factor,
    recovery_codes_left,
    renew_recovery_codes,
    secret_of,
    set_up,
    turn_off,
    use_code,
)
from score_web.accounts.services.sign_ins import end_sign_ins, note_day, person_by_password, renew_sign_in, sign_out, start_sign_in

__all__ = [
    "Bringing",
    "accept_invitation",
    "activate",
    "agree",
    "ask_email_change",
    "ask_reset",
    "bring",
    "change_institution",
    "change_password",
    "close_account",
    "confirm_email",
    "drop_factor",
    "end_links",
    "end_mandates",
    "end_membership",
    "end_sign_ins",
    "forget_old",
    "found_institution",
    "hash_password",
    "hasher",
    "invite",
    "join",
    "link_to_hand_over",
    "make_head",
    "make_link",
    "mark_read",
    "note_day",
    "notices",
    "open_mandate",
    "pack_all",
    "password_fits",
    "person_by_password",
    "recovery_codes_left",
    "register",
    "remove_factor",
    "renew_invitation",
    "renew_recovery_codes",
    "renew_sign_in",
    "reset_password",
    "restore",
    "save_profile",
    "secret_of",
    "set_up",
    "sign_out",
    "start_sign_in",
    "suspend",
    "turn_off",
    "use_code",
    "use_link",
    "when_leaving",
    "withdraw",
]
