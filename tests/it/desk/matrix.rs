//! Who may do what, from where: every step by every role from every status, and every address for whom it does not exist.

use alpukat::domain::{officer::Role, receipt::ReceiptNumber, status::Status};
use time::{Duration, OffsetDateTime, macros::datetime};

use super::printing::{enter_blanks, printer, start};
use crate::support::{
    app::{App, COUNTER},
    browser::Browser,
    cases::{Case, Wish},
    desk::{DESK_PASSWORD, TestOfficer},
    people::grown_up,
};

/// What can be done to a case, by whom, and where it leads from which statuses.
const DEEDS: &[(&str, Doer, &[Status], Status)] = &[
    ("persetujuan", Doer::Officer, &[Status::Diajukan], Status::Disetujui),
    ("pengembalian", Doer::Officer, &[Status::Diajukan], Status::PerluPerbaikan),
    ("penolakan", Doer::Officer, &[Status::Diajukan], Status::Ditolak),
    ("cetak", Doer::Officer, &[Status::Disetujui, Status::MenungguBlangko], Status::Dicetak),
    ("cetak tanpa blangko", Doer::Officer, &[Status::Disetujui], Status::MenungguBlangko),
    ("hasil baik", Doer::Officer, &[Status::Dicetak], Status::SiapDiambil),
    ("hasil rusak", Doer::Officer, &[Status::Dicetak], Status::Disetujui),
    ("penyerahan", Doer::Officer, &[Status::SiapDiambil, Status::TidakDiambil], Status::Selesai),
    ("salah-cetak", Doer::Officer, &[Status::SiapDiambil, Status::TidakDiambil], Status::Disetujui),
    ("jadwal", Doer::Officer, &[Status::TidakDiambil], Status::SiapDiambil),
    ("perbaikan", Doer::Citizen, &[Status::PerluPerbaikan], Status::Diajukan),
    (
        "pembatalan",
        Doer::Citizen,
        &[Status::Diajukan, Status::PerluPerbaikan, Status::Disetujui, Status::MenungguBlangko],
        Status::Dibatalkan,
    ),
    ("jadwal", Doer::Citizen, &[Status::TidakDiambil], Status::SiapDiambil),
    ("akhir perbaikan", Doer::Clock, &[Status::PerluPerbaikan], Status::Kedaluwarsa),
    ("akhir hari", Doer::Clock, &[Status::SiapDiambil], Status::TidakDiambil),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doer {
    Citizen,
    Officer,
    Clock,
}

/// The desk of a counter with blanks, and somebody of every role.
struct House {
    app: App,
    officer: TestOfficer,
    petugas: Browser,
    penyelia: Browser,
    admin: Browser,
    day: OffsetDateTime,
}

/// A case somewhere, and the run that its card was in.
struct Subject {
    case: Case,
    run: Option<String>,
}

impl House {
    async fn new() -> Self {
        let app = App::new().await;
        let (officer, mut petugas) = printer(&app).await;
        enter_blanks(&mut petugas, "1000").await.location();
        let penyelia = app.officer(Role::Penyelia, Some("31.71")).await;
        let admin = app.officer(Role::Admin, None).await;
        let (penyelia, admin) = (app.desk(&penyelia).await, app.desk(&admin).await);
        Self { app, officer, petugas, penyelia, admin, day: datetime!(2026-11-25 07:30 +7) }
    }

    /// A new case that stands there.
    async fn bring(&mut self, status: Status) -> Subject {
        // A half hour of its own: places are not the matter here.
        self.day += Duration::minutes(30);
        if self.day.hour() == 12 {
            self.day += Duration::hours(1);
        } else if self.day.hour() == 16 {
            self.day += Duration::hours(15) + Duration::minutes(30);
            while !matches!(self.day.weekday().number_from_monday(), 1..=4) {
                self.day += Duration::days(1);
            }
        }
        let wish = Wish { starts_at: self.day, ..Wish::of(&self.app, &grown_up()) };
        let case = self.app.booked(&wish).await;
        let mut run = None;
        let walk: &[Status] = match status {
            Status::Diajukan => &[],
            Status::PerluPerbaikan | Status::Ditolak | Status::Disetujui => &[status],
            Status::MenungguBlangko => &[Status::Disetujui, Status::MenungguBlangko],
            _ => &[Status::Disetujui],
        };
        if status == Status::Dibatalkan {
            let mut citizen = self.app.log_in_as(&case).await;
            citizen.post(&format!("/pencetakan-ktp-el/{}/pembatalan", case.id), &[]).await.location();
            return Subject { case, run };
        }
        if status == Status::Kedaluwarsa {
            self.app.walk(&case, self.officer.id, &[Status::PerluPerbaikan, status]).await;
            return Subject { case, run };
        }
        self.app.walk(&case, self.officer.id, walk).await;
        if matches!(status, Status::Dicetak | Status::SiapDiambil | Status::TidakDiambil | Status::Selesai) {
            let address = start(&mut self.petugas, &[&case]).await.location();
            if status != Status::Dicetak {
                self.petugas.post(&format!("{address}/hasil"), &[("hasil-1", "baik")]).await.location();
            }
            run = Some(address);
        }
        match status {
            Status::TidakDiambil | Status::Selesai => self.app.walk(&case, self.officer.id, &[status]).await,
            _ => {}
        }
        assert_eq!(self.app.status(&case).await, status.code());
        Subject { case, run }
    }

    /// Tries a deed of the desk, whatever comes of it; the last answer's status.
    async fn try_at_desk(app: &App, browser: &mut Browser, subject: &Subject, deed: &str) -> u16 {
        let case = &subject.case;
        let at = |deed: &str| format!("/petugas/permohonan/{}/{deed}", case.id);
        let run = subject.run.clone().unwrap_or_else(|| format!("/petugas/cetak/{}", uuid::Uuid::new_v4()));
        let resident: uuid::Uuid = sqlx::query_scalar("select resident_id from applications where id = $1")
            .bind(case.id.uuid())
            .fetch_one(&mut app.owner().await)
            .await
            .unwrap();
        let resident = resident.to_string();
        browser.post(&at("pemeriksaan"), &[]).await;
        let fields = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "fotokopi"), ("kata", "Contoh")];
        match deed {
            "pengembalian" | "penolakan" => {
                let mut shown = browser.post(&at(deed), &fields).await;
                if shown.status == 303 {
                    shown = browser.follow(&shown).await;
                }
                match shown.attributes("input[name=sms]", "value").first().cloned() {
                    Some(sms) => {
                        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("sms", sms.as_str())]).collect();
                        browser.post(&at(deed), &fields).await.status
                    }
                    None => shown.status,
                }
            }
            "cetak" | "cetak tanpa blangko" => {
                let (run, id) = (uuid::Uuid::new_v4().to_string(), case.id.to_string());
                browser.post("/petugas/cetak", &[("rangkaian", &run), ("pilih", &id), ("menunggu", "1")]).await.status
            }
            "hasil baik" => browser.post(&format!("{run}/hasil"), &[("hasil-1", "baik")]).await.status,
            "hasil rusak" => {
                browser.post(&format!("{run}/hasil"), &[("hasil-1", "rusak"), ("alasan-1", "bergaris")]).await.status
            }
            "penyerahan" => {
                let fields = [("pengambil", resident.as_str()), ("cek", "identitas"), ("cek", "ktp_ditarik")];
                browser.post(&at(deed), &fields).await.status
            }
            "salah-cetak" => browser.post(&at(deed), &[("salah", "foto_salah")]).await.status,
            "jadwal" => browser.post(&at(deed), &[("jam", "2026-11-24T14:00:00+07:00")]).await.status,
            _ => browser.post(&at(deed), &[]).await.status,
        }
    }
}

