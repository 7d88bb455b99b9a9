"""What becomes of every table when a person is erased. A new table is decided here before it is merged."""

DELETED = frozenset(
    (
        *("account", "account_move", "card_loan", "credential", "emergency_contact", "enrolment", "group_move_answer"),
        *("guardian_invite", "guardianship", "household", "household_account", "idempotency_key", "identity"),
        *("kiosk_member", "kiosk_member_former", "member", "member_disclosure", "member_merged"),
        *("member_qualification", "member_resemblance", "message"),
        *("notice_choice", "passkey", "passkey_challenge", "person_key", "phone_call", "point", "private_address"),
        *("protected_viewer", "sign_in", "sign_in_code", "sign_in_flow", "sign_in_link"),
    )
)
"""Rows about the person go."""
EMPTIED = {
    "door_flag": ("member", "detail"),
    "group_request": (*("account", "contact_name", "phone", "email", "note", "assistance", "staff_note", "called"),),
    "pass": ("member", "issued_by", "revoked_by", "revoked_reason"),
    "registration": ("member", "consented_by"),
    "reservation": (
        *("member", "assistance", "enrolment", "override_reason", "booked_by", "cancelled_by", "moved_from"),
    ),
    "scan": ("member", "pass_id", "answers"),
    "turn": ("member",),
    "visit": ("member", "reservation", "party", "grade"),
    "visit_correction": ("reason",),
}
"""Rows stay as nobody's, and these columns are empty."""
ONLY_IDS = frozenset(("audit_entry", "personal_data_view"))
"""Logs nobody may change: they hold an id that nobody has any more, and no resident's name."""
FORGOTTEN_SOON = frozenset(("attempt_window", "dead_address", "kpi_old_key", "kpi_upload", "member_import"))
"""Digests or sealed lists without a reference to a person, which go by themselves."""
OF_STAFF = frozenset(("api_token", "role_grant", "head_count", "roll_call", "roll_call_mark", "day_close"))
"""Who worked here, and what they counted or ticked: a tick belongs to a visit, which is nobody's."""
OF_GROUPS = frozenset(("group_arrival", "reservation_option", "draw_entry"))
"""Belongs to a scan or booking that is nobody's."""
OF_THE_HOUSE = frozenset(
    (
        *("body", "closing_now", "closing_rule", "closure", "consent_text", "draw", "eligibility", "facility"),
        *("facility_accessibility", "group_interim", "group_move", "group_room", "group_time", "installation"),
        *("job_run", "kiosk", "kiosk_facility", "kiosk_fault", "municipality", "opening_hours", "pairing_code"),
        *("pattern", "place", "point_rule", "program", "program_option", "publication", "qualification", "series"),
        *(
            "retention_term",
            "session",
            "session_option",
            "sign_in_provider",
            "signing_key",
            "space",
            "space_taken",
            "temporary_card",
        ),
        *("visit_change", "visit_change_kept", "use_day", "use_person"),
        *("weekly_group", "kpi_actual", "kpi_certification", "kpi_definition", "kpi_difference"),
        *("kpi_certified_rows", "kpi_key", "kpi_trusted_key"),
        *("kpi_figure", "kpi_import", "kpi_month", "kpi_parallel", "kpi_person", "kpi_population", "kpi_presence"),
        *("kpi_remark", "kpi_scope", "kpi_target", "record_text"),
    )
)
"""Says nothing about anybody; figures count by a random key that stays without an owner."""

MOVED_BY_MERGING = frozenset(
    (
        *("card_loan", "door_flag", "emergency_contact", "enrolment", "guardianship", "kiosk_member"),
        *(
            "kiosk_member_former",
            "member_merged",
            "member_qualification",
            "member_resemblance",
            "notice_choice",
            "pass",
        ),
        *("person_key", "point", "registration", "reservation", "scan", "turn", "visit"),
    )
)
"""When two records of one person become one, rows of the second become the first's, as far as it has none alike."""
DROPPED_BY_MERGING = frozenset(("guardian_invite", "member_disclosure", "protected_viewer"))
"""Rows of the second go: an invitation, a look at a protected member, who may see one."""
