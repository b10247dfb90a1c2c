//! Print runs, and the blanks that their cards take.

use alpukat::domain::{officer::Role, status::Status};
use time::{Duration, OffsetDateTime};

use crate::support::{
    app::{App, COUNTER},
    browser::{Browser, Page},
    cases::{Case, Wish},
    desk::TestOfficer,
    people::grown_up,
};

/// An officer with a browser.
pub async fn printer(app: &App) -> (TestOfficer, Browser) {
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let browser = app.desk(&officer).await;
    (officer, browser)
}

/// Approved cases, each a minute younger than the one before, with places half an hour apart.
pub async fn approved(app: &App, officer: &TestOfficer, count: i64) -> Vec<Case> {
    let mut cases = Vec::new();
    let first = Wish::of(app, &grown_up()).starts_at;
    for n in 0..count {
        let starts_at: OffsetDateTime = first + Duration::minutes(30 * (n / 3));
        let at = app.clock().now() - Duration::hours(1) + Duration::minutes(n);
        let case = app.booked(&Wish { starts_at, at, ..Wish::of(app, &grown_up()) }).await;
        app.walk(&case, officer.id, &[Status::Disetujui]).await;
        cases.push(case);
    }
    cases
}

pub async fn enter_blanks(browser: &mut Browser, count: &str) -> Page {
    let page = browser.get("/petugas/cetak").await;
    let id = page.attributes("input[name=kiriman]", "value").remove(0);
    browser.post("/petugas/cetak/blangko", &[("kiriman", &id), ("jumlah", count)]).await
}

/// Ticks these cases and starts a run.
pub async fn start(browser: &mut Browser, cases: &[&Case]) -> Page {
    let page = browser.get("/petugas/cetak").await;
    let run = page.attributes("input[name=rangkaian]", "value").remove(0);
    let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
    let mut fields = vec![("rangkaian", run.as_str())];
    fields.extend(ids.iter().map(|id| ("pilih", id.as_str())));
    browser.post("/petugas/cetak", &fields).await
}

/// Presses "Ya" where it is asked whether some shall wait for blanks.
async fn agree(browser: &mut Browser, question: &Page) -> Page {
    let hidden = |name: &str| question.attributes(&format!("#tanya input[name={name}]"), "value");
    let (run, waiting, chosen) = (hidden("rangkaian").remove(0), hidden("menunggu").remove(0), hidden("pilih"));
    let mut fields = vec![("rangkaian", run.as_str()), ("menunggu", waiting.as_str())];
    fields.extend(chosen.iter().map(|id| ("pilih", id.as_str())));
    browser.post("/petugas/cetak", &fields).await
}

async fn stock(app: &App) -> i64 {
    app.count("select coalesce((select balance from blanks order by number desc limit 1), 0)::bigint").await
}

