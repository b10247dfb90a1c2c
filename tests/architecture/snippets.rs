//! Small pieces that break a rule, each beside one that keeps it: a rule that cannot fail is worth nothing.

use super::{
    Breach, LONGEST, addresses_are_in_paths, clock_is_read_in_adapters, database_is_not_asked_for_the_time, files_are_short,
    imports_follow_the_table, migrations_do_not_ask_for_the_time, nothing_is_waved_through, output_is_the_commands,
    rooms_are_known, source::Source, sql_files_stay_at_home, sql_is_in_db, templates_type_no_address,
};

type Rule = fn(&Source) -> Vec<Breach>;

fn lines(rule: Rule, path: &str, text: &str) -> Vec<usize> {
    rule(&Source::parse(path, text)).into_iter().map(|(line, _)| line).collect()
}

#[track_caller]
fn refused(rule: Rule, path: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(lines(rule, path, text).len(), 1, "{path} with {text}");
    }
}

#[track_caller]
fn accepted(rule: Rule, path: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(lines(rule, path, text), [0; 0], "{path} with {text}");
    }
}

#[test]
fn a_folder_outside_the_table_is_refused() {
    refused(rooms_are_known, "src/helpers/mod.rs", &[""]);
    accepted(rooms_are_known, "src/domain/nik.rs", &[""]);
    accepted(rooms_are_known, "src/cli/import.rs", &[""]);
    accepted(rooms_are_known, "src/main.rs", &[""]);
}

#[test]
fn an_import_against_the_table_is_refused() {
    refused(
        imports_follow_the_table,
        "src/domain/nik.rs",
        &[
            "use crate::db::Db;",
            "pub use crate::vault;",
            "use crate::{domain::phone::Phone, vault::Vault};",
            "use crate::{domain::{phone::Phone, nik}, web::{self, paths}};",
            "use crate::{self as all};",
            "use crate as all;",
            "use crate::*;",
            "use super::super::db::Db;",
            "use super::{phone::Phone, super::db::Db};",
            "fn open() { crate::db::open() }",
            "fn open(db: &mut crate::db::Conn) {}",
            "struct Holder(Option<crate::db::Db>);",
            "fn speak() { println!(\"{}\", crate::web::paths::HOME) }",
            "macro_rules! open { () => { $crate::db::open() } }",
            "mod inner { use super::super::super::db::Db; }",
            "fn inner() { use super::super::config::Config; }",
        ],
    );
    refused(imports_follow_the_table, "src/domain/mod.rs", &["use super::db::Db;", "mod inner { use super::super::db::Db; }"]);
    refused(imports_follow_the_table, "src/actions/upload.rs", &["use crate::vault::BlindIndex;", "use crate::web::paths;"]);
    refused(imports_follow_the_table, "src/web/citizen/home.rs", &["use super::super::super::vault::Vault;"]);
    refused(imports_follow_the_table, "src/db/mod.rs", &["use crate::actions::draft;"]);
    refused(imports_follow_the_table, "src/vault/mod.rs", &["use crate::db::Db;"]);
    refused(imports_follow_the_table, "src/render/qr.rs", &["use crate::web::paths;"]);
    refused(imports_follow_the_table, "src/adapters/clock.rs", &["use crate::config::Config;"]);
    refused(imports_follow_the_table, "src/worker/mod.rs", &["use crate::web::paths;"]);
}

#[test]
fn an_import_along_the_table_is_accepted() {
    accepted(
        imports_follow_the_table,
        "src/domain/nik.rs",
        &[
            "use super::phone::Phone;",
            "use crate::domain::{nik, phone::Phone};",
            "pub(crate) struct Seen; pub(super) struct Known; pub(in crate::domain) struct Kept;",
            "/// Unlike crate::db::Db.\nstruct Db;",
            "// crate::db::Db\nstruct Db;",
            "const NAME: &str = \"crate::db::Db\";",
            "mod inner { use super::super::phone::Phone; }",
            "mod inner { use super::Nik; }",
            "#[cfg(test)] mod tests { use crate::db::Db; }",
            "#[cfg(test)] #[path = \"x.rs\"] mod tests;",
        ],
    );
    accepted(imports_follow_the_table, "src/db/tests.rs", &["use crate::web::paths;"]);
    accepted(imports_follow_the_table, "src/db/mod.rs", &["use crate::{domain::ids, vault::Vault};"]);
    accepted(
        imports_follow_the_table,
        "src/web/mod.rs",
        &["use crate::{actions, adapters::clock::Clock, db::Db, domain, render};"],
    );
    accepted(imports_follow_the_table, "src/worker/mod.rs", &["use crate::{actions, adapters, db, domain};"]);
    accepted(imports_follow_the_table, "src/main.rs", &["use crate::{web, vault::Vault};"]);
    accepted(imports_follow_the_table, "src/cli/import.rs", &["use crate::{web, vault::Vault};"]);
}

