//! What the database itself holds, tried past the program: history, the status machine, capacity, and
//! what the program's role may not do.

use alpukat::domain::{
    ids::OfficerId,
    officer::Role,
    status::{Actor, Status},
};
use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::support::{
    app::{App, COUNTER, SLOT},
    people::grown_up,
};

/// A row of history written by hand, past the program.
const EVENT: &str =
    "insert into events (chain, number, mac, fact, at, deed, actor, officer_id, reason, application_id, from_status, to_status)";
const MAC: &str = "decode(repeat('00', 32), 'hex')";

/// A sent application, and a connection as its owner with the guards of the program out of the way.
async fn sent(app: &App) -> uuid::Uuid {
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    application.rsplit('/').next().unwrap().parse().unwrap()
}

/// The SQLSTATE with which statements are refused, or nothing when they pass.
async fn refusal(connection: &mut PgConnection, statements: &str) -> Option<String> {
    let script = format!("begin; {statements}; commit");
    let outcome = connection.execute(AssertSqlSafe(script)).await;
    connection.execute("rollback").await.unwrap();
    outcome.err().map(|error| error.as_database_error().unwrap().code().unwrap().into_owned())
}

#[tokio::test]
async fn the_program_may_change_neither_history_nor_schema() {
    let app = App::new().await;
    sent(&app).await;
    let mut program = app.program().await;
    let forbidden = [
        "update events set origin = ''",
        "delete from events",
        "truncate events",
        "update application_steps set actor = 'warga'",
        "insert into application_steps values ('draf', 'selesai', 'warga')",
        "delete from regions",
        "update holidays set name = ''",
        "create table x (y int)",
        "create temporary table x (y int)",
        "create schema x",
        "alter table events disable trigger all",
        "alter table events add column x int",
        "update chain_heads set count = count - 1",
        "update chain_heads set count = count + 2",
        "delete from chain_heads",
        "insert into chain_heads (chain) values ('x')",
        "drop table applications",
        "drop view application_history",
        "set session_replication_role = replica",
        "create function x() returns int language sql as 'select 1'",
    ];
    for statement in forbidden {
        assert_eq!(refusal(&mut program, statement).await.as_deref(), Some("42501"), "{statement}");
    }
}

#[tokio::test]
async fn not_even_the_owner_changes_history_by_mistake() {
    let app = App::new().await;
    sent(&app).await;
    let mut owner = app.owner().await;
    for statement in ["update events set origin = ''", "delete from events", "truncate events cascade"] {
        assert_eq!(refusal(&mut owner, statement).await.as_deref(), Some("42501"), "{statement}");
    }
}

#[tokio::test]
async fn no_status_is_reached_but_by_a_step_of_the_table() {
    let app = App::new().await;
    let id = sent(&app).await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await.id;
    let mut owner = app.owner().await;
    let mut passed = 0;
    for from in Status::ALL {
        stand_at(&mut owner, id, *from, officer).await;
        for to in Status::ALL {
            for actor in Actor::ALL {
                let (from_code, to_code, by) = (from.code(), to.code(), actor.code());
                let step = format!(
                    "update applications set status = '{to_code}', status_since = '2026-11-21' where id = '{id}';
                     {EVENT} values ('umum', 1000000000, {MAC}, gen_random_uuid(), '2026-11-21', 'langkah', '{by}',
                         case '{by}' when 'petugas' then '{officer}'::uuid end, 'kk:fotokopi', '{id}', '{from_code}', '{to_code}');
                     insert into appointments select e.fact, a.counter_code, a.starts_at from events e join applications a on a.id = e.application_id
                         order by e.id desc limit 1;
                     set constraints all immediate; do $$ begin raise exception 'undo' using errcode = 'P0099'; end $$"
                );
                // Taking a decision back needs a decision of a moment ago, which has tests of its own.
                let takes_back = *to == Status::Diajukan && *actor == Actor::Petugas;
                let allowed = from.step(*to, *actor).is_ok() && !takes_back;
                let outcome = refusal(&mut owner, &step).await;
                assert_eq!(outcome.as_deref() == Some("P0099"), allowed, "{from_code} to {to_code} by {by}: {outcome:?}");
                passed += usize::from(allowed);
            }
        }
    }
    assert_eq!(passed, 22);
}

/// Puts the application somewhere, past every guard.
async fn stand_at(owner: &mut PgConnection, id: uuid::Uuid, status: Status, officer: OfficerId) {
    let code = status.code();
    let script = format!(
        "begin; set local session_replication_role = replica; delete from events where application_id = '{id}';
         update applications set status = '{code}', status_since = case when '{code}' <> 'draf' then '2026-11-20'::timestamptz end
             where id = '{id}';
         {EVENT} select 'umum', 1000000 + (random() * 1e9)::int, {MAC}, gen_random_uuid(), '2026-11-20', 'langkah', actor,
                 case actor when 'petugas' then '{officer}'::uuid end, 'kk:fotokopi', '{id}', from_status, to_status
             from application_steps
             where to_status = '{code}' limit 1; commit"
    );
    owner.execute(AssertSqlSafe(script)).await.unwrap();
}

#[tokio::test]
async fn a_status_without_its_event_and_an_event_without_its_status_are_refused() {
    let app = App::new().await;
    let id = sent(&app).await;
    let mut program = app.program().await;
    let event =
        format!("{EVENT} values ('umum', 1000000000, {MAC}, gen_random_uuid(), '2026-11-21', 'langkah', 'warga', null, null,");
    let wrong = [
        format!("update applications set status = 'dibatalkan' where id = '{id}'"),
        format!("{event} '{id}', 'diajukan', 'dibatalkan')"),
        format!("update applications set status = 'dibatalkan' where id = '{id}'; {event} '{id}', 'disetujui', 'dibatalkan')"),
        format!("delete from applications where id = '{id}'"),
        format!("update applications set receipt_number = null where id = '{id}'"),
        format!("insert into applications (id, account_id, resident_id, status, sealed, answered_at)
                 select gen_random_uuid(), account_id, resident_id, 'selesai', '', answered_at from applications where id = '{id}'"),
    ];
    for statements in wrong {
        assert_eq!(refusal(&mut program, &statements).await.as_deref(), Some("23514"), "{statements}");
    }
}

#[tokio::test]
async fn no_seat_is_above_the_capacity_and_none_is_taken_twice() {
    let app = App::new().await;
    let id = sent(&app).await;
    let mut program = app.program().await;
    let seat = |seat: i32| {
        format!(
            "delete from places; insert into places (counter_code, starts_at, seat, application_id) values ('31.71.01.1004', '{SLOT}', {seat}, '{id}')"
        )
    };
    assert_eq!(refusal(&mut program, &seat(3)).await, None);
    assert_eq!(refusal(&mut program, &seat(4)).await.as_deref(), Some("23514"));
    assert_eq!(refusal(&mut program, &seat(0)).await.as_deref(), Some("23514"));
    let twice = format!(
        "insert into places (counter_code, starts_at, seat, application_id) values ('31.71.01.1004', '{SLOT}', 3, '{id}')"
    );
    assert_eq!(refusal(&mut program, &twice).await.as_deref(), Some("23505"));
}
