//! Accounts at the counter: freed for their rightful owner, or given another phone.

use crate::support::{
    app::App,
    browser::{Browser, Page},
    people::{PASSWORD, grown_up},
};
use alpukat::domain::resident::CivilRecord;

const CODE: &str = "/petugas/loket/akun/kode";

async fn messages(app: &App) -> Vec<(String, String)> {
    let rows: Vec<(uuid::Uuid, String, Vec<u8>)> =
        sqlx::query_as("select id, kind, sealed from messages where application_id is null order by created_at")
            .fetch_all(&mut app.owner().await)
            .await
            .unwrap();
    let vault = alpukat::vault::Vault::new(&[7; 32]);
    let open = |(id, kind, sealed): (uuid::Uuid, String, Vec<u8>)| {
        let place = alpukat::vault::Place { table: "messages", row: id };
        let sms: alpukat::domain::message::Sms = vault.open_value(place, &sealed).unwrap();
        (kind, format!("{} {}", sms.phone.as_str(), sms.text))
    };
    rows.into_iter().map(open).collect()
}

/// Sends the form of a deed, and the code that came to the phone.
async fn prove(app: &App, officer: &mut Browser, deed: &str, fields: &[(&str, &str)], phone: &str) -> Page {
    let asked = officer.post(&format!("/petugas/loket/akun/{deed}"), fields).await;
    assert_eq!(asked.location(), CODE);
    let code = app.code(phone).await;
    officer.post(CODE, &[("kode", &code)]).await
}

async fn find(officer: &mut Browser, person: &CivilRecord) -> (Page, String) {
    let page = officer.search("/petugas/loket/akun", &[("nik", person.nik.as_str())]).await;
    let account = page.attributes("input[name=akun]", "value").first().cloned().unwrap_or_default();
    (page, account)
}

