-- Where cards are handed over, and when.
--
-- A counter is the code of the region it serves, so the counters of a resident are the prefixes of
-- their kelurahan's code. Free places are never stored: they are computed from the usual hours
-- (in the program), the exceptions and holidays here, and the live places of 0004.

create table regions (
    code        text primary key check (code ~ '^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$'),
    name        text not null,
    level       text not null check (level in ('provinsi', 'kota_kabupaten', 'kecamatan', 'kelurahan')),
    parent_code text references regions
);

-- Address and WhatsApp number come from import-counters; unknown ones stay null and are left out.
create table counters (
    code     text primary key references regions,
    address  text,
    whatsapp text,
    places   smallint not null default 3 check (places between 0 and 100)
);

-- A date on which a counter differs from its usual hours: a row an interval, or one row without
-- hours for a closed day.
create table counter_exceptions (
    counter_code text not null references counters,
    on_date      date not null,
    opens_at     time,
    closes_at    time,
    reason       text not null,
    unique nulls not distinct (counter_code, on_date, opens_at),
    check ((opens_at is null) = (closes_at is null)),
    check (opens_at < closes_at)
);

-- National holidays and cuti bersama: no working days anywhere.
create table holidays (
    on_date date primary key,
    name    text not null,
    kind    text not null check (kind in ('libur_nasional', 'cuti_bersama'))
);
