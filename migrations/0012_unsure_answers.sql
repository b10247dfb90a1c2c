-- A try at an answer is counted before the answer is looked at, so that guesses at the same time cannot pass a limit together.
-- It counts as wrong once that is certain. One that broke off, because the database or the program went away, counts for a
-- minute and is then forgotten: trouble of ours shuts nobody out.

alter table wrong_answers add column is_certain boolean not null default true;
alter table wrong_answers alter column is_certain set default false;
