"""Columns of the tables about people that say nothing about anybody: digests, keys of other tables, times of a machine.

Every other column is named by an item of the register of personal files (booking/personal_data/rules_record.py).
"""

_PLAIN = """
account_move: scope token_digest notice_until
audit_entry: subject_kind
card_loan: until_at
credential: secret last_counter
door_flag: facility kiosk
draw_entry: draw seats
group_arrival: request scan by_account made_at
group_move_answer: move
group_request: facility program dates pupils adults bus_count state created_at visit_on starts ends door_code decided_at
group_request: decided_by answered_at displaced_at
guardian_invite: token_digest by_desk expires_at
idempotency_key: actor idempotency_key request_digest status content created_at
kiosk_member: kiosk
kiosk_member_former: kiosk
member_qualification: granted_by
message: kind channel body_code priority state attempts created_at next_attempt_at send_until last_error dedup tried
pass: kid valid_from_at valid_until
passkey: credential_id public_key sign_count
passkey_challenge: challenge_digest device_digest created_at expires_at used_at
phone_call: body_code
point: body
private_address: token_digest created_at ended_at
roll_call_mark: roll_call kiosk nonce
scan: kiosk nonce seq scanned_at received_at clock_offset_ms kind heads offline told_verdict told_code is_repeat is_turn
scan: from_paper heads_of
sign_in: token_digest expires_at second_factor_at
sign_in_code: code_digest device_digest created_at expires_at wrong_count used_at
sign_in_flow: provider state_digest device_digest nonce_digest verifier next_path created_at expires_at used_at
sign_in_link: token_digest purpose created_at expires_at used_at
turn: scan
visit: heads entry_scan exit_scan created_at import_id
"""
PLAIN = frozenset(
    (table, column)
    for table, _, columns in (line.partition(": ") for line in _PLAIN.split("\n") if line)
    for column in columns.split()
)
"""`idempotency_key.content` is an answer given a moment ago, kept for a day so that a request sent twice acts once."""