#[test]
fn a_breach_is_named_with_its_line_and_room() {
    let source = Source::parse("src/domain/nik.rs", "//! Numbers.\n\nuse crate::{\n    domain::phone,\n    vault::Vault,\n};\n");
    assert_eq!(imports_follow_the_table(&source), [(5, "`domain` may import nothing of the crate, but not `vault`".to_owned())]);
    let after_tests = "#[cfg(test)]\nmod tests { use crate::db::Db; }\nuse crate::db::Db;";
    assert_eq!(lines(imports_follow_the_table, "src/domain/nik.rs", after_tests), [3]);
}

#[test]
fn sql_outside_db_is_refused() {
    let statements = [
        "fn f() { g(\"select id from pages\") }",
        "fn f() { g(\"SELECT 1\") }",
        "fn f() { g(\"select pg_advisory_lock($1)\") }",
        "fn f() { g(r#\"\n   insert into pages (id) values ($1)\"#) }",
        "fn f() { g(\"update pages set number = 1\") }",
        "fn f() { g(\"Delete From pages\") }",
        "fn f() { g(\"with old as (select 1) select * from old\") }",
        "fn f() { g(\"create table pages (id uuid)\") }",
        "fn f() { g(\"alter role alpukat login\") }",
        "fn f() { g(\"lock table pages\") }",
        "fn f() { g(\"grant select on pages to alpukat\") }",
        "const KEPT: &str = concat!(\"select id from pages\");",
        "use sqlx::PgPool;",
        "use sqlx::{postgres::PgConnectOptions, query};",
        "fn f() { sqlx::query!(STATEMENT) }",
    ];
    refused(sql_is_in_db, "src/actions/draft.rs", &statements);
    refused(sql_is_in_db, "src/main.rs", &statements);
    accepted(sql_is_in_db, "src/db/pages.rs", &statements);
    accepted(
        sql_is_in_db,
        "src/adapters/spool.rs",
        &[
            "use sqlx::postgres::PgConnectOptions;",
            "fn f() { g(\"select a day\"); g(\"update the card\"); g(\"with care\"); g(\"create the folder\"); g(\"set\"); g(\"\") }",
            "/// select id from pages\nfn f() {}",
            "#[cfg(test)] mod tests { fn f() { g(\"select id from pages\") } }",
        ],
    );
}

#[test]
fn a_file_of_sql_away_from_home_is_refused() {
    assert_eq!(sql_files_stay_at_home("src/adapters/start.sql").len(), 1);
    assert!(
        sql_files_stay_at_home("src/db/start.sql").is_empty() && sql_files_stay_at_home("migrations/0001_start.sql").is_empty()
    );
}

#[test]
fn an_address_outside_paths_is_refused() {
    let addresses = [
        "fn f() { to(\"/masuk\") }",
        "fn f() { to(&format!(\"/{id}\")) }",
        "fn f() { to(&format!(\"{base}/periksa/{code}\")) }",
        "fn f() { page(r#\"<a href=\"/masuk\">\"#) }",
        "fn f() { page(\"<a href='/masuk'>\") }",
    ];
    for path in ["src/web/citizen/home.rs", "src/actions/draft.rs", "src/render/receipt.rs"] {
        refused(addresses_are_in_paths, path, &addresses);
    }
    accepted(addresses_are_in_paths, "src/web/paths.rs", &addresses);
    accepted(addresses_are_in_paths, "src/adapters/postgres.rs", &["const HOME: &str = \"/var/lib/alpukat\";"]);
    accepted(
        addresses_are_in_paths,
        "src/web/mod.rs",
        &[
            "fn f() { to(\"/\"); to(\"image/png\"); to(\"https://\"); to(\"{day}/{month}/{year}\"); to(\"dan/atau\"); to(\"/Type\") }",
        ],
    );
}

