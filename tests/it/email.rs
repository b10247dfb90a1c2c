//! `/akun/email`: an address gets notices once a code has proved it, and none when it was removed.

use alpukat::domain::resident::CivilRecord;
use time::Duration;

use crate::support::{
    app::App,
    browser::{Browser, Page},
    cases::{Case, Wish},
    people::{PASSWORD, grown_up},
};

const OWN: &str = "Rahasia.Sekali@contoh.example";

/// Registers with this address, and logs in.
async fn registered(app: &App, person: &CivilRecord, email: &str) -> Browser {
    app.know(std::slice::from_ref(person)).await;
    let mut browser = app.browser();
    let fields = [
        ("nik", person.nik.as_str()),
        ("nomor_kk", person.kk_number.as_str()),
        ("nama", person.name.as_str()),
        ("tanggal_lahir", "05-08-1990"),
        ("ponsel", "0813-0000-1111"),
        ("email", email),
        ("sandi", PASSWORD),
    ];
    browser.post("/registrasi", &fields).await.location();
    let code = app.code("0813-0000-1111").await;
    assert_eq!(browser.post("/registrasi/kode", &[("kode", &code)]).await.status, 303);
    app.log_in(person).await
}

async fn ask(browser: &mut Browser, email: &str, password: &str) -> Page {
    browser.post("/akun/email", &[("email", email), ("sandi_sekarang", password)]).await
}

async fn finish(browser: &mut Browser, code: &str) -> Page {
    browser.post("/akun/email/kode", &[("kode", code)]).await
}

/// Proves an address, with the password.
async fn prove(app: &App, browser: &mut Browser, email: &str) {
    assert_eq!(ask(browser, email, PASSWORD).await.location(), "/akun/email/kode");
    let code = app.mailed_code(email).await;
    assert_eq!(finish(browser, &code).await.location(), "/akun");
}

fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn sent_by(browser: &mut Browser, app: &App, person: &CivilRecord) -> Case {
    let address = browser.apply(person).await;
    let number: String = sqlx::query_scalar("select receipt_number from applications order by submitted_at desc limit 1")
        .fetch_one(&mut app.owner().await)
        .await
        .unwrap();
    let id = address.rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap();
    Case { id: id.into(), number: alpukat::domain::receipt::ReceiptNumber::parse(&number).unwrap(), person: person.clone() }
}

#[tokio::test]
async fn without_a_mail_server_the_pages_say_so_and_nothing_is_written() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = registered(&app, &person, OWN).await;
    let says = "kami tidak mengirim email";
    for page in ["/privasi", "/registrasi", "/akun", "/akun/email"] {
        let page = browser.get(page).await;
        assert!(page.text("main").contains(says), "{}", page.text("main"));
        assert!(!page.text("main").contains("Kirim kode"), "{}", page.text("main"));
    }
    let refused = ask(&mut browser, OWN, PASSWORD).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text("[role=alert]").contains("alamat belum dapat dibuktikan"), "{}", refused.text("main"));
    // Proved while there was one: still nothing.
    app.mailbox(&person, Some(OWN)).await;
    sent_by(&mut browser, &app, &person).await;
    assert_eq!(app.count("select count(*) from messages where channel = 'email'").await, 0);
    assert!(browser.get("/akun").await.text("dl").contains(&format!("Email {OWN} (terbukti)")));
    // It can be removed all the same.
    assert_eq!(browser.post("/akun/email/hapus", &[]).await.location(), "/akun");
    assert!(!browser.get("/akun").await.text("main").contains(OWN));
}

#[tokio::test]
async fn an_address_given_at_registration_gets_nothing_until_its_code_was_typed() {
    let app = App::with_mail().await;
    let person = grown_up();
    assert!(app.browser().get("/registrasi").await.text("#email-petunjuk").contains("setelah Anda membuktikan alamatnya"));
    assert!(app.browser().get("/privasi").await.text("main").contains("ke alamat yang Anda buktikan dengan kode"));
    let mut browser = registered(&app, &person, OWN).await;
    let page = browser.get("/akun").await;
    assert!(page.text("dl").contains(&format!("Email {OWN} (belum dibuktikan)")), "{}", page.text("dl"));
    let case = sent_by(&mut browser, &app, &person).await;
    assert_eq!(app.mail_states().await, [], "not proved");

    // "Kirim kode" beside the address; the password that gave it is not asked for again.
    assert_eq!(page.attributes("form[action='/akun/email'] input", "value"), [OWN]);
    let asked = browser.post("/akun/email", &[("email", OWN)]).await;
    let page = browser.follow(&asked).await;
    assert!(page.text("main").contains(&format!("Kami mengirim kode 6 angka ke {OWN}")), "{}", page.text("main"));
    assert_eq!(app.count("select count(*) from messages where kind = 'kode' and channel = 'sms'").await, 1, "that of the phone");
    let code = app.mailed_code(OWN).await;
    let done = finish(&mut browser, &code).await;
    let page = browser.follow(&done).await;
    assert!(page.text("[role=status]").contains("Email terbukti."), "{}", page.text("main"));
    assert!(page.text("dl").contains(&format!("Email {OWN} (terbukti)")), "{}", page.text("dl"));
    assert!(page.attributes("form[action='/akun/email'] input", "value").is_empty(), "nothing more to prove");
    assert_eq!(app.count("select count(*) from events where deed = 'ganti_email'").await, 1);

    let address = format!("/pencetakan-ktp-el/{}", case.id);
    browser.choose(&address, "2026-11-26T09:00:00+07:00").await.location();
    let mails = app.mails(&case).await;
    assert_eq!(mails.len(), 1, "only what happened since");
    let sms = app.told(&case).await;
    assert_eq!(mails[0].subject, format!("Permohonan {}: Jadwal pindah", case.number));
    assert_eq!(mails[0].text.lines().next(), sms.last().map(String::as_str), "in the words of the SMS");
    assert!(mails[0].text.contains("Ubah atau hapus alamat ini di halaman Akun."));
    for secret in [person.nik.as_str(), person.name.as_str(), "http", "www", "@"] {
        assert!(!mails[0].text.contains(secret) && !mails[0].subject.contains(secret), "{secret}: {}", mails[0].text);
    }
}

