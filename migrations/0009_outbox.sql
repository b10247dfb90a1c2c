-- How far each message has come on its way to a phone.
--
-- menunggu: to be handed to the gateway, now or after a pause; terkirim: the gateway has it; sampai: the phone has it;
-- gagal: given up, somebody should telephone; ditelepon: somebody did. It only ever goes forward, but when somebody
-- sends it again. What code may forget is held here:
--   * what the network reports never takes a message back      trigger messages_go_forward

alter table messages
    -- The order in which a phone gets its messages.
    add column number       bigint generated always as identity,
    add column tries        smallint not null default 0,
    -- Not before this moment; nothing to wait for when it was just written.
    add column due_at       timestamptz,
    -- A worker has it, unless this has passed.
    add column leased_until timestamptz,
    -- Why it did not go through the last time, in a code.
    add column cause        text,
    -- When it is of no use any more: a code's end.
    add column useless_from timestamptz,
    drop constraint messages_state_check,
    add constraint messages_state_check check (state in ('menunggu', 'terkirim', 'sampai', 'gagal', 'ditelepon')),
    drop constraint messages_check,
    add constraint messages_sent_at check (state not in ('terkirim', 'sampai') or sent_at is not null);
update messages set due_at = created_at;
alter table messages alter column due_at set not null;

drop index messages_waiting;
create index messages_waiting on messages (due_at, number) where state = 'menunggu';
create index messages_waiting_for_a_phone on messages (phone_index, number) where state = 'menunggu';
create index messages_useless on messages (useless_from) where state = 'menunggu';
create index messages_failed on messages (created_at) where state = 'gagal';

create function messages_go_forward() returns trigger language plpgsql as $$
begin
    if array_position(array['menunggu', 'terkirim', 'gagal', 'sampai', 'ditelepon'], new.state)
        < array_position(array['menunggu', 'terkirim', 'gagal', 'sampai', 'ditelepon'], old.state)
        -- Sent again by somebody: it begins anew.
        and not (new.state = 'menunggu' and new.tries = 0) then
        raise exception 'a message does not go back from % to %', old.state, new.state
            using errcode = 'check_violation', constraint = 'messages_go_forward';
    end if;
    return new;
end $$;
create trigger messages_go_forward before update of state on messages for each row execute function messages_go_forward();

-- Workers listen, so that a message goes out at once.
create function messages_are_announced() returns trigger language plpgsql as $$
begin
    notify messages;
    return null;
end $$;
create trigger messages_are_announced after insert on messages for each statement execute function messages_are_announced();

-- Cards that lie at a counter and that nobody fetched: their holders are reminded after a week.
create index applications_left_there on applications (status_since) where status = 'tidak_diambil';
