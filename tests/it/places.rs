//! Places in a half hour: never one too many, never one lost.

use std::collections::HashSet;

use time::Duration;

use crate::support::{
    app::{App, COUNTER, SLOT},
    browser::Browser,
    people::{grown_up, relative_of},
};

const OTHER_SLOT: &str = "2026-11-25T10:00:00+07:00";

/// So many citizens, each logged in with a draft that lacks only its half hour.
async fn crowd(app: &App, count: usize) -> Vec<(Browser, String)> {
    let mut ready = Vec::new();
    for _ in 0..count {
        let person = grown_up();
        let mut browser = app.citizen(&person).await;
        let application = browser.begin(&person).await;
        ready.push((browser, application));
    }
    // Papers and pages are no part of this: they are answered in the database at once.
    let answered =
        "update applications set category = 'rusak', papers = '{ktp_rusak}', phone_index = decode(repeat('00', 32), 'hex')";
    sqlx::query(answered).execute(&mut app.owner().await).await.unwrap();
    ready
}

/// The answers of the crowd, given by the real pages: telephone and one page each.
async fn answered(app: &App, count: usize) -> Vec<(Browser, String)> {
    let mut crowd = crowd(app, count).await;
    for (browser, application) in &mut crowd {
        browser.post(&format!("{application}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "0813-0000-5678")]).await.location();
    }
    let page = "insert into pages (id, application_id, kind, number, bytes, fingerprint, received_at, sealed)
                select gen_random_uuid(), id, 'ktp_rusak', 1, 1, decode(repeat('00', 32), 'hex'), answered_at, '' from applications";
    sqlx::query(page).execute(&mut app.owner().await).await.unwrap();
    crowd
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_who_want_the_last_three_places_three_get_them() {
    let app = App::new().await;
    let asking: Vec<_> = answered(&app, 200)
        .await
        .into_iter()
        .map(|(mut browser, application)| tokio::spawn(async move { browser.choose(&application, SLOT).await }))
        .collect();
    let (mut held, mut refused) = (0, 0);
    for answer in asking {
        let page = answer.await.unwrap();
        match page.status {
            303 => held += 1,
            409 => {
                refused += 1;
                let told = page.text(".note.stop");
                assert!(told.contains("Jam 09.30–10.00 baru saja penuh. Yang terdekat dan masih kosong:"), "{told}");
            }
            status => panic!("{status}: {}", page.text("main")),
        }
    }
    assert_eq!((held, refused), (3, 197));
    assert_eq!(app.count("select count(*) from places").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_to_and_fro_take_no_place_twice_and_lose_none() {
    let app = App::new().await;
    let mut sent = Vec::new();
    for (place, (mut browser, application)) in answered(&app, 6).await.into_iter().enumerate() {
        browser.choose(&application, if place < 3 { SLOT } else { OTHER_SLOT }).await.location();
        browser.yes(&application).await.location();
        sent.push((browser, application));
    }
    // Both half hours are full, a third is free: everybody moves about at the same time, many times.
    let free = "2026-11-25T10:30:00+07:00";
    let moving: Vec<_> = sent
        .into_iter()
        .map(|(mut browser, application)| {
            tokio::spawn(async move {
                for slot in [free, OTHER_SLOT, SLOT, free, SLOT, OTHER_SLOT] {
                    let page = browser.choose(&application, slot).await;
                    assert!(matches!(page.status, 303 | 409), "{}: {}", page.status, page.text("main"));
                }
            })
        })
        .collect();
    for done in moving {
        done.await.unwrap();
    }
    let mut owner = app.owner().await;
    let places: Vec<(String, time::OffsetDateTime, i16, bool)> =
        sqlx::query_as("select counter_code, starts_at, seat, held_until is null from places")
            .fetch_all(&mut owner)
            .await
            .unwrap();
    assert_eq!(places.len(), 6, "everybody has one place");
    assert!(places.iter().all(|(_, _, seat, firm)| (1..=3).contains(seat) && *firm));
    assert_eq!(
        places.iter().map(|(_, start, seat, _)| (start, seat)).collect::<HashSet<_>>().len(),
        6,
        "no place is taken twice"
    );
    let strayed = app
        .count("select count(*) from applications a join places p on p.application_id = a.id where a.starts_at <> p.starts_at");
    assert_eq!(strayed.await, 0, "place and application tell the same half hour");
}

#[tokio::test]
async fn a_hold_that_ran_out_goes_to_the_next_who_asks() {
    let app = App::new().await;
    let mut crowd = answered(&app, 4).await;
    let (mut late, late_application) = crowd.remove(3);
    for (browser, application) in &mut crowd {
        browser.choose(application, SLOT).await.location();
    }
    assert_eq!(late.choose(&late_application, SLOT).await.status, 409);
    app.clock().advance(Duration::minutes(14));
    assert_eq!(late.choose(&late_application, SLOT).await.status, 409, "the holds still live");
    app.clock().advance(Duration::minutes(1));
    late.choose(&late_application, SLOT).await.location();
    assert_eq!(app.count("select count(*) from places").await, 3, "the new hold stands in the place of an old one");
}

#[tokio::test]
async fn yes_after_the_hold_ran_out_takes_a_free_seat_of_the_same_half_hour() {
    let app = App::new().await;
    let mut crowd = answered(&app, 5).await;
    for (browser, application) in &mut crowd[..3] {
        browser.choose(application, SLOT).await.location();
    }
    app.clock().advance(Duration::minutes(16));
    // Two others take two of the three; the first two of the crowd have lost their seats, perhaps.
    for (browser, application) in &mut crowd[3..] {
        browser.choose(application, SLOT).await.location();
    }
    let mut outcomes = Vec::new();
    for (browser, application) in &mut crowd[..3] {
        let page = browser.yes(application).await;
        if page.status == 409 {
            let told = page.text(".note.stop");
            assert!(told.contains("Waktu 15 menit habis dan jam 09.30–10.00 sudah terisi."), "{told}");
            assert_eq!(told.matches('–').count(), 4, "the full one and the three nearest: {told}");
        }
        outcomes.push(page.status);
    }
    outcomes.sort_unstable();
    assert_eq!(outcomes, [303, 409, 409]);
    assert_eq!(app.count("select count(*) from places").await, 3);
}

#[tokio::test]
async fn a_half_hour_that_is_not_offered_is_not_given() {
    let app = App::new().await;
    let (mut browser, application) = answered(&app, 1).await.remove(0);
    let wrong = [
        ("the second working day", COUNTER, "2026-11-24T09:30:00+07:00"),
        ("a Saturday", COUNTER, "2026-11-28T09:30:00+07:00"),
        ("the eighteenth working day", COUNTER, "2026-12-16T09:30:00+07:00"),
        ("noon", COUNTER, "2026-11-25T12:00:00+07:00"),
        ("the end of time", COUNTER, "9999-12-31T23:59:59Z"),
        ("long ago", COUNTER, "0000-01-01T00:00:00Z"),
        ("between two half hours", COUNTER, "2026-11-25T09:45:00+07:00"),
        ("a counter elsewhere", "31.74.06.1003", SLOT),
    ];
    for (what, counter, slot) in wrong {
        let fields = [("titik", counter), ("tanggal", slot.get(..10).unwrap()), ("jam", &format!("{counter} {slot}"))];
        let page = browser.post(&format!("{application}/jadwal"), &fields).await;
        assert_eq!(page.status, 422, "{what}");
    }
    assert_eq!(app.count("select count(*) from places").await, 0);
}

#[tokio::test]
async fn a_family_shares_no_place_and_a_new_choice_frees_the_old_one() {
    let app = App::new().await;
    let person = grown_up();
    let relative = relative_of(&person);
    app.know(std::slice::from_ref(&relative)).await;
    let mut browser = app.citizen(&person).await;
    let mut applications = Vec::new();
    for who in [&person, &relative] {
        let application = browser.begin(who).await;
        browser.fill(&application).await;
        browser.choose(&application, SLOT).await.location();
        applications.push(application);
    }
    browser.choose(&applications[0], OTHER_SLOT).await.location();
    assert_eq!(app.count("select count(*) from places").await, 2);
    let page = browser.get(&format!("{}/jadwal", applications[0])).await;
    assert!(page.text(".slots").contains("09.30–10.00 2 tempat"), "the relative's place is taken: {}", page.text(".slots"));
    assert!(page.text(".slots").contains("10.00–10.30 3 tempat"), "one's own counts as free: {}", page.text(".slots"));
}
