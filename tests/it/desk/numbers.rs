//! NIK and KK number are masked until somebody asks for them; and what else the page of a case says of people.

use alpukat::domain::{
    nik::KkNumber,
    officer::Role,
    region::RegionCode,
    resident::{CivilRecord, MaritalStatus},
};

use super::case::{desk, sent};
use crate::support::{
    app::App,
    people::{grown_up, relative_of},
};

#[tokio::test]
async fn numbers_are_masked_until_they_are_asked_for_and_then_shown_once() {
    let app = App::new().await;
    let (person, case) = sent(&app).await;
    let mut officer = app.petugas().await;
    let (nik, kk) = (person.nik.grouped(), person.kk_number.grouped());
    let page = officer.get(&desk(&case)).await;
    let (masked, masked_kk) = (person.nik.masked_grouped(), person.kk_number.masked_grouped());
    assert!(page.text("dl").contains(&masked) && page.text("dl").contains(&masked_kk), "{}", page.text("dl"));
    for secret in [person.nik.as_str(), &nik, person.kk_number.as_str(), &kk] {
        for address in [desk(&case), "/petugas".to_owned()] {
            assert!(!officer.get(&address).await.body().contains(secret), "{secret} on {address}");
        }
    }
    assert!(officer.get("/petugas").await.text("tbody").contains(&masked));

    // The same view comes back, with the numbers, and no number stands in its address.
    let view = officer.get(&format!("{}?dok=ktp_rusak&hal=1", desk(&case))).await;
    let button = view.attributes("dl form", "action").remove(0);
    assert_eq!(button, format!("{}/nik?dok=ktp_rusak&hal=1", desk(&case)));
    let shown = officer.post(&button, &[]).await;
    assert_eq!(shown.location(), format!("{}?dok=ktp_rusak&hal=1", desk(&case)));
    let page = officer.follow(&shown).await;
    assert!(page.text("dl").contains(&nik) && page.text("dl").contains(&kk), "{}", page.text("dl"));
    assert!(page.attributes("dl form", "action").is_empty());
    assert!(!officer.get(&desk(&case)).await.text("dl").contains(&nik), "on that view alone");

    let seen = "select count(*) from events where deed = 'lihat_nik' and officer_id is not null and application_id is not null";
    assert_eq!(app.count(seen).await, 1);
    let told = app.log_in_as(&case).await.get("/akun/akses").await.text("tbody");
    assert!(told.contains("Melihat NIK dan nomor KK lengkap Kelurahan Petojo Selatan"), "{told}");
}

#[tokio::test]
async fn what_was_asked_for_one_case_shows_no_other_and_not_for_long() {
    let app = App::new().await;
    let ((_, one), (person, other)) = (sent(&app).await, sent(&app).await);
    let mut officer = app.petugas().await;
    officer.post(&format!("{}/nik", desk(&one)), &[]).await.location();
    assert!(!officer.get(&desk(&other)).await.text("dl").contains(&person.nik.grouped()));
    officer.post(&format!("{}/nik", desk(&other)), &[]).await.location();
    app.clock().advance(time::Duration::minutes(1));
    assert!(!officer.get(&desk(&other)).await.text("dl").contains(&person.nik.grouped()));
    let stranger = app.officer(Role::Petugas, Some("31.71.01.1002")).await;
    assert_eq!(app.desk(&stranger).await.post(&format!("{}/nik", desk(&one)), &[]).await.status, 404);
    assert_eq!(app.count("select count(*) from events where deed = 'lihat_nik'").await, 2);
}

#[tokio::test]
async fn what_changed_in_the_registry_is_said_field_by_field() {
    let app = App::new().await;
    let (person, case) = sent(&app).await;
    let mut officer = app.petugas().await;
    assert!(officer.get(&desk(&case)).await.text(".note.act").is_empty());
    let moved = CivilRecord {
        kk_number: KkNumber::parse("3174090101260002").unwrap(),
        address: "Jalan Lain 2".to_owned(),
        kelurahan: RegionCode::parse("31.71.01.1002").unwrap(),
        marital_status: MaritalStatus::CeraiHidup,
        ..person.clone()
    };
    app.know(std::slice::from_ref(&moved)).await;
    let flag = officer.get(&desk(&case)).await.text(".note.act");
    for change in [
        format!("alamat “{}” menjadi “Jalan Lain 2”", person.address),
        "kelurahan “Petojo Selatan” menjadi “Cideng”".to_owned(),
        "status kawin “kawin” menjadi “cerai hidup”".to_owned(),
        format!("nomor KK “{}” menjadi “3174 09** **** 0002”", person.kk_number.masked_grouped()),
    ] {
        assert!(flag.contains(&change), "{change}: {flag}");
    }
    assert!(!flag.contains("nama “") && !flag.contains("tanggal lahir"), "{flag}");
    let shown = officer.post(&format!("{}/nik", desk(&case)), &[]).await;
    assert!(officer.follow(&shown).await.text(".note.act").contains("menjadi “3174 0901 0126 0002”"));
}

#[tokio::test]
async fn who_filed_it_is_said_with_what_they_are_to_the_card() {
    let app = App::new().await;
    let filer = grown_up();
    let relative = relative_of(&filer);
    app.know(std::slice::from_ref(&relative)).await;
    let mut citizen = app.citizen(&filer).await;
    let own = citizen.apply(&filer).await;
    let for_other = citizen.begin(&relative).await;
    citizen.fill(&for_other).await;
    citizen.choose(&for_other, "2026-11-25T10:00:00+07:00").await.location();
    citizen.yes(&for_other).await.location();
    let mut officer = app.petugas().await;
    let name = filer.name.as_str();
    for (address, who) in [(own, "pemilik NIK ini"), (for_other, "anggota KK yang sama")] {
        let page = officer.get(&address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/")).await;
        assert!(page.text("dl").contains(&format!("Diajukan oleh {name}, {who}")), "{}", page.text("dl"));
    }
}