async fn empty_the_stock(house: &mut House) -> i64 {
    let left = house.app.count("select balance::bigint from blanks order by number desc limit 1").await;
    enter_blanks(&mut house.petugas, &format!("-{left}")).await.location();
    left
}

#[tokio::test]
async fn every_step_by_every_role_from_every_status() {
    let mut house = House::new().await;
    let from_all: Vec<Status> = Status::ALL.iter().copied().filter(|status| *status != Status::Draf).collect();
    let mut taken = 0;
    for from in from_all {
        for role in [Role::Penyelia, Role::Admin] {
            let subject = house.bring(from).await;
            for (deed, ..) in DEEDS.iter().filter(|(_, doer, ..)| *doer == Doer::Officer) {
                let browser = if role == Role::Admin { &mut house.admin } else { &mut house.penyelia };
                let status = House::try_at_desk(&house.app, browser, &subject, deed).await;
                assert!(matches!(status, 404 | 409), "{deed} by {role:?} from {from:?}: {status}");
                assert_eq!(house.app.status(&subject.case).await, from.code(), "{deed} by {role:?}");
            }
        }
        for (deed, doer, allowed, to) in DEEDS {
            let subject = house.bring(from).await;
            let case = &subject.case;
            match doer {
                Doer::Officer => {
                    let left = if *deed == "cetak tanpa blangko" { Some(empty_the_stock(&mut house).await) } else { None };
                    House::try_at_desk(&house.app, &mut house.petugas, &subject, deed).await;
                    if let Some(left) = left {
                        enter_blanks(&mut house.petugas, &left.to_string()).await.location();
                    }
                }
                Doer::Citizen => {
                    let mut citizen = house.app.log_in_as(case).await;
                    let page = format!("/pencetakan-ktp-el/{}", case.id);
                    if *deed == "perbaikan" {
                        citizen.upload(&format!("{page}/unggah/kk"), "kk.png", &crate::files::png(60, 40)).await;
                        house.app.clock().advance(Duration::seconds(1));
                        citizen.upload(&format!("{page}/unggah/kk"), "kk.png", &crate::files::png(61, 40)).await;
                        citizen.post(&format!("{page}/unggah"), &[]).await;
                    } else {
                        let fields = [
                            ("titik", COUNTER),
                            ("tanggal", "2026-11-24"),
                            ("jam", &format!("{COUNTER} 2026-11-24T14:00:00+07:00")),
                        ];
                        citizen.post(&format!("{page}/{deed}"), &fields).await;
                    }
                }
                Doer::Clock => {
                    let now = if *deed == "akhir hari" {
                        house.day + Duration::days(1)
                    } else {
                        house.app.clock().now() + Duration::days(8)
                    };
                    let due = alpukat::actions::clockwork::expire_returns(&house.app.state.db, now).await;
                    let missed = alpukat::actions::clockwork::mark_uncollected(&house.app.state.db, now).await;
                    due.unwrap();
                    missed.unwrap();
                }
            }
            let passes = allowed.contains(&from);
            let clock_moves = *doer == Doer::Clock && matches!(from, Status::PerluPerbaikan | Status::SiapDiambil);
            let expected = if passes { to.code() } else { from.code() };
            if passes || !clock_moves {
                assert_eq!(house.app.status(case).await, expected, "{deed} by {doer:?} from {from:?}");
            }
            taken += usize::from(passes);
        }
    }
    assert_eq!(
        taken, 21,
        "all steps but the one that sends a draft and the three that take a decision back, which have tests of their own"
    );
    assert_eq!(house.app.count("select count(*) from blanks where balance < 0").await, 0);
}

