//! A case from the queue to its decision and back from the citizen, and whoever may not touch it.

use alpukat::domain::{nik::Nik, officer::Role, resident::CivilRecord};
use time::{Duration, macros::datetime};

use crate::{
    files, pdfs,
    support::{
        app::{App, COUNTER},
        browser::Browser,
        cases::{Case, Wish},
        people::{grown_up, relative_of},
    },
};

pub fn desk(case: &Case) -> String {
    format!("/petugas/permohonan/{}", case.id)
}

/// A case about a new person, sent now.
pub async fn sent(app: &App) -> (CivilRecord, Case) {
    let person = grown_up();
    let case = app.case(&Wish::of(app, &person)).await;
    (person, case)
}

/// Presses "Kembalikan" or "Tolak" twice: the first press leads to the SMS, the second sends it.
pub async fn explain(officer: &mut Browser, address: &str, fields: &[(&str, &str)]) -> crate::support::browser::Page {
    let asked = officer.post(address, fields).await;
    let page = officer.follow(&asked).await;
    let sms = page.attributes("input[name=sms]", "value").remove(0);
    assert!(page.text("[role=status]").contains("SMS yang akan dikirim: 1 bagian,"), "{}", page.text("[role=status]"));
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("sms", sms.as_str())]).collect();
    officer.post(address, &fields).await
}

async fn last_sms(app: &App, case: &Case) -> String {
    let mut conn = app.state.db.read().await.unwrap();
    let messages = alpukat::db::messages::of_application(&mut conn, case.id).await.unwrap();
    messages.last().unwrap().content.line().to_owned()
}

#[tokio::test]
async fn approving_tells_the_citizen_and_opens_the_next_case() {
    let app = App::new().await;
    let (person, case) = sent(&app).await;
    app.clock().advance(Duration::minutes(1));
    let (_, second) = sent(&app).await;
    let mut officer = app.petugas().await;
    let mut citizen = app.log_in_as(&case).await;
    let page = officer.get(&desk(&case)).await;
    assert!(page.text("main").contains(&person.nik.masked_grouped()) && page.text("main").contains("0813-0000-5678"));
    assert!(page.text("main button").contains("Periksa"));
    let early = officer.post(&format!("{}/persetujuan", desk(&case)), &[]).await;
    assert_eq!(early.status, 409, "without a lease");
    assert!(early.text("[role=alert]").contains("Waktu memegang kasus ini habis."));

    officer.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location();
    let address = format!("/pencetakan-ktp-el/{}", case.id);
    assert_eq!(citizen.get(&address).await.text("p.tag"), "Sedang diperiksa");
    let page = officer.get(&desk(&case)).await;
    let shown = page.text("details p");
    assert!(page.text("summary").contains("SMS bila disetujui: 1 bagian,"));
    let done = officer.post(&format!("{}/persetujuan", desk(&case)), &[]).await;
    assert_eq!(done.location(), desk(&second));
    let next = officer.follow(&done).await;
    assert!(next.text("[role=status]").contains(&format!("{} disetujui. Kasus berikutnya sudah terbuka.", case.number)));
    assert!(next.text("main").contains("Dipegang Anda sampai"), "it is theirs already");
    assert_eq!(last_sms(&app, &case).await, shown, "what was shown is what is sent");
    assert_eq!(citizen.get(&address).await.text("p.tag"), "Disetujui, antre cetak");

    // Pressed once more: done once.
    assert_eq!(officer.post(&format!("{}/persetujuan", desk(&case)), &[]).await.status, 303);
    assert_eq!(app.count("select count(*) from events where to_status = 'disetujui'").await, 1);
    assert_eq!(app.count("select count(*) from messages where kind = 'disetujui'").await, 1);
    let done = officer.post(&format!("{}/persetujuan", desk(&second)), &[]).await;
    let queue = officer.follow(&done).await;
    assert!(queue.text("[role=status]").contains("Tidak ada lagi yang menunggu pemeriksaan."));
}