#[tokio::test]
async fn another_address_takes_the_password_and_a_code_of_its_own() {
    let app = App::with_mail().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let long = format!("{}@contoh.example", "a".repeat(65));
    for wrong in [
        "",
        "  ",
        "sari",
        "sari@contoh",
        "sari@@contoh.id",
        "sari@contoh.id\r\nBcc: orang@contoh.id",
        "sari@contoh.id\nBcc:orang@contoh.id",
        "sari@contoh.id, orang@contoh.id",
        "Sari <sari@contoh.id>",
        "\"sari\r\n\"@contoh.id",
        "sari..x@contoh.id",
        ".sari@contoh.id",
        "sari@-contoh.id",
        "sari@127.0.0.1",
        "sari@[127.0.0.1]",
        "säri@contoh.id",
        "sari@contoh.id>",
        &long,
    ] {
        let page = ask(&mut browser, wrong, PASSWORD).await;
        assert_eq!(page.status, 422, "{wrong:?}");
        assert!(page.text(".error").contains("Tulis alamat email seperti nama@contoh.id."), "{wrong:?}: {}", page.text(".error"));
    }
    for (password, sentence) in [("", "Isi kata sandi."), ("salah-sekali", "Kata sandi sekarang tidak cocok.")] {
        let page = ask(&mut browser, "sari@contoh.id", password).await;
        assert_eq!(page.status, 422);
        assert!(page.text(".error").contains(sentence), "{}", page.text(".error"));
        assert_eq!(page.attributes("#email", "value"), ["sari@contoh.id"], "what was typed stays");
    }
    assert_eq!(app.mail_states().await, [], "nothing was sent");
    assert_eq!(browser.get("/akun/email/kode").await.location(), "/akun/email", "nothing is under way");
    let gone = finish(&mut browser, "123456").await;
    assert!(gone.status == 422 && gone.text(".error").contains("Kode ini sudah dipakai"), "{}", gone.text(".error"));

    prove(&app, &mut browser, "sari@contoh.id").await;
    let again = ask(&mut browser, "sari@contoh.id", PASSWORD).await;
    assert!(again.status == 422 && again.text(".error").contains("Alamat ini sudah terbukti."), "{}", again.text(".error"));
    // Until the other one is proved, the first stays.
    ask(&mut browser, "sari@lain.example", PASSWORD).await.location();
    assert!(browser.get("/akun").await.text("dl").contains("sari@contoh.id (terbukti)"));
    let code = app.mailed_code("sari@lain.example").await;
    let mut stranger = app.citizen(&grown_up()).await;
    ask(&mut stranger, "orang@contoh.id", PASSWORD).await.location();
    assert!(finish(&mut stranger, &code).await.text(".error").contains("Kode belum cocok."), "another session's code");
    for nonsense in ["", "12345", "abcdef"] {
        assert!(finish(&mut browser, nonsense).await.text(".error").contains("Isi 6 angka dari email."), "costs no try");
    }
    for n in 1..=5 {
        let page = finish(&mut browser, &other(&code)).await;
        let sentence = if n < 5 { "Kode belum cocok." } else { "Sudah 5 kali belum cocok. Minta kode baru." };
        assert!(page.status == 422 && page.text(".error").contains(sentence), "{n}: {}", page.text(".error"));
    }
    assert!(finish(&mut browser, &code).await.text(".error").contains("Sudah 5 kali"), "the right one comes too late");
    ask(&mut browser, "sari@lain.example", PASSWORD).await.location();
    let late = app.mailed_code("sari@lain.example").await;
    app.clock().advance(Duration::minutes(10));
    assert!(finish(&mut browser, &late).await.text(".error").contains("Kode sudah lewat 10 menit."));
    prove(&app, &mut browser, "sari@lain.example").await;
    assert!(browser.get("/akun").await.text("dl").contains("sari@lain.example (terbukti)"));
    assert_eq!(app.count("select count(*) from events where deed = 'ganti_email'").await, 2);
}