#[tokio::test]
async fn a_run_takes_a_blank_a_card_and_each_card_ends_good_or_spoilt() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 3).await;
    let done = enter_blanks(&mut browser, "50").await;
    assert!(browser.follow(&done).await.text("[role=status]").contains("50 blangko dicatat masuk."));
    let started = start(&mut browser, &[&cases[2], &cases[0], &cases[1]]).await;
    let run = started.location();
    let page = browser.get(&run).await;
    assert!(page.text("h1").contains("Daftar cetak CTK-2011-01"), "{}", page.text("h1"));
    assert!(page.text("main").contains("3 kartu. Dibuat oleh Petugas"), "{}", page.text("main"));
    // Whatever the order of the ticks, the oldest is first on the list.
    let listed: Vec<String> = cases.iter().map(|case| case.number.to_string()).collect();
    assert_eq!(page.text("tbody th code"), listed.join(" "));
    assert!(page.text("tbody").contains(&cases[0].person.nik.grouped()), "in full, in groups of four: {}", page.text("tbody"));
    assert_eq!(stock(&app).await, 47);
    assert!(page.text("main").contains("Blangko tersisa 47."));

    for (fields, sentence) in [
        (vec![], "Tandai kartu yang sudah dicetak: baik atau rusak."),
        (vec![("hasil-2", "rusak")], "Pilih alasan kartu rusak."),
        (vec![("hasil-2", "rusak"), ("alasan-2", "x")], "Pilih alasan kartu rusak."),
    ] {
        let page = browser.post(&format!("{run}/hasil"), &fields).await;
        assert_eq!(page.status, 422);
        assert!(page.text(".error").contains(sentence), "{}", page.text(".error"));
        assert!(page.text("title").starts_with("Kesalahan: "));
    }
    let fields = [("hasil-1", "baik"), ("hasil-2", "rusak"), ("alasan-2", "bergaris")];
    for _ in 0..2 {
        let done = browser.post(&format!("{run}/hasil"), &fields).await;
        let page = browser.follow(&done).await;
        assert!(page.text("[role=status]").contains("Hasil cetak tersimpan."));
        assert_eq!((app.status(&cases[0]).await, app.status(&cases[1]).await), ("siap_diambil".into(), "disetujui".into()));
        assert_eq!(app.status(&cases[2]).await, "dicetak", "what is not marked stays");
    }
    assert_eq!(app.count("select count(*) from messages where kind = 'siap_diambil'").await, 1, "twice is once");
    assert_eq!(app.count("select count(*) from events where to_status = 'disetujui' and reason = 'bergaris'").await, 1);
    let told = app.told(&cases[0]).await;
    assert!(told.last().unwrap().contains("siap diambil di Kel. Petojo Selatan, 25/11/2026 09.30-10.00 WIB. Bawa KTP rusak."));
    assert!(app.told(&cases[1]).await.is_empty(), "a card that goes back to be printed is no news");
    assert_eq!(stock(&app).await, 47, "a spoilt card took its blank when it was printed");

    // What was said of a card stands.
    let late = browser.post(&format!("{run}/hasil"), &[("hasil-1", "rusak"), ("alasan-1", "bergaris")]).await;
    assert_eq!(late.status, 409);
    assert!(late.text("[role=alert]").contains("Siap diambil"), "{}", late.text("[role=alert]"));
    let rest = browser.post(&format!("{run}/hasil"), &[("sisa", "baik")]).await;
    rest.location();
    assert_eq!(app.status(&cases[2]).await, "siap_diambil");
    let page = browser.get(&format!("/petugas/permohonan/{}", cases[1].id)).await;
    assert!(page.text("details").contains("Kartu rusak: hasil cetak bergaris"), "{}", page.text("details"));
}

#[tokio::test]
async fn cases_without_a_blank_wait_and_come_first_when_blanks_have_come() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 3).await;
    let asked = start(&mut browser, &[&cases[2]]).await;
    let question = browser.follow(&asked).await;
    assert!(
        question.text("#tanya").contains("Blangko habis. 1 permohonan ini akan menunggu blangko"),
        "{}",
        question.text("#tanya")
    );
    assert_eq!(app.status(&cases[2]).await, "disetujui", "asking does nothing");
    let none = agree(&mut browser, &question).await;
    assert_eq!(none.location(), "/petugas/cetak");
    assert!(browser.follow(&none).await.text("[role=status]").contains("Blangko habis. 1 permohonan kini “Menunggu blangko”"));
    assert_eq!(app.status(&cases[2]).await, "menunggu_blangko");
    assert!(app.told(&cases[2]).await.last().unwrap().contains("menunggu blangko KTP-el. Antrean Anda tetap."));
    let mut citizen = app.log_in_as(&cases[2]).await;
    let page = citizen.get(&format!("/pencetakan-ktp-el/{}", cases[2].id)).await;
    assert!(page.text("main").contains("kartu kosong di loket habis. Antrean Anda tetap"), "{}", page.text("main"));

    enter_blanks(&mut browser, "2").await.location();
    let all: Vec<&Case> = cases.iter().collect();
    let asked = start(&mut browser, &all).await;
    let question = browser.follow(&asked).await;
    let some = agree(&mut browser, &question).await;
    let page = browser.follow(&some).await;
    assert!(page.text("[role=status]").contains("Blangko tidak cukup. 1 permohonan kini"), "{}", page.text("[role=status]"));
    // Who waited for a blank had one before the older ones.
    assert_eq!(app.status(&cases[2]).await, "dicetak");
    assert_eq!((app.status(&cases[0]).await, app.status(&cases[1]).await), ("dicetak".into(), "menunggu_blangko".into()));
    assert_eq!(app.count("select count(*) from messages where kind = 'menunggu_blangko'").await, 2);
    assert_eq!(stock(&app).await, 0);
}

