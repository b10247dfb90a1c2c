//! "Ya", once and many times; cancelling; moving.

use time::{Duration, macros::datetime};

use crate::support::{
    app::{App, SLOT},
    people::{grown_up, relative_of},
};

#[tokio::test(flavor = "multi_thread")]
async fn yes_twenty_times_at_once_and_again_after_a_restart_is_one_application() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.begin(&person).await;
    browser.fill(&application).await;
    browser.choose(&application, SLOT).await.location();
    let pressing: Vec<_> = (0..20)
        .map(|_| {
            let (mut browser, application) = (browser.clone(), application.clone());
            tokio::spawn(async move {
                let pressed = browser.yes(&application).await;
                (pressed.location(), browser.follow(&pressed).await.text(".note"))
            })
        })
        .collect();
    let mut first = 0;
    for press in pressing {
        let (address, told) = press.await.unwrap();
        assert!(address.starts_with(&application), "{address}");
        first += usize::from(told.contains("terkirim. Kabar berikutnya"));
    }
    assert_eq!(first, 1, "one press sent it, the others are told so");
    let number = browser.get(&application).await.text("code");

    let app = app.restart().await;
    let mut browser = app.log_in(&person).await;
    let again = browser.yes(&application).await;
    let page = browser.follow(&again).await;
    assert!(page.text(".note").contains("Tidak tercatat dua kali."), "{}", page.text("main"));
    assert!(page.text("main").contains(&number));
    for (sql, what) in [
        ("select count(*) from applications", "applications"),
        ("select count(*) from application_history", "steps"),
        ("select count(*) from places where held_until is null", "places"),
        ("select count(distinct receipt_number) from applications", "numbers"),
    ] {
        assert_eq!(app.count(sql).await, 1, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_of_a_family_who_apply_for_the_same_person_one_wins() {
    let app = App::new().await;
    let (mother, father) = (grown_up(), grown_up());
    let father = alpukat::domain::resident::CivilRecord { kk_number: mother.kk_number.clone(), ..father };
    let child = relative_of(&mother);
    app.know(std::slice::from_ref(&child)).await;
    let mut ready = Vec::new();
    for parent in [&mother, &father] {
        let mut browser = app.citizen(parent).await;
        let application = browser.begin(&child).await;
        browser.fill(&application).await;
        browser.choose(&application, SLOT).await.location();
        ready.push((browser, application));
    }
    let pressing: Vec<_> = ready
        .into_iter()
        .map(|(mut browser, application)| {
            tokio::spawn(async move {
                let page = browser.yes(&application).await;
                (browser, application, page)
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for press in pressing {
        let (mut browser, application, page) = press.await.unwrap();
        if page.status == 409 {
            let told = page.text(".note.stop");
            let name = child.name.as_str();
            let expected =
                format!("Permohonan untuk {name} sedang diproses sejak 20 November 2026. Jam yang Anda pilih sudah dilepas.");
            assert!(told.contains(&expected), "{told}");
            let who = browser.get("/pencetakan-ktp-el/tambah").await;
            assert!(who.text("tbody").contains("Sedang diproses sejak 20 November 2026."), "{}", who.text("tbody"));
            assert_eq!(browser.yes(&application).await.status, 409, "it stays so");
        }
        statuses.push(page.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(app.count("select count(*) from places").await, 1, "the loser's place is free again");
    assert_eq!(app.count("select count(*) from applications where status = 'diajukan'").await, 1);
}

#[tokio::test]
async fn the_copy_of_the_registry_stays_as_it_was_at_yes() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let renamed = alpukat::domain::resident::CivilRecord {
        name: alpukat::domain::person::FullName::parse("Nama Yang Baru").unwrap(),
        ..person.clone()
    };
    app.know(&[renamed]).await;
    let page = browser.get(&application).await;
    assert!(page.text("h1").contains(person.name.as_str()), "{}", page.text("h1"));
    let receipt = browser.get(&format!("{application}/keterangan-cetak")).await;
    assert!(receipt.text(".receipt").contains(person.name.as_str()));
}

#[tokio::test]
async fn a_cancelled_application_frees_its_place_and_another_may_be_made() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let asked = browser.get(&format!("{application}/pembatalan")).await;
    assert!(asked.text("h1").starts_with("Batalkan permohonan"));
    for _ in 0..2 {
        let done = browser.post(&format!("{application}/pembatalan"), &[]).await;
        assert_eq!(done.location(), application);
    }
    assert_eq!(app.count("select count(*) from places").await, 0);
    assert_eq!(app.count("select count(*) from application_history").await, 2, "cancelled once");
    let page = browser.get(&application).await;
    assert!(page.text(".tag").contains("Dibatalkan"));
    assert!(!page.text("main").contains("Ubah jadwal"), "nothing is left to move");
    browser.apply(&person).await;
}

#[tokio::test]
async fn a_move_keeps_the_counter_and_changes_receipt_and_page() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    // Offered from the day of the move.
    app.clock().set(datetime!(2026-11-24 10:00 +7));
    let mut browser2 = app.log_in(&person).await;
    let schedule = browser2.get(&format!("{application}/jadwal")).await;
    assert_eq!(schedule.attributes("#titik option", "value"), ["31.71.01.1004"]);
    assert_eq!(schedule.attributes("#tanggal option", "value").first().map(String::as_str), Some("2026-11-27"));
    let moved = browser2.choose(&application, "2026-11-27T13:00:00+07:00").await;
    let page = browser2.follow(&moved).await;
    let told =
        "Jadwal diubah: Jumat, 27 November 2026, 13.00–13.30 WIB di Kelurahan Petojo Selatan. Jam yang lama sudah dilepas.";
    assert!(page.text(".note").replace('\u{a0}', " ").contains(told), "{}", page.text(".note"));
    let receipt = browser2.get(&format!("{application}/keterangan-cetak")).await.text(".receipt");
    assert!(receipt.replace('\u{a0}', " ").contains("Jumat, 27 November 2026, 13.00–13.30 WIB"), "{receipt}");
    assert_eq!(app.count("select count(*) from places").await, 1);
    drop(browser.get(&application).await);
}

#[tokio::test]
async fn yes_on_a_later_day_does_not_give_a_day_that_is_too_near() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.begin(&person).await;
    browser.fill(&application).await;
    browser.choose(&application, SLOT).await.location();
    app.clock().advance(Duration::days(4));
    let mut browser = app.log_in(&person).await;
    let page = browser.yes(&application).await;
    assert_eq!(page.status, 409);
    assert!(page.text(".note.stop").contains("Jumat, 27 November"), "{}", page.text(".note.stop"));
}

#[tokio::test]
async fn what_others_filed_about_me_i_read_but_do_not_change() {
    let app = App::new().await;
    let mother = grown_up();
    let son = relative_of(&mother);
    let sister = relative_of(&mother);
    let mut theirs = app.citizen(&mother).await;
    app.know(std::slice::from_ref(&son)).await;
    let application = theirs.apply(&son).await;
    let mut mine = app.citizen(&son).await;
    let page = mine.get(&application).await;
    assert_eq!(page.status, 200);
    assert!(!page.text("main").contains("Ubah jadwal") && !page.text("main").contains("Batalkan"));
    assert_eq!(mine.get(&format!("{application}/keterangan-cetak")).await.status, 200);
    let pages = page.attributes("dd a", "href");
    assert_eq!(pages.len(), 1);
    assert_eq!(mine.get(&pages[0]).await.header("content-type"), "image/jpeg");
    for deed in ["jadwal", "pembatalan", "konfirmasi", "keterangan"] {
        let refused = mine.post(&format!("{application}/{deed}"), &[("titik", "31.71.01.1004"), ("jam", SLOT)]).await;
        assert_eq!(refused.status, 404, "{deed}");
    }
    let mut hers = app.citizen(&sister).await;
    assert_eq!(hers.get(&application).await.status, 404, "others of the family see only that something is in progress");
    assert!(hers.get("/pencetakan-ktp-el/tambah").await.text("tbody").contains("Sedang diproses sejak 20 November 2026."));
}

#[tokio::test]
async fn a_draft_for_somebody_who_left_the_family_is_gone_and_a_receipt_keeps_its_kelurahan() {
    let app = App::new().await;
    let mother = grown_up();
    let son = relative_of(&mother);
    app.know(std::slice::from_ref(&son)).await;
    let mut browser = app.citizen(&mother).await;
    let sent = browser.apply(&mother).await;
    let draft = browser.begin(&son).await;
    browser.fill(&draft).await;
    browser.choose(&draft, SLOT).await.location();
    let elsewhere = alpukat::domain::region::RegionCode::parse("31.74.06.1003").unwrap();
    let (moved, other) = (son.clone(), grown_up());
    let moved = alpukat::domain::resident::CivilRecord { kk_number: other.kk_number, kelurahan: elsewhere.clone(), ..moved };
    app.know(&[moved, alpukat::domain::resident::CivilRecord { kelurahan: elsewhere, ..mother.clone() }]).await;
    for page in ["", "/konfirmasi", "/jadwal", "/unggah"] {
        assert_eq!(browser.get(&format!("{draft}{page}")).await.status, 404, "{page}");
    }
    assert_eq!(browser.yes(&draft).await.status, 404);
    assert_eq!(browser.choose(&draft, SLOT).await.status, 404);
    assert!(!browser.get("/pencetakan-ktp-el").await.body().contains(son.name.as_str()));
    let receipt = browser.get(&format!("{sent}/keterangan-cetak")).await;
    assert!(receipt.text(".receipt dl").contains("Petojo Selatan"), "{}", receipt.text(".receipt dl"));
}
