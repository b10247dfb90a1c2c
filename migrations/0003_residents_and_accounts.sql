-- Who people are, and how they come in.
--
-- Whatever names a person (NIK, KK number, name, birth date, address, phone, e-mail) stands in
-- "sealed": one encrypted value a row, bound to its table and row. The *_index columns are keyed
-- hashes by which a row is found again. What the work is counted by stays readable.

create table residents (
    id             uuid primary key,
    nik_index      bytea not null unique check (length(nik_index) = 32),
    kk_index       bytea not null check (length(kk_index) = 32),
    kelurahan_code text not null references regions,
    sealed         bytea not null
);
create index residents_of_a_family on residents (kk_index);

-- One account a resident.
create table accounts (
    id            uuid primary key,
    resident_id   uuid not null references residents,
    phone_index   bytea not null check (length(phone_index) = 32),
    sealed        bytea not null,
    password_hash text not null,
    created_at    timestamptz not null,
    constraint accounts_one_per_resident unique (resident_id)
);
create index accounts_with_a_phone on accounts (phone_index);

-- Only a hash of the session's id is kept, so a copy of this table opens no session.
create table sessions (
    id_hash    bytea primary key check (length(id_hash) = 32),
    account_id uuid references accounts on delete cascade,
    data       bytea not null,
    started_at timestamptz not null,
    seen_at    timestamptz not null
);
create index sessions_of_an_account on sessions (account_id) where account_id is not null;

-- Wrong answers within the longest window of the limits; the subject is a keyed hash.
create table wrong_answers (
    id      bigint generated always as identity primary key,
    scope   text not null,
    subject bytea not null check (length(subject) = 32),
    at      timestamptz not null
);
create index wrong_answers_about on wrong_answers (scope, subject, at);
