//! Slips of citizens: what a page shows is what is done, what was chosen or typed is not lost, and what happened is said truly.

use crate::{
    files, pdfs,
    support::{
        app::{App, COUNTER, SLOT},
        browser::{Browser, Page, form_of},
        people::{PASSWORD, grown_up},
    },
};

use axum::{body::Body, http::Request};

/// Sends the upload page's form with these parts.
async fn send(browser: &mut Browser, draft: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Page {
    let (kind, body) = form_of(parts);
    browser.send(Request::post(format!("{draft}/unggah")).header("content-type", kind), Body::from(body)).await
}

async fn with_draft(app: &App, category: &str) -> (Browser, String) {
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", category)]).await.location();
    (browser, draft)
}

const LETTER: [(&str, &str); 6] = [
    ("ada", "surat_kehilangan"),
    ("ada", "kk"),
    ("ponsel", "0813-0000-5678"),
    ("surat_nomor", "STPL/9/X/2026"),
    ("surat_kantor", "Polsek Gambir"),
    ("surat_tanggal", "10-10-2026"),
];

#[tokio::test]
async fn no_other_day_or_counter_is_booked_than_the_lists_show() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.fill(&draft).await;
    let choice = format!("{COUNTER} {SLOT}");
    for (counter, day) in [(COUNTER, "2026-11-26"), ("31.71.01", "2026-11-25"), (COUNTER, "")] {
        let fields = [("titik", counter), ("tanggal", day), ("jam", choice.as_str())];
        let page = browser.post(&format!("{draft}/jadwal"), &fields).await;
        assert_eq!(page.status, 422, "{counter} {day}");
        assert!(page.text("[role=alert]").contains("Ini jam untuk pilihan itu"), "{}", page.text("[role=alert]"));
        assert_eq!(app.count("select count(*) from places").await, 0);
        if day == "2026-11-26" {
            assert!(page.text("legend").contains("Kamis, 26 November 2026"), "the hours of the chosen day");
            assert!(page.attributes("[name=jam]", "value")[0].starts_with(&format!("{COUNTER} 2026-11-26T07:30:00+07:00")));
        }
    }
    browser.choose(&draft, SLOT).await.location();
    browser.yes(&draft).await.location();
    let told = app.count("select count(*) from messages").await;
    let moved = [("titik", COUNTER), ("tanggal", "2026-11-27"), ("jam", &format!("{COUNTER} 2026-11-26T09:00:00+07:00"))];
    assert_eq!(browser.post(&format!("{draft}/jadwal"), &moved).await.status, 422);
    assert_eq!(app.count("select count(*) from messages").await, told, "nothing was moved");
    let page = browser.get(&format!("{draft}/jadwal")).await;
    let forms = (page.attributes("main form", "method"), page.attributes("main form button", "formmethod"));
    assert_eq!(forms, (vec!["post".to_owned()], vec!["get".to_owned()]), "one form, whose first button only shows hours");
}

#[tokio::test]
async fn a_schedule_shown_for_a_draft_moves_nothing_that_was_sent_meanwhile() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let choice = format!("{COUNTER} 2026-11-26T09:00:00+07:00");
    let fields = [("dari", "draf"), ("titik", COUNTER), ("tanggal", "2026-11-26"), ("jam", choice.as_str())];
    let page = browser.post(&format!("{application}/jadwal"), &fields).await;
    assert_eq!(page.status, 409);
    assert!(page.text("[role=alert]").contains("sudah terkirim dari halaman lain"), "{}", page.text("[role=alert]"));
    assert_eq!(app.count("select count(*) from events where deed = 'ubah_jadwal'").await, 0);
}