#[tokio::test]
async fn a_return_is_mended_for_the_named_document_alone_and_keeps_its_place() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.begin(&person).await;
    citizen.fill(&address).await;
    citizen.upload(&format!("{address}/unggah/kk"), "kk.pdf", &pdfs::pdf(3)).await.location();
    citizen.choose(&address, crate::support::app::SLOT).await.location();
    citizen.yes(&address).await.location();
    app.clock().advance(Duration::minutes(30));
    let (_, younger) = sent(&app).await;
    let mut officer = app.petugas().await;
    let case = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    officer.post(&format!("{case}/pemeriksaan"), &[]).await.location();
    let form = officer.get(&format!("{case}?buka=kembali")).await;
    assert_eq!(form.attributes("input[name=dok]", "value"), ["ktp_rusak", "kk"], "in the order of the form");
    for wrong in [
        &[][..],
        &[("dok", "kk")],
        &[("dok", "surat_pindah"), ("alasan-surat_pindah", "fotokopi")],
        &[("dok", "kk"), ("alasan-kk", "x")],
    ] {
        let page = officer.post(&format!("{case}/pengembalian"), wrong).await;
        assert_eq!(page.status, 422);
        assert!(page.text(".error").contains("Pilih dokumen dan satu alasan untuk tiap dokumen."), "{}", page.text(".error"));
    }
    let fields = [("dok", "kk"), ("alasan-kk", "tidak_terbaca"), ("kata", "Foto ulang di tempat terang.")];
    app.clock().advance(Duration::minutes(1));
    let done = explain(&mut officer, &format!("{case}/pengembalian"), &fields).await;
    assert!(officer.follow(&done).await.text("[role=status]").contains("dikembalikan"));
    assert_eq!(app.count("select count(*) from events where reason = 'kk:tidak_terbaca' and sealed is not null").await, 1);

    app.clock().advance(Duration::hours(1));
    let mut citizen = app.log_in(&person).await;
    let page = citizen.get(&address).await;
    let main = page.text("main");
    for told in [
        "Perlu perbaikan",
        "Kartu Keluarga (KK) : Tulisan tidak terbaca",
        "Foto ulang di tempat terang.",
        "Jumat, 27 November 2026",
    ] {
        assert!(main.contains(told), "{told}: {main}");
    }
    let page = citizen.get(&format!("{address}/unggah")).await;
    assert_eq!(page.attributes("main form[data-upload]", "action"), [format!("{address}/unggah")]);
    assert!(page.text(".files").contains("dikembalikan") && !page.text(".files").contains("Hapus"));
    assert_eq!(citizen.upload(&format!("{address}/unggah/ktp_rusak"), "a.png", &files::png(50, 50)).await.status, 422);
    let early = citizen.post(&format!("{address}/unggah"), &[]).await;
    assert_eq!(early.status, 422);
    assert!(early.text("[role=alert]").contains("Kartu Keluarga (KK)"));
    for page in ["keterangan", "dokumen", "konfirmasi"] {
        assert_eq!(citizen.get(&format!("{address}/{page}")).await.location(), address, "{page} stays as it was sent");
    }

    citizen.upload(&format!("{address}/unggah/kk"), "kk.png", &files::png(800, 600)).await.location();
    let page = citizen.get(&format!("{address}/unggah")).await;
    assert_eq!(page.attributes(".files img", "src").len(), 1, "the three returned pages made room");
    let sent_again = citizen.post(&format!("{address}/unggah"), &[]).await;
    assert_eq!(sent_again.location(), address);
    assert_eq!(citizen.post(&format!("{address}/unggah"), &[]).await.location(), address, "twice is once");
    assert!(citizen.follow(&sent_again).await.text("[role=status]").contains("antrean Anda tetap"));
    assert_eq!(app.count("select count(*) from messages where kind = 'diajukan'").await, 2);

    // Back in the queue before the one that was sent later, and marked.
    let queue = app.petugas().await.get("/petugas").await;
    let numbers = queue.text("tbody th code");
    assert!(numbers.ends_with(&younger.number.to_string()), "{numbers}");
    assert!(queue.text("tbody tr:first-child small").contains("Kiriman ulang"));
}

#[tokio::test]
async fn the_time_to_mend_ends_with_the_seventh_day() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.apply(&person).await;
    let mut officer = app.petugas().await;
    let case = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    officer.post(&format!("{case}/pemeriksaan"), &[]).await.location();
    explain(&mut officer, &format!("{case}/pengembalian"), &[("dok", "ktp_rusak"), ("alasan-ktp_rusak", "fotokopi")])
        .await
        .location();
    for (now, status) in [(datetime!(2026-11-27 23:59 +7), 200), (datetime!(2026-11-28 00:00 +7), 303)] {
        app.clock().set(now);
        let mut citizen = app.log_in(&person).await;
        assert_eq!(citizen.get(&format!("{address}/unggah")).await.status, status, "{now}");
        let uploaded = citizen.upload(&format!("{address}/unggah/ktp_rusak"), "a.png", &files::png(50, 50)).await;
        assert_eq!(uploaded.status, 303);
        assert_eq!(uploaded.location().contains("tersimpan"), status == 200);
    }
}

