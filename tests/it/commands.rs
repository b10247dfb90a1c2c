//! The commands as a person runs them: the real binary against a database of the test's own.

use std::process::{Command, Output};

use alpukat::{db::residents, domain::nik::Nik};

use crate::support::{app::App, program::program, scratch::Scratch};

const HEADER: &str = "nik,kk_number,name,birth_date,sex,marital_status,address,kelurahan_code,recorded_on,card_issued_on";

/// The program with the settings of a test's database and the test's keys.
fn alpukat(app: &App, arguments: &[&str]) -> Output {
    alpukat_with(app, arguments, "")
}

/// The same with a password in its environment.
fn alpukat_with(app: &App, arguments: &[&str], password: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    program(app).args(arguments).env("ALPUKAT_DATA_DIR", folder.path()).env("ALPUKAT_PASSWORD", password).output().unwrap()
}

fn row(number: usize, name: &str) -> String {
    format!("31990105089{number:05},31990101012{number:05},{name},1990-08-05,L,kawin,Jalan Contoh,31.71.01.1004,2015-01-05,")
}

/// A file of so many rows, of which every fiftieth is spoilt in one of many ways.
fn file_with_bad_rows(rows: usize) -> (tempfile::NamedTempFile, Vec<usize>) {
    let spoil: [(&str, &str); 10] = [
        ("31990105089", "319901050X9"),
        ("31990101012", "3199"),
        ("Umpama", "Umpama 1"),
        ("1990-08-05", "05-08-1990"),
        (",L,", ",X,"),
        ("kawin", "menikah"),
        ("31.71.01.1004", "31.71.01"),
        ("2015-01-05", "2015-13-05"),
        ("1990-08-05", "2090-08-05"),
        ("Umpama", ""),
    ];
    let mut text = String::from(HEADER);
    let mut bad = Vec::new();
    for number in 1..=rows {
        let mut line = row(number, "Umpama");
        if number % 50 == 0 {
            let (from, to) = spoil[number / 50 % spoil.len()];
            line = line.replacen(from, to, 1);
            bad.push(number + 1);
        }
        text.push('\n');
        text.push_str(&line);
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    (file, bad)
}

#[tokio::test]
async fn of_a_thousand_rows_with_twenty_bad_ones_each_bad_one_is_named_and_nothing_stored() {
    let app = App::new().await;
    let (file, bad) = file_with_bad_rows(1_000);
    assert_eq!(bad.len(), 20);
    let path = file.path().to_str().unwrap();
    let all = alpukat(&app, &["import-residents", path]);
    let told = String::from_utf8(all.stderr).unwrap();
    assert!(!all.status.success(), "{told}");
    let named: Vec<usize> = told
        .lines()
        .filter_map(|line| line.strip_prefix("line ")?.split_once(": ").filter(|(_, reason)| !reason.is_empty())?.0.parse().ok())
        .collect();
    assert_eq!(named, bad, "{told}");
    assert!(!told.contains("31990101012"), "no number is repeated on the screen");
    assert_eq!(app.count("select count(*) from residents").await, 0);

    let some = alpukat(&app, &["import-residents", path, "--skip-bad"]);
    assert!(some.status.success(), "{}", String::from_utf8_lossy(&some.stderr));
    assert_eq!(app.count("select count(*) from residents").await, 980);
}

#[tokio::test]
async fn a_second_import_replaces_and_adds_and_removes_nobody() {
    let app = App::new().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let import = |rows: &[String]| {
        std::fs::write(file.path(), format!("{HEADER},ended\n{}\n", rows.join("\n"))).unwrap();
        let done = alpukat(&app, &["import-residents", file.path().to_str().unwrap()]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    import(&[format!("{},", row(1, "Umpama")), format!("{},", row(2, "Contoh"))]);
    import(&[
        format!("{},meninggal", row(2, "Contoh Baru")),
        format!("{},", row(3, "Misal")),
        format!("{},", row(3, "Misal Dua")),
    ]);
    assert_eq!(app.count("select count(*) from residents").await, 3);
    let mut conn = app.state.db.read().await.unwrap();
    let mut names = Vec::new();
    for number in 1..=3 {
        let nik = Nik::parse(&format!("31990105089{number:05}")).unwrap();
        let resident = residents::by_nik(&mut conn, &nik).await.unwrap().unwrap();
        names.push((resident.civil.name.as_str().to_owned(), resident.civil.ended.is_some()));
    }
    assert_eq!(names, [("Umpama".to_owned(), false), ("Contoh Baru".to_owned(), true), ("Misal Dua".to_owned(), false)]);
}

#[tokio::test]
async fn counters_are_loaded_all_or_none() {
    let app = App::new().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    std::fs::write(file.path(), "code,address,whatsapp,places\n31.71.01.1004,Jalan Contoh 1,0812-0000-1234,5\n31.71,,,\n")
        .unwrap();
    assert!(alpukat(&app, &["import-counters", path]).status.success());
    let page = app.browser().get("/kontak?kelurahan=31.71.01.1004").await;
    assert!(page.text("section").contains("Jalan Contoh 1") && page.text("section").contains("0812-0000-1234"));
    std::fs::write(
        file.path(),
        "code,address,whatsapp,places\n31.71.01.1004,Lain,,\n99.99,x,,\n31.71.01,x,123,\n31.71.02,x,,many\n",
    )
    .unwrap();
    let bad = alpukat(&app, &["import-counters", path]);
    let told = String::from_utf8(bad.stderr).unwrap();
    assert!(!bad.status.success() && ["line 3:", "line 4:", "line 5:"].iter().all(|line| told.contains(line)), "{told}");
    assert!(app.browser().get("/kontak?kelurahan=31.71.01.1004").await.text("section").contains("Jalan Contoh 1"));
}

#[test]
fn wrong_settings_stop_the_start_with_one_list() {
    let scratch = Scratch::new();
    let start = |settings: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alpukat"));
        command.arg("serve").env("ALPUKAT_DATA_DIR", scratch.path().join("data")).envs(settings.iter().copied());
        let done = command.output().unwrap();
        (done.status.success(), String::from_utf8(done.stderr).unwrap())
    };
    let (started, told) = start(&[("ALPUKAT_ENV", "production"), ("ALPUKAT_LISTEN", "nowhere")]);
    assert!(!started);
    for name in ["ALPUKAT_SECRET_KEY", "ALPUKAT_PUBLIC_URL", "ALPUKAT_LISTEN"] {
        assert!(told.contains(name), "{told}");
    }
}

#[test]
fn every_command_explains_itself() {
    for command in ["serve", "migrate", "import-residents", "import-counters", "create-officer", "verify-audit"] {
        let help = Command::new(env!("CARGO_BIN_EXE_alpukat")).args([command, "--help"]).output().unwrap();
        assert!(help.status.success() && !help.stdout.is_empty(), "{command}");
    }
    let help = Command::new(env!("CARGO_BIN_EXE_alpukat")).args(["import-residents", "--help"]).output().unwrap();
    assert!(String::from_utf8(help.stdout).unwrap().contains("belum_kawin, kawin, cerai_hidup or cerai_mati"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_is_made_changed_and_shut_out() {
    const PASSWORD: &str = "stempel-di-meja-kiri";
    let app = App::new().await;
    let make = ["create-officer", "Rini", "--name", "Rini Contoh", "--role", "petugas", "--counter", "31.71.01.1004"];
    let refused: [(&[&str], &str, &str); 10] = [
        (&make, "", "set ALPUKAT_PASSWORD"),
        (&make, "pendek", "shorter than 12"),
        (&make, "Contoh.Rini-Rini", "put together from the user name, the name or the NIK"),
        (&[&make[..], &["--nik", "3171014508900001"]].concat(), "rini3171014508900001", "put together from the user name"),
        (&["create-officer", "r", "--name", "Rini", "--role", "admin"], PASSWORD, "3 to 32 letters"),
        (&["create-officer", "rini", "--role", "admin"], PASSWORD, "needs --name"),
        (&["create-officer", "rini", "--name", "Rini"], PASSWORD, "needs --role"),
        (&["create-officer", "rini", "--name", "Rini", "--role", "petugas"], PASSWORD, "needs a counter"),
        (
            &["create-officer", "rini", "--name", "Rini", "--role", "petugas", "--counter", "31.71.99"],
            PASSWORD,
            "no counter 31.71.99",
        ),
        (
            &["create-officer", "rini", "--name", "Rini", "--role", "penyelia", "--counter", "31.71.01.1004"],
            PASSWORD,
            "kecamatan or kota",
        ),
    ];
    for (arguments, password, sentence) in refused {
        let output = alpukat_with(&app, arguments, password);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(sentence), "{arguments:?}: {told}");
    }
    assert_eq!(app.count("select count(*) from officers").await, 0);

    assert!(alpukat_with(&app, &make, PASSWORD).status.success());
    let mut browser = app.browser();
    let come_in = [("nama", "rini"), ("sandi", PASSWORD)];
    assert_eq!(browser.post("/petugas/masuk", &come_in).await.location(), "/petugas/dua-langkah");
    let plain = app.count("select count(*) from officers o where o::text ilike '%Rini Contoh%'").await;
    assert_eq!(plain, 0, "names are sealed");

    assert!(alpukat(&app, &["create-officer", "rini", "--counter", "31.71.01.1002"]).status.success());
    let moved = "select count(*) from officers where counter_code = '31.71.01.1002' and role = 'petugas' and is_enabled";
    assert_eq!(app.count(moved).await, 1);
    assert!(alpukat(&app, &["create-officer", "rini", "--disabled"]).status.success());
    assert_eq!(browser.get("/petugas/dua-langkah").await.location(), "/petugas/masuk");
    assert_eq!(browser.post("/petugas/masuk", &come_in).await.status, 422);
    assert!(alpukat_with(&app, &["create-officer", "rini"], "kata-sandi-yang-baru").status.success());
    assert_eq!(browser.post("/petugas/masuk", &come_in).await.status, 422);
    let come_in = [("nama", "rini"), ("sandi", "kata-sandi-yang-baru")];
    assert_eq!(browser.post("/petugas/masuk", &come_in).await.location(), "/petugas/dua-langkah");
    assert_eq!(app.count("select count(*) from events where deed = 'simpan_petugas' and actor = 'operator'").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_prints_heads_or_names_the_flaw() {
    let app = App::new().await;
    app.petugas().await;
    let output = alpukat(&app, &["verify-audit"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && told.contains("31.71.01.1004 1 ") && told.contains("1 events, all as they were written"),
        "{told}"
    );
    let touch = "alter table events disable trigger all; update events set at = at + interval '1 second'";
    sqlx::raw_sql(touch).execute(&mut app.owner().await).await.unwrap();
    let output = alpukat(&app, &["verify-audit"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("chain 31.71.01.1004: event 1 (row 1) was altered"), "{told}");
}
