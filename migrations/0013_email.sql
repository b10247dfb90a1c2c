-- E-mail beside SMS: one outbox, a channel for each message, and addresses that a code has proved.
--
-- Each channel has its own order, tries and pauses, so that one that is away holds up nothing of the other. A fact is reported
-- once in each kind and on each channel.

alter table messages add column channel text not null default 'sms' check (channel in ('sms', 'email'));
-- Keyed hash of the phone or the e-mail address; the two kinds of hash never meet.
alter table messages rename column phone_index to recipient_index;
alter table messages
    drop constraint messages_report_once,
    add constraint messages_report_once unique (kind, fact, channel);
alter index messages_waiting_for_a_phone rename to messages_waiting_for_a_recipient;
drop index messages_waiting;
create index messages_waiting on messages (channel, due_at, number) where state = 'menunggu';

-- Keyed hash of the account's e-mail address once a code has proved it; nothing before that. A message about a case goes out
-- only while it is addressed to this one.
alter table accounts add column email_index bytea check (length(email_index) = 32);

-- A code that proves an e-mail address is sent there.
alter table codes rename column phone_index to recipient_index;
alter index codes_of_a_phone rename to codes_of_a_recipient;
alter table codes
    drop constraint codes_purpose_check,
    add constraint codes_purpose_check check (purpose in ('registrasi', 'ponsel', 'pemulihan', 'email'));