#[tokio::test]
async fn every_button_of_the_upload_page_stores_every_file_that_was_chosen() {
    let app = App::new().await;
    let (mut browser, draft) = with_draft(&app, "hilang").await;
    browser.post(&format!("{draft}/dokumen"), &LETTER).await.location();
    let (letter, kk, more) = (files::png(60, 40), pdfs::pdf(2), files::png(61, 40));

    // "Upload" of one document, with a file chosen for another; nothing chosen in a field is sent as an empty file.
    let parts = [("surat_kehilangan", Some("surat.png"), &*letter), ("kk", Some(""), b""), ("tombol", None, b"upload:kk")];
    let stored = send(&mut browser, &draft, &parts).await;
    let page = browser.follow(&stored).await;
    assert_eq!(page.text("#kartu-surat_kehilangan [role=status]"), "Surat keterangan kehilangan, halaman 1, tersimpan.");
    assert!(page.text("title").starts_with("Surat keterangan kehilangan, halaman 1, tersimpan."), "{}", page.text("title"));

    // "Lanjut" with two files in one field, of which one is not good: the good one is stored, the other named, and it stays.
    let parts = [("kk", Some("kk.pdf"), &*kk), ("kk", Some("foto.heic"), &*files::heic()), ("tombol", None, b"lanjut")];
    let page = send(&mut browser, &draft, &parts).await;
    assert_eq!(page.status, 422);
    assert!(page.text(".error").contains("Berkas foto.heic berformat HEIC."), "{}", page.text(".error"));
    assert_eq!(page.text("#kartu-kk [role=status]"), "Kartu Keluarga (KK), halaman 2, tersimpan.");

    // "Hapus" stores as well; what is there already is not stored twice, and "Lanjut" goes on.
    let remove = page.attributes("#kartu-kk button[value^=hapus]", "value")[0].clone();
    let parts = [("kk", Some("lagi.png"), &*more), ("tombol", None, remove.as_bytes())];
    let done = send(&mut browser, &draft, &parts).await;
    assert_eq!(done.location(), format!("{draft}/unggah?tersimpan=kk.3&dihapus=kk.1"));
    let parts = [("kk", Some("lagi.png"), &*more), ("surat_kehilangan", Some("b.png"), &*letter), ("tombol", None, b"lanjut")];
    assert_eq!(send(&mut browser, &draft, &parts).await.location(), format!("{draft}/jadwal"));
    assert_eq!(app.count("select count(*) from pages").await, 3);

    // Ten files a post, and the eleventh is named.
    let many: Vec<Vec<u8>> = (0..11).map(|n| files::png(70 + n, 40)).collect();
    let names: Vec<String> = (0..11).map(|n| format!("foto-{n}.png")).collect();
    let mut parts: Vec<(&str, Option<&str>, &[u8])> =
        many.iter().zip(&names).map(|(bytes, name)| ("surat_kehilangan", Some(name.as_str()), &**bytes)).collect();
    parts.push(("tombol", None, b"lanjut"));
    let page = send(&mut browser, &draft, &parts).await;
    assert_eq!(page.status, 422);
    let told = page.text("[role=alert]");
    assert!(told.contains("Berkas foto-10.png belum tersimpan, karena sekali kirim paling banyak 10 berkas."), "{told}");
    assert!(told.contains("sudah berisi 10 halaman"), "{told}");
    assert_eq!(app.count("select count(*) from pages where kind = 'surat_kehilangan'").await, 10);
}

#[tokio::test]
async fn an_old_letter_is_warned_of_at_once_and_another_category_loses_nothing_before_ya() {
    let app = App::new().await;
    let (mut browser, draft) = with_draft(&app, "hilang").await;
    let answered = browser.post(&format!("{draft}/dokumen"), &LETTER).await;
    let page = browser.follow(&answered).await;
    assert!(page.text(".note.act").contains("Surat ini sudah 41 hari."), "at once: {}", page.text("main"));
    let (letter, kk, card) = (files::png(60, 40), files::png(61, 40), files::png(62, 40));
    let parts = [("surat_kehilangan", Some("a.png"), &*letter), ("kk", Some("b.png"), &*kk), ("tombol", None, b"lanjut")];
    send(&mut browser, &draft, &parts).await.location();
    browser.choose(&draft, SLOT).await.location();
    let check = browser.get(&format!("{draft}/konfirmasi")).await;
    assert!(check.text(".note.act").contains("Surat ini sudah 41 hari."), "{}", check.text("main"));
    assert_eq!(check.attributes("dd img", "src").len(), 2, "what was uploaded can be seen");

    let changed = browser.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await;
    let told = browser.follow(&changed).await.text("main");
    assert!(told.contains("Keterangan diganti."), "{told}");
    let left_out = "Tidak dipakai untuk keterangan ini: Surat keterangan kehilangan. Tetap tersimpan sampai Anda menekan “Ya”";
    assert!(told.contains(left_out), "{told}");
    browser.post(&format!("{draft}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "0813-0000-5678")]).await.location();
    // Back again: all of it is there.
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "hilang")]).await.location();
    let page = browser.get(&format!("{draft}/dokumen")).await;
    assert_eq!(page.attributes("#surat_nomor", "value"), ["STPL/9/X/2026"]);
    assert_eq!(app.count("select count(*) from pages").await, 2);
    // And sent as damaged: now it is gone.
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await.location();
    let parts = [("ktp_rusak", Some("c.png"), &*card), ("tombol", None, &b"lanjut"[..])];
    send(&mut browser, &draft, &parts).await.location();
    let check = browser.get(&format!("{draft}/konfirmasi")).await;
    assert!(check.text("main").contains(left_out), "{}", check.text("main"));
    assert!(!check.text("dt").contains("Surat"), "{}", check.text("dt"));
    assert!(check.text("dt").find("Foto KTP-el").unwrap() < check.text("dt").find("Kartu Keluarga").unwrap());
    browser.yes(&draft).await.location();
    assert_eq!(app.count("select count(*) from pages where kind = 'surat_kehilangan'").await, 0);
}

