-- The schema as the migrations make it. Redraw: python -m tests.migrations.picture

create table "account" (
  "id" uuid not null,
  "kind" text not null,
  "email" text,
  "name" text not null,
  "language" text not null,
  "created_at" timestamp with time zone not null,
  "disabled_at" timestamp with time zone,
  constraint account_email_check CHECK (((email IS NULL) OR (email = lower(email)))),
  constraint account_kind_check CHECK ((kind = ANY (ARRAY['resident'::text, 'staff'::text, 'card'::text]))),
  constraint account_pkey PRIMARY KEY (id),
  constraint account_email_key UNIQUE (email)
);

create table "account_move" (
  "id" uuid not null,
  "account" uuid not null,
  "moved_at" timestamp with time zone not null,
  "moved_by" uuid not null,
  "paper" text not null,
  "scope" text,
  "token_digest" text not null,
  "notice_until" timestamp with time zone not null,
  "stopped_at" timestamp with time zone,
  constraint account_move_paper_check CHECK ((paper = ANY (ARRAY['driving-licence'::text, 'my-number-card'::text, 'residence-card'::text, 'passport'::text, 'other'::text]))),
  constraint account_move_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint account_move_pkey PRIMARY KEY (id),
  constraint account_move_token_digest_key UNIQUE (token_digest)
);
CREATE INDEX account_move_account ON account_move USING btree (account);

create table "api_token" (
  "id" uuid not null,
  "label" text not null,
  "token_digest" text not null,
  "role" text not null,
  "scope" text,
  "created_at" timestamp with time zone not null,
  "expires_at" timestamp with time zone,
  "revoked_at" timestamp with time zone,
  "seen_at" timestamp with time zone,
  constraint api_token_role_check CHECK ((role = ANY (ARRAY['resident'::text, 'front-desk'::text, 'facility-manager'::text, 'operator'::text, 'body-administrator'::text, 'auditor'::text, 'kiosk'::text]))),
  constraint api_token_pkey PRIMARY KEY (id),
  constraint api_token_token_digest_key UNIQUE (token_digest)
);

create table "attempt_window" (
  "id" uuid not null,
  "name" text not null,
  "started_at" timestamp with time zone not null,
  "attempts" integer not null default 0,
  constraint attempt_window_pkey PRIMARY KEY (id),
  constraint attempt_window_name_key UNIQUE (name)
);
CREATE INDEX attempt_window_started_at ON attempt_window USING btree (started_at);

create table "audit_entry" (
  "id" uuid not null,
  "occurred_at" timestamp with time zone not null,
  "actor_kind" text not null,
  "actor_id" uuid,
  "actor_name" text not null,
  "action" text not null,
  "subject_kind" text not null,
  "subject_id" uuid,
  "scope" text,
  "reason" text,
  "overridden" text[] not null default '{}'::text[],
  "detail" jsonb not null default '{}'::jsonb,
  constraint audit_entry_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_entry_action ON audit_entry USING btree (action);
CREATE INDEX audit_entry_actor_id ON audit_entry USING btree (actor_id);
CREATE INDEX audit_entry_occurred_at ON audit_entry USING btree (occurred_at);
CREATE INDEX audit_entry_subject_id ON audit_entry USING btree (subject_id);

create table "body" (
  "id" uuid not null,
  "code" text not null,
  "name" text not null,
  "sender_address" text,
  "sender_name" text,
  "phone" text,
  "names" jsonb not null default '{}'::jsonb,
  constraint body_pkey PRIMARY KEY (id),
  constraint body_code_key UNIQUE (code)
);

create table "card_loan" (
  "id" uuid not null,
  "card" uuid not null,
  "member" uuid not null,
  "lent_at" timestamp with time zone not null,
  "lent_by" uuid,
  "until_at" timestamp with time zone not null,
  "returned_at" timestamp with time zone,
  constraint card_loan_card_fkey FOREIGN KEY (card) REFERENCES temporary_card(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint card_loan_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint card_loan_pkey PRIMARY KEY (id)
);
CREATE INDEX card_loan_card ON card_loan USING btree (card);
CREATE UNIQUE INDEX card_loan_live_unique ON card_loan USING btree (card) WHERE (returned_at IS NULL);
CREATE INDEX card_loan_member ON card_loan USING btree (member);

create table "closing_now" (
  "id" uuid not null,
  "facility" uuid not null,
  "reason" text not null,
  "note" text,
  "closed_at" timestamp with time zone not null,
  "closed_by" uuid,
  "reopened_at" timestamp with time zone,
  "reopened_by" uuid,
  constraint closing_now_reason_check CHECK ((reason = ANY (ARRAY['weather'::text, 'fire-alarm'::text, 'earthquake'::text, 'power'::text, 'illness'::text, 'other'::text]))),
  constraint closing_now_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint closing_now_pkey PRIMARY KEY (id)
);
CREATE INDEX closing_now_facility ON closing_now USING btree (facility);
CREATE UNIQUE INDEX closing_now_open_unique ON closing_now USING btree (facility) WHERE (reopened_at IS NULL);

create table "closing_rule" (
  "id" uuid not null,
  "facility" uuid not null,
  "kind" text not null,
  "weekday" smallint,
  "week_of_month" smallint,
  "on_holiday" text,
  "days_after" smallint,
  "first_day" text,
  "last_day" text,
  "valid_from_on" date not null,
  "valid_until_on" date,
  "provisional" boolean not null default false,
  constraint closing_rule_after_check CHECK (((kind <> 'after-holiday'::text) OR ((days_after >= 1) AND (days_after <= 7)))),
  constraint closing_rule_kind_check CHECK ((kind = ANY (ARRAY['weekly'::text, 'holiday'::text, 'after-holiday'::text, 'yearly'::text]))),
  constraint closing_rule_on_holiday_check CHECK ((on_holiday = ANY (ARRAY['stay-closed'::text, 'open'::text, 'next-day'::text, 'next-weekday'::text]))),
  constraint closing_rule_weekly_check CHECK (((kind <> 'weekly'::text) OR (((weekday >= 1) AND (weekday <= 7)) AND (on_holiday IS NOT NULL)))),
  constraint closing_rule_yearly_check CHECK (((kind <> 'yearly'::text) OR ((first_day ~ '^[01][0-9]-[0-3][0-9]$'::text) AND (last_day ~ '^[01][0-9]-[0-3][0-9]$'::text)))),
  constraint closing_rule_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint closing_rule_pkey PRIMARY KEY (id)
);
CREATE INDEX closing_rule_facility ON closing_rule USING btree (facility);

create table "closure" (
  "id" uuid not null,
  "facility" uuid not null,
  "closed_on" date not null,
  "kind" text not null,
  "from_time" time without time zone,
  "until_time" time without time zone,
  "reason" text not null,
  "decided_by" uuid,
  "decided_at" timestamp with time zone not null,
  "revoked_at" timestamp with time zone,
  "reasons" jsonb not null default '{}'::jsonb,
  constraint closure_kind_check CHECK ((kind = ANY (ARRAY['closed'::text, 'open'::text]))),
  constraint closure_times_check CHECK ((((from_time IS NULL) = (until_time IS NULL)) AND ((from_time IS NULL) OR (from_time < until_time)))),
  constraint closure_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint closure_pkey PRIMARY KEY (id)
);
CREATE INDEX closure_closed_on ON closure USING btree (closed_on);
CREATE INDEX closure_facility ON closure USING btree (facility);
CREATE UNIQUE INDEX closure_live_unique ON closure USING btree (facility, closed_on) WHERE (revoked_at IS NULL);

create table "consent_text" (
  "id" uuid not null,
  "body" uuid not null,
  "version" integer not null,
  "valid_from_on" date not null,
  "guardian_below_years" smallint not null default 16,
  "text_ja" text not null,
  "translations" jsonb not null default '{}'::jsonb,
  "provisional" boolean not null default false,
  constraint consent_text_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint consent_text_pkey PRIMARY KEY (id),
  constraint consent_text_version_unique UNIQUE (body, version)
);
CREATE INDEX consent_text_body ON consent_text USING btree (body);

create table "credential" (
  "id" uuid not null,
  "account" uuid not null,
  "kind" text not null,
  "login_name" text,
  "secret" text not null,
  "failed_count" smallint not null default 0,
  "locked_at" timestamp with time zone,
  "last_counter" bigint,
  "created_at" timestamp with time zone not null,
  constraint credential_kind_check CHECK ((kind = ANY (ARRAY['pin'::text, 'totp'::text]))),
  constraint credential_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint credential_pkey PRIMARY KEY (id),
  constraint credential_account_kind_unique UNIQUE (account, kind),
  constraint credential_login_name_key UNIQUE (login_name)
);
CREATE INDEX credential_account ON credential USING btree (account);

create table "day_close" (
  "id" uuid not null,
  "facility" uuid not null,
  "closed_on" date not null,
  "figures" jsonb not null default '{}'::jsonb,
  "coverage_permille" integer,
  "reason" text,
  "note" text,
  "signed_by" uuid not null,
  "signed_by_name" text not null,
  "signed_at" timestamp with time zone not null,
  constraint day_close_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint day_close_pkey PRIMARY KEY (id),
  constraint day_close_day_unique UNIQUE (facility, closed_on)
);
CREATE INDEX day_close_facility ON day_close USING btree (facility);

create table "dead_address" (
  "id" uuid not null,
  "channel" text not null,
  "address_digest" text not null,
  "reason" text not null,
  "since_at" timestamp with time zone not null,
  "ended_at" timestamp with time zone,
  constraint dead_address_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'line'::text]))),
  constraint dead_address_pkey PRIMARY KEY (id),
  constraint dead_address_unique UNIQUE (channel, address_digest)
);