/// Every address of the desk that stands for something of a counter, with what is posted to it.
fn of_a_counter(case: &str, page: &str, run: &str, number: &str) -> Vec<(bool, String)> {
    let mut all: Vec<(bool, String)> = ["", &format!("/halaman/{page}"), "/jadwal"]
        .iter()
        .map(|rest| (false, format!("/petugas/permohonan/{case}{rest}")))
        .collect();
    let deeds =
        ["pemeriksaan", "pelepasan", "lewati", "persetujuan", "pengembalian", "penolakan", "penyerahan", "salah-cetak", "jadwal"];
    all.extend(deeds.map(|deed| (true, format!("/petugas/permohonan/{case}/{deed}"))));
    all.push((false, format!("/petugas/cetak/{run}")));
    all.push((true, format!("/petugas/cetak/{run}/hasil")));
    all.push((false, format!("/petugas/loket?nomor={number}")));
    all
}

#[tokio::test]
async fn what_is_another_counters_does_not_exist() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.apply(&person).await;
    let id = address.rsplit('/').next().unwrap().to_owned();
    let (officer, mut browser) = printer(&app).await;
    enter_blanks(&mut browser, "5").await.location();
    let number: String =
        sqlx::query_scalar("select receipt_number from applications").fetch_one(&mut app.owner().await).await.unwrap();
    let page: uuid::Uuid = sqlx::query_scalar("select id from pages").fetch_one(&mut app.owner().await).await.unwrap();
    let case = Case {
        id: id.parse::<uuid::Uuid>().unwrap().into(),
        number: ReceiptNumber::parse(&number).unwrap(),
        person: person.clone(),
    };
    app.walk(&case, officer.id, &[Status::Disetujui]).await;
    let run = start(&mut browser, &[&case]).await.location().rsplit('/').next().unwrap().to_owned();
    let theirs = of_a_counter(&id, &page.to_string(), &run, &number);
    let nobodys = ReceiptNumber::from_values([2; 7]).to_string();
    let nothing = uuid::Uuid::new_v4().to_string();
    let nothing = of_a_counter(&nothing, &nothing, &nothing, &nobodys);
    let looks = "select count(*) from events where officer_id is not null and application_id is not null";
    let before = app.count(looks).await;
    for (role, counter) in [
        (Role::Petugas, "31.71.01.1002"),
        (Role::Petugas, "31.71.01"),
        (Role::Petugas, "31.71"),
        (Role::Penyelia, "31.72"),
        (Role::Penyelia, "31.71.02"),
    ] {
        let stranger = app.officer(role, Some(counter)).await;
        let mut stranger = app.desk(&stranger).await;
        for ((is_post, theirs), (_, nothing)) in theirs.iter().zip(&nothing) {
            let mut bodies = Vec::new();
            for address in [theirs, nothing] {
                let page = if *is_post { stranger.post(address, &[("cara", "x")]).await } else { stranger.get(address).await };
                assert_eq!(page.status, 404, "{role:?} {counter} {address}");
                bodies.push(without_id(&page.body()));
            }
            assert_eq!(bodies[0], bodies[1], "{theirs}");
        }
        for page in ["/petugas", "/petugas/cetak", "/petugas/jadwal/2026-11-25", "/petugas/loket/ditarik"] {
            assert_eq!(stranger.get(&format!("{page}?titik={COUNTER}")).await.status, 404, "{role:?} {counter} {page}");
        }
        let found = stranger.post("/petugas/loket", &[("nomor", &number)]).await;
        let unknown = stranger.post("/petugas/loket", &[("nomor", &nobodys)]).await;
        assert_eq!((found.status, found.text(".error")), (422, unknown.text(".error")));
        // Printing somebody else's case does nothing, whoever's.
        let fields = [("rangkaian", nothing[0].1.rsplit('/').next().unwrap()), ("pilih", id.as_str())];
        assert_eq!(stranger.post("/petugas/cetak", &fields).await.status, 404);
    }
    assert_eq!(app.count(looks).await, before);
    // Whoever only watches sees, and does nothing.
    for (role, counter) in [(Role::Penyelia, Some("31.71.01")), (Role::Admin, None)] {
        let watcher = app.officer(role, counter).await;
        let mut watcher = app.desk(&watcher).await;
        for page in ["/petugas/cetak", "/petugas/jadwal/2026-11-25", "/petugas/loket/ditarik"] {
            let page = watcher.get(&format!("{page}?titik={COUNTER}")).await;
            assert_eq!(page.status, 200);
            assert!(page.attributes("main form[method=post]", "action").is_empty(), "{role:?}");
        }
        let page = watcher.get(&format!("/petugas/loket?nomor={number}")).await;
        assert_eq!(page.attributes("main form[method=post]", "action"), ["/petugas/loket"], "{role:?}");
        assert_eq!(watcher.get(&format!("/petugas/cetak/{run}")).await.status, 200);
        let fields = [("kiriman", run.as_str()), ("jumlah", "5"), ("sebab", "x"), ("sisa", "baik")];
        for deed in [
            "cetak/blangko",
            &format!("cetak/{run}/hasil"),
            "jadwal/2026-11-25/penutupan",
            "jadwal/2026-11-25/pembukaan",
            "loket/akun",
            "cetak",
        ] {
            assert_eq!(watcher.post(&format!("/petugas/{deed}"), &fields).await.status, 404, "{role:?} {deed}");
        }
        assert_eq!(watcher.get("/petugas/loket/akun").await.status, 404);
    }
}

