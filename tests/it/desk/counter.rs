//! At the counter: cards are handed over, misprints sent back, missed ones given another half hour.

use alpukat::{
    domain::{category::Category, status::Status},
    worker::clockwork,
};
use time::{Duration, macros::datetime};

use super::printing::printer;
use crate::support::{
    app::{App, COUNTER},
    cases::{Case, Wish},
    people::{grown_up, relative_of},
};

/// A case whose card lies at the counter.
async fn ready(app: &App, category: Category) -> Case {
    let officer = app.officer(alpukat::domain::officer::Role::Petugas, Some(COUNTER)).await;
    let case = app.booked(&Wish { category, ..Wish::of(app, &grown_up()) }).await;
    app.walk(&case, officer.id, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil]).await;
    case
}

fn deed(case: &Case, deed: &str) -> String {
    format!("/petugas/permohonan/{}/{deed}", case.id)
}

#[tokio::test]
async fn a_number_is_typed_or_scanned_and_stands_in_an_address_only_when_it_is_one() {
    let app = App::new().await;
    let case = ready(&app, Category::Hilang).await;
    let code: uuid::Uuid =
        sqlx::query_scalar("select check_code from applications").fetch_one(&mut app.owner().await).await.unwrap();
    let (_, mut browser) = printer(&app).await;
    let number = case.number.to_string();
    let plain = number.replace('-', "").to_lowercase();
    let address = format!("http://alpukat.example/periksa/{}", code.simple());
    for typed in [&number, &plain, &address] {
        let found = browser.post("/petugas/loket", &[("nomor", typed)]).await;
        assert_eq!(found.location(), format!("/petugas/loket?nomor={number}"), "{typed}");
    }
    let unknown = alpukat::domain::receipt::ReceiptNumber::from_values([1; 7]).to_string();
    let stranger = format!("http://alpukat.example/periksa/{}", uuid::Uuid::new_v4().simple());
    for typed in ["", "3171014508900002", "K7M3-9QXG", &unknown, &stranger] {
        let page = browser.post("/petugas/loket", &[("nomor", typed)]).await;
        assert_eq!(page.status, 422, "{typed}");
        assert!(!page.text(".error").is_empty());
    }
    let page = browser.get(&format!("/petugas/loket?nomor={number}")).await;
    let main = page.text("main");
    for shown in [
        case.person.name.as_str(),
        &case.person.nik.grouped(),
        "Siap diambil",
        "Surat keterangan kehilangan dari polisi yang asli",
    ] {
        assert!(main.contains(shown), "{shown}: {main}");
    }
    assert_eq!(app.count("select count(*) from events where deed = 'lihat'").await, 1, "a look is written down");
}

