-- Which half hour a case had, and when it was given another one: what the sheet of a day is read from.
--
-- applications tells the half hour of today; a sheet of a day that is over must go on telling the one of then. What code may
-- forget is held here:
--   * a half hour is never forgotten            trigger of appointments; the program's role may only insert
--   * none is given without being written down  deferred trigger of applications
--   * a card goes back to the printer for a reason, wherever it comes from      events_give_a_reason

-- The half hour that an event gave to its case: sending it in, or a move. Who, whose and when stand in the event.
create table appointments (
    fact         uuid primary key references events (fact),
    counter_code text not null references counters,
    starts_at    timestamptz not null
);
create index appointments_at_a_half_hour on appointments (counter_code, starts_at);

-- Of what happened before there was this table, the last half hour is known.
insert into appointments (fact, counter_code, starts_at)
    select given.fact, a.counter_code, a.starts_at
    from applications a
    cross join lateral (
        select e.fact from events e
        where e.application_id = a.id
          and (e.deed = 'ubah_jadwal' or e.from_status = 'draf' or e.from_status = 'tidak_diambil' and e.to_status = 'siap_diambil')
        order by e.id desc limit 1) given
    where a.status <> 'draf';

create function appointments_are_final() returns trigger language plpgsql as $$
begin
    raise exception 'appointments are never changed or removed' using errcode = 'insufficient_privilege';
end $$;
create trigger appointments_are_final before update or delete or truncate on appointments
    for each statement execute function appointments_are_final();

-- At the end of the transaction the half hour of a sent case is the last that was written down.
create function appointments_are_written_down() returns trigger language plpgsql as $$
begin
    if exists (
        select from applications a
        left join lateral (
            select g.counter_code, g.starts_at from events e join appointments g on g.fact = e.fact
            where e.application_id = a.id order by e.id desc limit 1) last on true
        where a.id = new.id and a.status <> 'draf'
          and (last.counter_code, last.starts_at) is distinct from (a.counter_code, a.starts_at)) then
        raise exception 'the half hour of an application is not written down'
            using errcode = 'check_violation', constraint = 'appointments_are_written_down';
    end if;
    return null;
end $$;
create constraint trigger appointments_are_written_down after update of counter_code, starts_at, status on applications
    deferrable initially deferred for each row
    when (new.status <> 'draf' and (old.status = 'draf' or (old.counter_code, old.starts_at) is distinct from (new.counter_code, new.starts_at)))
    execute function appointments_are_written_down();

-- A misprint is seen at the counter also on the card of somebody who did not come on their day.
insert into application_steps (from_status, to_status, actor) values
    ('tidak_diambil', 'disetujui', 'petugas');
alter table events drop constraint events_give_a_reason, add constraint events_give_a_reason check (
    to_status is null or reason is not null
    or not (to_status in ('perlu_perbaikan', 'ditolak', 'selesai')
            or to_status = 'disetujui' and from_status in ('dicetak', 'siap_diambil', 'tidak_diambil'))) not valid;
drop index events_of_cards;
create index events_of_cards on events (chain, at)
    where to_status = 'selesai' or to_status = 'disetujui' and from_status in ('dicetak', 'siap_diambil', 'tidak_diambil');

-- A card that was found to be spoilt at the counter is spoilt on the list of its run, too.
update print_cards c set flaw = seen.reason
    from (
        select distinct on (p.run_id, p.number) p.run_id, p.number, h.reason
        from print_cards p
        join application_history h on h.application_id = p.application_id and h.at >= p.ended_at
        where p.flaw is null and h.from_status = 'siap_diambil' and h.to_status = 'disetujui'
        order by p.run_id, p.number, h.id) seen
    where c.run_id = seen.run_id and c.number = seen.number;

-- What waits for the printer, and when its turn is: first what was printed before and spoilt, then what waited for a blank.
create view cases_to_print as
    select a.id, a.counter_code, a.submitted_at,
           case when exists (select from print_cards c where c.application_id = a.id) then 0
                when a.status = 'menunggu_blangko' then 1
                else 2 end as turn
    from applications a
    where a.status in ('disetujui', 'menunggu_blangko');
