-- The desk's people, and history that shows when somebody altered it.
--
-- Every event is chained to the one before it by a keyed hash (HMAC): one chain a counter, so that
-- writers of different counters do not wait for each other, and one ("umum") for what belongs to no
-- counter. A chain's head knows how many events it has and the last hash. PostgreSQL does not know
-- the key; `alpukat verify-audit` does. What code may forget is held here:
--   * every event stands in a chain, at a place of its own    events_are_chained, events_in_a_chain
--   * a head goes on by one, never back                       trigger of chain_heads
--   * an officer's deed names the officer                     events_name_their_officer
--   * an officer without a counter is an administrator        check of officers

create table officers (
    id            uuid primary key,
    username      text not null constraint officers_username unique check (username ~ '^[a-z0-9][a-z0-9._-]{2,31}$'),
    role          text not null check (role in ('petugas', 'penyelia', 'admin')),
    -- An officer's counter; of a supervisor the kecamatan or kota whose counters are theirs.
    counter_code  text references counters,
    nik_index     bytea check (length(nik_index) = 32),
    -- Name, and the secret of the second factor.
    sealed        bytea not null,
    password_hash text not null,
    is_enabled    boolean not null default true,
    -- The time step of the last code of the second factor that was taken; none until it is set up.
    factor_step   bigint,
    created_at    timestamptz not null,
    constraint officers_counter check (case role when 'admin' then counter_code is null
                                                 when 'penyelia' then counter_code is not null and length(counter_code) < 13
                                                 else counter_code is not null end)
);

-- For whoever lost the second factor: each opens once.
create table recovery_codes (
    officer_id uuid not null references officers on delete cascade,
    code_index bytea not null check (length(code_index) = 32),
    primary key (officer_id, code_index)
);

-- Officers' sessions stand beside the citizens', and neither cookie opens the other's.
alter table sessions
    add column audience   text not null default 'warga' check (audience in ('warga', 'petugas')),
    add column officer_id uuid references officers on delete cascade,
    add constraint sessions_of_their_audience check (case audience when 'warga' then officer_id is null else account_id is null end);
create index sessions_of_an_officer on sessions (officer_id) where officer_id is not null;

create table chain_heads (
    chain text primary key,
    count bigint not null default 0 check (count >= 0),
    mac   bytea not null default decode(repeat('00', 32), 'hex') check (length(mac) = 32)
);
insert into chain_heads (chain) select code from counters union all select 'umum';

create function chain_heads_only_advance() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'the head of a chain is never removed' using errcode = 'insufficient_privilege';
    end if;
    if new.chain <> old.chain or new.count <> old.count + 1 then
        raise exception 'the head of a chain goes on by one' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger chain_heads_only_advance before update or delete on chain_heads
    for each row execute function chain_heads_only_advance();

alter table events
    -- Names the fact that the event is: what is sealed is bound to it, and messages report it once.
    add column fact       uuid not null default gen_random_uuid() unique,
    add column officer_id uuid references officers,
    -- Where the officer sat, however they move later.
    add column office     text references counters,
    -- What belongs to it and is for few eyes: an officer's own words, a collector's name, what was searched.
    add column sealed     bytea,
    add column chain      text references chain_heads,
    add column number     bigint,
    add column mac        bytea,
    drop constraint events_actor_check,
    add constraint events_actor_check check (actor in ('warga', 'petugas', 'jam', 'operator')),
    -- Not valid: what was written before there were chains stands in none.
    add constraint events_are_chained check (chain is not null and number is not null and length(mac) = 32) not valid,
    add constraint events_name_their_officer check ((actor = 'petugas') = (officer_id is not null)) not valid,
    -- A return and a refusal say why.
    add constraint events_give_a_reason check (to_status is null or to_status not in ('perlu_perbaikan', 'ditolak') or reason is not null) not valid;
alter table events alter column fact drop default;
create unique index events_in_a_chain on events (chain, number);
create index events_of_an_officer on events (officer_id, id) where officer_id is not null;

create or replace view application_history as
    select id, application_id, at, from_status, to_status, actor, account_id, reason, fact, officer_id, sealed
    from events where deed = 'langkah';
