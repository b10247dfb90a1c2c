-- Applications, their pages, their places, and what happened to them.
--
-- What code may forget is held here:
--   * one open application a resident           applications_one_open_per_resident
--   * no place taken twice, none above capacity primary key and trigger of places
--   * only the steps of application_steps       foreign key of events, trigger of applications
--   * no change of status without its event,
--     no event without its change of status     deferred triggers on both
--   * history is never changed                  trigger of events; the program's role may only insert

-- The status machine, for the program and for whoever tries to go round it.
create table application_steps (
    from_status text not null,
    to_status   text not null,
    actor       text not null check (actor in ('warga', 'petugas', 'jam')),
    primary key (from_status, to_status, actor)
);
insert into application_steps (from_status, to_status, actor) values
    ('draf', 'diajukan', 'warga'),
    ('diajukan', 'perlu_perbaikan', 'petugas'),
    ('diajukan', 'disetujui', 'petugas'),
    ('diajukan', 'ditolak', 'petugas'),
    ('diajukan', 'dibatalkan', 'warga'),
    ('perlu_perbaikan', 'diajukan', 'warga'),
    ('perlu_perbaikan', 'dibatalkan', 'warga'),
    ('perlu_perbaikan', 'kedaluwarsa', 'jam'),
    ('disetujui', 'dicetak', 'petugas'),
    ('disetujui', 'menunggu_blangko', 'petugas'),
    ('disetujui', 'dibatalkan', 'warga'),
    ('menunggu_blangko', 'dicetak', 'petugas'),
    ('menunggu_blangko', 'dibatalkan', 'warga'),
    ('dicetak', 'siap_diambil', 'petugas'),
    ('dicetak', 'disetujui', 'petugas'),
    ('siap_diambil', 'selesai', 'petugas'),
    ('siap_diambil', 'disetujui', 'petugas'),
    ('siap_diambil', 'tidak_diambil', 'jam'),
    ('tidak_diambil', 'selesai', 'petugas'),
    ('tidak_diambil', 'siap_diambil', 'petugas'),
    ('tidak_diambil', 'siap_diambil', 'warga');

create table applications (
    id             uuid primary key,
    account_id     uuid not null references accounts,
    resident_id    uuid not null references residents,
    status         text not null default 'draf' check (status in ('draf', 'diajukan', 'perlu_perbaikan', 'disetujui',
                       'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil', 'selesai', 'ditolak', 'dibatalkan',
                       'kedaluwarsa')),
    category       text check (category in ('hilang', 'rusak', 'pindah', 'setelah_rekam')),
    papers         text[] not null default '{}',
    -- The chosen half hour. The claim on a seat in it is a row of places, which a draft may lose.
    counter_code   text references counters,
    starts_at      timestamptz,
    -- Where the resident lived when it was sent; what moves later does not move the receipt.
    kelurahan_code text references regions,
    receipt_number text constraint applications_receipt_number unique,
    check_code     uuid constraint applications_check_code unique,
    phone_index    bytea check (length(phone_index) = 32),
    -- Telephone, the police's letter and, once sent, the copy of the registry's row.
    sealed         bytea not null,
    answered_at    timestamptz not null,
    submitted_at   timestamptz,
    check ((counter_code is null) = (starts_at is null)),
    check (status = 'draf' or (category is not null and kelurahan_code is not null and starts_at is not null and receipt_number is not null
                               and check_code is not null and phone_index is not null and submitted_at is not null))
);
create unique index applications_one_open_per_resident on applications (resident_id)
    where status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil');
create unique index applications_one_draft on applications (account_id, resident_id) where status = 'draf';
create index applications_of_an_account on applications (account_id);
create index applications_about_a_resident on applications (resident_id);
create index applications_with_a_phone on applications (phone_index);
create index applications_drafts on applications (answered_at) where status = 'draf';

-- One stored page each: a sealed JPEG of ours. Fingerprint: keyed hash of the file it came from.
create table pages (
    id             uuid primary key,
    application_id uuid not null references applications on delete cascade,
    kind           text not null check (kind in ('surat_kehilangan', 'kk', 'ktp_rusak', 'surat_pindah', 'ktp_lama',
                       'bukti_perekaman')),
    number         smallint not null check (number between 1 and 10),
    bytes          integer not null,
    fingerprint    bytea not null check (length(fingerprint) = 32),
    received_at    timestamptz not null,
    sealed         bytea not null,
    -- Deferrable, because removing page 1 moves the others up by one.
    constraint pages_number unique (application_id, kind, number) deferrable initially immediate
);
alter table pages alter column sealed set storage external;
create index pages_of_a_file on pages (fingerprint);

create table page_previews (
    page_id uuid primary key references pages on delete cascade,
    sealed  bytea not null
);

-- A seat in a half hour at a counter: held for a draft until held_until, firm when that is null.
-- One live place an application; deferred, so that a move takes the new place before it frees the old.
create table places (
    counter_code   text not null references counters,
    starts_at      timestamptz not null,
    seat           smallint not null check (seat >= 1),
    application_id uuid not null references applications on delete cascade,
    held_until     timestamptz,
    primary key (counter_code, starts_at, seat),
    constraint places_one_per_application unique (application_id) deferrable initially deferred
);

create function places_within_capacity() returns trigger language plpgsql as $$
begin
    if new.seat > (select places from counters where code = new.counter_code) then
        raise exception 'seat % is above the capacity of counter %', new.seat, new.counter_code
            using errcode = 'check_violation', constraint = 'places_within_capacity';
    end if;
    return new;