#[tokio::test]
async fn ya_sends_what_its_page_showed_or_says_what_changed() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.fill(&draft).await;
    browser.choose(&draft, SLOT).await.location();
    let version = browser.get(&format!("{draft}/konfirmasi")).await.attributes("[name=versi]", "value")[0].clone();
    // Each of these on a second page.
    browser.choose(&draft, "2026-11-26T09:00:00+07:00").await.location();
    let changed = browser.post(&format!("{draft}/konfirmasi"), &[("versi", &version)]).await;
    assert_eq!(changed.status, 409);
    assert!(changed.text("[role=alert]").contains("Isian sudah diganti di halaman lain."), "{}", changed.text("[role=alert]"));
    browser.choose(&draft, SLOT).await.location();
    let parts = [("ktp_rusak", Some("b.png"), &*files::png(63, 40)), ("tombol", None, &b"upload:ktp_rusak"[..])];
    send(&mut browser, &draft, &parts).await.location();
    assert_eq!(browser.post(&format!("{draft}/konfirmasi"), &[("versi", &version)]).await.status, 409);
    let other = [("ada", "ktp_rusak"), ("ponsel", "0813-0000-9999")];
    browser.post(&format!("{draft}/dokumen"), &other).await.location();
    let page = browser.post(&format!("{draft}/konfirmasi"), &[("versi", &version)]).await;
    assert_eq!(page.status, 409);
    // Papers that were filled in for another category.
    let stale = browser.post(&format!("{draft}/dokumen"), &[("keterangan", "hilang"), ("ponsel", "0813-0000-1111")]).await;
    assert_eq!(stale.status, 409);
    assert!(stale.text("[role=alert]").contains("Keterangan sudah diganti di halaman lain."));
    assert_eq!(app.count("select count(*) from applications where status <> 'draf'").await, 0);
    let fresh = page.attributes("[name=versi]", "value")[0].clone();
    assert_eq!(browser.post(&format!("{draft}/konfirmasi"), &[("versi", &fresh)]).await.location(), draft);
}

/// A citizen with two browsers, the first of which was put out by the second.
async fn put_out(app: &App) -> (Browser, String, String) {
    let person = grown_up();
    let (mut browser, mut other) = (app.citizen(&person).await, app.log_in(&person).await);
    let draft = browser.begin(&person).await;
    browser.fill(&draft).await;
    other.post("/akun/keluar-semua", &[]).await.location();
    (browser, draft, person.nik.as_str().to_owned())
}

#[tokio::test]
async fn a_browser_that_was_put_out_can_do_all_that_a_stranger_can() {
    let app = App::new().await;
    let (mut browser, _, nik) = put_out(&app).await;
    let asked = browser.post("/lupa-kata-sandi", &[("nik", &nik)]).await;
    assert_eq!(browser.follow(&asked).await.status, 200, "the code has somewhere to go");
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let application = citizen.apply(&person).await;
    let number = citizen.get(&application).await.text("code");
    let (mut browser, ..) = put_out(&app).await;
    let asked = browser.post("/cek-status", &[("nomor", &number), ("lahir", "05-08-1990")]).await;
    assert!(browser.follow(&asked).await.text("section").contains("Menunggu pemeriksaan"));
}

