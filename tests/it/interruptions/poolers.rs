//! Behind PgBouncer: where it cannot serve, the start says so and ends; where it can, all is well.

use std::sync::Arc;

use alpukat::{db::Db, db::pooler, vault::Vault};
use sqlx::{AssertSqlSafe, Executor};

use crate::support::{
    app::App,
    pgbouncer::PgBouncer,
    program::{program, url},
    serving::Serving,
};

async fn probed(pooler: &PgBouncer) -> Result<(), pooler::Unfit> {
    let db = Db::new(pooler.program.clone(), 5, Arc::new(Vault::new(&[7; 32])));
    let probed = pooler::probe(&db).await.unwrap();
    db.close().await;
    probed
}

/// The settings of a connection as settings of its role.
async fn give_to_the_role(app: &App) {
    let role = app.database.program.get_username();
    for (name, value) in
        [("statement_timeout", "5s"), ("lock_timeout", "2s"), ("idle_in_transaction_session_timeout", "10s"), ("timezone", "UTC")]
    {
        let give = format!("alter role {role} in database {} set {name} = '{value}'", app.database.name);
        app.owner().await.execute(AssertSqlSafe(give)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_says_in_one_line_why_a_pooler_cannot_serve() {
    let app = App::new().await;
    let refuses = PgBouncer::start(&app.database, "transaction", "").await;
    assert_eq!(probed(&refuses).await, Err(pooler::Unfit::RefusesSettings));
    let ignored = "extra_float_digits,options";
    let drops = PgBouncer::start(&app.database, "session", ignored).await;
    assert_eq!(probed(&drops).await, Err(pooler::Unfit::DropsSettings));

    give_to_the_role(&app).await;
    let shares = PgBouncer::start(&app.database, "transaction", ignored).await;
    assert_eq!(probed(&shares).await, Err(pooler::Unfit::Shares));
    for (pooler, sentence) in [(&refuses, "refuses the settings"), (&shares, "lends one server to several connections")] {
        let mut command = program(&app);
        command
            .env("ALPUKAT_ENV", "production")
            .env("ALPUKAT_PUBLIC_URL", "https://alpukat.example")
            .env("DATABASE_URL", url(&pooler.program));
        let mut serving = Serving::start(command);
        let (status, _) = serving.ended();
        serving.until_it_says(sentence);
        assert!(!status.success() && serving.log().contains("Behind a pooler"), "{}", serving.log());
        assert_eq!(serving.log().matches(sentence).count(), 1, "{}", serving.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_keeps_sessions_apart_serves() {
    let app = App::new().await;
    give_to_the_role(&app).await;
    let pooler = PgBouncer::start(&app.database, "session", "extra_float_digits,options").await;
    for _ in 0..5 {
        assert_eq!(probed(&pooler).await, Ok(()));
    }
    assert_eq!(probed_directly(&app).await, Ok(()));
}

async fn probed_directly(app: &App) -> Result<(), pooler::Unfit> {
    pooler::probe(&app.state.db).await.unwrap()
}
