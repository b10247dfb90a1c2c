-- What the clock looks for: returns that were not mended in time, cards that nobody fetched.
create index applications_to_mend on applications (status_since) where status = 'perlu_perbaikan';
create index applications_to_fetch on applications (starts_at) where status = 'siap_diambil';