#[tokio::test]
async fn a_refusal_says_why_and_frees_the_place() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.apply(&person).await;
    let mut officer = app.petugas().await;
    let case = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    officer.post(&format!("{case}/pemeriksaan"), &[]).await.location();
    let fields = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "orang_lain")];
    let page = officer.post(&format!("{case}/penolakan"), &fields).await;
    assert_eq!((page.status, page.text(".error").contains("Tulis alasan penolakan")), (422, true));
    let fields = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "orang_lain"), ("kata", "Datang ke loket dengan KK.")];
    let done = explain(&mut officer, &format!("{case}/penolakan"), &fields).await;
    assert!(officer.follow(&done).await.text("[role=status]").contains("ditolak"));
    assert_eq!(app.count("select count(*) from places where held_until is null").await, 0);
    let page = citizen.get(&address).await;
    let main = page.text("main");
    assert!(main.contains("Atas nama orang lain") && main.contains("Datang ke loket dengan KK."), "{main}");
    let words = app.count("select count(*) from events where position('loket dengan' in encode(sealed, 'escape')) > 0").await;
    assert_eq!(words, 0, "an officer's own words are sealed");
}

#[tokio::test]
async fn one_holds_a_case_and_the_other_is_told_who() {
    let app = App::new().await;
    let (_, case) = sent(&app).await;
    let first = app.officer(Role::Petugas, Some(COUNTER)).await;
    let (mut one, mut two) = (app.desk(&first).await, app.petugas().await);
    one.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location();
    let told = format!("Sedang dibuka {} sejak 09.00", first.name);
    for deed in ["pemeriksaan", "persetujuan"] {
        let page = two.post(&format!("{}/{deed}", desk(&case)), &[]).await;
        assert_eq!((page.status, page.text("[role=alert]").contains(&told)), (409, true), "{deed}: {}", page.text("main"));
    }
    assert!(two.get("/petugas").await.text("tbody").contains(&first.name));
    // Looking renews it; doing nothing for five minutes lets it lapse.
    for _ in 0..3 {
        app.clock().advance(Duration::minutes(4));
        assert!(one.get(&desk(&case)).await.text("main").contains("Dipegang Anda"));
    }
    app.clock().advance(Duration::minutes(5));
    let mut two = app.petugas().await;
    assert_eq!(two.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location(), desk(&case));
    let late = one.post(&format!("{}/persetujuan", desk(&case)), &[]).await;
    assert_eq!((late.status, late.text("[role=alert]").contains("Sedang dibuka")), (409, true), "{}", late.text("[role=alert]"));
    two.post(&format!("{}/persetujuan", desk(&case)), &[]).await.location();
    let late = one.post(&format!("{}/persetujuan", desk(&case)), &[]).await;
    assert_eq!(late.status, 409);
    assert!(late.text("[role=alert]").contains("sudah memutuskan pada 09.17"), "{}", late.text("[role=alert]"));
    assert_eq!(app.count("select count(*) from events where to_status = 'disetujui'").await, 1);
}

#[tokio::test]
async fn a_supervisor_releases_a_case_and_nobody_else_does() {
    let app = App::new().await;
    let (_, case) = sent(&app).await;
    let (mut one, mut two) = (app.petugas().await, app.petugas().await);
    let penyelia = app.officer(Role::Penyelia, Some("31.71.01")).await;
    let mut penyelia = app.desk(&penyelia).await;
    one.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location();
    assert_eq!(two.post(&format!("{}/pelepasan", desk(&case)), &[]).await.status, 404);
    assert!(penyelia.get(&desk(&case)).await.text("main button").contains("Lepaskan"));
    penyelia.post(&format!("{}/pelepasan", desk(&case)), &[]).await.location();
    two.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location();
    assert_eq!(
        penyelia.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.status,
        409,
        "a supervisor decides no such case"
    );
    // Given back, it is free for the first again.
    assert_eq!(two.post(&format!("{}/lewati", desk(&case)), &[]).await.location(), "/petugas");
    one.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location();
}