#[tokio::test]
async fn a_freed_account_is_its_owners_again_with_all_that_was_filed() {
    let app = App::new().await;
    let person = grown_up();
    let mut impostor = app.citizen(&person).await;
    let filed = impostor.apply(&person).await;
    let mut officer = app.petugas().await;
    let (page, account) = find(&mut officer, &person).await;
    assert!(page.text("dl").contains("ada, dengan ponsel 0812-****-1234"), "{}", page.text("dl"));
    let mark = page.attributes("input[name=tanda]", "value").remove(0);
    let unchecked = officer.post("/petugas/loket/akun/pelepasan", &[("akun", &account), ("tanda", &mark)]).await;
    assert_eq!(unchecked.status, 422);
    assert!(unchecked.text(".error").contains("Cocokkan identitasnya dulu, lalu centang."));
    assert!(unchecked.text(".error").contains("Isi nomor ponsel"));
    let fields =
        [("akun", account.as_str()), ("tanda", mark.as_str()), ("ponsel-pemilik", "0813-0000-7777"), ("cek-akun", "identitas")];
    let done = prove(&app, &mut officer, "pelepasan", &fields, "0813-0000-7777").await;
    // Pressed twice: led on as after the first time, and told so.
    assert_eq!(officer.post(CODE, &[("kode", "123456")]).await.location(), done.location());
    let told = officer.follow(&done).await.text("[role=status]");
    assert!(told.contains("Akun dilepas."), "{told}");
    let mut sent = messages(&app).await;
    sent.retain(|(kind, _)| kind != "kode");
    assert_eq!(sent.len(), 1, "told once");
    assert_eq!(sent[0].0, "akun_dilepas");
    assert!(sent[0].1.starts_with(
        "+6281200001234 DUKCAPIL DKI: Akun dengan nomor ponsel ini ditutup di Kel. Petojo Selatan 20/11/2026 09.00."
    ));
    let freed = "select count(*) from events where deed = 'lepas_akun' and officer_id is not null and account_id is not null";
    assert_eq!(app.count(freed).await, 1);

    // Who opened it is out, comes in by no way, and hears nothing more of what they filed.
    assert!(impostor.get(&filed).await.location().starts_with("/masuk"));
    let mut again = app.browser();
    assert_eq!(again.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", PASSWORD)]).await.status, 422);
    let fields_of_impostor = [
        ("nik", person.nik.as_str()),
        ("nomor_kk", person.kk_number.as_str()),
        ("nama", person.name.as_str()),
        ("tanggal_lahir", "05-08-1990"),
        ("ponsel", "0812-0000-1234"),
        ("sandi", "mangga-muda-asam"),
    ];
    again.post("/registrasi", &fields_of_impostor).await.location();
    again.post("/lupa-kata-sandi", &[("nik", person.nik.as_str())]).await.location();
    let kinds: Vec<(String, String)> = messages(&app).await;
    assert!(kinds.iter().filter(|(kind, _)| kind == "kode").all(|(_, text)| text.starts_with("+6281300007777")), "{kinds:?}");
    // Who it belongs to makes a password by the phone that the officer typed, and finds what was filed.
    let mut owner = app.browser();
    owner.post("/lupa-kata-sandi", &[("nik", person.nik.as_str())]).await.location();
    let code = app.code("0813-0000-7777").await;
    owner.post("/lupa-kata-sandi/kode", &[("kode", &code), ("sandi", "pepaya-manis-sekali")]).await.location();
    owner.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", "pepaya-manis-sekali")]).await.location();
    let page = owner.get(&filed).await;
    assert!(page.text("dl").contains("0813-****-7777"), "notices go to the owner: {}", page.text("dl"));
    // The officer's old page, sent once more, does the owner no harm.
    let late = officer.post("/petugas/loket/akun/pelepasan", &fields).await;
    assert!(late.status == 422 && late.text(".error").contains("Akun ini berubah"), "{}", late.text("main"));
    assert_eq!(owner.get(&filed).await.status, 200);
    owner.post(&format!("{filed}/pembatalan"), &[]).await.location();
    assert_eq!(app.count("select count(*) from accounts").await, 1);
}

#[tokio::test]
async fn nobody_does_anything_with_an_account_of_their_own_family() {
    let app = App::new().await;
    let person = grown_up();
    let account = app.account(&person).await.to_string();
    let mut officer = app.officer(alpukat::domain::officer::Role::Petugas, Some(crate::support::app::COUNTER)).await;
    officer.nik = Some(person.nik.clone());
    app.store_officer(&officer).await;
    let mut browser = app.desk(&officer).await;
    let (page, _) = find(&mut browser, &person).await;
    let mark = page.attributes("input[name=tanda]", "value").remove(0);
    for (deed, fields) in [
        ("pelepasan", vec![("tanda", mark.as_str()), ("ponsel-pemilik", "0813-0000-7777"), ("cek-akun", "identitas")]),
        ("ponsel", vec![("ponsel", "0813-0000-7777"), ("cek-ponsel", "identitas")]),
    ] {
        let fields: Vec<(&str, &str)> = fields.into_iter().chain([("akun", account.as_str())]).collect();
        let page = browser.post(&format!("/petugas/loket/akun/{deed}"), &fields).await;
        assert_eq!(page.status, 422, "{deed}");
        assert!(page.text("[role=alert]").contains("Ini keluarga Anda sendiri."), "{}", page.text("[role=alert]"));
    }
    assert!(messages(&app).await.is_empty());
}

#[tokio::test]
async fn a_lost_phone_is_replaced_and_the_old_number_told() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.begin(&person).await;
    citizen.post(&format!("{address}/keterangan"), &[("keterangan", "rusak")]).await.location();
    citizen.post(&format!("{address}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "0812-0000-1234")]).await.location();
    let mut officer = app.petugas().await;
    let (_, account) = find(&mut officer, &person).await;
    for (phone, check, sentence) in [
        ("12345", true, "Nomor ponsel Indonesia diawali 08"),
        ("", true, "Isi nomor ponsel"),
        ("0813-0000-9999", false, "Cocokkan identitasnya dulu"),
    ] {
        let mut fields = vec![("akun", account.as_str()), ("ponsel", phone)];
        fields.extend(check.then_some(("cek-ponsel", "identitas")));
        let page = officer.post("/petugas/loket/akun/ponsel", &fields).await;
        assert_eq!(page.status, 422, "{sentence}");
        assert!(page.text(".error").contains(sentence), "{}", page.text(".error"));
    }
    let fields = [("akun", account.as_str()), ("ponsel", "0813-0000-9999"), ("cek-ponsel", "identitas")];
    let done = prove(&app, &mut officer, "ponsel", &fields, "0813-0000-9999").await;
    assert!(officer.follow(&done).await.text("[role=status]").contains("Nomor ponsel diganti."));
    let same = officer.post("/petugas/loket/akun/ponsel", &fields).await;
    assert!(same.status == 422 && same.text(".error").contains("Nomor ini sudah menjadi nomor akun ini."));
    let sent = messages(&app).await;
    assert_eq!(sent.len(), 2);
    assert!(
        sent[1].1.starts_with("+6281200001234 DUKCAPIL DKI: Nomor ponsel akun Anda diganti di Kel. Petojo Selatan"),
        "{sent:?}"
    );
    assert!(citizen.get("/akun").await.location().starts_with("/masuk"), "the lost phone is logged out");
    let mut citizen = app.log_in(&person).await;
    assert!(citizen.get("/akun").await.text("main").contains("0813"), "{}", citizen.get("/akun").await.text("main"));
    let page = citizen.get(&format!("{address}/dokumen")).await;
    assert_eq!(page.attributes("input[name=ponsel]", "value"), ["0813-0000-9999"], "notices about the case, too");
}

#[tokio::test]
async fn nobody_outside_the_counters_area_is_found() {
    let app = App::new().await;
    let near = grown_up();
    let far = CivilRecord { kelurahan: alpukat::domain::region::RegionCode::parse("31.72.01.1001").unwrap(), ..grown_up() };
    app.account(&near).await;
    let account = app.account(&far).await;
    let mut officer = app.petugas().await;
    for nik in [far.nik.as_str(), "3199010508909999"] {
        let page = officer.post("/petugas/loket/akun", &[("nik", nik)]).await;
        assert_eq!(page.status, 422);
        assert!(page.text(".error").contains("Tidak ada penduduk dengan NIK itu di wilayah loket ini."));
    }
    let id = account.to_string();
    for (deed, check) in [("pelepasan", "cek-akun"), ("ponsel", "cek-ponsel")] {
        let fields = [
            ("akun", id.as_str()),
            ("tanda", "1"),
            ("ponsel", "0813-0000-9999"),
            ("ponsel-pemilik", "0813-0000-9999"),
            (check, "identitas"),
        ];
        assert_eq!(officer.post(&format!("/petugas/loket/akun/{deed}"), &fields).await.status, 404);
        assert_eq!(officer.post(&format!("/petugas/loket/akun/{deed}"), &[("akun", &id), ("tanda", "1")]).await.status, 404);
    }
    assert_eq!(
        app.count("select count(*) from events where deed = 'cari' and sealed is not null").await,
        2,
        "searches are written down"
    );
    assert!(messages(&app).await.is_empty());
}

#[tokio::test]
async fn a_phone_is_the_accounts_only_once_its_code_was_read_out() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let mut officer = app.petugas().await;
    let (_, account) = find(&mut officer, &person).await;
    assert_eq!(officer.get(CODE).await.location(), "/petugas/loket/akun", "nothing was asked for");
    let fields = [("akun", account.as_str()), ("ponsel", "0813-0000-9999"), ("cek-ponsel", "identitas")];
    officer.post("/petugas/loket/akun/ponsel", &fields).await.location();
    let sent = messages(&app).await;
    let (kind, text) = &sent[0];
    assert!(sent.len() == 1 && kind == "kode" && text.starts_with("+6281300009999 DUKCAPIL DKI: Kode Anda "), "{text}");
    assert!(text.contains("Sebutkan hanya kepada petugas di depan Anda di Kel. Petojo Selatan."), "{text}");
    let page = officer.get(CODE).await;
    assert!(page.text("main").contains("0813-0000-9999") && page.text("main").contains(person.name.as_str()));
    assert!(citizen.get("/akun").await.text("main").contains("0812-****-1234"), "nothing has changed yet");

    // A code is good for whoever asked for it alone: not for a colleague, not for a citizen, not for another account.
    let code = app.code("0813-0000-9999").await;
    assert_eq!(app.petugas().await.post(CODE, &[("kode", &code)]).await.location(), "/petugas/loket/akun");
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for (typed, sentence) in [("", "Isi 6 angka dari SMS."), (wrong, "Kode belum cocok.")] {
        let page = officer.post(CODE, &[("kode", typed)]).await;
        assert!(page.status == 422 && page.text(".error").contains(sentence), "{typed}: {}", page.text("main"));
    }
    assert_eq!(app.count("select tries_left::bigint from codes").await, 4, "wrong answers are counted");
    let other = officer.post(CODE, &[("kode", &code), ("permintaan", &uuid::Uuid::new_v4().to_string())]).await;
    assert!(other.status == 422 && other.text(".error").contains("Kode lain diminta di halaman lain."));

    // Another code; the first one is not the one that the page asks for any more.
    let again: Vec<(String, String)> = [("akun", account.as_str()), ("ponsel", "0813-0000-9999"), ("cek-ponsel", "identitas")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(page.attributes("form[action='/petugas/loket/akun/ponsel'] input", "value").len(), 3, "by one press");
    for _ in 0..2 {
        officer.post("/petugas/loket/akun/ponsel", &again).await.location();
    }
    let many = officer.post("/petugas/loket/akun/ponsel", &again).await;
    assert!(many.status == 429 && many.text(".error").contains("Kode sudah beberapa kali diminta."), "{}", many.text("main"));
    let newest = app.code("0813-0000-9999").await;
    assert_eq!(officer.post(CODE, &[("kode", &code)]).await.status, if code == newest { 303 } else { 422 });
    app.clock().advance(time::Duration::minutes(10));
    let late = officer.post(CODE, &[("kode", &newest)]).await;
    assert!(late.status == 422 && late.text(".error").contains("Kode sudah lewat 10 menit."), "{}", late.text("main"));
    assert_eq!(app.count("select count(*) from events where deed = 'ganti_ponsel'").await, 0);
    assert_eq!(app.count("select count(*) from messages where kind = 'ponsel_diganti'").await, 0);
}

#[tokio::test]
async fn five_wrong_answers_use_a_code_up_and_a_freed_account_needs_one_too() {
    let app = App::new().await;
    let person = grown_up();
    app.account(&person).await;
    let mut officer = app.petugas().await;
    let (page, account) = find(&mut officer, &person).await;
    let mark = page.attributes("input[name=tanda]", "value").remove(0);
    let fields =
        [("akun", account.as_str()), ("tanda", mark.as_str()), ("ponsel-pemilik", "0813-0000-7777"), ("cek-akun", "identitas")];
    officer.post("/petugas/loket/akun/pelepasan", &fields).await.location();
    let code = app.code("0813-0000-7777").await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(officer.post(CODE, &[("kode", wrong)]).await.status, 422);
    }
    let used_up = officer.post(CODE, &[("kode", &code)]).await;
    assert!(used_up.text(".error").contains("Sudah 5 kali belum cocok."), "{}", used_up.text("main"));
    assert_eq!(app.count("select count(*) from events where deed = 'lepas_akun'").await, 0);
    app.log_in(&person).await;
    // The owner changed the password meanwhile: nothing is taken from them.
    officer.post("/petugas/loket/akun/pelepasan", &fields).await.location();
    let code = app.code("0813-0000-7777").await;
    sqlx::query("update accounts set password_hash = 'lain'").execute(&mut app.owner().await).await.unwrap();
    let late = officer.post(CODE, &[("kode", &code)]).await;
    assert!(late.status == 422 && late.text(".error").contains("Akun ini berubah"), "{}", late.text("main"));
    assert_eq!(app.count("select count(*) from events where deed = 'lepas_akun'").await, 0);
}