#[tokio::test]
async fn everything_pressed_twice_is_done_once() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 4).await;
    let page = browser.get("/petugas/cetak").await;
    let delivery = page.attributes("input[name=kiriman]", "value").remove(0);
    let run = page.attributes("input[name=rangkaian]", "value").remove(0);
    for _ in 0..2 {
        browser.post("/petugas/cetak/blangko", &[("kiriman", &delivery), ("jumlah", "10")]).await.location();
    }
    assert_eq!(stock(&app).await, 10);
    for _ in 0..2 {
        let fields = [("rangkaian", run.as_str()), ("cara", "terlama"), ("terlama", "2")];
        assert_eq!(browser.post("/petugas/cetak", &fields).await.location(), format!("/petugas/cetak/{run}"));
    }
    assert_eq!(app.count("select count(*) from print_cards").await, 2, "the two oldest, and not two more");
    assert_eq!((app.status(&cases[1]).await, app.status(&cases[2]).await), ("dicetak".into(), "disetujui".into()));
    assert_eq!(app.count("select count(*) from events where deed = 'blangko'").await, 1);
    assert_eq!(app.count("select count(*) from events where deed = 'cetak'").await, 1);
    // Ten presses at once, of two officers: one run.
    let (_, other) = printer(&app).await;
    let page = browser.get("/petugas/cetak").await;
    let run = page.attributes("input[name=rangkaian]", "value").remove(0);
    let id = cases[3].id.to_string();
    let presses = (0..10).map(|n| {
        let (mut browser, run, id) = (if n % 2 == 0 { browser.clone() } else { other.clone() }, run.clone(), id.clone());
        tokio::spawn(async move { browser.post("/petugas/cetak", &[("rangkaian", &run), ("pilih", &id)]).await.status })
    });
    for press in presses.collect::<Vec<_>>() {
        assert_eq!(press.await.unwrap(), 303);
    }
    assert_eq!(app.count("select count(*) from print_cards").await, 3);
    assert_eq!(stock(&app).await, 7);
}

#[tokio::test]
async fn the_ledger_of_blanks_is_never_below_zero_and_never_changed() {
    let app = App::new().await;
    let (_, mut browser) = printer(&app).await;
    for wrong in ["", "0", "x", "1.5", "99999999999", "100001"] {
        let page = enter_blanks(&mut browser, wrong).await;
        assert_eq!(page.status, 422, "{wrong}");
        assert!(page.text(".error").contains("Isi jumlah blangko dengan angka"), "{wrong}");
    }
    enter_blanks(&mut browser, "5").await.location();
    let page = enter_blanks(&mut browser, "-6").await;
    assert_eq!(page.status, 422);
    assert!(page.text(".error").contains("Blangko yang tercatat hanya 5, jadi"));
    enter_blanks(&mut browser, "−2").await.location();
    assert_eq!(stock(&app).await, 3);
    assert_eq!(app.count("select sum(change) from blanks").await, 3);
    let mut program = app.program().await;
    let row = "insert into blanks (id, counter_code, number, change, balance, at, officer_id)
               select gen_random_uuid(), counter_code,";
    for (statement, code) in [
        ("update blanks set change = 9".to_owned(), "42501"),
        ("delete from blanks".to_owned(), "42501"),
        (format!("{row} 3, -4, -1, at, officer_id from blanks limit 1"), "23514"),
        (format!("{row} 3, -1, 5, at, officer_id from blanks limit 1"), "23514"),
        (format!("{row} 4, 1, 4, at, officer_id from blanks limit 1"), "23514"),
        (format!("{row} 2, 1, 4, at, officer_id from blanks limit 1"), "23514"),
    ] {
        let outcome = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(&mut program).await;
        let refusal = outcome.unwrap_err().into_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(refusal, code, "{statement}");
    }
    sqlx::query("delete from blanks").execute(&mut app.owner().await).await.unwrap_err();
}

