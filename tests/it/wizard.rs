//! The citizen's way page by page: stored when sent, no jump ahead, and why something cannot be chosen.

use alpukat::domain::resident::{CivilRecord, MaritalStatus};
use time::{Duration, macros::date};

use crate::support::{
    app::{App, SLOT},
    people::{grown_up, relative_of},
};

const PAGES: [&str; 5] = ["keterangan", "dokumen", "unggah", "jadwal", "konfirmasi"];

#[tokio::test]
async fn a_jump_ahead_lands_on_the_first_page_that_is_not_answered() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    for (furthest, last) in PAGES.iter().enumerate() {
        for (place, page) in PAGES.iter().enumerate() {
            let got = browser.get(&format!("{draft}/{page}")).await;
            if place <= furthest {
                assert_eq!(got.status, 200, "{page}");
            } else {
                assert_eq!(got.location(), format!("{draft}/{last}"), "{page}");
            }
        }
        match *last {
            "keterangan" => browser.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await,
            "dokumen" => browser.post(&format!("{draft}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "081300005678")]).await,
            "unggah" => {
                let early = browser.post(&format!("{draft}/unggah"), &[]).await;
                assert_eq!(early.status, 422);
                assert!(early.text(".note.stop").contains("Masih kurang: Foto KTP-el yang rusak."));
                browser.upload(&format!("{draft}/unggah/ktp_rusak"), "kartu.png", &crate::files::png(600, 400)).await
            }
            "jadwal" => browser.choose(&draft, SLOT).await,
            _ => browser.yes(&draft).await,
        }
        .location();
    }
    for page in PAGES {
        assert_eq!(
            browser.get(&format!("{draft}/{page}")).await.status,
            if page == "jadwal" { 200 } else { 303 },
            "{page} of a sent one"
        );
    }
}

#[tokio::test]
async fn a_draft_survives_log_out_and_is_taken_up_where_it_was_left() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "hilang")]).await.location();
    browser.post("/keluar", &[]).await;
    let mut browser = app.log_in(&person).await;
    assert!(browser.get("/pencetakan-ktp-el").await.attributes("article a", "href").contains(&format!("{draft}/dokumen")));
    assert_eq!(browser.begin(&person).await, draft, "Cetak goes on with the draft there is");
    assert_eq!(app.count("select count(*) from applications").await, 1);

    app.clock().advance(Duration::days(6));
    let mut browser = app.log_in(&person).await;
    let letter = [("ada", "surat_kehilangan"), ("ada", "kk"), ("surat_nomor", "STPL/1"), ("surat_kantor", "Polsek Contoh")];
    let fields: Vec<_> = letter.into_iter().chain([("surat_tanggal", "02-11-2026"), ("ponsel", "0812.0000.1234")]).collect();
    browser.post(&format!("{draft}/dokumen"), &fields).await.location();
    app.clock().advance(Duration::days(6));
    let mut browser = app.log_in(&person).await;
    let page = browser.get(&format!("{draft}/dokumen")).await;
    assert_eq!(page.status, 200, "seven days after the LAST answer");
    assert_eq!(page.attributes("#surat_nomor", "value"), ["STPL/1"]);
    assert!(page.text(".note").contains("Surat ini sudah 30 hari."), "{}", page.text(".note"));
    app.clock().advance(Duration::days(2));
    let mut browser = app.log_in(&person).await;
    assert_eq!(browser.get(&draft).await.status, 404);
    assert_ne!(browser.begin(&person).await, draft);
}

#[tokio::test]
async fn ubah_returns_to_the_check_page_and_another_reason_goes_through_the_papers() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.fill(&draft).await;
    browser.choose(&draft, SLOT).await.location();
    let check = browser.get(&format!("{draft}/konfirmasi")).await;
    for address in check.attributes("dd + dd a", "href") {
        assert!(address.ends_with("?kembali=konfirmasi"), "{address}");
        assert_eq!(browser.get(&address).await.status, 200, "{address}");
    }
    let back = [("kembali", "konfirmasi"), ("ada", "ktp_rusak"), ("ponsel", "081399998888")];
    assert_eq!(browser.post(&format!("{draft}/dokumen"), &back).await.location(), format!("{draft}/konfirmasi"));
    assert!(browser.get(&format!("{draft}/konfirmasi")).await.text("dd").contains("0813-9999-8888"));
    let other = [("kembali", "konfirmasi"), ("keterangan", "pindah")];
    assert_eq!(browser.post(&format!("{draft}/keterangan"), &other).await.location(), format!("{draft}/dokumen"));
    assert_eq!(app.count("select count(*) from pages").await, 1, "kept until Ya, for whoever comes back");
    assert_eq!(browser.get(&format!("{draft}/konfirmasi")).await.location(), format!("{draft}/dokumen"));
}