#[tokio::test]
async fn an_upload_whose_session_ends_while_it_arrives_does_nothing() {
    let app = App::new().await;
    let person = grown_up();
    let (mut browser, mut other) = (app.citizen(&person).await, app.log_in(&person).await);
    let draft = browser.begin(&person).await;
    browser.fill(&draft).await;
    let page = browser.get(&format!("{draft}/unggah")).await;
    let remove = page.attributes("button[value^=hapus]", "value")[0].clone();
    let card = files::png(64, 40);
    let (kind, whole) = form_of(&[("kk", Some("b.png"), &card), ("tombol", None, remove.as_bytes())]);
    let (mut sender, body) = http_body_util::channel::Channel::<axum::body::Bytes>::new(1);
    let address = format!("{draft}/unggah");
    let sending =
        tokio::spawn(async move { browser.send(Request::post(&address).header("content-type", kind), Body::new(body)).await });
    sender.send_data(axum::body::Bytes::copy_from_slice(&whole[..120])).await.unwrap();
    for _ in 0..5 {
        assert_eq!(other.get("/akun").await.status, 200);
    }
    other.post("/akun/keluar-semua", &[]).await.location();
    sender.send_data(axum::body::Bytes::copy_from_slice(&whole[120..])).await.unwrap();
    drop(sender);
    let answer = sending.await.unwrap();
    assert_eq!(answer.location(), format!("/masuk?ke={draft}/unggah"));
    assert_eq!(app.count("select count(*) from pages").await, 1, "nothing was stored, and nothing removed");
}

#[tokio::test]
async fn a_file_for_a_page_that_moved_on_is_told_to_be_lost() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let lost = browser.upload(&format!("{application}/unggah/kk"), "kk.png", &files::png(60, 40)).await;
    let page = browser.follow(&lost).await;
    let told = "Berkas yang terakhir Anda kirim tidak tersimpan, karena permohonan ini sudah berubah di halaman lain.";
    assert!(page.text("main").contains(told), "{}", page.text("main"));
    assert!(!browser.get(&application).await.text("main").contains(told), "once");

    let relative = crate::support::people::relative_of(&person);
    app.know(std::slice::from_ref(&relative)).await;
    let draft = browser.begin(&relative).await;
    browser.fill(&draft).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "hilang")]).await.location();
    let lost = browser.upload(&format!("{draft}/unggah/ktp_rusak"), "k.png", &files::png(61, 40)).await;
    assert!(browser.follow(&lost).await.text("main").contains(told));
}

#[tokio::test]
async fn ya_says_truly_why_an_hour_cannot_be_had() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.fill(&draft).await;
    browser.choose(&draft, SLOT).await.location();
    app.clock().advance(time::Duration::days(5));
    let mut browser = app.log_in(&person).await;
    let page = browser.yes(&draft).await;
    assert_eq!(page.status, 409);
    let told = page.text("[role=alert]");
    assert!(told.contains("Rabu, 25 November 2026, 09.30–10.00 tidak dapat dipilih lagi."), "{told}");
    assert!(!told.contains("sudah terisi"), "{told}");
}

#[tokio::test]
async fn a_referer_of_ours_counts_where_a_gateway_takes_origins_away() {
    let app = App::new().await;
    let mut browser = app.browser();
    browser.names_origin = false;
    let table: [(&[(&str, &str)], u16); 6] = [
        (&[], 403),
        (&[("origin", "null")], 403),
        (&[("referer", "http://alpukat.example/masuk")], 422),
        (&[("origin", "null"), ("referer", "http://alpukat.example/masuk")], 422),
        (&[("referer", "http://alpukat.example.evil.example/masuk")], 403),
        (&[("origin", "http://evil.example"), ("referer", "http://alpukat.example/masuk")], 403),
    ];
    for (headers, status) in table {
        browser.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let page = browser.post("/masuk", &[]).await;
        assert_eq!(page.status, status, "{headers:?}");
        assert!(status != 403 || page.text("main").contains("tidak menyebutkan halaman asalnya"), "{}", page.text("main"));
    }
}

#[tokio::test]
async fn the_code_of_one_registration_is_not_tried_against_another() {
    let app = App::new().await;
    let (first, second) = (grown_up(), grown_up());
    app.know(&[first.clone(), second.clone()]).await;
    let mut browser = app.browser();
    let mut shown = Vec::new();
    for (person, phone) in [(&first, "0813-0000-1111"), (&second, "0813-0000-2222")] {
        let fields = [
            ("nik", person.nik.as_str()),
            ("nomor_kk", person.kk_number.as_str()),
            ("nama", person.name.as_str()),
            ("tanggal_lahir", "05-08-1990"),
            ("ponsel", phone),
            ("sandi", PASSWORD),
        ];
        let asked = browser.post("/registrasi", &fields).await;
        shown.push(browser.follow(&asked).await.attributes("[name=permintaan]", "value")[0].clone());
    }
    let code = app.code("0813-0000-1111").await;
    let page = browser.post("/registrasi/kode", &[("permintaan", &shown[0]), ("kode", &code)]).await;
    assert_eq!(page.status, 422);
    assert!(page.text(".error").contains("Kode lain diminta di halaman lain."), "{}", page.text(".error"));
    assert!(page.text("main").contains("0813-****-2222"), "the page is now about the one that was asked for last");
    assert_eq!(app.count("select count(*) from codes where tries_left < 5").await, 0, "no try was counted");
    let code = app.code("0813-0000-2222").await;
    browser.post("/registrasi/kode", &[("permintaan", &shown[1]), ("kode", &code)]).await.location();
}

