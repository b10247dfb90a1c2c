//! The private PostgreSQL is there for whoever joins it, and nothing that is killed keeps the next one from it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use alpukat::adapters::postgres::{PostgresError, PrivatePostgres, ServeLock, usable_data_dir};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

use crate::support::database::TestDatabase;
use crate::support::scratch::Scratch;

/// Set for the child process that joins and then waits to be killed.
const HOLD: &str = "ALPUKAT_TEST_HOLD";

fn data_dir(scratch: &Scratch) -> PathBuf {
    usable_data_dir(&scratch.path().join("data")).unwrap().0
}

async fn connect(how: PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(&how).await.unwrap()
}

/// The server's process, by its own account.
async fn server_of(postgres: &PrivatePostgres) -> i32 {
    let mut owner = connect(postgres.owner()).await;
    let file: String = sqlx::query_scalar("SELECT pg_read_file('postmaster.pid')").fetch_one(&mut owner).await.unwrap();
    file.lines().next().unwrap().parse().unwrap()
}

async fn answers(how: PgConnectOptions) -> bool {
    PgConnection::connect_with(&how).await.is_ok()
}

#[tokio::test]
async fn the_last_to_leave_stops_the_server_and_the_data_stays() {
    let scratch = Scratch::new();
    let folder = data_dir(&scratch);
    let first = PrivatePostgres::join(&folder).await.unwrap();
    let second = PrivatePostgres::join(&folder).await.unwrap();
    let how = second.owner();
    connect(how.clone()).await.execute("CREATE TABLE kept (id int)").await.unwrap();

    first.leave().await.unwrap();
    assert!(answers(how.clone()).await, "somebody still uses it");
    // Also when it is dropped with a connection open, as on a panic.
    let open = connect(how.clone()).await;
    drop(second);
    assert!(!answers(how).await, "the last has left");
    drop(open);

    let again = PrivatePostgres::join(&folder).await.unwrap();
    connect(again.owner()).await.execute("SELECT id FROM kept").await.unwrap();
    again.leave().await.unwrap();
}

#[tokio::test]
async fn many_come_and_go_at_once() {
    let scratch = Scratch::new();
    let folder = data_dir(&scratch);
    let users = (0..6).map(|_| {
        let folder = folder.clone();
        tokio::spawn(async move {
            for _ in 0..3 {
                let postgres = PrivatePostgres::join(&folder).await.unwrap();
                connect(postgres.program()).await.execute("SELECT 1").await.unwrap();
                postgres.leave().await.unwrap();
            }
        })
    });
    for user in users.collect::<Vec<_>>() {
        user.await.unwrap();
    }
    assert!(!folder.join("postgres/cluster/data/postmaster.pid").exists(), "the server was stopped cleanly");
}

#[tokio::test]
async fn a_killed_server_is_started_again() {
    let scratch = Scratch::new();
    let folder = data_dir(&scratch);
    let first = PrivatePostgres::join(&folder).await.unwrap();
    // Sessions of a killed server live on for a moment.
    let mut busy = connect(first.owner()).await;
    let asleep = tokio::spawn(async move { busy.execute("SELECT pg_sleep(1)").await.map(|_| ()) });
    let killed = server_of(&first).await;
    kill(Pid::from_raw(killed), Signal::SIGKILL).unwrap();
    while answers(first.owner()).await {}

    let second = PrivatePostgres::join(&folder).await.unwrap();
    assert_ne!(server_of(&second).await, killed);
    asleep.await.unwrap().ok();
    first.leave().await.unwrap();
    assert!(answers(second.program()).await);
    second.leave().await.unwrap();
}

/// Not a test, but the other process of the tests that follow.
#[tokio::test]
async fn holds_until_it_is_killed() {
    let Some(folder) = std::env::var_os(HOLD) else { return };
    let _serve = ServeLock::take(Path::new(&folder)).unwrap();
    let _postgres = PrivatePostgres::join(Path::new(&folder)).await.unwrap();
    println!("\nholding");
    std::future::pending::<()>().await;
}

/// Starts that process and waits until it has joined.
fn holder(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "private_postgres::holds_until_it_is_killed", "--nocapture"]).env(HOLD, folder);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(output.any(|line| line.unwrap() == "holding"), "it did not join");
    child
}

#[tokio::test]
async fn a_server_whose_user_was_killed_is_taken_over() {
    let scratch = Scratch::new();
    let folder = data_dir(&scratch);
    let mut child = holder(&folder);
    assert!(matches!(ServeLock::take(&folder), Err(PostgresError::Serving(_))));
    let beside = PrivatePostgres::join(&folder).await.unwrap();
    let server = server_of(&beside).await;
    beside.leave().await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    let _serve = ServeLock::take(&folder).unwrap();
    let after = PrivatePostgres::join(&folder).await.unwrap();
    assert_eq!(server_of(&after).await, server, "the same server goes on");
    let how = after.owner();
    after.leave().await.unwrap();
    assert!(!answers(how).await);
}

