-- What the program's role may do, granted anew after every migration. It can change neither the
-- schema nor history. The role's name is in the setting alpukat.program_role.
do $$
declare
    program text := current_setting('alpukat.program_role');
begin
    -- Nobody else, and no temporary tables.
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to %I', current_database(), program);
    revoke create on schema public from public;
    execute format('grant usage on schema public to %I', program);
    execute format('grant select on regions, holidays, application_steps, application_history, application_files, cases_to_print, _sqlx_migrations to %I', program);
    execute format('grant select, insert, update on counters, residents, officers to %I', program);
    execute format('grant select, insert, update, delete on counter_exceptions, accounts, sessions, wrong_answers, '
        'applications, pages, page_previews, places, recovery_codes, leases, codes, messages to %I', program);
    execute format('grant select, insert on events, appointments, print_runs, blanks, key_check to %I', program);
    execute format('grant select, insert, update on print_cards to %I', program);
    execute format('grant select, update on chain_heads to %I', program);
end $$;