end $$;
create trigger places_within_capacity before insert on places for each row execute function places_within_capacity();

-- Who did what, whose, when, from where. Append-only; the history of a case is a view of it.
create table events (
    id             bigint generated always as identity primary key,
    at             timestamptz not null,
    deed           text not null,
    actor          text not null check (actor in ('warga', 'petugas', 'jam')),
    account_id     uuid,
    application_id uuid references applications,
    origin         text,
    from_status    text,
    to_status      text,
    reason         text,
    foreign key (from_status, to_status, actor) references application_steps,
    check ((deed = 'langkah') = (from_status is not null)),
    check ((from_status is null) = (to_status is null)),
    check (deed <> 'langkah' or application_id is not null)
);
create index events_of_an_application on events (application_id, id) where application_id is not null;
create index events_of_an_account on events (account_id, id) where account_id is not null;

create view application_history as
    select id, application_id, at, from_status, to_status, actor, account_id, reason
    from events where deed = 'langkah';

create function events_are_final() returns trigger language plpgsql as $$
begin
    raise exception 'events are never changed or removed' using errcode = 'insufficient_privilege';
end $$;
create trigger events_are_final before update or delete or truncate on events
    for each statement execute function events_are_final();

-- A step starts where the last one ended.
create function events_follow_each_other() returns trigger language plpgsql as $$
declare
    last_status text;
begin
    select to_status into last_status from events
        where application_id = new.application_id and deed = 'langkah' order by id desc limit 1;
    if new.from_status <> coalesce(last_status, 'draf') then
        raise exception 'a step from % cannot follow %', new.from_status, coalesce(last_status, 'draf')
            using errcode = 'check_violation', constraint = 'events_follow_each_other';
    end if;
    return new;
end $$;
create trigger events_follow_each_other before insert on events
    for each row when (new.deed = 'langkah') execute function events_follow_each_other();

create function applications_step_exists() returns trigger language plpgsql as $$
begin
    if not exists (select from application_steps where from_status = old.status and to_status = new.status) then
        raise exception 'no step from % to %', old.status, new.status
            using errcode = 'check_violation', constraint = 'applications_step_exists';
    end if;
    return new;
end $$;
create trigger applications_step_exists before update of status on applications
    for each row when (old.status <> new.status) execute function applications_step_exists();

create function applications_begin_and_end_as_drafts() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and new.status <> 'draf' or tg_op = 'DELETE' and old.status <> 'draf' then
        raise exception 'an application begins as a draft, and only a draft is removed'
            using errcode = 'check_violation', constraint = 'applications_begin_and_end_as_drafts';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger applications_begin_and_end_as_drafts before insert or delete on applications
    for each row execute function applications_begin_and_end_as_drafts();

-- At the end of the transaction status and history tell the same.
create function status_equals_history() returns trigger language plpgsql as $$
declare
    subject uuid := case tg_table_name when 'events' then to_jsonb(new) ->> 'application_id' else to_jsonb(new) ->> 'id' end;
    last_status text;
begin
    select to_status into last_status from events
        where application_id = subject and deed = 'langkah' order by id desc limit 1;
    if exists (select from applications where id = subject and status <> coalesce(last_status, 'draf')) then
        raise exception 'status and history of an application differ'
            using errcode = 'check_violation', constraint = 'status_equals_history';
    end if;
    return null;
end $$;
create constraint trigger applications_status_has_its_event after update of status on applications
    deferrable initially deferred for each row when (old.status <> new.status) execute function status_equals_history();
create constraint trigger events_status_has_changed after insert on events
    deferrable initially deferred for each row when (new.deed = 'langkah') execute function status_equals_history();

-- An application with everything that its pages show but the pictures, in one row.
create view application_files as
    select a.id, a.account_id, a.resident_id, a.status, a.category, a.papers, a.counter_code, a.starts_at, a.receipt_number,
           a.check_code, a.sealed, a.answered_at, a.submitted_at,
           r.sealed as resident_sealed, k.name as kelurahan_name,
           -- A draft is gone when the resident no longer stands on the filer's family card.
           r.kk_index = (select f.kk_index from accounts o join residents f on f.id = o.resident_id where o.id = a.account_id)
               as is_of_family,
           (select max(h.at) from applications b join application_history h on h.application_id = b.id
                where b.resident_id = a.resident_id and h.to_status = 'selesai') as handed_over_at,
           g.name as region_name, c.address, c.whatsapp, c.places,
           p.application_id is not null as has_place, p.held_until,
           (select json_agg(json_build_object('kind', d.kind, 'pages', d.pages, 'received_at', d.received_at))
                from (select kind, json_agg(id order by number) as pages, max(received_at) as received_at from pages
                          where application_id = a.id group by kind) d) as documents,
           (select json_agg(json_build_object('at', h.at, 'from', h.from_status, 'to', h.to_status, 'by', h.actor) order by h.id)
                from application_history h where h.application_id = a.id) as history
    from applications a
    join residents r on r.id = a.resident_id
    join regions k on k.code = coalesce(a.kelurahan_code, r.kelurahan_code)
    left join counters c on c.code = a.counter_code
    left join regions g on g.code = a.counter_code
    left join places p on p.application_id = a.id and p.counter_code = a.counter_code and p.starts_at = a.starts_at;