#[tokio::test]
async fn a_session_that_ended_says_why_and_what_was_typed_stands_there_again() {
    let app = App::new().await;
    let (mut browser, draft) = with_draft(&app, "hilang").await;
    let mut other = browser.clone();
    other.cookies.clear();
    let nik: String = {
        let page = browser.get("/pencetakan-ktp-el/tambah").await;
        page.text("tbody code").split(' ').next().unwrap().to_owned()
    };
    other.post("/masuk", &[("nik", &nik), ("sandi", PASSWORD)]).await.location();
    other.post("/akun/keluar-semua", &[]).await.location();

    let mut looking = browser.clone();
    let gone = looking.get(&draft).await;
    assert_eq!(gone.location(), format!("/masuk?ke={draft}"));
    let page = looking.follow(&gone).await;
    assert!(page.text("main").contains("Anda dikeluarkan dari perangkat lain atau karena kata sandi diganti. Masuk lagi."));
    assert!(!page.text("main").contains("belum sampai"), "nothing was sent");

    let gone = browser.post(&format!("{draft}/dokumen"), &LETTER).await;
    let page = browser.follow(&gone).await;
    assert!(page.text("main").contains("Yang terakhir Anda kirim belum sampai."), "{}", page.text("main"));
    assert!(!page.body().contains("STPL/9/X/2026"), "sealed, and not on the page");
    assert!(!browser.cookies.values().any(|value| value.contains("STPL")), "sealed");
    let to = page.attributes("[name=ke]", "value")[0].clone();
    let inside = browser.post("/masuk", &[("nik", &nik), ("sandi", PASSWORD), ("ke", &to)]).await;
    assert_eq!(inside.location(), format!("{draft}/dokumen"));
    let page = browser.follow(&inside).await;
    assert_eq!(page.attributes("#surat_kantor", "value"), ["Polsek Gambir"]);
    assert!(page.text("main").contains("Isiannya masih ada: periksa, lalu kirim lagi."), "{}", page.text("main"));
    let page = browser.get(&format!("{draft}/dokumen")).await;
    assert!(page.attributes("#surat_kantor", "value") == [""] && !page.text("main").contains("belum sampai"), "once");

    // The hour that was chosen.
    let booked = [("titik", COUNTER), ("tanggal", "2026-11-26"), ("jam", &format!("{COUNTER} 2026-11-26T10:00:00+07:00"))];
    browser.post(&format!("{draft}/dokumen"), &LETTER).await.location();
    for kind in ["surat_kehilangan", "kk"] {
        browser.upload(&format!("{draft}/unggah/{kind}"), "a.png", &files::png(60, 40)).await.location();
    }
    app.clock().advance(time::Duration::minutes(31));
    let gone = browser.post(&format!("{draft}/jadwal"), &booked).await;
    browser.follow(&gone).await;
    assert!(!browser.get("/masuk?ke=/akun").await.text("main").contains("belum sampai"), "only where it is about that page");
    let inside = browser.post("/masuk", &[("nik", &nik), ("sandi", PASSWORD), ("ke", &format!("{draft}/jadwal"))]).await;
    let page = browser.follow(&inside).await;
    assert!(page.text("legend").contains("26 November 2026"), "{}", page.text("legend"));
    assert_eq!(page.attributes("[name=jam][checked]", "value"), [booked[2].1]);
    // "Ya" has nothing to keep, and is not said to.
    app.clock().advance(time::Duration::minutes(31));
    let gone = browser.post(&format!("{draft}/konfirmasi"), &[("versi", "x")]).await;
    assert!(browser.follow(&gone).await.text("main").contains("belum sampai. Masuk, lalu kirim sekali lagi."));
    browser.post("/masuk", &[("nik", &nik), ("sandi", PASSWORD)]).await.location();

    // A file of an ended session.
    app.clock().advance(time::Duration::minutes(31));
    let gone = browser.upload(&format!("{draft}/unggah/kk"), "kk.png", &files::png(60, 40)).await;
    assert_eq!(gone.location(), format!("/masuk?ke={draft}/unggah"));
    let page = browser.follow(&gone).await;
    assert!(page.text("main").contains("halaman lama tidak dipakai") && page.text("main").contains("belum sampai"));
}