#[tokio::test]
async fn who_would_wait_for_a_blank_is_shown_and_asked_before_anybody_is_told() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 5).await;
    enter_blanks(&mut browser, "3").await.location();
    let page = browser.get("/petugas/cetak").await;
    assert!(
        page.text("main").contains("Blangko tersisa 3. Kurang 2 untuk 5 kartu yang antre cetak. Minta kiriman blangko sekarang.")
    );
    let all: Vec<&Case> = cases.iter().collect();
    let mut question = None;
    for _ in 0..2 {
        let asked = start(&mut browser, &all).await;
        assert!(asked.location().starts_with("/petugas/cetak?tanya="), "{}", asked.location());
        let page = browser.follow(&asked).await;
        assert!(
            page.text("#tanya").contains("5 kartu dipilih, tetapi blangko tersisa 3. 2 permohonan ini akan menunggu blangko")
        );
        assert_eq!(page.text("#tanya code"), format!("{} {}", cases[3].number, cases[4].number), "who would wait");
        question = Some(page);
    }
    assert_eq!((stock(&app).await, app.count("select count(*) from messages").await), (3, 0), "asking does nothing");
    // One more blank is gone when "Ya" is pressed: it is asked anew.
    let question = question.unwrap();
    enter_blanks(&mut browser, "-1").await.location();
    let again = agree(&mut browser, &question).await;
    assert!(again.location().starts_with("/petugas/cetak?tanya="));
    let question = browser.follow(&again).await;
    assert!(question.text("#tanya").contains("3 permohonan ini akan menunggu"), "{}", question.text("#tanya"));
    let run = question.attributes("#tanya input[name=rangkaian]", "value").remove(0);
    for _ in 0..2 {
        assert_eq!(agree(&mut browser, &question).await.location(), format!("/petugas/cetak/{run}"));
    }
    assert_eq!(app.count("select count(*) from messages where kind = 'menunggu_blangko'").await, 3);
    assert_eq!(app.count("select count(*) from print_cards").await, 2);
    // Who waits already is told nothing again, and nobody is asked.
    let still = start(&mut browser, &all[2..]).await;
    assert_eq!(still.location(), "/petugas/cetak");
    let told = browser.follow(&still).await.text("[role=status]");
    assert_eq!(told, "Blangko habis. 3 permohonan tetap menunggu blangko.");
    assert_eq!(app.count("select count(*) from messages where kind = 'menunggu_blangko'").await, 3);
}

#[tokio::test]
async fn a_spoilt_card_is_the_first_of_the_next_run_wherever_it_was_seen() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 6).await;
    enter_blanks(&mut browser, "4").await.location();
    let asked = start(&mut browser, &[&cases[4], &cases[5]]).await.location();
    let fields = [("hasil-1", "rusak"), ("alasan-1", "bergaris"), ("hasil-2", "baik")];
    browser.post(&format!("{asked}/hasil"), &fields).await.location();
    let second = start(&mut browser, &[&cases[0], &cases[1]]).await.location();
    browser.post(&format!("{second}/hasil"), &[("sisa", "baik")]).await.location();
    // Two wait for blanks, and two spoilt ones are asked for: of a run, and at the counter.
    let asked = start(&mut browser, &[&cases[2], &cases[3]]).await;
    let question = browser.follow(&asked).await;
    agree(&mut browser, &question).await.location();
    let misprint = format!("/petugas/permohonan/{}/salah-cetak", cases[5].id);
    browser.post(&misprint, &[("salah", "foto_salah")]).await.location();
    let page = browser.get("/petugas/cetak").await;
    let listed: Vec<String> = [4, 5, 2, 3].iter().map(|place: &usize| cases[*place].number.to_string()).collect();
    assert_eq!(page.text("#pilih tbody th code"), listed.join(" "));
    assert!(page.text("#pilih tbody").contains("Disetujui, antre cetak (cetak ulang)"), "{}", page.text("#pilih tbody"));
    enter_blanks(&mut browser, "2").await.location();
    let run = page.attributes("input[name=rangkaian]", "value").remove(0);
    browser.post("/petugas/cetak", &[("rangkaian", &run), ("cara", "terlama"), ("terlama", "2")]).await.location();
    let page = browser.get(&format!("/petugas/cetak/{run}")).await;
    assert_eq!(page.text("tbody th code"), listed[..2].join(" "));
    // Also when all are ticked: the blanks go to the spoilt ones.
    assert_eq!((app.status(&cases[4]).await, app.status(&cases[2]).await), ("dicetak".into(), "menunggu_blangko".into()));
}

