-- From an approved case to a card in somebody's hand: print runs, the blanks they take, closed days.
--
-- What code may forget is held here:
--   * a card takes one blank, and the stock is never below zero   blanks_of_a_card, trigger and check of blanks
--   * the ledger of blanks is never changed                       trigger of blanks; the program's role may only insert
--   * a case is at the printer once at a time                     print_cards_one_at_the_printer
--   * nobody is booked for a closed day                           trigger of places

create table print_runs (
    -- Made by the page that starts it, so that pressing twice starts one.
    id           uuid primary key,
    counter_code text not null references counters,
    on_date      date not null,
    number       smallint not null check (number >= 1),
    officer_id   uuid not null references officers,
    started_at   timestamptz not null,
    constraint print_runs_number unique (counter_code, on_date, number)
);

-- A card of a run: good when it has ended without a flaw.
create table print_cards (
    run_id         uuid not null references print_runs,
    number         smallint not null check (number >= 1),
    application_id uuid not null references applications,
    ended_at       timestamptz,
    flaw           text check (flaw in ('bergaris', 'chip_tidak_terbaca', 'blangko_cacat', 'data_salah', 'foto_salah')),
    primary key (run_id, number),
    constraint print_cards_once_a_run unique (run_id, application_id),
    check (flaw is null or ended_at is not null)
);
create unique index print_cards_one_at_the_printer on print_cards (application_id) where ended_at is null;
create index print_cards_of_an_application on print_cards (application_id);

-- Blank cards of a counter: what came, and what each card took. The balance of the last row is the stock.
create table blanks (
    -- Of a delivery: made by the page, so that pressing twice enters it once.
    id           uuid primary key,
    counter_code text not null references counters,
    number       bigint not null,
    change       integer not null check (change <> 0),
    balance      integer not null constraint blanks_never_below_zero check (balance >= 0),
    at           timestamptz not null,
    officer_id   uuid not null references officers,
    run_id       uuid,
    card_number  smallint,
    foreign key (run_id, card_number) references print_cards,
    constraint blanks_of_a_card unique (run_id, card_number),
    constraint blanks_in_order unique (counter_code, number),
    check ((run_id is null) = (card_number is null)),
    check (run_id is null or change = -1)
);

-- Rows of one statement see those before them.
create function blanks_add_up() returns trigger language plpgsql as $$
declare
    before record;
begin
    select number, balance into before from blanks where counter_code = new.counter_code order by number desc limit 1;
    if new.number <> coalesce(before.number, 0) + 1 or new.balance <> coalesce(before.balance, 0) + new.change then
        raise exception 'a row of the ledger does not follow the last one'
            using errcode = 'check_violation', constraint = 'blanks_add_up';
    end if;
    return new;
end $$;
create trigger blanks_add_up before insert on blanks for each row execute function blanks_add_up();

create function blanks_are_final() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger of blanks is never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger blanks_are_final before update or delete or truncate on blanks for each statement execute function blanks_are_final();

-- As before, and no place on a day on which the counter is closed. Whoever closes a day locks the counter; the
-- lock here waits for that, so that no booking slips in between.
create or replace function places_within_capacity() returns trigger language plpgsql as $$
begin
    if new.seat > (select places from counters where code = new.counter_code for key share) then
        raise exception 'seat % is above the capacity of counter %', new.seat, new.counter_code
            using errcode = 'check_violation', constraint = 'places_within_capacity';
    end if;
    if exists (select from counter_exceptions where counter_code = new.counter_code and opens_at is null
                   and on_date = (new.starts_at at time zone 'UTC' + interval '7 hours')::date) then
        raise exception 'counter % is closed that day', new.counter_code
            using errcode = 'check_violation', constraint = 'places_on_open_days';
    end if;
    return new;
end $$;

-- Some messages are about an account and no case.
alter table messages
    alter column application_id drop not null,
    drop constraint messages_kind_check,
    add constraint messages_kind_check check (kind in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko',
        'siap_diambil', 'dipindah', 'pengingat', 'tidak_diambil', 'selesai', 'ditolak', 'dibatalkan', 'kedaluwarsa',
        'akun_dilepas', 'ponsel_diganti')),
    add constraint messages_have_their_case check (application_id is not null or kind in ('akun_dilepas', 'ponsel_diganti'));

-- A card that goes back to the printer says why.
alter table events drop constraint events_give_a_reason, add constraint events_give_a_reason check (
    to_status is null or reason is not null
    or not (to_status in ('perlu_perbaikan', 'ditolak', 'selesai') or to_status = 'disetujui' and from_status in ('dicetak', 'siap_diambil'))) not valid;

-- The day sheet; what the clock looks for; the cards that are to be destroyed.
create index applications_at_a_half_hour on applications (counter_code, starts_at) where status <> 'draf';
create index applications_to_print on applications (starts_at)
    where status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak');
create index events_of_cards on events (chain, at)
    where to_status = 'selesai' or to_status = 'disetujui' and from_status in ('dicetak', 'siap_diambil');
