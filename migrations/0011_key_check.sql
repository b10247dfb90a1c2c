-- Which secret this database is filled with.
--
-- The one row is a keyed hash of a fixed word. A program with another secret finds another hash, and stops before it writes
-- anything: what it sealed nobody could open later, and who is registered it would not find. The program writes the row once;
-- it may neither change nor remove it.

create table key_check (
    -- One row.
    is_here boolean primary key default true check (is_here),
    mac     bytea not null check (length(mac) = 32)
);
