-- A session that was ended from another device tells so to whoever comes with its cookie.
alter table sessions add column ended_at timestamptz;

-- A draft says that another application for the same person is in progress.

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
           l.until as leased_until,
           -- Whoever of the family was faster: this draft can no longer be sent.
           case when a.status = 'draf' then
               (select o.submitted_at from applications o where o.resident_id = a.resident_id and o.status in
                   ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil'))
           end as overtaken_since
    from applications a
    join residents r on r.id = a.resident_id
    join regions k on k.code = coalesce(a.kelurahan_code, r.kelurahan_code)
    left join counters c on c.code = a.counter_code
    left join regions g on g.code = a.counter_code
    left join places p on p.application_id = a.id and p.counter_code = a.counter_code and p.starts_at = a.starts_at
    left join leases l on l.application_id = a.id;
