-- "Urungkan": for a minute, whoever approved, returned or refused a case may take that back.
--
-- What code may forget is held here:
--   * a decision is taken back by whoever took it, within the minute, and
--     only while it is the case's last step                               events_undo_in_time
--   * nothing is printed in that minute                                   print_cards_after_the_minute
--   * a message that has left, or is about to, is not taken back          messages_that_left_stay

insert into application_steps (from_status, to_status, actor) values
    ('disetujui', 'diajukan', 'petugas'),
    ('perlu_perbaikan', 'diajukan', 'petugas'),
    ('ditolak', 'diajukan', 'petugas');

create function events_undo_in_time() returns trigger language plpgsql as $$
declare
    decision record;
begin
    select from_status, officer_id, at into decision from events
        where application_id = new.application_id and deed = 'langkah' order by id desc limit 1;
    if decision.from_status is distinct from 'diajukan' or decision.officer_id is distinct from new.officer_id
        or new.at not between decision.at and decision.at + interval '60 seconds' then
        raise exception 'a decision is taken back within a minute, by whoever took it'
            using errcode = 'check_violation', constraint = 'events_undo_in_time';
    end if;
    return new;
end $$;
create trigger events_undo_in_time before insert on events
    for each row when (new.deed = 'langkah' and new.to_status = 'diajukan' and new.actor = 'petugas')
    execute function events_undo_in_time();

-- What an officer decided a moment ago.
create index events_decisions on events (officer_id, at)
    where deed = 'langkah' and from_status = 'diajukan' and officer_id is not null;

create function print_cards_after_the_minute() returns trigger language plpgsql as $$
declare
    step record;
begin
    select from_status, at into step from events
        where application_id = new.application_id and deed = 'langkah' order by id desc limit 1;
    if step.from_status = 'diajukan'
        and (select started_at from print_runs where id = new.run_id) < step.at + interval '60 seconds' then
        raise exception 'a decision can be taken back for a minute; nothing is printed before'
            using errcode = 'check_violation', constraint = 'print_cards_after_the_minute';
    end if;
    return new;
end $$;
create trigger print_cards_after_the_minute before insert on print_cards
    for each row execute function print_cards_after_the_minute();

create function messages_that_left_stay() returns trigger language plpgsql as $$
begin
    if old.state <> 'menunggu' or old.tries > 0 then
        raise exception 'a message that has left is not taken back'
            using errcode = 'check_violation', constraint = 'messages_that_left_stay';
    end if;
    return old;
end $$;
create trigger messages_that_left_stay before delete on messages for each row execute function messages_that_left_stay();
create index messages_about_a_fact on messages (fact);

-- What an officer has in hand.
create index leases_of_an_officer on leases (officer_id);