#[test]
fn an_address_typed_in_a_template_is_refused() {
    for typed in ["<a href=\"/masuk\">", "<form action='/keluar' method=post>", "<a href=/>"] {
        assert_eq!(templates_type_no_address(&format!("<p>\n{typed}")).first().map(|(line, _)| *line), Some(2), "{typed}");
    }
    let taken =
        "<a href=\"{{ paths::LOGIN }}\">Masuk</a> <a href=\"#isi\">Isi</a> <a href=\"https://contoh.id/\">dan/atau</a> <br />";
    assert!(templates_type_no_address(taken).is_empty());
}

#[test]
fn a_look_at_the_clock_is_refused() {
    let looks = [
        "fn f() { time::OffsetDateTime::now_utc(); }",
        "fn f() { read(OffsetDateTime::now_local) }",
        "fn f() { std::time::SystemTime::now(); }",
        "fn f() { Instant::now(); }",
        "fn f() { tokio::time::Instant::now(); }",
        "fn f() { Uuid::now_v7(); }",
        "fn f() { log!(at = Utc::now()) }",
    ];
    for path in ["src/domain/nik.rs", "src/web/mod.rs", "src/main.rs"] {
        refused(clock_is_read_in_adapters, path, &looks);
    }
    accepted(clock_is_read_in_adapters, "src/adapters/clock.rs", &looks);
    accepted(
        clock_is_read_in_adapters,
        "src/web/mod.rs",
        &["use std::time::Instant;", "fn f(now: OffsetDateTime) { state.clock.now(); }"],
    );
}

#[test]
fn asking_the_database_for_the_time_is_refused() {
    let statements = [
        "select now()",
        "select NOW ( )",
        "select greatest(now(), $1)",
        "select current_timestamp",
        "select current_date - 7",
        "select localtime",
        "select localtimestamp(0)",
        "select clock_timestamp()",
        "select 'now'::timestamptz",
    ];
    for statement in statements {
        refused(
            database_is_not_asked_for_the_time,
            "src/db/pages.rs",
            &[&format!("fn f() {{ sqlx::query!(\"{statement}\", id) }}")],
        );
        let migration = format!("create table pages (\n    at timestamptz default ({statement}) -- the hour\n);");
        assert_eq!(migrations_do_not_ask_for_the_time(&migration).first().map(|(line, _)| *line), Some(2), "{statement}");
    }
    accepted(
        database_is_not_asked_for_the_time,
        "src/db/pages.rs",
        &["fn f(now: T) { sqlx::query!(\"select known() where at > $1 and known_now(2)\", now) }"],
    );
    assert!(migrations_do_not_ask_for_the_time("-- now() stands nowhere\ncreate table pages (at timestamptz);").is_empty());
}

#[test]
fn printing_outside_the_commands_is_refused() {
    let prints = [
        "fn f() { println!(\"here\") }",
        "fn f() { eprintln!(\"here\") }",
        "fn f() { print!(\"here\") }",
        "fn f() { eprint!(\"here\") }",
    ];
    refused(output_is_the_commands, "src/web/mod.rs", &prints);
    refused(output_is_the_commands, "src/config.rs", &prints);
    for path in ["src/main.rs", "src/cli.rs", "src/cli/import.rs"] {
        accepted(output_is_the_commands, path, &prints);
        refused(output_is_the_commands, path, &["fn f() { dbg!(1); }"]);
    }
    accepted(output_is_the_commands, "src/web/mod.rs", &["fn f() { tracing::info!(\"here\") }", "fn println() { println() }"]);
}

#[test]
fn what_is_left_for_later_is_refused() {
    refused(
        nothing_is_waved_through,
        "src/domain/nik.rs",
        &[
            "fn f() { todo!() }",
            "fn f() { unimplemented!(\"later\") }",
            "#[allow(dead_code)] fn f() {}",
            "#![allow(dead_code)]",
            "#[cfg_attr(debug_assertions, allow(dead_code))] fn f() {}",
        ],
    );
    accepted(
        nothing_is_waved_through,
        "src/domain/nik.rs",
        &[
            "#[expect(dead_code, reason = \"not to allow (much)\")] fn f() {}",
            "fn f() { cors.allow([1]) }",
            "// todo!()\nfn f() {}",
        ],
    );
}

#[test]
fn a_long_file_is_refused() {
    assert!(files_are_short(&"//\n".repeat(LONGEST)).is_empty());
    assert_eq!(files_are_short(&"//\n".repeat(LONGEST + 1)).len(), 1);
}