#[tokio::test]
async fn a_mailbox_gets_three_codes_an_hour_however_it_is_written() {
    let app = App::with_mail().await;
    for (n, typed) in ["sari@contoh.id", "SARI@contoh.id", " sari@CONTOH.ID", "Sari@Contoh.Id"].into_iter().enumerate() {
        let mut browser = app.citizen(&grown_up()).await;
        let page = ask(&mut browser, typed, PASSWORD).await;
        assert_eq!(page.status, if n < 3 { 303 } else { 429 }, "{typed}");
        if n == 3 {
            assert!(page.text("[role=alert]").contains("Kode sudah beberapa kali diminta."), "{}", page.text("main"));
            assert!(page.header("retry-after").parse::<i64>().unwrap() > 60);
        }
    }
    assert_eq!(app.count("select count(*) from messages where kind = 'kode' and channel = 'email'").await, 3);
    app.clock().advance(Duration::hours(1));
    prove(&app, &mut app.citizen(&grown_up()).await, "sari@contoh.id").await;
}

#[tokio::test]
async fn a_removed_address_gets_nothing_more_and_a_freed_account_has_none() {
    let app = App::with_mail().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    prove(&app, &mut browser, OWN).await;
    let case = sent_by(&mut browser, &app, &person).await;
    assert_eq!(app.mails(&case).await.len(), 1);
    // A code under way is of no use after the removal.
    ask(&mut browser, "sari@lain.example", PASSWORD).await.location();
    let code = app.mailed_code("sari@lain.example").await;
    for _ in 0..2 {
        let done = browser.post("/akun/email/hapus", &[]).await;
        let page = browser.follow(&done).await;
        assert!(page.text("[role=status]").contains("Email dihapus."), "{}", page.text("main"));
        assert!(!page.text("dl").contains("Email"), "{}", page.text("dl"));
    }
    assert_eq!(app.count("select count(*) from events where deed = 'hapus_email'").await, 1, "twice is once");
    assert!(finish(&mut browser, &code).await.text(".error").contains("Kode ini sudah dipakai"));
    let address = format!("/pencetakan-ktp-el/{}", case.id);
    browser.choose(&address, "2026-11-26T09:00:00+07:00").await.location();
    assert_eq!(app.mails(&case).await.len(), 1, "nothing more is owed");

    // Somebody else opened the account: their address goes with them.
    prove(&app, &mut browser, OWN).await;
    let mut officer = app.petugas().await;
    let page = officer.search("/petugas/loket/akun", &[("nik", person.nik.as_str())]).await;
    let field = |name: &str| page.attributes(&format!("input[name={name}]"), "value").remove(0);
    let fields = [
        ("akun", field("akun")),
        ("tanda", field("tanda")),
        ("ponsel-pemilik", "0813-0000-7777".into()),
        ("cek-akun", "identitas".into()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    officer.post("/petugas/loket/akun/pelepasan", &fields).await.location();
    let code = app.code("0813-0000-7777").await;
    officer.post("/petugas/loket/akun/kode", &[("kode", &code)]).await.location();
    assert_eq!(app.count("select count(*) from accounts where email_index is not null").await, 0);
}

#[tokio::test]
async fn an_address_from_before_it_was_looked_at_closely_shuts_nobody_out() {
    let app = App::with_mail().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let mut tx = app.state.db.begin().await.unwrap();
    let account = alpukat::db::accounts::of_nik(&mut tx, &person.nik).await.unwrap().unwrap();
    let odd = alpukat::domain::person::Email::from("säri..x@contoh".to_owned());
    let contact = alpukat::db::accounts::Contact { email: Some(odd), ..account.contact.clone() };
    alpukat::db::accounts::change_contact(&mut tx, account.id, &contact, false).await.unwrap();
    tx.commit().await.unwrap();
    assert!(browser.get("/akun").await.text("dl").contains("säri..x@contoh (belum dibuktikan)"));
    assert_eq!(browser.post("/akun/email", &[("email", "säri..x@contoh")]).await.status, 422);
    prove(&app, &mut browser, "sari@contoh.id").await;
}

#[tokio::test]
async fn only_the_account_that_filed_is_told_and_the_desk_sees_no_address() {
    let app = App::with_mail().await;
    let (case, mut officer) = (app.booked(&Wish::of(&app, &grown_up())).await, app.petugas().await);
    let stranger = grown_up();
    app.account(&stranger).await;
    app.mailbox(&stranger, Some("orang@contoh.id")).await;
    app.mailbox(&case.person, Some("sari@contoh.id")).await;
    let address = format!("/petugas/permohonan/{}", case.id);
    officer.post(&format!("{address}/pemeriksaan"), &[]).await.location();
    officer.post(&format!("{address}/persetujuan"), &[]).await.location();
    let mails = app.mails(&case).await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["sari@contoh.id"]);
    let page = officer.get(&address).await;
    for (shown, count) in [("SMS “disetujui”", 1), ("Email “disetujui”", 1), ("sari@", 0)] {
        assert_eq!(page.text("main").matches(shown).count(), count, "{shown}: {}", page.text("details"));
    }
}