#[tokio::test]
async fn a_card_goes_to_its_holder_or_to_the_family_once_everything_is_checked() {
    let app = App::new().await;
    let (_, mut browser) = printer(&app).await;
    for (category, check, missing) in [
        (Category::Hilang, Some("surat_dilihat"), "surat asli dilihat"),
        (Category::Rusak, Some("ktp_ditarik"), "KTP-el lama ditarik"),
        (Category::Pindah, Some("ktp_ditarik"), "KTP-el lama ditarik"),
        (Category::SetelahRekam, None, "identitas dicocokkan"),
    ] {
        let case = ready(&app, category).await;
        let relative = relative_of(&case.person);
        let stranger = grown_up();
        app.know(&[relative.clone(), stranger.clone()]).await;
        let page = browser.get(&format!("/petugas/loket?nomor={}", case.number)).await;
        let people = page.attributes("input[name=pengambil]", "value");
        assert_eq!(people.len(), 2, "the holder and the family");
        let (holder, family) = (people[0].as_str(), people[1].as_str());
        let strange: uuid::Uuid = sqlx::query_scalar("select id from residents order by id <> $1 desc limit 1")
            .bind(holder.parse::<uuid::Uuid>().unwrap())
            .fetch_one(&mut app.owner().await)
            .await
            .unwrap();
        let strange = strange.to_string();
        let mut checks = vec![("cek", "identitas")];
        checks.extend(check.map(|check| ("cek", check)));
        let address = deed(&case, "penyerahan");
        for (who, fields, sentence) in [
            ("", checks.clone(), "Pilih siapa yang mengambil kartu."),
            (&*uuid::Uuid::new_v4().to_string(), checks.clone(), "Pilih siapa yang mengambil kartu."),
            (holder, checks[..checks.len() - 1].to_vec(), missing),
            (family, checks.clone(), "Tulis alasan kartu tidak diambil pemiliknya."),
        ] {
            let fields: Vec<(&str, &str)> = fields.into_iter().chain([("pengambil", who)]).collect();
            let page = browser.post(&address, &fields).await;
            assert_eq!(page.status, 422, "{sentence}");
            assert!(page.text(".error").contains(sentence), "{}", page.text(".error"));
        }
        if strange != holder && strange != family {
            let fields: Vec<(&str, &str)> = checks.iter().copied().chain([("pengambil", strange.as_str())]).collect();
            assert_eq!(browser.post(&address, &fields).await.status, 422, "nobody else takes it");
        }
        let reason = [("pengambil", family), ("diwakili", "Pemilik kartu sedang sakit.")];
        let fields: Vec<(&str, &str)> = checks.iter().copied().chain(reason).collect();
        for _ in 0..2 {
            let done = browser.post(&address, &fields).await;
            assert_eq!(done.location(), "/petugas/loket");
            let told = browser.follow(&done).await.text("[role=status]");
            assert!(told.contains(&format!("Kartu {} diserahkan kepada {}", case.number, relative.name.as_str())), "{told}");
        }
        assert_eq!(app.status(&case).await, "selesai");
        assert_eq!(app.told(&case).await.len(), 1, "twice is once");
        assert!(app.told(&case).await[0].contains("diserahkan 20/11/2026 09.00. Bukan Anda atau keluarga?"));
        let page = browser.get(&format!("/petugas/permohonan/{}", case.id)).await;
        assert!(page.text("details").contains("anggota KK; Pemilik kartu sedang sakit."), "{}", page.text("details"));
        assert!(page.text("details").contains(relative.name.as_str()));
    }
    assert_eq!(app.count("select count(*) from places").await, 0, "fetched before its time: the place is free");
    assert_eq!(
        app.count("select count(*) from events where to_status = 'selesai' and reason like 'keluarga identitas%'").await,
        4
    );
    // Old cards that were taken back are on the list of the month.
    let page = browser.get("/petugas/loket/ditarik?bulan=2026-11").await;
    assert!(page.text("main").contains("2 kartu untuk dimusnahkan."), "{}", page.text("main"));
    assert_eq!(page.text("tbody td:nth-of-type(3)"), "KTP-el lama KTP-el lama");
    assert!(browser.get("/petugas/loket/ditarik?bulan=2026-10").await.text("main").contains("Belum ada kartu yang ditarik"));
    for nonsense in ["2026-13", "x", "99999-01", "2026"] {
        assert_eq!(browser.get(&format!("/petugas/loket/ditarik?bulan={nonsense}")).await.status, 404, "{nonsense}");
    }
}

#[tokio::test]
async fn a_card_that_is_not_there_is_not_handed_over() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    let (_, mut browser) = printer(&app).await;
    let page = browser.get(&format!("/petugas/loket?nomor={}", case.number)).await;
    assert!(page.text("main").contains("Kartu ini belum siap diambil. Status: Menunggu pemeriksaan."), "{}", page.text("main"));
    let person = page.text("main");
    assert!(!person.contains("Serahkan kartu"));
    let resident: uuid::Uuid =
        sqlx::query_scalar("select resident_id from applications").fetch_one(&mut app.owner().await).await.unwrap();
    let resident = resident.to_string();
    let fields = [("pengambil", resident.as_str()), ("cek", "identitas"), ("cek", "ktp_ditarik")];
    assert_eq!(browser.post(&deed(&case, "penyerahan"), &fields).await.status, 409);
    assert_eq!(browser.post(&deed(&case, "salah-cetak"), &[("salah", "foto_salah")]).await.status, 409);
    assert_eq!(browser.get(&deed(&case, "jadwal")).await.status, 404);
    assert_eq!(app.status(&case).await, "diajukan");
}

