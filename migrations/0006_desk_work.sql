-- What the desk works with: how long a case stands where it stands, who holds it, what its citizen is told.
--
-- What code may forget is held here:
--   * a fact is reported once in each kind of message      messages_report_once
--   * one officer holds a case                             primary key of leases

-- When an application came to where it stands: its last step. Kept beside the status for the queue,
-- which goes by it for thousands of cases; history says the same.
alter table applications add column status_since timestamptz;
update applications a set status_since =
    (select max(h.at) from application_history h where h.application_id = a.id) where status <> 'draf';
alter table applications add constraint applications_status_since check ((status = 'draf') = (status_since is null));

-- The queue of a counter, step by step; ended cases, which are most, are not in it.
create index applications_of_a_counter on applications (counter_code, status, submitted_at, id)
    where status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil');

-- An officer who checks a case holds it until then; it lapses by itself.
create table leases (
    application_id uuid primary key references applications on delete cascade,
    officer_id     uuid not null references officers on delete cascade,
    since          timestamptz not null,
    until          timestamptz not null
);

-- What citizens are told, written in the transaction of the fact it reports. Sealed: phone and text.
create table messages (
    id             uuid primary key,
    application_id uuid not null references applications on delete cascade,
    kind           text not null check (kind in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'siap_diambil',
                       'dipindah', 'pengingat', 'tidak_diambil', 'selesai', 'ditolak', 'dibatalkan', 'kedaluwarsa')),
    -- The event it reports.
    fact           uuid not null,
    phone_index    bytea not null check (length(phone_index) = 32),
    sealed         bytea not null,
    state          text not null default 'menunggu' check (state in ('menunggu', 'terkirim')),
    created_at     timestamptz not null,
    sent_at        timestamptz,
    constraint messages_report_once unique (kind, fact),
    check ((state = 'terkirim') = (sent_at is not null))
);
create index messages_of_an_application on messages (application_id, created_at);
create index messages_waiting on messages (created_at, id) where state = 'menunggu';

-- As before, with the officer and the row of each step, and the end of a lease.
create or replace view application_files as
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
           (select json_agg(json_build_object('at', h.at, 'from', h.from_status, 'to', h.to_status, 'by', h.actor,
                                              'officer', h.officer_id, 'fact', h.fact) order by h.id)
                from application_history h where h.application_id = a.id) as history,
           l.until as leased_until
    from applications a
    join residents r on r.id = a.resident_id
    join regions k on k.code = coalesce(a.kelurahan_code, r.kelurahan_code)
    left join counters c on c.code = a.counter_code
    left join regions g on g.code = a.counter_code
    left join places p on p.application_id = a.id and p.counter_code = a.counter_code and p.starts_at = a.starts_at
    left join leases l on l.application_id = a.id;