#[tokio::test]
async fn when_everything_was_killed_it_starts_over() {
    let scratch = Scratch::new();
    let folder = data_dir(&scratch);
    let mut child = holder(&folder);
    let beside = PrivatePostgres::join(&folder).await.unwrap();
    let server = server_of(&beside).await;
    child.kill().unwrap();
    kill(Pid::from_raw(server), Signal::SIGKILL).unwrap();
    child.wait().unwrap();
    beside.leave().await.unwrap();
    // The number in the file left behind is another process's by now, and one of the same user at that.
    let file = folder.join("postgres/cluster/data/postmaster.pid");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace(&server.to_string(), &std::process::id().to_string())).unwrap();

    let after = PrivatePostgres::join(&folder).await.unwrap();
    assert!(answers(after.program()).await);
    after.leave().await.unwrap();
}

#[tokio::test]
async fn a_long_path_gets_a_short_socket() {
    let scratch = Scratch::new();
    let long = scratch.path().join("p".repeat(100));
    let folder = usable_data_dir(&long).unwrap().0;
    let first = PrivatePostgres::join(&folder).await.unwrap();
    let second = PrivatePostgres::join(&folder).await.unwrap();
    let socket = second.owner().get_socket().unwrap().clone();
    assert!(!socket.starts_with(&folder));
    assert_eq!(first.owner().get_socket(), Some(&socket));
    assert!(answers(second.program()).await);
    first.leave().await.unwrap();
    second.leave().await.unwrap();
    assert!(!socket.exists(), "nothing is left elsewhere");
}

#[tokio::test]
async fn an_unfinished_cluster_is_made_anew_and_one_of_another_version_is_refused() {
    let scratch = Scratch::new();
    let folder = data_dir(&scratch);
    let unfinished = folder.join("postgres/cluster/data.new");
    let first = PrivatePostgres::join(&folder).await.unwrap();
    first.leave().await.unwrap();
    fs::rename(folder.join("postgres/cluster/data"), &unfinished).unwrap();
    fs::remove_dir_all(unfinished.join("base")).unwrap();

    let again = PrivatePostgres::join(&folder).await.unwrap();
    assert!(answers(again.program()).await);
    assert!(!unfinished.exists());
    again.leave().await.unwrap();

    fs::write(folder.join("postgres/cluster/data/PG_VERSION"), "9\n").unwrap();
    let refused = PrivatePostgres::join(&folder).await.unwrap_err();
    assert!(refused.to_string().contains("made by PostgreSQL 9, which is not installed"), "{refused}");
}

#[tokio::test]
async fn the_program_may_change_no_schema_and_the_log_holds_no_values() {
    let scratch = Scratch::new();
    let folder = data_dir(&scratch);
    let postgres = PrivatePostgres::join(&folder).await.unwrap();
    let mut owner = connect(postgres.owner()).await;
    owner.execute("CREATE TABLE secret (word text UNIQUE); GRANT SELECT, INSERT ON secret TO alpukat").await.unwrap();
    let mut program = connect(postgres.program()).await;
    for statement in ["CREATE TABLE t (id int)", "CREATE TEMP TABLE t (id int)", "CREATE SCHEMA s", "DROP TABLE secret"] {
        let refused = program.execute(statement).await.unwrap_err();
        let code = refused.as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "42501", "{statement}: {refused}");
    }
    for _ in 0..2 {
        sqlx::query("INSERT INTO secret VALUES ($1)").bind("Cempaka").execute(&mut program).await.ok();
        program.execute("INSERT INTO secret VALUES ('Cempaka')").await.ok();
    }
    let ports: String = sqlx::query_scalar("SHOW listen_addresses").fetch_one(&mut owner).await.unwrap();
    assert_eq!(ports, "");
    postgres.leave().await.unwrap();
    let log = fs::read_to_string(folder.join("postgres/log")).unwrap();
    assert!(log.contains("duplicate key"), "{log}");
    assert!(!log.contains("Cempaka"), "{log}");
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own() {
    let (one, other) = (TestDatabase::new().await, TestDatabase::new().await);
    connect(one.program.clone())
        .await
        .execute("INSERT INTO wrong_answers (scope, subject, at) VALUES ('uji', decode(repeat('00', 32), 'hex'), '2026-11-20')")
        .await
        .unwrap();
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM wrong_answers")
        .fetch_one(&mut connect(other.program.clone()).await)
        .await
        .unwrap();
    assert_eq!(count, 0);
    let mut program = connect(one.program.clone()).await;
    assert!(program.execute("DELETE FROM holidays").await.is_err());
    assert!(program.execute("CREATE TEMP TABLE t (id int)").await.is_err());
    let gone = one.program.clone();
    drop(one);
    assert!(!answers(gone).await);
}