create table "door_flag" (
  "id" uuid not null,
  "code" text not null,
  "facility" uuid,
  "kiosk" uuid,
  "member" uuid,
  "scan" uuid,
  "visit" uuid,
  "raised_at" timestamp with time zone not null,
  "detail" jsonb not null default '{}'::jsonb,
  "resolved_at" timestamp with time zone,
  "resolved_by" uuid,
  constraint door_flag_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint door_flag_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES kiosk(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint door_flag_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint door_flag_scan_fkey FOREIGN KEY (scan) REFERENCES scan(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint door_flag_visit_fkey FOREIGN KEY (visit) REFERENCES visit(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint door_flag_pkey PRIMARY KEY (id)
);
CREATE INDEX door_flag_facility ON door_flag USING btree (facility);
CREATE INDEX door_flag_kiosk ON door_flag USING btree (kiosk);
CREATE INDEX door_flag_member ON door_flag USING btree (member);
CREATE INDEX door_flag_open ON door_flag USING btree (facility, raised_at) WHERE (resolved_at IS NULL);
CREATE INDEX door_flag_raised_at ON door_flag USING btree (raised_at);
CREATE INDEX door_flag_scan ON door_flag USING btree (scan);
CREATE INDEX door_flag_visit ON door_flag USING btree (visit);

create table "draw" (
  "id" uuid not null,
  "session" uuid not null,
  "secret" text not null,
  "commitment" text not null,
  "public_name" text not null,
  "public_on" date not null,
  "public_number" text,
  "confirm_hours" smallint not null default 72,
  "opened_at" timestamp with time zone not null,
  "closed_at" timestamp with time zone,
  "list_digest" text,
  "drawn_at" timestamp with time zone,
  "drawn_by" uuid,
  "seats" smallint,
  "public_names" jsonb not null default '{}'::jsonb,
  constraint draw_session_fkey FOREIGN KEY (session) REFERENCES session(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint draw_pkey PRIMARY KEY (id),
  constraint draw_session_unique UNIQUE (session)
);

create table "draw_entry" (
  "id" uuid not null,
  "draw" uuid not null,
  "number" integer not null,
  "reservation" uuid not null,
  "rank" integer,
  "outcome" text,
  "seats" smallint not null default 1,
  constraint draw_entry_outcome_check CHECK ((outcome = ANY (ARRAY['won'::text, 'waiting'::text]))),
  constraint draw_entry_draw_fkey FOREIGN KEY (draw) REFERENCES draw(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint draw_entry_reservation_fkey FOREIGN KEY (reservation) REFERENCES reservation(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint draw_entry_pkey PRIMARY KEY (id),
  constraint draw_entry_number_unique UNIQUE (draw, number)
);
CREATE INDEX draw_entry_reservation ON draw_entry USING btree (reservation);

create table "eligibility" (
  "id" uuid not null,
  "program" uuid not null,
  "valid_from_on" date not null,
  "valid_until_on" date,
  "min_grade" smallint,
  "max_grade" smallint,
  "adults" boolean not null default false,
  "max_age" smallint,
  "min_age" smallint,
  "qualification" uuid,
  constraint eligibility_ages_check CHECK ((((min_age IS NULL) OR ((min_age >= 0) AND (min_age <= 120))) AND ((max_age IS NULL) OR ((max_age >= COALESCE((min_age)::integer, 0)) AND (max_age <= 120))))),
  constraint eligibility_grades_check CHECK ((((min_grade IS NULL) = (max_grade IS NULL)) AND ((min_grade IS NULL) OR (((min_grade >= 1) AND (min_grade <= 12)) AND ((max_grade >= min_grade) AND (max_grade <= 12)))))),
  constraint eligibility_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint eligibility_qualification_fkey FOREIGN KEY (qualification) REFERENCES qualification(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint eligibility_pkey PRIMARY KEY (id),
  constraint eligibility_start_unique UNIQUE (program, valid_from_on)
);
CREATE INDEX eligibility_program ON eligibility USING btree (program);
CREATE INDEX eligibility_qualification ON eligibility USING btree (qualification);

create table "emergency_contact" (
  "id" uuid not null,
  "member" uuid not null,
  "name" text not null,
  "relation" text not null,
  "phone" text not null,
  "rank" smallint not null default 1,
  constraint emergency_contact_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint emergency_contact_pkey PRIMARY KEY (id)
);
CREATE INDEX emergency_contact_member ON emergency_contact USING btree (member);

create table "enrolment" (
  "id" uuid not null,
  "group" uuid not null,
  "member" uuid not null,
  "state" text not null,
  "other_times" jsonb not null default '{}'::jsonb,
  "enrolled_at" timestamp with time zone not null,
  "enrolled_by_kind" text not null,
  "enrolled_by" uuid,
  "overridden" text[] not null default '{}'::text[],
  "override_reason" text,
  "ended_at" timestamp with time zone,
  "ended_by" uuid,
  constraint enrolment_state_check CHECK ((state = ANY (ARRAY['enrolled'::text, 'waiting'::text, 'left'::text, 'moved'::text, 'ended'::text]))),
  constraint enrolment_group_fkey FOREIGN KEY ("group") REFERENCES weekly_group(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint enrolment_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint enrolment_pkey PRIMARY KEY (id)
);
CREATE INDEX enrolment_group ON enrolment USING btree ("group");
CREATE UNIQUE INDEX enrolment_live_unique ON enrolment USING btree ("group", member) WHERE (state = ANY (ARRAY['enrolled'::text, 'waiting'::text]));
CREATE INDEX enrolment_member ON enrolment USING btree (member);

create table "facility" (
  "id" uuid not null,
  "code" text not null,
  "name" text not null,
  "kind" text not null,
  "brand" text not null,
  "body" uuid not null,
  "place" uuid not null,
  "municipality" uuid not null,
  "address" text not null,
  "phone" text,
  "opened_on" date not null,
  "capacity" integer not null,
  "source" text not null,
  "provisional" text[] not null default '{}'::text[],
  "entry_opens_minutes" smallint not null default 30,
  "late_minutes" smallint not null default 15,
  "no_show_minutes" smallint not null default 20,
  "shows_names" boolean not null default true,
  "closed_now_at" timestamp with time zone,
  "ended_on" date,
  "closed_now_reason" text,
  "desk_email" text,
  "gives_turns" boolean not null default true,
  "addresses" jsonb not null default '{}'::jsonb,
  "names" jsonb not null default '{}'::jsonb,
  "busy_percent" smallint not null default 60,
  "full_percent" smallint not null default 100,
  constraint facility_brand_check CHECK ((brand = ANY (ARRAY['tumo'::text, 'tsukurun'::text]))),
  constraint facility_capacity_check CHECK ((capacity > 0)),
  constraint facility_closed_now_reason_check CHECK ((closed_now_reason = ANY (ARRAY['weather'::text, 'fire-alarm'::text, 'earthquake'::text, 'power'::text, 'illness'::text, 'other'::text]))),
  constraint facility_kind_check CHECK ((kind = ANY (ARRAY['hub'::text, 'satellite'::text]))),
  constraint facility_levels_check CHECK (((0 < busy_percent) AND (busy_percent < full_percent) AND (full_percent <= 100))),
  constraint facility_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint facility_municipality_fkey FOREIGN KEY (municipality) REFERENCES municipality(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint facility_place_fkey FOREIGN KEY (place) REFERENCES place(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint facility_pkey PRIMARY KEY (id),
  constraint facility_code_key UNIQUE (code)
);
CREATE INDEX facility_body ON facility USING btree (body);
CREATE INDEX facility_municipality ON facility USING btree (municipality);
CREATE INDEX facility_place ON facility USING btree (place);

create table "facility_accessibility" (
  "id" uuid not null,
  "facility" uuid not null,
  "item" text not null,
  "presence" smallint not null default 9,
  "note" text,
  "changed_by" uuid,
  "changed_at" timestamp with time zone not null,
  "notes" jsonb not null default '{}'::jsonb,
  constraint facility_accessibility_item_check CHECK ((item = ANY (ARRAY['wheelchair'::text, 'wheelchair-loan'::text, 'cane-loan'::text, 'accessible-toilet'::text, 'ramp-lift'::text, 'tactile-paving'::text, 'braille-reading'::text, 'assistance-dogs'::text, 'captions'::text, 'writing'::text, 'priority-parking'::text, 'ostomate-toilet'::text, 'nursing-room'::text, 'nappy-changing'::text, 'eating'::text, 'pushchair-loan'::text, 'pushchair'::text]))),
  constraint facility_accessibility_presence_check CHECK ((presence = ANY (ARRAY[0, 1, 2, 9]))),
  constraint facility_accessibility_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint facility_accessibility_pkey PRIMARY KEY (id),
  constraint facility_accessibility_unique UNIQUE (facility, item)
);

create table "group_arrival" (
  "id" uuid not null,
  "request" uuid not null,
  "scan" uuid not null,
  "members" smallint not null default 0,
  "by_account" uuid,
  "made_at" timestamp with time zone not null,
  constraint group_arrival_members_check CHECK ((members >= 0)),
  constraint group_arrival_request_fkey FOREIGN KEY (request) REFERENCES group_request(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_arrival_scan_fkey FOREIGN KEY (scan) REFERENCES scan(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_arrival_pkey PRIMARY KEY (id),
  constraint group_arrival_scan_unique UNIQUE (scan)
);
CREATE INDEX group_arrival_request ON group_arrival USING btree (request);

create table "group_interim" (
  "id" uuid not null,
  "group" uuid not null,
  "session" uuid not null,
  constraint group_interim_group_fkey FOREIGN KEY ("group") REFERENCES weekly_group(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_interim_session_fkey FOREIGN KEY (session) REFERENCES session(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_interim_pkey PRIMARY KEY (id),
  constraint group_interim_pair_unique UNIQUE ("group", session)
);
CREATE INDEX group_interim_group ON group_interim USING btree ("group");
CREATE INDEX group_interim_session ON group_interim USING btree (session);

create table "group_move" (
  "id" uuid not null,
  "group" uuid not null,
  "kind" text not null,
  "to_group" uuid,
  "times" jsonb not null default '{}'::jsonb,
  "from_on" date,
  "note" text not null,
  "state" text not null,
  "asked_at" timestamp with time zone not null,
  "asked_by" uuid,
  "answer_until" timestamp with time zone not null,
  "settled_at" timestamp with time zone,
  "settled_by" uuid,
  "notes" jsonb not null default '{}'::jsonb,
  constraint group_move_kind_check CHECK ((kind = ANY (ARRAY['other-group'::text, 'other-time'::text]))),
  constraint group_move_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'done'::text, 'withdrawn'::text]))),
  constraint group_move_group_fkey FOREIGN KEY ("group") REFERENCES weekly_group(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_move_to_group_fkey FOREIGN KEY (to_group) REFERENCES weekly_group(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_move_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX group_move_asked_unique ON group_move USING btree ("group") WHERE (state = 'asked'::text);
CREATE INDEX group_move_group ON group_move USING btree ("group");
CREATE INDEX group_move_to_group ON group_move USING btree (to_group);

create table "group_move_answer" (
  "id" uuid not null,
  "move" uuid not null,
  "enrolment" uuid not null,
  "is_yes" boolean,
  "answered_at" timestamp with time zone,
  "answered_by" uuid,
  constraint group_move_answer_enrolment_fkey FOREIGN KEY (enrolment) REFERENCES enrolment(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_move_answer_move_fkey FOREIGN KEY (move) REFERENCES group_move(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_move_answer_pkey PRIMARY KEY (id),
  constraint group_move_answer_pair_unique UNIQUE (move, enrolment)
);
CREATE INDEX group_move_answer_enrolment ON group_move_answer USING btree (enrolment);

create table "group_request" (
  "id" uuid not null,
  "facility" uuid not null,
  "program" uuid,
  "account" uuid,
  "organisation" text not null,
  "contact_name" text not null,
  "email" text,
  "phone" text not null,
  "language" text not null,
  "dates" jsonb not null default '{}'::jsonb,
  "pupils" jsonb not null default '{}'::jsonb,
  "adults" smallint not null default 0,
  "wheelchairs" smallint not null default 0,
  "assistance" text not null,
  "bus_count" smallint not null default 0,
  "note" text not null,
  "state" text not null,
  "created_at" timestamp with time zone not null,
  "visit_on" date,
  "starts" time without time zone,
  "ends" time without time zone,
  "staff_note" text not null,
  "door_code" text,
  "decided_at" timestamp with time zone,
  "decided_by" uuid,
  "answered_at" timestamp with time zone,
  "called" text,
  "displaced_at" timestamp with time zone,
  constraint group_request_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'countered'::text, 'approved'::text, 'displaced'::text, 'declined'::text, 'expired'::text, 'withdrawn'::text]))),
  constraint group_request_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_request_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_request_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_request_pkey PRIMARY KEY (id)
);
CREATE INDEX group_request_account ON group_request USING btree (account);
CREATE UNIQUE INDEX group_request_code_unique ON group_request USING btree (facility, visit_on, door_code) WHERE (state = 'approved'::text);
CREATE INDEX group_request_displaced ON group_request USING btree (facility, displaced_at) WHERE (displaced_at IS NOT NULL);
CREATE INDEX group_request_facility ON group_request USING btree (facility);
CREATE INDEX group_request_program ON group_request USING btree (program);

create table "group_room" (
  "id" uuid not null,
  "request" uuid not null,
  "space" uuid not null,
  "heads" smallint not null,
  "starts_at" timestamp with time zone not null,
  "ends_at" timestamp with time zone not null,
  constraint group_room_heads_check CHECK ((heads > 0)),
  constraint group_room_request_fkey FOREIGN KEY (request) REFERENCES group_request(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_room_space_fkey FOREIGN KEY (space) REFERENCES space(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_room_pkey PRIMARY KEY (id)
);
CREATE INDEX group_room_request ON group_room USING btree (request);
CREATE INDEX group_room_space ON group_room USING btree (space);

create table "group_time" (
  "id" uuid not null,
  "group" uuid not null,
  "weekday" smallint not null,
  "starts" time without time zone not null,
  "ends" time without time zone not null,
  "valid_from_on" date not null,
  "valid_until_on" date,
  constraint group_time_order_check CHECK ((starts < ends)),
  constraint group_time_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7))),
  constraint group_time_group_fkey FOREIGN KEY ("group") REFERENCES weekly_group(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint group_time_pkey PRIMARY KEY (id)
);
CREATE INDEX group_time_group ON group_time USING btree ("group");

create table "guardian_invite" (
  "id" uuid not null,
  "member" uuid not null,
  "token_digest" text not null,
  "relation" text not null,
  "may_consent" boolean not null default false,
  "may_book" boolean not null default false,
  "is_told" boolean not null default false,
  "by_desk" boolean not null default false,
  "made_by" uuid not null,
  "made_at" timestamp with time zone not null,
  "expires_at" timestamp with time zone not null,
  "used_at" timestamp with time zone,
  "used_by" uuid,
  constraint guardian_invite_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint guardian_invite_pkey PRIMARY KEY (id),
  constraint guardian_invite_token_digest_key UNIQUE (token_digest)
);
CREATE INDEX guardian_invite_member ON guardian_invite USING btree (member);

create table "guardianship" (
  "id" uuid not null,
  "member" uuid not null,
  "account" uuid not null,
  "relation" text not null,
  "may_consent" boolean not null default true,
  "may_book" boolean not null default true,
  "is_told" boolean not null default true,
  "state" text not null,
  "created_at" timestamp with time zone not null,
  "confirmed_at" timestamp with time zone,
  "confirmed_by" uuid,
  "ended_at" timestamp with time zone,
  constraint guardianship_state_check CHECK ((state = ANY (ARRAY['claimed'::text, 'confirmed'::text]))),
  constraint guardianship_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint guardianship_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint guardianship_pkey PRIMARY KEY (id),
  constraint guardianship_pair_unique UNIQUE (member, account)
);
CREATE INDEX guardianship_account ON guardianship USING btree (account);
CREATE INDEX guardianship_member ON guardianship USING btree (member);
CREATE UNIQUE INDEX guardianship_self_unique ON guardianship USING btree (account) WHERE ((relation = 'self'::text) AND (ended_at IS NULL));

create table "head_count" (
  "id" uuid not null,
  "facility" uuid not null,
  "counted_on" date not null,
  "counted_at" timestamp with time zone not null,
  "heads" integer not null,
  "inside" integer not null,
  "by_account" uuid,
  "made_at" timestamp with time zone not null,
  constraint head_count_heads_check CHECK (((heads >= 0) AND (inside >= 0))),
  constraint head_count_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint head_count_pkey PRIMARY KEY (id)
);
CREATE INDEX head_count_day ON head_count USING btree (facility, counted_on);
CREATE INDEX head_count_facility ON head_count USING btree (facility);

create table "household" (
  "id" uuid not null,
  "phone" text not null,
  "preferred" text not null,
  "language" text not null,
  "created_at" timestamp with time zone not null,
  constraint household_preferred_check CHECK ((preferred = ANY (ARRAY['mail'::text, 'line'::text, 'phone'::text, 'letter'::text]))),
  constraint household_pkey PRIMARY KEY (id)
);

create table "household_account" (
  "id" uuid not null,
  "household" uuid not null,
  "account" uuid not null,
  "role" text not null,
  "since_at" timestamp with time zone not null,
  "ended_at" timestamp with time zone,
  constraint household_account_role_check CHECK ((role = ANY (ARRAY['guardian'::text, 'self'::text]))),
  constraint household_account_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint household_account_household_fkey FOREIGN KEY (household) REFERENCES household(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint household_account_pkey PRIMARY KEY (id),
  constraint household_account_pair_unique UNIQUE (household, account)
);
CREATE INDEX household_account_account ON household_account USING btree (account);
CREATE INDEX household_account_household ON household_account USING btree (household);
CREATE UNIQUE INDEX household_account_live_unique ON household_account USING btree (account) WHERE (ended_at IS NULL);

create table "idempotency_key" (
  "id" uuid not null,
  "actor" text not null,
  "idempotency_key" text not null,
  "request_digest" text not null,
  "status" smallint not null,
  "content" text not null,
  "created_at" timestamp with time zone not null,
  constraint idempotency_key_pkey PRIMARY KEY (id),
  constraint idempotency_key_actor_unique UNIQUE (actor, idempotency_key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key USING btree (created_at);

create table "identity" (
  "id" uuid not null,
  "account" uuid not null,
  "provider" uuid not null,
  "issuer" text not null,
  "subject" text not null,
  "linked_at" timestamp with time zone not null,
  "used_at" timestamp with time zone,
  constraint identity_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint identity_provider_fkey FOREIGN KEY (provider) REFERENCES sign_in_provider(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint identity_pkey PRIMARY KEY (id),
  constraint identity_subject_unique UNIQUE (issuer, subject)
);
CREATE INDEX identity_account ON identity USING btree (account);
CREATE INDEX identity_provider ON identity USING btree (provider);

create table "installation" (
  "id" smallint not null,
  "kind" text not null,
  "born_at" timestamp with time zone not null,
  constraint installation_kind_check CHECK ((kind = ANY (ARRAY['real'::text, 'demo'::text]))),
  constraint installation_single_check CHECK ((id = 1)),
  constraint installation_pkey PRIMARY KEY (id)
);

create table "job_run" (
  "id" uuid not null,
  "name" text not null,
  "due_at" timestamp with time zone not null,
  "state" text not null,
  "started_at" timestamp with time zone not null,
  "finished_at" timestamp with time zone,
  "done_count" integer,
  "error" text,
  "runner" text not null,
  constraint job_run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text, 'abandoned'::text]))),
  constraint job_run_pkey PRIMARY KEY (id),
  constraint job_run_name_due_at_unique UNIQUE (name, due_at)
);
CREATE INDEX job_run_started_at ON job_run USING btree (started_at);

create table "kiosk" (
  "id" uuid not null,
  "name" text not null,
  "token_digest" text,
  "direction" text not null,
  "verdict_seconds" smallint not null default 4,
  "language" text not null,
  "created_at" timestamp with time zone not null,
  "paired_at" timestamp with time zone,
  "revoked_at" timestamp with time zone,
  "seen_at" timestamp with time zone,
  "app_version" text,
  "queue_length" integer,
  "clock_offset_ms" bigint,
  "storage_persisted" boolean not null default false,
  "report" jsonb not null default '{}'::jsonb,
  "last_seq" bigint not null default 0,
  "staff_pin_salt" text,
  "staff_pin_sealed" text,
  constraint kiosk_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'auto'::text]))),
  constraint kiosk_pkey PRIMARY KEY (id),
  constraint kiosk_token_digest_key UNIQUE (token_digest)
);

create table "kiosk_facility" (
  "id" uuid not null,
  "kiosk" uuid not null,
  "facility" uuid not null,
  constraint kiosk_facility_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kiosk_facility_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES kiosk(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kiosk_facility_pkey PRIMARY KEY (id),
  constraint kiosk_facility_pair_unique UNIQUE (kiosk, facility)
);
CREATE INDEX kiosk_facility_facility ON kiosk_facility USING btree (facility);
CREATE INDEX kiosk_facility_kiosk ON kiosk_facility USING btree (kiosk);

create table "kiosk_fault" (
  "id" uuid not null,
  "kiosk" uuid not null,
  "code" text not null,
  "began_at" timestamp with time zone not null,
  "ended_at" timestamp with time zone,
  "detail" jsonb not null default '{}'::jsonb,
  constraint kiosk_fault_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES kiosk(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kiosk_fault_pkey PRIMARY KEY (id)
);
CREATE INDEX kiosk_fault_kiosk ON kiosk_fault USING btree (kiosk);
CREATE UNIQUE INDEX kiosk_fault_open_unique ON kiosk_fault USING btree (kiosk, code) WHERE (ended_at IS NULL);

create table "kiosk_member" (
  "id" uuid not null,
  "kiosk" uuid not null,
  "member" uuid not null,
  "member_key" uuid not null,
  constraint kiosk_member_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES kiosk(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kiosk_member_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kiosk_member_pkey PRIMARY KEY (id),
  constraint kiosk_member_key_unique UNIQUE (member_key),
  constraint kiosk_member_pair_unique UNIQUE (kiosk, member)
);
CREATE INDEX kiosk_member_kiosk ON kiosk_member USING btree (kiosk);
CREATE INDEX kiosk_member_member ON kiosk_member USING btree (member);

create table "kiosk_member_former" (
  "id" uuid not null,
  "kiosk" uuid not null,
  "member" uuid not null,
  "member_key" uuid not null,
  constraint kiosk_member_former_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES kiosk(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kiosk_member_former_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kiosk_member_former_pkey PRIMARY KEY (id),
  constraint kiosk_member_former_key_unique UNIQUE (member_key)
);
CREATE INDEX kiosk_member_former_kiosk ON kiosk_member_former USING btree (kiosk);
CREATE INDEX kiosk_member_former_member ON kiosk_member_former USING btree (member);

create table "kpi_actual" (
  "id" uuid not null,
  "kpi" smallint not null,
  "fiscal_year" smallint not null,
  "value" integer not null,
  "as_of_on" date not null,
  "source" text not null,
  "author" text not null,
  "made_at" timestamp with time zone not null,
  constraint kpi_actual_kpi_check CHECK (((kpi >= 1) AND (kpi <= 3))),
  constraint kpi_actual_pkey PRIMARY KEY (id)
);

create table "kpi_certification" (
  "id" uuid not null,
  "period" text not null,
  "starts_on" date not null,
  "until_on" date not null,
  "body" text not null default ''::text,
  "definition" jsonb not null default '{}'::jsonb,
  "value" bigint not null,
  "figures" jsonb not null default '{}'::jsonb,
  "days" jsonb not null default '{}'::jsonb,
  "row_count" bigint not null,
  "digest" text not null,
  "certified_by" uuid,
  "certified_by_name" text not null,
  "office" text not null,
  "note" text,
  "certified_at" timestamp with time zone not null,
  "origin" text,
  "signature" text,
  constraint kpi_certification_period_check CHECK ((period = ANY (ARRAY['month'::text, 'year'::text]))),
  constraint kpi_certification_pkey PRIMARY KEY (id),
  constraint kpi_certification_period_unique UNIQUE (period, starts_on, body)
);
CREATE INDEX kpi_certification_starts_on ON kpi_certification USING btree (starts_on);

create table "kpi_certified_rows" (
  "id" uuid not null,
  "certification" uuid not null,
  "part" text not null,
  "position" integer not null,
  "lines" bytea not null,
  constraint kpi_certified_rows_part_check CHECK ((part = ANY (ARRAY['visits'::text, 'imports'::text]))),
  constraint kpi_certified_rows_certification_fkey FOREIGN KEY (certification) REFERENCES kpi_certification(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_certified_rows_pkey PRIMARY KEY (id),
  constraint kpi_certified_rows_position_unique UNIQUE (certification, part, "position")
);

create table "kpi_definition" (
  "id" uuid not null,
  "code" text not null,
  "name" text not null,
  "scope" text not null,
  "unit" text not null,
  "is_reported" boolean not null default false,
  "status" text not null,
  "confirmed_by" text,
  "confirmed_office" text,
  "document" text,
  "confirmed_at" timestamp with time zone,
  "valid_from_on" date not null,
  "author" text,
  "counts_groups" boolean not null default true,
  "counts_imports" boolean not null default true,
  "counts_staff_entries" boolean not null default true,
  "counts_trials" boolean not null default true,
  "made_at" timestamp with time zone,
  "min_stay_minutes" integer not null default 0,
  "places" text not null default 'each'::text,
  "reason" text,
  "names" jsonb not null default '{}'::jsonb,
  constraint kpi_definition_confirmed_check CHECK (((status = 'assumed'::text) OR ((confirmed_by IS NOT NULL) AND (confirmed_office IS NOT NULL) AND (document IS NOT NULL)))),
  constraint kpi_definition_places_check CHECK ((places = ANY (ARRAY['each'::text, 'once'::text]))),
  constraint kpi_definition_status_check CHECK ((status = ANY (ARRAY['assumed'::text, 'confirmed'::text]))),
  constraint kpi_definition_stay_check CHECK ((min_stay_minutes >= 0)),
  constraint kpi_definition_unit_check CHECK ((unit = ANY (ARRAY['person_sessions'::text, 'person_days'::text, 'people'::text]))),
  constraint kpi_definition_pkey PRIMARY KEY (id),
  constraint kpi_definition_code_key UNIQUE (code)
);
CREATE UNIQUE INDEX kpi_definition_reported_one ON kpi_definition USING btree (is_reported) WHERE is_reported;

create table "kpi_difference" (
  "id" uuid not null,
  "certification" uuid not null,
  "facility" uuid,
  "counted_on" date,
  "was" bigint not null,
  "now" bigint not null,
  "reason" text not null,
  "found_at" timestamp with time zone not null,
  constraint kpi_difference_where_check CHECK (((facility IS NULL) = (counted_on IS NULL))),
  constraint kpi_difference_certification_fkey FOREIGN KEY (certification) REFERENCES kpi_certification(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_difference_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_difference_pkey PRIMARY KEY (id)
);
CREATE INDEX kpi_difference_certification ON kpi_difference USING btree (certification);
CREATE INDEX kpi_difference_facility ON kpi_difference USING btree (facility);

create table "kpi_figure" (
  "id" uuid not null,
  "facility" uuid not null,
  "counted_on" date not null,
  "scope" text not null,
  "dimension" text not null,
  "value" text not null,
  "person_days" bigint not null,
  "person_sessions" bigint not null,
  constraint kpi_figure_dimension_check CHECK ((dimension = ANY (ARRAY['all'::text, 'program'::text, 'municipality'::text, 'school-stage'::text, 'entered-by'::text, 'closed-by'::text, 'nameless'::text]))),
  constraint kpi_figure_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_figure_pkey PRIMARY KEY (id),
  constraint kpi_figure_cell_unique UNIQUE (facility, counted_on, scope, dimension, value)
);
CREATE INDEX kpi_figure_counted_on ON kpi_figure USING btree (counted_on);
CREATE INDEX kpi_figure_facility ON kpi_figure USING btree (facility);

create table "kpi_import" (
  "id" uuid not null,
  "facility" uuid not null,
  "month_on" date not null,
  "person_days" bigint not null,
  "person_sessions" bigint,
  "method" text not null,
  "document" text not null,
  "imported_by" uuid,
  "author" text not null,
  "imported_at" timestamp with time zone not null,
  "replaced_at" timestamp with time zone,
  "upload" uuid,
  constraint kpi_import_number_check CHECK (((person_days >= 0) AND (person_sessions >= 0))),
  constraint kpi_import_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_import_upload_fkey FOREIGN KEY (upload) REFERENCES kpi_upload(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_import_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX kpi_import_current_unique ON kpi_import USING btree (facility, month_on) WHERE (replaced_at IS NULL);
CREATE INDEX kpi_import_facility ON kpi_import USING btree (facility);
CREATE INDEX kpi_import_upload ON kpi_import USING btree (upload);

create table "kpi_key" (
  "id" smallint not null,
  "public_key" text not null,
  "sealed_private_key" text not null,
  "made_at" timestamp with time zone not null,
  constraint kpi_key_single_check CHECK ((id = 1)),
  constraint kpi_key_pkey PRIMARY KEY (id)
);

create table "kpi_month" (
  "id" uuid not null,
  "facility" uuid not null,
  "month_on" date not null,
  "scope" text not null,
  "dimension" text not null,
  "value" text not null,
  "person_days" bigint not null,
  "person_sessions" bigint not null,
  constraint kpi_month_dimension_check CHECK ((dimension = ANY (ARRAY['all'::text, 'program'::text, 'municipality'::text, 'school-stage'::text, 'entered-by'::text, 'closed-by'::text, 'nameless'::text]))),
  constraint kpi_month_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_month_pkey PRIMARY KEY (id),
  constraint kpi_month_cell_unique UNIQUE (facility, month_on, scope, dimension, value)
);
CREATE INDEX kpi_month_facility ON kpi_month USING btree (facility);
CREATE INDEX kpi_month_month_on ON kpi_month USING btree (month_on);

create table "kpi_old_key" (
  "id" uuid not null,
  "body" uuid not null,
  "fiscal_year" smallint not null,
  "digest" text not null,
  "person_key" uuid not null,
  constraint kpi_old_key_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_old_key_pkey PRIMARY KEY (id),
  constraint kpi_old_key_digest_unique UNIQUE (body, fiscal_year, digest)
);
CREATE INDEX kpi_old_key_body ON kpi_old_key USING btree (body);

create table "kpi_parallel" (
  "id" uuid not null,
  "facility" uuid not null,
  "counted_on" date not null,
  "users" integer not null,
  "author" text not null,
  "made_at" timestamp with time zone not null,
  constraint kpi_parallel_users_check CHECK ((users >= 0)),
  constraint kpi_parallel_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_parallel_pkey PRIMARY KEY (id),
  constraint kpi_parallel_day_unique UNIQUE (facility, counted_on)
);
CREATE INDEX kpi_parallel_facility ON kpi_parallel USING btree (facility);

create table "kpi_person" (
  "id" uuid not null,
  "fiscal_year" smallint not null,
  "person_key" uuid not null,
  "scope" text not null,
  "facility_days" integer not null,
  "body" text not null default ''::text,
  constraint kpi_person_pkey PRIMARY KEY (id),
  constraint kpi_person_body_unique UNIQUE (fiscal_year, scope, body, person_key)
);

create table "kpi_population" (
  "id" uuid not null,
  "municipality" text not null,
  "as_of_on" date not null,
  "people" integer not null,
  "source" text not null,
  "author" text not null,
  "made_at" timestamp with time zone not null,
  constraint kpi_population_people_check CHECK ((people >= 0)),
  constraint kpi_population_pkey PRIMARY KEY (id),
  constraint kpi_population_day_unique UNIQUE (municipality, as_of_on)
);

create table "kpi_presence" (
  "id" uuid not null,
  "facility" uuid not null,
  "counted_on" date not null,
  "scope" text not null,
  "person_keys" uuid[] not null default '{}'::uuid[],
  constraint kpi_presence_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_presence_pkey PRIMARY KEY (id),
  constraint kpi_presence_day_unique UNIQUE (facility, counted_on, scope)
);
CREATE INDEX kpi_presence_facility ON kpi_presence USING btree (facility);

create table "kpi_remark" (
  "id" uuid not null,
  "fiscal_year" smallint not null,
  "body" text not null default ''::text,
  "factors" text not null,
  "issues" text not null,
  "next_steps" text not null,
  "author" text not null,
  "made_at" timestamp with time zone not null,
  constraint kpi_remark_pkey PRIMARY KEY (id)
);

create table "kpi_scope" (
  "id" uuid not null,
  "code" text not null,
  "name" text not null,
  "names" jsonb not null default '{}'::jsonb,
  "brand" text,
  "facilities" text[] not null default '{}'::text[],
  "programs" text[] not null default '{}'::text[],
  "position" smallint not null,
  "author" text,
  "made_at" timestamp with time zone not null,
  constraint kpi_scope_pkey PRIMARY KEY (id),
  constraint kpi_scope_code_key UNIQUE (code)
);

create table "kpi_target" (
  "id" uuid not null,
  "kpi" smallint not null,
  "name" text not null,
  "unit" text not null,
  "fiscal_year" smallint not null,
  "target" integer not null,
  constraint kpi_target_pkey PRIMARY KEY (id),
  constraint kpi_target_year_unique UNIQUE (kpi, fiscal_year)
);

create table "kpi_trusted_key" (
  "id" uuid not null,
  "body" text not null,
  "public_key" text not null,
  "name" text not null,
  "document" text not null,
  "trusted_by_name" text not null,
  "trusted_at" timestamp with time zone not null,
  "revoked_by_name" text,
  "revoked_at" timestamp with time zone,
  constraint kpi_trusted_key_pkey PRIMARY KEY (id)
);

create table "kpi_upload" (
  "id" uuid not null,
  "body" uuid not null,
  "kind" text not null,
  "digest" text not null,
  "content" text,
  "report" jsonb not null default '{}'::jsonb,
  "method" text not null,
  "document" text not null,
  "author" text not null,
  "uploaded_by" uuid,
  "uploaded_at" timestamp with time zone not null,
  "committed_at" timestamp with time zone,
  "taken_back_at" timestamp with time zone,
  constraint kpi_upload_kind_check CHECK ((kind = ANY (ARRAY['totals'::text, 'visits'::text, 'populations'::text]))),
  constraint kpi_upload_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint kpi_upload_pkey PRIMARY KEY (id)
);
CREATE INDEX kpi_upload_body ON kpi_upload USING btree (body);

create table "member" (
  "id" uuid not null,
  "number" text not null,
  "household" uuid not null,
  "family_name" text not null,
  "given_name" text not null,
  "family_kana" text not null,
  "given_kana" text not null,
  "latin_name" text,
  "shown_name" text not null,
  "birth_on" date,
  "grade_override" smallint,
  "grade_override_year" smallint,
  "municipality" uuid,
  "school_name" text,
  "assistance" text,
  "is_protected" boolean not null default false,
  "seen_at_desk_at" timestamp with time zone,
  "created_at" timestamp with time zone not null,
  "left_at" timestamp with time zone,
  constraint member_grade_check CHECK ((((grade_override IS NULL) = (grade_override_year IS NULL)) AND ((grade_override IS NULL) OR ((grade_override >= 1) AND (grade_override <= 12))))),
  constraint member_name_check CHECK (((latin_name IS NOT NULL) OR ((family_name <> ''::text) AND (given_name <> ''::text)))),
  constraint member_number_check CHECK ((number ~ '^[0-9]{8}$'::text)),
  constraint member_household_fkey FOREIGN KEY (household) REFERENCES household(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_municipality_fkey FOREIGN KEY (municipality) REFERENCES municipality(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_pkey PRIMARY KEY (id),
  constraint member_number_key UNIQUE (number)
);
CREATE INDEX member_birth ON member USING btree (birth_on) WHERE (left_at IS NULL);
CREATE INDEX member_family_kana ON member USING btree (family_kana text_pattern_ops) WHERE (left_at IS NULL);
CREATE INDEX member_given_kana ON member USING btree (given_kana text_pattern_ops) WHERE (left_at IS NULL);
CREATE INDEX member_household ON member USING btree (household);
CREATE INDEX member_latin ON member USING btree (lower(latin_name) text_pattern_ops) WHERE (left_at IS NULL);
CREATE INDEX member_municipality ON member USING btree (municipality);

create table "member_disclosure" (
  "id" uuid not null,
  "member" uuid not null,
  "asked_by" uuid not null,
  "asked_by_name" text not null,
  "asked_at" timestamp with time zone not null,
  "agreed_by" uuid,
  "agreed_at" timestamp with time zone,
  "shown_until" timestamp with time zone,
  constraint member_disclosure_second_check CHECK (((agreed_by IS NULL) OR (agreed_by <> asked_by))),
  constraint member_disclosure_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_disclosure_pkey PRIMARY KEY (id)
);
CREATE INDEX member_disclosure_member ON member_disclosure USING btree (member);
CREATE INDEX member_disclosure_open ON member_disclosure USING btree (asked_at) WHERE (agreed_at IS NULL);

create table "member_import" (
  "id" uuid not null,
  "body" uuid not null,
  "digest" text not null,
  "content" text,
  "report" jsonb not null default '{}'::jsonb,
  "uploaded_by" uuid,
  "uploaded_at" timestamp with time zone not null,
  "committed_at" timestamp with time zone,
  "made" integer,
  constraint member_import_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_import_pkey PRIMARY KEY (id)
);
CREATE INDEX member_import_body ON member_import USING btree (body);
CREATE INDEX member_import_uploaded_at ON member_import USING btree (uploaded_at);

create table "member_merged" (
  "id" uuid not null,
  "member" uuid not null,
  "former" uuid not null,
  "number" text not null,
  "merged_at" timestamp with time zone not null,
  "merged_by" uuid,
  constraint member_merged_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_merged_pkey PRIMARY KEY (id),
  constraint member_merged_former_unique UNIQUE (former),
  constraint member_merged_number_key UNIQUE (number)
);
CREATE INDEX member_merged_member ON member_merged USING btree (member);

create table "member_qualification" (
  "id" uuid not null,
  "member" uuid not null,
  "qualification" uuid not null,
  "valid_from_on" date not null,
  "valid_until_on" date,
  "granted_at" timestamp with time zone not null,
  "granted_by" uuid not null,
  "revoked_at" timestamp with time zone,
  constraint member_qualification_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_qualification_qualification_fkey FOREIGN KEY (qualification) REFERENCES qualification(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_qualification_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX member_qualification_live_unique ON member_qualification USING btree (member, qualification) WHERE (revoked_at IS NULL);
CREATE INDEX member_qualification_member ON member_qualification USING btree (member);
CREATE INDEX member_qualification_qualification ON member_qualification USING btree (qualification);

create table "member_resemblance" (
  "id" uuid not null,
  "member" uuid not null,
  "resembles" uuid not null,
  "noticed_at" timestamp with time zone not null,
  "settled_at" timestamp with time zone,
  "settled_by" uuid,
  constraint member_resemblance_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_resemblance_resembles_fkey FOREIGN KEY (resembles) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint member_resemblance_pkey PRIMARY KEY (id),
  constraint member_resemblance_pair_unique UNIQUE (member, resembles)
);
CREATE INDEX member_resemblance_member ON member_resemblance USING btree (member);
CREATE INDEX member_resemblance_open ON member_resemblance USING btree (noticed_at) WHERE (settled_at IS NULL);
CREATE INDEX member_resemblance_resembles ON member_resemblance USING btree (resembles);

create table "message" (
  "id" uuid not null,
  "kind" text not null,
  "channel" text,
  "to_address" text,
  "language" text not null,
  "subject" text,
  "content" text,
  "body_code" text,
  "priority" smallint not null default 5,
  "state" text not null,
  "attempts" smallint not null default 0,
  "created_at" timestamp with time zone not null,
  "next_attempt_at" timestamp with time zone not null,
  "send_until" timestamp with time zone,
  "sent_at" timestamp with time zone,
  "last_error" text,
  "dedup" text,
  "about" text[] not null default '{}'::text[],
  "reader" uuid,
  "topic" text,
  "tried" text[] not null default '{}'::text[],
  constraint message_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'line'::text]))),
  constraint message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'dropped'::text, 'unwanted'::text, 'unreachable'::text]))),
  constraint message_topic_check CHECK ((topic = ANY (ARRAY['booked'::text, 'reminder'::text, 'visit'::text, 'change'::text]))),
  constraint message_pkey PRIMARY KEY (id),
  constraint message_dedup_key UNIQUE (dedup)
);
CREATE INDEX message_created_at ON message USING btree (created_at);
CREATE INDEX message_due ON message USING btree (priority, next_attempt_at) WHERE (state = 'queued'::text);
CREATE INDEX message_reader ON message USING btree (reader);
CREATE INDEX message_state ON message USING btree (state);

create table "municipality" (
  "id" uuid not null,
  "code" text not null,
  "name" text not null,
  "kana" text not null,
  "kind" text not null,
  constraint municipality_kind_check CHECK ((kind = ANY (ARRAY['prefecture'::text, 'city'::text, 'town'::text, 'village'::text, 'outside'::text]))),
  constraint municipality_pkey PRIMARY KEY (id),
  constraint municipality_code_key UNIQUE (code)
);

create table "notice_choice" (
  "id" uuid not null,
  "account" uuid not null,
  "member" uuid not null,
  "topic" text not null,
  "is_on" boolean not null default true,
  "channel" text,
  "remind_at" text,
  constraint notice_choice_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'line'::text]))),
  constraint notice_choice_remind_at_check CHECK ((remind_at = ANY (ARRAY['evening'::text, 'morning'::text]))),
  constraint notice_choice_topic_check CHECK ((topic = ANY (ARRAY['booked'::text, 'reminder'::text, 'visit'::text, 'change'::text]))),
  constraint notice_choice_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint notice_choice_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint notice_choice_pkey PRIMARY KEY (id),
  constraint notice_choice_unique UNIQUE (account, member, topic)
);
CREATE INDEX notice_choice_account ON notice_choice USING btree (account);
CREATE INDEX notice_choice_member ON notice_choice USING btree (member);

create table "opening_hours" (
  "id" uuid not null,
  "facility" uuid not null,
  "weekday" smallint not null,
  "opens" time without time zone not null,
  "closes" time without time zone not null,
  "valid_from_on" date not null,
  "valid_until_on" date,
  constraint opening_hours_order_check CHECK ((opens < closes)),
  constraint opening_hours_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7))),
  constraint opening_hours_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint opening_hours_pkey PRIMARY KEY (id),
  constraint opening_hours_start_unique UNIQUE (facility, weekday, valid_from_on)
);
CREATE INDEX opening_hours_facility ON opening_hours USING btree (facility);

create table "pairing_code" (
  "id" uuid not null,
  "kiosk" uuid not null,
  "code_digest" text not null,
  "created_at" timestamp with time zone not null,
  "created_by" uuid,
  "expires_at" timestamp with time zone not null,
  "used_at" timestamp with time zone,
  constraint pairing_code_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES kiosk(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint pairing_code_pkey PRIMARY KEY (id),
  constraint pairing_code_code_digest_key UNIQUE (code_digest)
);
CREATE INDEX pairing_code_kiosk ON pairing_code USING btree (kiosk);

create table "pass" (
  "id" uuid not null,
  "member" uuid,
  "kid" smallint not null,
  "valid_from_at" timestamp with time zone not null,
  "valid_until" timestamp with time zone not null,
  "issued_at" timestamp with time zone not null,
  "issued_by" uuid,
  "revoked_at" timestamp with time zone,
  "revoked_by" uuid,
  "revoked_reason" text,
  constraint pass_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint pass_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX pass_live_unique ON pass USING btree (member) WHERE (revoked_at IS NULL);
CREATE INDEX pass_member ON pass USING btree (member);
CREATE INDEX pass_revoked_at ON pass USING btree (revoked_at);

create table "passkey" (
  "id" uuid not null,
  "account" uuid not null,
  "credential_id" text not null,
  "public_key" text not null,
  "sign_count" bigint not null default 0,
  "name" text not null,
  "created_at" timestamp with time zone not null,
  "used_at" timestamp with time zone,
  constraint passkey_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint passkey_pkey PRIMARY KEY (id),
  constraint passkey_credential_id_key UNIQUE (credential_id)
);
CREATE INDEX passkey_account ON passkey USING btree (account);

create table "passkey_challenge" (
  "id" uuid not null,
  "account" uuid,
  "challenge_digest" text not null,
  "device_digest" text not null,
  "created_at" timestamp with time zone not null,
  "expires_at" timestamp with time zone not null,
  "used_at" timestamp with time zone,
  constraint passkey_challenge_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint passkey_challenge_pkey PRIMARY KEY (id),
  constraint passkey_challenge_challenge_digest_key UNIQUE (challenge_digest)
);
CREATE INDEX passkey_challenge_account ON passkey_challenge USING btree (account);
CREATE INDEX passkey_challenge_device_digest ON passkey_challenge USING btree (device_digest);

create table "pattern" (
  "id" uuid not null,
  "program" uuid not null,
  "facility" uuid not null,
  "weekday" smallint not null,
  "starts" time without time zone not null,
  "ends" time without time zone not null,
  "web_seats" integer not null,
  "walk_in_seats" integer not null,
  "valid_from_on" date not null,
  "valid_until_on" date,
  "provisional" boolean not null default false,
  "space" uuid,
  constraint pattern_order_check CHECK ((starts < ends)),
  constraint pattern_seats_check CHECK (((web_seats >= 0) AND (walk_in_seats >= 0) AND ((web_seats + walk_in_seats) > 0))),
  constraint pattern_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7))),
  constraint pattern_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint pattern_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint pattern_space_fkey FOREIGN KEY (space) REFERENCES space(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint pattern_pkey PRIMARY KEY (id)
);
CREATE INDEX pattern_facility ON pattern USING btree (facility);
CREATE INDEX pattern_program ON pattern USING btree (program);
CREATE INDEX pattern_space ON pattern USING btree (space);

create table "person_key" (
  "id" uuid not null,
  "member" uuid not null,
  "fiscal_year" smallint not null,
  "key" uuid not null,
  constraint person_key_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint person_key_pkey PRIMARY KEY (id),
  constraint person_key_key_unique UNIQUE (key),
  constraint person_key_year_unique UNIQUE (member, fiscal_year)
);
CREATE INDEX person_key_member ON person_key USING btree (member);

create table "personal_data_view" (
  "id" uuid not null,
  "occurred_at" timestamp with time zone not null,
  "actor_kind" text not null,
  "actor_id" uuid,
  "member_id" uuid not null,
  "what" text not null,
  "scope" text,
  "by_list" boolean not null default false,
  constraint personal_data_view_pkey PRIMARY KEY (id)
);
CREATE INDEX personal_data_view_actor_id ON personal_data_view USING btree (actor_id);
CREATE INDEX personal_data_view_member_id ON personal_data_view USING btree (member_id);
CREATE INDEX personal_data_view_occurred_at ON personal_data_view USING btree (occurred_at);

create table "phone_call" (
  "id" uuid not null,
  "account" uuid not null,
  "reason" text not null,
  "message" uuid,
  "topic" text,
  "body_code" text,
  "asked_at" timestamp with time zone not null,
  "done_at" timestamp with time zone,
  "done_by" uuid,
  constraint phone_call_reason_check CHECK ((reason = ANY (ARRAY['mail-back'::text, 'line-blocked'::text, 'not-told'::text, 'move-denied'::text]))),
  constraint phone_call_topic_check CHECK ((topic = ANY (ARRAY['booked'::text, 'reminder'::text, 'visit'::text, 'change'::text]))),
  constraint phone_call_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint phone_call_pkey PRIMARY KEY (id)
);
CREATE INDEX phone_call_account ON phone_call USING btree (account);
CREATE INDEX phone_call_asked_at ON phone_call USING btree (asked_at);
CREATE INDEX phone_call_message ON phone_call USING btree (message);

create table "place" (
  "id" uuid not null,
  "code" text not null,
  "name" text not null,
  "names" jsonb not null default '{}'::jsonb,
  constraint place_pkey PRIMARY KEY (id),
  constraint place_code_key UNIQUE (code)
);

create table "point" (
  "id" uuid not null,
  "member" uuid not null,
  "body" uuid not null,
  "reservation" uuid not null,
  "reason" text not null,
  "points" smallint not null,
  "given_at" timestamp with time zone not null,
  "taken_back_at" timestamp with time zone,
  "taken_back_by" uuid,
  constraint point_reason_check CHECK ((reason = ANY (ARRAY['no-show'::text, 'late-cancel'::text]))),
  constraint point_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint point_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint point_reservation_fkey FOREIGN KEY (reservation) REFERENCES reservation(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint point_pkey PRIMARY KEY (id),
  constraint point_reservation_unique UNIQUE (reservation)
);
CREATE INDEX point_body ON point USING btree (body);
CREATE INDEX point_member ON point USING btree (member);

create table "point_rule" (
  "id" uuid not null,
  "body" uuid not null,
  "is_on" boolean not null default false,
  "counts_minors" boolean not null default false,
  "no_show_points" smallint not null default 2,
  "late_cancel_points" smallint not null default 1,
  "late_cancel_minutes" smallint not null default 60,
  "limit_points" smallint not null default 4,
  "counted_days" smallint not null default 90,
  "pause_days" smallint not null default 30,
  constraint point_rule_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint point_rule_pkey PRIMARY KEY (id),
  constraint point_rule_body_unique UNIQUE (body)
);

create table "private_address" (
  "id" uuid not null,
  "account" uuid not null,
  "token_digest" text not null,
  "created_at" timestamp with time zone not null,
  "read_at" timestamp with time zone,
  "ended_at" timestamp with time zone,
  constraint private_address_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint private_address_pkey PRIMARY KEY (id),
  constraint private_address_token_digest_key UNIQUE (token_digest)
);
CREATE INDEX private_address_account ON private_address USING btree (account);

create table "program" (
  "id" uuid not null,
  "code" text not null,
  "name" text not null,
  "names" jsonb not null default '{}'::jsonb,
  "description" text not null,
  "descriptions" jsonb not null default '{}'::jsonb,
  "brand" text not null,
  "category" text not null,
  "selection" text not null,
  "body" uuid not null,
  "booking_opens_days" smallint not null default 7,
  "booking_opens_time" time without time zone not null,
  "booking_closes_minutes" smallint not null default 0,
  "cancel_until_minutes" smallint not null default 0,
  "roll_over_minutes" smallint not null default 30,
  "max_held" smallint,
  "max_per_week" smallint,
  "entry_opens_minutes" smallint,
  "late_minutes" smallint,
  "no_show_minutes" smallint,
  "provisional" boolean not null default false,
  "ended_on" date,
  "is_drafted" boolean not null default false,
  constraint program_brand_check CHECK ((brand = ANY (ARRAY['tumo'::text, 'tsukurun'::text]))),
  constraint program_category_check CHECK ((category = ANY (ARRAY['drop-in'::text, 'group'::text, 'workshop'::text, 'lab'::text, 'trial'::text, 'seminar'::text, 'event'::text]))),
  constraint program_selection_check CHECK ((selection = ANY (ARRAY['first-come'::text, 'draw'::text]))),
  constraint program_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint program_pkey PRIMARY KEY (id),
  constraint program_code_key UNIQUE (code)
);
CREATE INDEX program_body ON program USING btree (body);

create table "program_option" (
  "id" uuid not null,
  "program" uuid not null,
  "code" text not null,
  "name" text not null,
  "names" jsonb not null default '{}'::jsonb,
  "quota" integer not null,
  "ended_on" date,
  constraint program_option_quota_check CHECK ((quota >= 0)),
  constraint program_option_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint program_option_pkey PRIMARY KEY (id),
  constraint program_option_code_unique UNIQUE (program, code)
);
CREATE INDEX program_option_program ON program_option USING btree (program);

create table "protected_viewer" (
  "id" uuid not null,
  "member" uuid not null,
  "account" uuid not null,
  "named_by" uuid not null,
  "named_at" timestamp with time zone not null,
  "ended_at" timestamp with time zone,
  constraint protected_viewer_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint protected_viewer_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint protected_viewer_pkey PRIMARY KEY (id),
  constraint protected_viewer_pair_unique UNIQUE (member, account)
);
CREATE INDEX protected_viewer_account ON protected_viewer USING btree (account);
CREATE INDEX protected_viewer_member ON protected_viewer USING btree (member);

create table "publication" (
  "id" uuid not null,
  "facility" uuid not null,
  "program" uuid,
  "from_on" date not null,
  "until_on" date not null,
  "publish_at" timestamp with time zone not null,
  "published_at" timestamp with time zone,
  "cancelled_at" timestamp with time zone,
  "decided_by" uuid,
  constraint publication_order_check CHECK ((from_on < until_on)),
  constraint publication_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint publication_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint publication_pkey PRIMARY KEY (id)
);
CREATE INDEX publication_facility ON publication USING btree (facility);
CREATE INDEX publication_program ON publication USING btree (program);
CREATE INDEX publication_publish_at ON publication USING btree (publish_at);

create table "qualification" (
  "id" uuid not null,
  "body" uuid not null,
  "code" text not null,
  "name" text not null,
  "names" jsonb not null default '{}'::jsonb,
  "ended_on" date,
  constraint qualification_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint qualification_pkey PRIMARY KEY (id),
  constraint qualification_code_unique UNIQUE (body, code)
);
CREATE INDEX qualification_body ON qualification USING btree (body);

create table "record_text" (
  "id" uuid not null,
  "body" uuid not null,
  "part" text not null,
  "content" text not null,
  "contents" jsonb not null default '{}'::jsonb,
  "author" text not null,
  "made_by" uuid,
  "made_at" timestamp with time zone not null,
  constraint record_text_part_check CHECK ((part = ANY (ARRAY['name'::text, 'office'::text, 'purpose'::text, 'scope'::text, 'collection'::text, 'recipients'::text, 'desk'::text, 'procedure'::text, 'retention'::text, 'note'::text]))),
  constraint record_text_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint record_text_pkey PRIMARY KEY (id),
  constraint record_text_part_unique UNIQUE (body, part)
);

create table "registration" (
  "id" uuid not null,
  "member" uuid,
  "body" uuid not null,
  "consent_text" uuid not null,
  "consented_by" uuid,
  "on_paper" boolean not null default false,
  "registered_at" timestamp with time zone not null,
  "consented_at" timestamp with time zone,
  "ended_at" timestamp with time zone,
  "erased_as" uuid,
  constraint registration_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint registration_consent_text_fkey FOREIGN KEY (consent_text) REFERENCES consent_text(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint registration_consented_by_fkey FOREIGN KEY (consented_by) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint registration_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint registration_pkey PRIMARY KEY (id)
);
CREATE INDEX registration_body ON registration USING btree (body);
CREATE INDEX registration_consent_text ON registration USING btree (consent_text);
CREATE INDEX registration_consented_by ON registration USING btree (consented_by);
CREATE UNIQUE INDEX registration_live_unique ON registration USING btree (member, body) WHERE (ended_at IS NULL);
CREATE INDEX registration_member ON registration USING btree (member);

create table "reservation" (
  "id" uuid not null,
  "session" uuid not null,
  "member" uuid,
  "state" text not null,
  "order_id" uuid not null,
  "booked_at" timestamp with time zone not null,
  "booked_by_kind" text not null,
  "booked_by" uuid,
  "overridden" text[] not null default '{}'::text[],
  "override_reason" text,
  "assistance" text,
  "arrived_at" timestamp with time zone,
  "cancelled_at" timestamp with time zone,
  "cancelled_by" uuid,
  "released_at" timestamp with time zone,
  "enrolment" uuid,
  "extended_at" timestamp with time zone,
  "helpers" smallint not null default 0,
  "is_party" boolean not null default false,
  "moved_from" uuid,
  "offered_at" timestamp with time zone,
  "offered_until" timestamp with time zone,
  "uses_wheelchair" boolean not null default false,
  "waiting_at" timestamp with time zone,
  constraint reservation_helpers_check CHECK (((helpers >= 0) AND (helpers <= 5))),
  constraint reservation_state_check CHECK ((state = ANY (ARRAY['applied'::text, 'waiting'::text, 'offered'::text, 'confirmed'::text, 'arrived'::text, 'cancelled'::text, 'expired'::text, 'not-drawn'::text, 'released'::text]))),
  constraint reservation_enrolment_fkey FOREIGN KEY (enrolment) REFERENCES enrolment(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint reservation_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint reservation_moved_from_fkey FOREIGN KEY (moved_from) REFERENCES reservation(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint reservation_session_fkey FOREIGN KEY (session) REFERENCES session(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint reservation_pkey PRIMARY KEY (id)
);
CREATE INDEX reservation_enrolment ON reservation USING btree (enrolment);
CREATE UNIQUE INDEX reservation_live_unique ON reservation USING btree (session, member) WHERE (state = ANY (ARRAY['applied'::text, 'waiting'::text, 'offered'::text, 'confirmed'::text, 'arrived'::text]));
CREATE INDEX reservation_member ON reservation USING btree (member);
CREATE INDEX reservation_moved_from ON reservation USING btree (moved_from);
CREATE INDEX reservation_offered ON reservation USING btree (offered_until) WHERE (state = 'offered'::text);
CREATE INDEX reservation_order_id ON reservation USING btree (order_id);
CREATE INDEX reservation_session ON reservation USING btree (session);
CREATE INDEX reservation_waiting ON reservation USING btree (session, waiting_at) WHERE (state = 'waiting'::text);

create table "reservation_option" (
  "id" uuid not null,
  "reservation" uuid not null,
  "option" uuid not null,
  constraint reservation_option_option_fkey FOREIGN KEY (option) REFERENCES session_option(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint reservation_option_reservation_fkey FOREIGN KEY (reservation) REFERENCES reservation(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint reservation_option_pkey PRIMARY KEY (id),
  constraint reservation_option_pair_unique UNIQUE (reservation, option)
);
CREATE INDEX reservation_option_option ON reservation_option USING btree (option);
CREATE INDEX reservation_option_reservation ON reservation_option USING btree (reservation);

create table "retention_term" (
  "id" uuid not null,
  "body" uuid not null,
  "kind" text not null,
  "months" smallint not null,
  "is_automatic" boolean not null default false,
  "provisional" boolean not null default false,
  "changed_by" uuid,
  "changed_at" timestamp with time zone not null,
  constraint retention_term_kind_check CHECK ((kind = ANY (ARRAY['members'::text, 'grown'::text, 'accounts'::text, 'messages'::text, 'door'::text, 'views'::text, 'audit'::text]))),
  constraint retention_term_months_check CHECK (((months >= 1) AND (months <= 360))),
  constraint retention_term_body_fkey FOREIGN KEY (body) REFERENCES body(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint retention_term_pkey PRIMARY KEY (id),
  constraint retention_term_body_kind_unique UNIQUE (body, kind)
);

create table "role_grant" (
  "id" uuid not null,
  "account" uuid not null,
  "role" text not null,
  "scope" text,
  "granted_at" timestamp with time zone not null,
  "granted_by" uuid,
  "ended_at" timestamp with time zone,
  constraint role_grant_role_check CHECK ((role = ANY (ARRAY['resident'::text, 'front-desk'::text, 'facility-manager'::text, 'operator'::text, 'body-administrator'::text, 'auditor'::text, 'kiosk'::text]))),
  constraint role_grant_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint role_grant_pkey PRIMARY KEY (id)
);
CREATE INDEX role_grant_account ON role_grant USING btree (account);
CREATE UNIQUE INDEX role_grant_live_unique ON role_grant USING btree (account, role, COALESCE(scope, ''::text)) WHERE (ended_at IS NULL);

create table "roll_call" (
  "id" uuid not null,
  "place" uuid not null,
  "began_at" timestamp with time zone not null,
  "began_by" uuid,
  "ended_at" timestamp with time zone,
  "ended_by" uuid,
  constraint roll_call_place_fkey FOREIGN KEY (place) REFERENCES place(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint roll_call_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX roll_call_open_unique ON roll_call USING btree (place) WHERE (ended_at IS NULL);
CREATE INDEX roll_call_place ON roll_call USING btree (place);

create table "roll_call_mark" (
  "id" uuid not null,
  "roll_call" uuid not null,
  "visit" uuid not null,
  "how" text not null,
  "marked_at" timestamp with time zone not null,
  "by_account" uuid,
  "by_name" text not null,
  "kiosk" uuid,
  "nonce" uuid not null,
  constraint roll_call_mark_how_check CHECK ((how = ANY (ARRAY['safe'::text, 'handed-over'::text, 'open'::text]))),
  constraint roll_call_mark_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES kiosk(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint roll_call_mark_roll_call_fkey FOREIGN KEY (roll_call) REFERENCES roll_call(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint roll_call_mark_visit_fkey FOREIGN KEY (visit) REFERENCES visit(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint roll_call_mark_pkey PRIMARY KEY (id),
  constraint roll_call_mark_nonce_unique UNIQUE (nonce)
);
CREATE INDEX roll_call_mark_kiosk ON roll_call_mark USING btree (kiosk);
CREATE INDEX roll_call_mark_roll_call ON roll_call_mark USING btree (roll_call);
CREATE INDEX roll_call_mark_visit ON roll_call_mark USING btree (visit);

create table "scan" (
  "id" uuid not null,
  "kiosk" uuid,
  "nonce" uuid not null,
  "seq" bigint not null,
  "scanned_at" timestamp with time zone not null,
  "happened_at" timestamp with time zone not null,
  "received_at" timestamp with time zone not null,
  "clock_offset_ms" bigint not null default 0,
  "kind" text not null,
  "direction" text not null,
  "pass_id" uuid,
  "member" uuid,
  "facility" uuid,
  "session" uuid,
  "heads" integer,
  "answers" jsonb not null default '{}'::jsonb,
  "offline" boolean not null default false,
  "told_verdict" text,
  "told_code" text,
  "verdict" text not null,
  "code" text not null,
  "answer" jsonb not null default '{}'::jsonb,
  "flags" text[] not null default '{}'::text[],
  "is_repeat" boolean not null default false,
  "is_turn" boolean not null default false,
  "by_account" uuid,
  "from_paper" boolean not null default false,
  "heads_of" text,
  "party" text,
  constraint scan_heads_of_check CHECK ((heads_of = ANY (ARRAY['group'::text, 'walk-in'::text, 'guardian'::text, 'visitor'::text]))),
  constraint scan_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint scan_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES kiosk(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint scan_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint scan_session_fkey FOREIGN KEY (session) REFERENCES session(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint scan_pkey PRIMARY KEY (id),
  constraint scan_kiosk_nonce_unique UNIQUE (kiosk, nonce)
);
CREATE INDEX scan_facility ON scan USING btree (facility);
CREATE INDEX scan_happened ON scan USING brin (happened_at);
CREATE INDEX scan_member_time ON scan USING btree (member, happened_at);
CREATE INDEX scan_pass_id ON scan USING btree (pass_id);
CREATE INDEX scan_session ON scan USING btree (session);
CREATE UNIQUE INDEX scan_staff_nonce_unique ON scan USING btree (nonce) WHERE (kiosk IS NULL);

create table "series" (
  "id" uuid not null,
  "program" uuid not null,
  "facility" uuid not null,
  "name" text not null,
  "names" jsonb not null default '{}'::jsonb,
  "is_whole" boolean not null default true,
  "created_at" timestamp with time zone not null,
  constraint series_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint series_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint series_pkey PRIMARY KEY (id)
);
CREATE INDEX series_facility ON series USING btree (facility);
CREATE INDEX series_program ON series USING btree (program);

create table "session" (
  "id" uuid not null,
  "program" uuid not null,
  "facility" uuid not null,
  "pattern" uuid,
  "held_on" date not null,
  "starts_at" timestamp with time zone not null,
  "ends_at" timestamp with time zone not null,
  "web_seats" integer not null,
  "walk_in_seats" integer not null,
  "state" text not null,
  "booking_opens_at" timestamp with time zone not null,
  "booking_closes_at" timestamp with time zone not null,
  "cancel_until" timestamp with time zone not null,
  "roll_over_at" timestamp with time zone not null,
  "created_at" timestamp with time zone not null,
  "cancelled_at" timestamp with time zone,
  "cancel_reason" text,
  "group" uuid,
  "note" text,
  "notes" jsonb not null default '{}'::jsonb,
  "selection" text,
  "series" uuid,
  "space" uuid,
  "title" text,
  "titles" jsonb not null default '{}'::jsonb,
  "wheelchair_places" smallint,
  "wished_space" uuid,
  constraint session_order_check CHECK ((starts_at < ends_at)),
  constraint session_seats_check CHECK (((web_seats >= 0) AND (walk_in_seats >= 0))),
  constraint session_selection_check CHECK ((selection = ANY (ARRAY['first-come'::text, 'draw'::text]))),
  constraint session_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'cancelled'::text]))),
  constraint session_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_group_fkey FOREIGN KEY ("group") REFERENCES weekly_group(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_pattern_fkey FOREIGN KEY (pattern) REFERENCES pattern(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_series_fkey FOREIGN KEY (series) REFERENCES series(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_space_fkey FOREIGN KEY (space) REFERENCES space(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_wished_space_fkey FOREIGN KEY (wished_space) REFERENCES space(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_pkey PRIMARY KEY (id),
  constraint session_group_start_unique UNIQUE ("group", starts_at),
  constraint session_pattern_start_unique UNIQUE (pattern, starts_at)
);
CREATE INDEX session_ends_at ON session USING btree (ends_at);
CREATE INDEX session_facility ON session USING btree (facility);
CREATE INDEX session_facility_start ON session USING btree (facility, starts_at);
CREATE INDEX session_group ON session USING btree ("group");
CREATE INDEX session_held_on ON session USING btree (held_on);
CREATE INDEX session_pattern ON session USING btree (pattern);
CREATE INDEX session_program ON session USING btree (program);
CREATE INDEX session_series ON session USING btree (series);
CREATE INDEX session_space ON session USING btree (space);
CREATE INDEX session_starts_at ON session USING btree (starts_at);
CREATE INDEX session_wished_space ON session USING btree (wished_space);

create table "session_option" (
  "id" uuid not null,
  "session" uuid not null,
  "option" uuid not null,
  "quota" integer not null,
  constraint session_option_quota_check CHECK ((quota >= 0)),
  constraint session_option_option_fkey FOREIGN KEY (option) REFERENCES program_option(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_option_session_fkey FOREIGN KEY (session) REFERENCES session(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint session_option_pkey PRIMARY KEY (id),
  constraint session_option_pair_unique UNIQUE (session, option)
);
CREATE INDEX session_option_option ON session_option USING btree (option);
CREATE INDEX session_option_session ON session_option USING btree (session);

create table "sign_in" (
  "id" uuid not null,
  "account" uuid not null,
  "token_digest" text not null,
  "created_at" timestamp with time zone not null,
  "seen_at" timestamp with time zone not null,
  "expires_at" timestamp with time zone not null,
  "second_factor_at" timestamp with time zone,
  "device" text not null,
  "ended_at" timestamp with time zone,
  constraint sign_in_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint sign_in_pkey PRIMARY KEY (id),
  constraint sign_in_token_digest_key UNIQUE (token_digest)
);
CREATE INDEX sign_in_account ON sign_in USING btree (account);

create table "sign_in_code" (
  "id" uuid not null,
  "email" text not null,
  "code_digest" text not null,
  "device_digest" text not null,
  "language" text not null,
  "created_at" timestamp with time zone not null,
  "expires_at" timestamp with time zone not null,
  "wrong_count" smallint not null default 0,
  "used_at" timestamp with time zone,
  "account" uuid,
  constraint sign_in_code_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint sign_in_code_pkey PRIMARY KEY (id)
);
CREATE INDEX sign_in_code_account ON sign_in_code USING btree (account);
CREATE INDEX sign_in_code_device_digest ON sign_in_code USING btree (device_digest);
CREATE INDEX sign_in_code_email ON sign_in_code USING btree (email);

create table "sign_in_flow" (
  "id" uuid not null,
  "provider" uuid not null,
  "account" uuid,
  "state_digest" text not null,
  "device_digest" text not null,
  "nonce_digest" text not null,
  "verifier" text not null,
  "next_path" text not null,
  "created_at" timestamp with time zone not null,
  "expires_at" timestamp with time zone not null,
  "used_at" timestamp with time zone,
  constraint sign_in_flow_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint sign_in_flow_provider_fkey FOREIGN KEY (provider) REFERENCES sign_in_provider(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint sign_in_flow_pkey PRIMARY KEY (id),
  constraint sign_in_flow_state_digest_key UNIQUE (state_digest)
);
CREATE INDEX sign_in_flow_account ON sign_in_flow USING btree (account);
CREATE INDEX sign_in_flow_device_digest ON sign_in_flow USING btree (device_digest);
CREATE INDEX sign_in_flow_provider ON sign_in_flow USING btree (provider);

create table "sign_in_link" (
  "id" uuid not null,
  "account" uuid not null,
  "token_digest" text not null,
  "purpose" text not null,
  "created_at" timestamp with time zone not null,
  "expires_at" timestamp with time zone not null,
  "used_at" timestamp with time zone,
  constraint sign_in_link_purpose_check CHECK ((purpose = ANY (ARRAY['enrol-staff'::text, 'demo'::text, 'moved'::text]))),
  constraint sign_in_link_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint sign_in_link_pkey PRIMARY KEY (id),
  constraint sign_in_link_token_digest_key UNIQUE (token_digest)
);
CREATE INDEX sign_in_link_account ON sign_in_link USING btree (account);

create table "sign_in_provider" (
  "id" uuid not null,
  "body_code" text not null,
  "kind" text not null,
  "label" text not null,
  "issuer" text not null,
  "client_id" text not null,
  "secret_name" text not null,
  "message_api" text,
  "message_secret_name" text,
  "is_on" boolean not null default false,
  "created_at" timestamp with time zone not null,
  "ended_at" timestamp with time zone,
  "hook_secret_name" text,
  constraint sign_in_provider_kind_check CHECK ((kind = ANY (ARRAY['line'::text, 'oidc'::text]))),
  constraint sign_in_provider_pkey PRIMARY KEY (id)
);
CREATE INDEX sign_in_provider_body_code ON sign_in_provider USING btree (body_code);

create table "signing_key" (
  "id" uuid not null,
  "kid" smallint not null,
  "public_key" text not null,
  "sealed_private_key" text not null,
  "created_at" timestamp with time zone not null,
  "retired_at" timestamp with time zone,
  "revoked_at" timestamp with time zone,
  constraint signing_key_kid_check CHECK (((kid >= 1) AND (kid <= 255))),
  constraint signing_key_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX signing_key_kid_unique ON signing_key USING btree (kid);

create table "space" (
  "id" uuid not null,
  "facility" uuid not null,
  "code" text not null,
  "name" text not null,
  "names" jsonb not null default '{}'::jsonb,
  "capacity" integer not null,
  "wheelchair_places" smallint,
  "provisional" boolean not null default false,
  "ended_on" date,
  constraint space_capacity_check CHECK ((capacity > 0)),
  constraint space_wheelchair_check CHECK (((wheelchair_places IS NULL) OR ((wheelchair_places >= 0) AND (wheelchair_places <= capacity)))),
  constraint space_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint space_pkey PRIMARY KEY (id),
  constraint space_code_key UNIQUE (code)
);
CREATE INDEX space_facility ON space USING btree (facility);

create table "space_taken" (
  "id" uuid not null,
  "space" uuid not null,
  "starts_at" timestamp with time zone not null,
  "ends_at" timestamp with time zone not null,
  "used_for" text not null,
  "used_by" uuid not null,
  constraint space_taken_order_check CHECK ((starts_at < ends_at)),
  constraint space_taken_used_for_check CHECK ((used_for = ANY (ARRAY['session'::text, 'group-visit'::text, 'kept-free'::text]))),
  constraint space_taken_space_fkey FOREIGN KEY (space) REFERENCES space(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint space_taken_pkey PRIMARY KEY (id),
  constraint space_taken_once EXCLUDE USING gist (space WITH =, tstzrange(starts_at, ends_at) WITH &&)
);
CREATE INDEX space_taken_used_by ON space_taken USING btree (used_by);

create table "temporary_card" (
  "id" uuid not null,
  "scope" text not null,
  "label" text not null,
  "kid" smallint not null,
  "valid_from_at" timestamp with time zone not null,
  "valid_until" timestamp with time zone not null,
  "made_at" timestamp with time zone not null,
  "made_by" uuid,
  "revoked_at" timestamp with time zone,
  constraint temporary_card_pkey PRIMARY KEY (id),
  constraint temporary_card_label_unique UNIQUE (scope, label)
);
CREATE INDEX temporary_card_scope ON temporary_card USING btree (scope);

create table "turn" (
  "id" uuid not null,
  "facility" uuid not null,
  "session" uuid,
  "held_on" date not null,
  "number" integer not null,
  "member" uuid,
  "scan" uuid,
  "state" text not null,
  "taken_at" timestamp with time zone not null,
  "called_at" timestamp with time zone,
  "ended_at" timestamp with time zone,
  constraint turn_number_check CHECK ((number > 0)),
  constraint turn_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'called'::text, 'entered'::text, 'missed'::text, 'given-up'::text]))),
  constraint turn_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint turn_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint turn_scan_fkey FOREIGN KEY (scan) REFERENCES scan(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint turn_session_fkey FOREIGN KEY (session) REFERENCES session(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint turn_pkey PRIMARY KEY (id),
  constraint turn_number_unique UNIQUE (facility, held_on, number)
);
CREATE INDEX turn_facility ON turn USING btree (facility);
CREATE UNIQUE INDEX turn_live_unique ON turn USING btree (facility, held_on, member) WHERE ((state = ANY (ARRAY['waiting'::text, 'called'::text])) AND (member IS NOT NULL));
CREATE INDEX turn_member ON turn USING btree (member);
CREATE INDEX turn_scan ON turn USING btree (scan);
CREATE INDEX turn_session ON turn USING btree (session);

create table "use_day" (
  "id" uuid not null,
  "facility" uuid not null,
  "used_on" date not null,
  "counts" jsonb not null default '{}'::jsonb,
  constraint use_day_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint use_day_pkey PRIMARY KEY (id),
  constraint use_day_day_unique UNIQUE (facility, used_on)
);

create table "use_person" (
  "id" uuid not null,
  "facility" uuid not null,
  "fiscal_year" smallint not null,
  "person_key" uuid not null,
  "brand" text not null,
  "first_on" date not null,
  "last_on" date not null,
  "first_at" timestamp with time zone not null,
  "last_at" timestamp with time zone not null,
  constraint use_person_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint use_person_pkey PRIMARY KEY (id),
  constraint use_person_year_unique UNIQUE (facility, fiscal_year, person_key, brand)
);
CREATE INDEX use_person_first ON use_person USING btree (facility, first_on);
CREATE INDEX use_person_last ON use_person USING btree (facility, last_on);

create table "visit" (
  "id" uuid not null,
  "member" uuid,
  "person_key" uuid,
  "kind" text not null,
  "heads" integer not null default 1,
  "facility" uuid not null,
  "program" uuid,
  "session" uuid,
  "reservation" uuid,
  "visited_on" date not null,
  "entered_at" timestamp with time zone not null,
  "left_at" timestamp with time zone,
  "entered_by" text not null,
  "closed_by" text,
  "grade" smallint,
  "school_stage" text,
  "age_band" text,
  "municipality_code" text,
  "entry_scan" uuid,
  "exit_scan" uuid,
  "voided_at" timestamp with time zone,
  "created_at" timestamp with time zone not null,
  "party" text,
  "import_id" uuid,
  constraint visit_closed_by_check CHECK ((closed_by = ANY (ARRAY['scan'::text, 'move'::text, 'auto'::text, 'staff'::text]))),
  constraint visit_entered_by_check CHECK ((entered_by = ANY (ARRAY['scan'::text, 'staff'::text, 'paper'::text, 'import'::text]))),
  constraint visit_heads_check CHECK ((heads > 0)),
  constraint visit_kind_check CHECK ((kind = ANY (ARRAY['member'::text, 'anonymous'::text, 'group'::text, 'guardian'::text, 'visitor'::text, 'staff'::text]))),
  constraint visit_order_check CHECK (((left_at IS NULL) OR (left_at >= entered_at))),
  constraint visit_entry_scan_fkey FOREIGN KEY (entry_scan) REFERENCES scan(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint visit_exit_scan_fkey FOREIGN KEY (exit_scan) REFERENCES scan(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint visit_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint visit_member_fkey FOREIGN KEY (member) REFERENCES member(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint visit_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint visit_reservation_fkey FOREIGN KEY (reservation) REFERENCES reservation(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint visit_session_fkey FOREIGN KEY (session) REFERENCES session(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint visit_pkey PRIMARY KEY (id)
);
CREATE INDEX visit_entry_scan ON visit USING btree (entry_scan);
CREATE INDEX visit_exit_scan ON visit USING btree (exit_scan) WHERE (exit_scan IS NOT NULL);
CREATE INDEX visit_facility_day ON visit USING btree (facility, visited_on);
CREATE INDEX visit_import ON visit USING btree (import_id) WHERE (import_id IS NOT NULL);
CREATE INDEX visit_inside ON visit USING btree (facility, visited_on) WHERE ((left_at IS NULL) AND (voided_at IS NULL));
CREATE INDEX visit_member_day ON visit USING btree (member, visited_on);
CREATE UNIQUE INDEX visit_open_unique ON visit USING btree (member) WHERE ((left_at IS NULL) AND (voided_at IS NULL) AND (member IS NOT NULL));
CREATE INDEX visit_person ON visit USING btree (person_key, visited_on);
CREATE INDEX visit_program ON visit USING btree (program);
CREATE INDEX visit_reservation ON visit USING btree (reservation);
CREATE INDEX visit_session ON visit USING btree (session);
CREATE INDEX visit_session_walk_in ON visit USING btree (session) WHERE ((reservation IS NULL) AND (voided_at IS NULL));

create table "visit_change" (
  "id" bigint not null default nextval('visit_change_id_seq'::regclass),
  "facility_id" uuid not null,
  "visited_on" date not null,
  constraint visit_change_pkey PRIMARY KEY (id)
);
CREATE INDEX visit_change_day ON visit_change USING btree (facility_id, visited_on);

create table "visit_change_kept" (
  "id" bigint not null default nextval('visit_change_kept_id_seq'::regclass),
  "facility_id" uuid not null,
  "visited_on" date not null,
  constraint visit_change_kept_pkey PRIMARY KEY (id)
);
CREATE INDEX visit_change_kept_day ON visit_change_kept USING btree (facility_id, visited_on);

create table "visit_correction" (
  "id" uuid not null,
  "visit" uuid not null,
  "kind" text not null,
  "at" timestamp with time zone,
  "reason" text not null,
  "by_account" uuid,
  "made_at" timestamp with time zone not null,
  constraint visit_correction_kind_check CHECK ((kind = ANY (ARRAY['void'::text, 'set-exit'::text, 'add'::text, 'merge'::text]))),
  constraint visit_correction_visit_fkey FOREIGN KEY (visit) REFERENCES visit(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint visit_correction_pkey PRIMARY KEY (id)
);
CREATE INDEX visit_correction_visit ON visit_correction USING btree (visit);

create table "weekly_group" (
  "id" uuid not null,
  "program" uuid not null,
  "facility" uuid not null,
  "space" uuid,
  "name" text not null,
  "names" jsonb not null default '{}'::jsonb,
  "note" text not null,
  "notes" jsonb not null default '{}'::jsonb,
  "seats" integer not null,
  "min_to_open" integer not null,
  "starts_after_days" smallint not null default 7,
  "first_on" date not null,
  "last_on" date,
  "state" text not null,
  "created_at" timestamp with time zone not null,
  "opened_at" timestamp with time zone,
  "opened_by" uuid,
  "starts_on" date,
  "ended_at" timestamp with time zone,
  "merged_into" uuid,
  constraint weekly_group_seats_check CHECK (((seats > 0) AND ((min_to_open >= 1) AND (min_to_open <= seats)))),
  constraint weekly_group_state_check CHECK ((state = ANY (ARRAY['gathering'::text, 'open'::text, 'running'::text, 'ended'::text, 'merged'::text]))),
  constraint weekly_group_facility_fkey FOREIGN KEY (facility) REFERENCES facility(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint weekly_group_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES weekly_group(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint weekly_group_program_fkey FOREIGN KEY (program) REFERENCES program(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint weekly_group_space_fkey FOREIGN KEY (space) REFERENCES space(id) ON UPDATE CASCADE ON DELETE RESTRICT,
  constraint weekly_group_pkey PRIMARY KEY (id)
);
CREATE INDEX weekly_group_facility ON weekly_group USING btree (facility);
CREATE INDEX weekly_group_merged_into ON weekly_group USING btree (merged_into);
CREATE INDEX weekly_group_program ON weekly_group USING btree (program);
CREATE INDEX weekly_group_space ON weekly_group USING btree (space);