#[tokio::test]
async fn each_person_and_category_that_cannot_be_chosen_says_why() {
    let app = App::new().await;
    let mother = grown_up();
    let young =
        CivilRecord { birth_date: date!(2010 - 08 - 05), marital_status: MaritalStatus::BelumKawin, ..relative_of(&mother) };
    let unrecorded = CivilRecord { recorded_on: None, card_issued_on: None, ..relative_of(&mother) };
    let fresh = CivilRecord { card_issued_on: None, ..relative_of(&mother) };
    app.know(&[young.clone(), unrecorded.clone(), fresh.clone()]).await;
    let mut browser = app.citizen(&mother).await;
    let who = browser.get("/pencetakan-ktp-el/tambah").await;
    for sentence in
        ["Belum 17 tahun, jadi belum ber-KTP-el.", "Belum direkam. Datang ke loket untuk rekam sidik jari dan iris mata."]
    {
        assert!(who.text("tbody").contains(sentence), "{sentence}");
    }
    assert_eq!(who.attributes("tbody button", "aria-describedby").len(), 2);

    let reasons = async |browser: &mut crate::support::browser::Browser, draft: &str| {
        let page = browser.get(&format!("{draft}/keterangan")).await;
        (page.attributes("input[disabled]", "value"), page.text("fieldset"))
    };
    let draft = browser.begin(&mother).await;
    let (shut, told) = reasons(&mut browser, &draft).await;
    assert_eq!(shut, ["setelah_rekam"]);
    assert!(told.contains(&format!("KTP-el {} sudah pernah dicetak pada 14 Maret 2018.", mother.name.as_str())), "{told}");
    let forced = browser.post(&format!("{draft}/keterangan"), &[("keterangan", "setelah_rekam")]).await;
    assert_eq!(forced.status, 422);
    let draft = browser.begin(&fresh).await;
    let (shut, told) = reasons(&mut browser, &draft).await;
    assert_eq!(shut, ["hilang", "rusak"]);
    assert!(told.contains("belum pernah menerima KTP-el."), "{told}");
    let none = browser.post(&format!("{draft}/keterangan"), &[]).await;
    assert_eq!((none.status, none.text(".note.stop li")), (422, "Pilih satu alasan.".to_owned()));
}

#[tokio::test]
async fn the_papers_page_names_what_is_missing() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "hilang")]).await.location();
    let fields = [("ada", "kk"), ("surat_nomor", " "), ("surat_tanggal", "21-11-2026"), ("ponsel", "0812")];
    let page = browser.post(&format!("{draft}/dokumen"), &fields).await;
    assert_eq!(page.status, 422);
    let told = page.text(".note.stop li");
    for sentence in [
        "Centang Surat keterangan kehilangan bila sudah ada.",
        "Isi nomor surat kehilangan.",
        "Isi kantor polisi yang menerbitkan surat",
        "Tanggal surat tidak boleh setelah hari ini.",
        "Nomor ponsel terdiri dari 10 sampai 13 angka. Anda mengisi 4 angka.",
    ] {
        assert!(told.contains(sentence), "{sentence} in {told}");
    }
    for anchor in page.attributes(".note.stop a", "href") {
        assert_eq!(page.attributes(&anchor, "id").len(), 1, "{anchor} leads nowhere");
    }
    assert_eq!(page.attributes("input[checked]", "value"), ["kk"]);
}

#[tokio::test]
async fn a_removed_draft_takes_pages_and_hold_with_it() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.fill(&draft).await;
    browser.choose(&draft, SLOT).await.location();
    let page = browser.get(&draft).await;
    assert!(page.text("main").contains("Batalkan draf"));
    for _ in 0..2 {
        let done = browser.post(&format!("{draft}/hapus-draf"), &[]).await;
        assert!(done.location().starts_with("/pencetakan-ktp-el"));
    }
    for table in [
        "select count(*) from applications",
        "select count(*) from pages",
        "select count(*) from page_previews",
        "select count(*) from places",
    ] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beginning_and_removing_at_the_same_time_is_no_fault_of_ours() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let who = browser.get("/pencetakan-ktp-el/tambah").await.attributes("tbody button", "value").remove(0);
    let pressing: Vec<_> = (0..8)
        .map(|_| {
            let (mut browser, who) = (browser.clone(), who.clone());
            tokio::spawn(async move {
                for _ in 0..10 {
                    let begun = browser.post("/pencetakan-ktp-el/tambah", &[("penduduk", &who)]).await;
                    assert!(matches!(begun.status, 303 | 404), "{}", begun.status);
                    if begun.status == 303 {
                        let draft = begun.location().rsplit_once('/').unwrap().0.to_owned();
                        browser.post(&format!("{draft}/hapus-draf"), &[]).await.location();
                    }
                }
            })
        })
        .collect();
    for press in pressing {
        press.await.unwrap();
    }
}
