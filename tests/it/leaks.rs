//! What is stolen with a dump of the database, or read in the log, names nobody.

use std::process::Command;

use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_STANDARD_NO_PAD};
use tracing::instrument::WithSubscriber;

use crate::{
    files,
    support::{
        app::{App, SLOT},
        listening,
        log::Log,
        people::{PASSWORD, grown_up},
    },
};

/// A journey from registration to the receipt, with a wrong log-in and a refused form on the way; gives
/// everything that was used and must not be found.
async fn journey(app: &App) -> Vec<Vec<u8>> {
    let person = grown_up();
    app.state.db.send_email(true);
    app.know(std::slice::from_ref(&person)).await;
    let mut browser = app.browser();
    let fields = [
        ("nik", person.nik.as_str()),
        ("nomor_kk", person.kk_number.as_str()),
        ("nama", person.name.as_str()),
        ("tanggal_lahir", "05-08-1990"),
        ("ponsel", "0856-7712-3456"),
        ("email", "rahasia.sekali@contoh.example"),
        ("sandi", PASSWORD),
    ];
    browser.post("/registrasi", &fields).await.location();
    let code = app.code("0856-7712-3456").await;
    assert_eq!(browser.post("/registrasi/kode", &[("kode", &code)]).await.status, 303);
    assert_eq!(browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", "salah-sekali")]).await.status, 422);
    let mut browser = app.log_in(&person).await;
    browser.post("/akun/email", &[("email", "rahasia.sekali@contoh.example")]).await.location();
    let code = app.mailed_code("rahasia.sekali@contoh.example").await;
    browser.post("/akun/email/kode", &[("kode", &code)]).await.location();
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "hilang")]).await.location();
    let letter =
        [("ada", "surat_kehilangan"), ("ada", "kk"), ("surat_nomor", "STPL/77/RAHASIA"), ("surat_kantor", "Polsek Rahasia")];
    let fields: Vec<_> = letter.into_iter().chain([("surat_tanggal", "18-11-2026"), ("ponsel", "0857-6612-9876")]).collect();
    browser.post(&format!("{draft}/dokumen"), &fields).await.location();
    for kind in ["surat_kehilangan", "kk"] {
        browser.upload(&format!("{draft}/unggah/{kind}"), "foto-rahasia.jpg", &files::phone_jpeg()).await.location();
    }
    browser.choose(&draft, SLOT).await.location();
    browser.yes(&draft).await.location();
    assert_eq!(browser.get(&format!("{draft}/keterangan-cetak.pdf")).await.status, 200);
    assert_eq!(app.mail_states().await, [("menunggu".to_owned(), None, 2)], "the code, and that it was sent");
    let stored = browser.get(&draft).await;
    assert_eq!(stored.status, 200);
    let page: uuid::Uuid = sqlx::query_scalar("select id from pages limit 1").fetch_one(&mut app.owner().await).await.unwrap();
    let picture = browser.get(&format!("{draft}/halaman/{page}")).await.bytes;
    let mut secrets: Vec<Vec<u8>> = [
        person.nik.as_str(),
        person.kk_number.as_str(),
        person.name.as_str(),
        person.address.as_str(),
        "1990-08-05",
        "05-08-1990",
        "85677123456",
        "0856-7712-3456",
        "85766129876",
        "rahasia.sekali",
        "STPL/77/RAHASIA",
        "Polsek Rahasia",
        "foto-rahasia",
        PASSWORD,
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    // Any stretch of the picture's data, and of what it was before.
    secrets.extend([picture[600..632].to_vec(), files::phone_jpeg()[400..432].to_vec()]);
    secrets
}

/// How a secret could stand in a text: plain, in base64 at any offset, in hex.
fn disguises(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![secret.to_vec()];
    let hex = secret.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    all.extend([hex.to_uppercase().into_bytes(), hex.into_bytes(), BASE64_STANDARD.encode(secret).into_bytes()]);
    for offset in 0..3 {
        // The whole groups of four signs that do not depend on what stands around.
        let padded = [vec![0; offset], secret.to_vec()].concat();
        let encoded = BASE64_STANDARD_NO_PAD.encode(&padded[..padded.len() / 3 * 3]);
        let sure = encoded.get(if offset == 0 { 0 } else { 4 }..).unwrap_or_default();
        if sure.len() >= 8 {
            all.push(sure.as_bytes().to_vec());
        }
    }
    all
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn neither_a_dump_nor_the_log_names_anybody() {
    let _listening = listening();
    let app = App::new().await;
    let log = Log::default();
    let secrets = journey(&app).with_subscriber(log.listener(tracing::Level::DEBUG)).await;

    let options = &app.database.owner;
    let mut dump = Command::new("pg_dump");
    dump.args(["--inserts", "--dbname", &app.database.name, "--username", options.get_username()]);
    dump.args(["--host", &options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string())]);
    dump.args(["--port", &options.get_port().to_string()]);
    let dump = dump.output().expect("pg_dump is missing");
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let log = log.bytes();
    assert!(contains(&dump.stdout, b"INSERT INTO public.events") && contains(&log, b"answered"), "both have something in them");

    for secret in secrets {
        for disguise in disguises(&secret) {
            assert!(!contains(&dump.stdout, &disguise), "the dump holds {}", String::from_utf8_lossy(&disguise));
            assert!(!contains(&log, &disguise), "the log holds {}", String::from_utf8_lossy(&disguise));
        }
    }
}