#[tokio::test]
async fn nobody_decides_about_their_own_family_but_their_supervisor_does() {
    let app = App::new().await;
    let (person, case) = sent(&app).await;
    let mut relative = app.officer(Role::Petugas, Some(COUNTER)).await;
    let myself = relative_of(&person);
    app.know(std::slice::from_ref(&myself)).await;
    relative.nik = Some(Nik::parse(myself.nik.as_str()).unwrap());
    app.store_officer(&relative).await;
    let mut relative = app.desk(&relative).await;
    let page = relative.get(&desk(&case)).await;
    assert!(page.text("main").contains("Ini keluarga Anda sendiri.") && !page.text("main button").contains("Periksa"));
    for deed in ["pemeriksaan", "persetujuan"] {
        assert_eq!(relative.post(&format!("{}/{deed}", desk(&case)), &[]).await.status, 409);
    }
    let penyelia = app.officer(Role::Penyelia, Some("31.71")).await;
    let mut penyelia = app.desk(&penyelia).await;
    penyelia.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location();
    penyelia.post(&format!("{}/persetujuan", desk(&case)), &[]).await.location();
    assert_eq!(app.count("select count(*) from events where to_status = 'disetujui'").await, 1);
}

#[tokio::test]
async fn what_is_worth_a_second_look_is_shown_and_refuses_nothing() {
    let app = App::new().await;
    let mut officer = app.petugas().await;
    let person = grown_up();
    let wish = Wish {
        category: alpukat::domain::category::Category::Hilang,
        letter: Some(time::macros::date!(2026 - 11 - 02)),
        ..Wish::of(&app, &person)
    };
    let case = app.case(&wish).await;
    let quiet = officer.get(&desk(&case)).await.text(".note.act");
    assert!(quiet.contains("Surat polisi berumur 18 hari (2 November 2026)."), "{quiet}");
    assert!(!quiet.contains("ponsel") && !quiet.contains("berubah") && !quiet.contains("Tanggal lahir"), "{quiet}");
    for _ in 0..3 {
        app.case(&Wish::of(&app, &grown_up())).await;
    }
    let moved = CivilRecord { address: "Jalan Lain".to_owned(), birth_date: time::macros::date!(1990 - 08 - 06), ..person };
    app.know(std::slice::from_ref(&moved)).await;
    let loud = officer.get(&desk(&case)).await.text(".note.act");
    for flag in ["dipakai untuk penduduk dari 4 KK", "Data kependudukan berubah"] {
        assert!(loud.contains(flag), "{flag}: {loud}");
    }
    officer.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location();
    assert_eq!(officer.post(&format!("{}/persetujuan", desk(&case)), &[]).await.status, 303);
}

#[tokio::test]
async fn the_same_file_for_another_family_is_noticed() {
    let app = App::new().await;
    let (one, other) = (grown_up(), grown_up());
    let mut browser = app.citizen(&one).await;
    let first = browser.apply(&one).await;
    let mut browser = app.citizen(&other).await;
    let second = browser.apply(&other).await;
    let mut officer = app.petugas().await;
    let page = officer.get(&second.replace("/pencetakan-ktp-el/", "/petugas/permohonan/")).await;
    assert!(page.text(".note.act").contains("pernah dikirim untuk KK lain"), "{}", page.text("main"));
    assert_eq!(page.attributes(".note.act a", "href"), [first.replace("/pencetakan-ktp-el/", "/petugas/permohonan/")]);
}

#[tokio::test]
async fn a_case_of_another_counter_does_not_exist() {
    let app = App::new().await;
    let (_, case) = sent(&app).await;
    let nothing = format!("/petugas/permohonan/{}", uuid::Uuid::new_v4());
    let strangers = [
        (Role::Petugas, Some("31.71.01.1002")),
        (Role::Petugas, Some("31.71.01")),
        (Role::Penyelia, Some("31.72")),
        (Role::Penyelia, Some("31.71.02")),
    ];
    for (role, counter) in strangers {
        let officer = app.officer(role, counter).await;
        let mut browser = app.desk(&officer).await;
        for deed in ["", "/pemeriksaan", "/pelepasan", "/lewati", "/persetujuan", "/pengembalian", "/penolakan"] {
            let mut bodies = Vec::new();
            for address in [desk(&case), nothing.clone()] {
                let address = format!("{address}{deed}");
                let page = if deed.is_empty() { browser.get(&address).await } else { browser.post(&address, &[]).await };
                assert_eq!(page.status, 404, "{role:?} {counter:?} {address}");
                bodies.push(page.body());
            }
            assert_eq!(bodies[0], bodies[1]);
        }
        assert_eq!(browser.get("/petugas/permohonan/bukan-nomor").await.status, 404);
    }
    assert_eq!(app.count("select count(*) from events where officer_id is not null and application_id is not null").await, 0);
}