#[tokio::test]
async fn with_the_password_alone_or_after_being_moved_no_page_is_reached() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    let (mut officer, mut browser) = printer(&app).await;
    let source = include_str!("../../../src/web/paths.rs");
    let routes: Vec<String> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1))
        .filter(|route| {
            (route.starts_with("/petugas") || route.starts_with("/admin"))
                && !matches!(*route, "/petugas/masuk" | "/petugas/dua-langkah")
        })
        .map(|route| {
            route
                .replace("{id}", &case.id.to_string())
                .replace("{page}", &case.id.to_string())
                .replace("{date}", "2026-11-25")
                .replace("{message}", &case.id.to_string())
        })
        .collect();
    assert!(routes.len() >= 28, "{}", routes.len());
    let mut half_way = app.browser();
    let fields = [("nama", officer.username.as_str()), ("sandi", DESK_PASSWORD)];
    assert_eq!(half_way.post("/petugas/masuk", &fields).await.location(), "/petugas/dua-langkah");
    let leads_in =
        |page: &crate::support::browser::Page| page.status == 303 && page.header("location").starts_with("/petugas/masuk");
    for route in routes.iter().filter(|route| *route != "/petugas/keluar") {
        // A copy each: looking must not end the half-way session for the next.
        for page in [half_way.clone().get(route).await, half_way.clone().post(route, &[]).await] {
            assert!(leads_in(&page) || page.status == 405, "{route}: {}", page.status);
        }
    }
    // Moved in the middle of a session: gone with the next request; so is everything when shut out.
    let address = format!("/petugas/loket?nomor={}", case.number);
    assert_eq!(browser.get(&address).await.status, 200);
    officer.counter = alpukat::domain::region::RegionCode::parse("31.71.01.1002");
    app.store_officer(&officer).await;
    assert_eq!(browser.get(&address).await.status, 404);
    assert_eq!(browser.get(&format!("/petugas/permohonan/{}", case.id)).await.status, 404);
    officer.is_enabled = false;
    app.store_officer(&officer).await;
    for route in &routes {
        let page = browser.get(route).await;
        assert!(leads_in(&page) || page.status == 405, "{route}: {}", page.status);
    }
}

fn without_id(body: &str) -> String {
    body.lines().filter(|line| !line.contains("Nomor gangguan")).collect()
}
