//! What an officer typed is never lost, and the way back leads to where they were.

use alpukat::domain::officer::Role;
use time::Duration;

use super::{
    case::desk,
    printing::{approved, enter_blanks, printer, start},
};
use crate::support::{
    app::{App, COUNTER},
    browser::{Browser, Page},
    cases::Wish,
    desk::DESK_PASSWORD,
    people::grown_up,
};
use alpukat::domain::category::Category;

/// A half-filled return.
const TYPED: [(&str, &str); 3] =
    [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "fotokopi"), ("kata", "Foto ulang, \"miring\" & gelap")];

fn stands_there(page: &Page) {
    assert_eq!(page.attributes("#dok-ktp_rusak[checked]", "value"), ["ktp_rusak"], "{}", page.text("main"));
    assert_eq!(page.attributes("#alasan-ktp_rusak option[selected]", "value"), ["fotokopi"]);
    assert_eq!(page.text("#kata"), TYPED[2].1);
}

/// The desk's page of a case that a citizen sent, with a document.
async fn applied(app: &App) -> String {
    let person = grown_up();
    app.citizen(&person).await.apply(&person).await.replace("/pencetakan-ktp-el/", "/petugas/permohonan/")
}

async fn take(officer: &mut Browser, case: &str) {
    officer.post(&format!("{case}/pemeriksaan"), &[]).await.location();
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [TYPED.as_slice(), more].concat()
}

#[tokio::test]
async fn turning_another_document_and_the_other_form_keep_the_words() {
    let app = App::new().await;
    let case = applied(&app).await;
    let mut officer = app.petugas().await;
    take(&mut officer, &case).await;
    let page = officer.get(&format!("{case}?buka=kembali")).await;
    let turn = page.attributes("figcaption button[data-key=r]", "value").remove(0);
    assert_eq!(turn, "dok=ktp_rusak&hal=1&putar=90");
    assert_eq!(page.attributes("figcaption button[data-key=r]", "form"), page.attributes("form[data-form]", "id"), "one form");

    let turned = officer.post(&format!("{case}/pengembalian"), &with(&[("lihat", &turn)])).await;
    assert_eq!(turned.location(), format!("{case}?buka=kembali&dok=ktp_rusak&hal=1&putar=90#halaman"));
    let page = officer.follow(&turned).await;
    stands_there(&page);
    assert!(page.attributes("figure img", "class").concat().contains("turn-90"));
    assert!(page.attributes(".note[role=status]", "class").is_empty(), "nothing to explain");
    stands_there(&officer.get(&format!("{case}?buka=kembali")).await);

    // Into the other form, and back.
    let other = officer.post(&format!("{case}/pengembalian"), &with(&[("buka", "tolak")])).await;
    let page = officer.follow(&other).await;
    assert_eq!(page.attributes("form[data-form]", "action"), [format!("{case}/penolakan")]);
    stands_there(&page);
    // The SMS has an address of its own, and the button that sends it has the focus.
    let asked = officer.post(&format!("{case}/penolakan"), &TYPED).await;
    assert_eq!(asked.location(), format!("{case}?buka=tolak&sms=1"));
    let page = officer.follow(&asked).await;
    stands_there(&page);
    assert_eq!(page.text("button[autofocus]"), "Tolak dan kirim SMS");
    assert_eq!(app.count("select count(*) from messages where kind = 'ditolak'").await, 0, "looking sends nothing");
    let sms = page.attributes("input[name=sms]", "value").remove(0);
    let sent = officer.post(&format!("{case}/penolakan"), &with(&[("sms", &sms)])).await;
    officer.follow(&sent).await;
    officer.post(&format!("{case}/pengurungan"), &[]).await.location();
    let page = officer.get(&case).await;
    assert!(page.attributes("form[data-form]", "id").is_empty(), "words that were sent do not come again");
    for nonsense in ["x", "dok=kk&hal=99999999999999999999", "dok=&hal=-1", "https://contoh.id"] {
        let page = officer.post(&format!("{case}/pengembalian"), &with(&[("lihat", nonsense)])).await;
        assert!(page.location().starts_with(&case), "{nonsense}");
    }
}

