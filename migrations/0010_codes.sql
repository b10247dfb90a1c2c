-- Codes that prove a phone: for a registration, another phone, a forgotten password.
--
-- A code is kept as a keyed hash bound to its row; who asked for it knows the row by their session alone. Each try is
-- counted by the statement that looks at the code, so that guesses at the same time cannot pass the count together.
create table codes (
    id          uuid primary key,
    purpose     text not null check (purpose in ('registrasi', 'ponsel', 'pemulihan')),
    -- What was typed to ask for it, a number or a NIK: keyed, as everywhere. Refusals count by this alone, so that they tell
    -- nothing about who has an account, and with which phone.
    typed_index bytea not null check (length(typed_index) = 32),
    -- The phone to which it was sent; none where nobody was sent one.
    phone_index bytea check (length(phone_index) = 32),
    -- Where it was asked for, keyed.
    asked_from  bytea not null check (length(asked_from) = 32),
    -- None where nobody was sent one, so that no code fits.
    code_index  bytea check (length(code_index) = 32),
    check ((phone_index is null) = (code_index is null)),
    tries_left  smallint not null default 5 check (tries_left between 0 and 5),
    asked_at    timestamptz not null,
    until       timestamptz not null,
    used        boolean not null default false,
    -- What the code finishes.
    sealed      bytea not null
);
create index codes_of_what_was_typed on codes (typed_index, asked_at);
create index codes_of_a_phone on codes (phone_index, asked_at);
create index codes_from on codes (asked_from, asked_at);

alter table messages
    drop constraint messages_kind_check,
    add constraint messages_kind_check check (kind in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko',
        'siap_diambil', 'dipindah', 'pengingat', 'tidak_diambil', 'selesai', 'ditolak', 'dibatalkan', 'kedaluwarsa',
        'akun_dilepas', 'ponsel_diganti', 'kode', 'upaya_daftar', 'sandi_diganti')),
    drop constraint messages_have_their_case,
    add constraint messages_have_their_case check (application_id is not null
        or kind in ('akun_dilepas', 'ponsel_diganti', 'kode', 'upaya_daftar', 'sandi_diganti'));