#[tokio::test]
async fn a_misprint_goes_back_to_the_printer_and_moves_when_its_day_is_near() {
    let app = App::new().await;
    let case = ready(&app, Category::Rusak).await;
    let (_, mut browser) = printer(&app).await;
    let page = browser.post(&deed(&case, "salah-cetak"), &[]).await;
    assert_eq!(page.status, 422);
    assert!(page.text(".error").contains("Pilih alasan kartu rusak."));
    app.clock().set(datetime!(2026-11-25 09:35 +7));
    let (_, mut browser) = printer(&app).await;
    for _ in 0..2 {
        let done = browser.post(&deed(&case, "salah-cetak"), &[("salah", "data_salah")]).await;
        let told = browser.follow(&done).await.text("[role=status]");
        let day = "Jadwal ambilnya pindah ke Jumat, 27 November 2026, 07.30–08.00 WIB; SMS dikirim.";
        assert_eq!(told, format!("Kartu {} kembali ke antrean cetak. {day}", case.number));
    }
    assert_eq!(app.status(&case).await, "disetujui");
    assert_eq!(app.count("select count(*) from events where reason = 'data_salah'").await, 1);
    clockwork::keep(&app.state.db, app.clock().now()).await.unwrap();
    let told = app.told(&case).await;
    assert_eq!(told.len(), 1, "one SMS: {told:?}");
    assert!(told[0].contains("pindah ke 27/11/2026 07.30-08.00 WIB di Kel. Petojo Selatan. Tunggu SMS"), "{told:?}");
    assert!(browser.get("/petugas/loket/ditarik").await.text("tbody").contains("Cetakan rusak"));
}

#[tokio::test]
async fn a_misprint_seen_early_keeps_its_day_and_one_of_a_missed_card_gets_another() {
    let app = App::new().await;
    let case = ready(&app, Category::Rusak).await;
    let (_, mut browser) = printer(&app).await;
    let done = browser.post(&deed(&case, "salah-cetak"), &[("salah", "data_salah")]).await;
    let told = browser.follow(&done).await.text("[role=status]");
    assert!(told.ends_with("Jadwal ambilnya tetap Rabu, 25 November 2026, 09.30–10.00 WIB."), "{told}");
    assert!(app.told(&case).await.is_empty());

    let case = ready(&app, Category::Rusak).await;
    clockwork::keep(&app.state.db, datetime!(2026-11-26 00:00 +7)).await.unwrap();
    assert_eq!(app.status(&case).await, "tidak_diambil");
    app.clock().set(datetime!(2026-11-26 08:00 +7));
    let (_, mut browser) = printer(&app).await;
    let done = browser.post(&deed(&case, "salah-cetak"), &[("salah", "data_salah")]).await;
    let told = browser.follow(&done).await.text("[role=status]");
    assert!(told.ends_with("pindah ke Senin, 30 November 2026, 07.30–08.00 WIB; SMS dikirim."), "{told}");
    assert_eq!(app.told(&case).await.len(), 2, "that nobody came, and the new day");
    clockwork::keep(&app.state.db, datetime!(2026-11-26 08:01 +7)).await.unwrap();
    assert_eq!(app.told(&case).await.len(), 2);
}

#[tokio::test]
async fn a_card_that_nobody_fetched_is_given_another_half_hour() {
    let app = App::new().await;
    let case = ready(&app, Category::Rusak).await;
    clockwork::keep(&app.state.db, datetime!(2026-11-26 00:00 +7)).await.unwrap();
    app.clock().set(datetime!(2026-11-26 08:00 +7));
    let (_, mut browser) = printer(&app).await;
    let page = browser.get(&format!("/petugas/loket?nomor={}", case.number)).await;
    assert!(page.text("main").contains("Belum diambil") && page.text("main").contains("Serahkan kartu"));
    let page = browser.get(&deed(&case, "jadwal")).await;
    assert!(page.text("legend").contains("Jumat, 27 November 2026"), "{}", page.text("legend"));
    let slot = page.attributes("input[name=jam]:not([disabled])", "value").remove(0);
    let none = browser.post(&deed(&case, "jadwal"), &[("tanggal", "2026-11-27")]).await;
    assert_eq!(none.status, 422);
    for wrong in ["2026-11-26T09:00:00+07:00", "2026-11-28T09:00:00+07:00", "2026-11-27T09:10:00+07:00"] {
        assert_eq!(browser.post(&deed(&case, "jadwal"), &[("jam", wrong)]).await.status, 422, "{wrong}");
    }
    for _ in 0..2 {
        let done = browser.post(&deed(&case, "jadwal"), &[("jam", &slot)]).await;
        assert!(browser.follow(&done).await.text("[role=status]").contains("pindah ke Jumat, 27 November 2026"));
    }
    assert_eq!(app.status(&case).await, "siap_diambil");
    assert!(
        app.told(&case)
            .await
            .last()
            .unwrap()
            .contains("pindah ke 27/11/2026 07.30-08.00 WIB di Kel. Petojo Selatan. Bawa KTP rusak.")
    );
    assert_eq!(app.told(&case).await.len(), 2);
    assert_eq!(app.count("select count(*) from places").await, 1);
    // The citizen could have done so, too, and did it elsewhere before.
    assert_eq!(browser.get(&deed(&case, "jadwal")).await.status, 404);
    app.clock().advance(Duration::minutes(1));
}