#[tokio::test]
async fn a_lapsed_and_a_released_lease_are_told_apart_and_taken_again() {
    let app = App::new().await;
    let case = applied(&app).await;
    let mut officer = app.petugas().await;
    take(&mut officer, &case).await;
    app.clock().advance(Duration::minutes(6));
    let address = format!("{case}/pengembalian");
    let page = officer.post(&address, &TYPED).await;
    assert_eq!(page.status, 409);
    let alert = page.text("[role=alert]");
    assert!(alert.contains("Waktu memegang kasus ini habis. Belum ada yang mengambilnya, jadi kini Anda pegang lagi"), "{alert}");
    stands_there(&page);
    assert!(page.text("main").contains("Dipegang Anda sampai"));

    // A supervisor takes it from them, and reads that it is done.
    let penyelia = app.officer(Role::Penyelia, Some("31.71.01")).await;
    let mut supervisor = app.desk(&penyelia).await;
    let released = supervisor.post(&format!("{case}/pelepasan"), &[]).await;
    assert!(supervisor.follow(&released).await.text("[role=status]").contains("Kasus ini dilepaskan."));
    let nothing = supervisor.post(&format!("{case}/pelepasan"), &[]).await;
    assert!(supervisor.follow(&nothing).await.text("[role=status]").contains("Tidak ada yang berubah."));
    let page = officer.post(&address, &TYPED).await;
    assert_eq!(page.status, 409);
    let alert = page.text("[role=alert]");
    assert!(alert.contains("melepaskan kasus ini dari Anda pada 09.06") && !alert.contains("habis"), "{alert}");
    stands_there(&page);

    // Held by a colleague by now: refused, and the words stay.
    app.clock().advance(Duration::minutes(6));
    let mut colleague = app.petugas().await;
    take(&mut colleague, &case).await;
    let page = officer.post(&address, &TYPED).await;
    assert_eq!((page.status, page.text("[role=alert]").contains("Sedang dibuka")), (409, true));
    stands_there(&page);
    // Decided by them: the words can still be copied.
    colleague.post(&format!("{case}/persetujuan"), &[]).await.location();
    let page = officer.post(&address, &TYPED).await;
    assert_eq!(page.status, 409);
    assert!(page.text("main").contains(&format!("Yang Anda tulis: {}", TYPED[2].1)), "{}", page.text("main"));
}

#[tokio::test]
async fn a_session_that_ended_leads_back_to_the_case_with_the_words() {
    let app = App::new().await;
    let case = applied(&app).await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut browser = app.desk(&officer).await;
    take(&mut browser, &case).await;
    app.clock().advance(Duration::minutes(16));
    let sent = browser.post(&format!("{case}/pengembalian"), &TYPED).await;
    assert_eq!(sent.location(), format!("/petugas/masuk?ke={case}"));
    let door = browser.follow(&sent).await;
    assert!(
        door.text("[role=status]").contains("Sesi Anda berakhir: 15 menit tidak dipakai, atau sudah 10 jam."),
        "{}",
        door.text("main")
    );
    assert!(door.text("main").contains("Isiannya ada lagi setelah Anda masuk."));
    let then = door.attributes("input[name=ke]", "value").remove(0);
    let wrong = browser.post("/petugas/masuk", &[("nama", officer.username.as_str()), ("sandi", "salah"), ("ke", &then)]).await;
    assert_eq!(
        (wrong.status, wrong.attributes("input[name=ke]", "value")),
        (422, vec![case.clone()]),
        "kept after a wrong password"
    );
    let fields = [("nama", officer.username.as_str()), ("sandi", DESK_PASSWORD), ("ke", &then)];
    browser.post("/petugas/masuk", &fields).await.location();
    app.clock().advance(Duration::minutes(1));
    let inside = browser.post("/petugas/dua-langkah", &[("kode", &officer.code(app.clock().now()))]).await;
    assert_eq!(inside.location(), case);
    let page = browser.follow(&inside).await;
    assert!(page.text("[role=status]").contains("Yang terakhir Anda kirim belum sampai"), "{}", page.text("main"));
    stands_there(&page);
    // Sent once more, the free lease is taken again and the case goes on.
    let again = browser.post(&format!("{case}/pengembalian"), &TYPED).await;
    assert_eq!(again.status, 409, "first it says that the case is held again");
    let shown = browser.post(&format!("{case}/pengembalian"), &TYPED).await;
    browser.follow(&shown).await.text("form[data-form] [role=status]");

    for strange in ["https://contoh.id", "//contoh.id", "/pencetakan-ktp-el", "/petugas/../masuk", "/petugasan"] {
        let mut browser = app.browser();
        let fields = [("nama", officer.username.as_str()), ("sandi", DESK_PASSWORD), ("ke", strange)];
        browser.post("/petugas/masuk", &fields).await.location();
        app.clock().advance(Duration::minutes(1));
        let code = officer.code(app.clock().now());
        assert_eq!(browser.post("/petugas/dua-langkah", &[("kode", &code)]).await.location(), "/petugas", "{strange}");
    }
}