#[tokio::test]
async fn a_card_that_is_found_to_be_spoilt_at_the_counter_is_so_on_its_list() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 2).await;
    enter_blanks(&mut browser, "9").await.location();
    let first = start(&mut browser, &[&cases[0], &cases[1]]).await.location();
    browser.post(&format!("{first}/hasil"), &[("sisa", "baik")]).await.location();
    // Nobody came for the second one.
    app.walk(&cases[1], officer.id, &[Status::TidakDiambil]).await;
    let mut runs = Vec::new();
    for (case, flaw) in [(&cases[0], "foto_salah"), (&cases[1], "chip_tidak_terbaca")] {
        let misprint = format!("/petugas/permohonan/{}/salah-cetak", case.id);
        let page = browser.get(&format!("/petugas/loket?nomor={}", case.number)).await;
        assert!(page.text("summary").contains("Kartu salah cetak?"), "{}", page.text("main"));
        for _ in 0..2 {
            browser.post(&misprint, &[("salah", flaw)]).await.location();
        }
        assert_eq!(app.status(case).await, "disetujui");
        runs.push(start(&mut browser, &[case]).await.location());
        browser.post(&format!("{}/hasil", runs.last().unwrap()), &[("sisa", "baik")]).await.location();
    }
    let page = browser.get(&first).await;
    assert_eq!(page.text("tbody .tag"), "Rusak Rusak", "{}", page.text("tbody"));
    assert!(page.text("tbody").contains("Foto tidak sesuai") && page.text("tbody").contains("Chip tidak terbaca"));
    for run in runs {
        assert_eq!(browser.get(&run).await.text("tbody .tag"), "Baik", "the new card is good");
    }
    let spoilt = browser.get("/petugas/loket/ditarik").await.text("tbody");
    assert_eq!(spoilt.matches("Cetakan rusak").count(), 2, "{spoilt}");
    assert_eq!(app.count("select count(*) from print_cards where flaw is not null").await, 2, "the lists agree");
}

#[tokio::test]
async fn a_list_that_names_people_in_full_is_written_down_once_a_look() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let looks = "select count(*) from events where deed = 'lihat_daftar'";
    browser.get("/petugas/cetak").await;
    assert_eq!(app.count(looks).await, 0, "an empty list names nobody");
    let cases = approved(&app, &officer, 2).await;
    enter_blanks(&mut browser, "9").await.location();
    let before = app.count(looks).await;
    let page = browser.get("/petugas/cetak").await;
    for case in &cases {
        assert!(page.text("#pilih").contains(&case.person.nik.grouped()), "{}", page.text("#pilih"));
    }
    assert!(page.body().contains("<span>3199</span><span>0105</span>"), "no blanks are copied");
    assert_eq!(app.count(looks).await, before + 1);
    let run = start(&mut browser, &[&cases[0], &cases[1]]).await.location();
    let before = app.count(looks).await;
    browser.get(&run).await;
    assert_eq!(app.count(looks).await, before + 1);
    let what: Vec<Option<String>> =
        sqlx::query_scalar("select distinct reason from events where deed = 'lihat_daftar' order by reason")
            .fetch_all(&mut app.owner().await)
            .await
            .unwrap();
    assert_eq!(what, [Some("31.71.01.1004 CTK-2011-01".to_owned()), Some("31.71.01.1004 antre_cetak".to_owned())]);
}