#[tokio::test]
async fn ticks_results_and_reasons_outlive_their_session_too() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 3).await;
    enter_blanks(&mut browser, "3").await.location();
    let run = start(&mut browser, &[&cases[0]]).await.location();
    let (run_id, ticked) = (uuid::Uuid::new_v4().to_string(), cases[1].id.to_string());
    let closing = "/petugas/jadwal/2026-11-25";
    for (page, deed, fields, shown) in [
        (
            "/petugas/cetak",
            "/petugas/cetak",
            vec![("rangkaian", run_id.as_str()), ("pilih", &ticked)],
            "input[name=pilih][checked]",
        ),
        (&run, &format!("{run}/hasil"), vec![("hasil-1", "rusak")], "#hasil-1-rusak[checked]"),
        (closing, &format!("{closing}/penutupan"), vec![("sebab", "listrik padam")], "#sebab[value='listrik padam']"),
    ] {
        app.clock().advance(Duration::minutes(16));
        let sent = browser.post(deed, &fields).await;
        assert_eq!(sent.location(), format!("/petugas/masuk?ke={page}"));
        let mut inside = app.desk(&officer).await;
        let kept = browser.cookies["alpukat-isian"].clone();
        inside.cookies.insert("alpukat-isian".to_owned(), kept);
        let again = inside.get(page).await;
        assert!(again.text("[role=status]").contains("Isiannya masih ada"), "{page}: {}", again.text("main"));
        assert_eq!(again.attributes(shown, "name").len(), 1, "{page}");
        browser = inside;
    }
}

#[tokio::test]
async fn who_was_shut_out_reads_why() {
    let app = App::new().await;
    let mut officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut browser = app.desk(&officer).await;
    officer.is_enabled = false;
    app.store_officer(&officer).await;
    let out = browser.get("/petugas/cetak").await;
    let door = browser.follow(&out).await;
    assert!(door.text("[role=status]").contains("Akun petugas Anda sudah ditutup."), "{}", door.text("main"));
    let again = browser.get("/petugas/masuk").await;
    assert!(again.attributes("[role=status]", "class").is_empty(), "said once, and by no address");
}

#[tokio::test]
async fn the_way_back_and_the_next_case_keep_tab_and_category() {
    let app = App::new().await;
    let wish = |category| Wish { category, ..Wish::of(&app, &grown_up()) };
    let first = app.case(&wish(Category::Pindah)).await;
    let other = app.case(&wish(Category::Rusak)).await;
    app.clock().advance(Duration::minutes(1));
    let second = app.case(&wish(Category::Pindah)).await;
    let mut officer = app.petugas().await;
    let page = officer.get("/petugas?langkah=diajukan&ket=pindah").await;
    let address = page.attributes("table.queue th a", "href").remove(0);
    assert_eq!(address, format!("{}?ket=pindah", desk(&first)));
    let page = officer.get(&address).await;
    assert_eq!(page.attributes("main p.row > a", "href")[0], "/petugas?ket=pindah");
    let deed = page.attributes("form:has([data-key=p])", "action").remove(0);
    let page = officer.post(&deed, &[]).await;
    assert_eq!(page.location(), address);
    let page = officer.get(&address).await;
    let deed = page.attributes("form:has([data-key=s])", "action").remove(0);
    let next = officer.post(&deed, &[]).await;
    assert_eq!(
        next.location(),
        format!("{}?ket=pindah", desk(&second)),
        "the next one of the same kind, not the older {}",
        other.number
    );
    // "B" goes on with the case that one holds.
    let page = officer.get("/petugas").await;
    assert_eq!(page.attributes("a[data-key=b]", "href"), [desk(&second)]);
    assert!(page.text("a[data-key=b]").starts_with("Lanjutkan yang Anda pegang"));
    let page = officer.get("/petugas?langkah=disetujui").await;
    assert_eq!(page.attributes("table.queue th a", "href"), [format!("{}?langkah=disetujui", desk(&first))]);
}
