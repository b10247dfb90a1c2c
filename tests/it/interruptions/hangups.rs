//! Clients that post and leave at any moment: what they began is finished or undone, and nobody else notices.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use alpukat::{
    adapters::clock::Clock,
    db::audit,
    domain::{limits::UNDO, officer::Role},
    web::server::{self, Limits},
    worker::messages::deliver,
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};
use tracing::Level;

use crate::{
    messages::outlet,
    support::{
        app::{App, COUNTER, NOW, SLOT},
        browser::Browser,
        cases::Wish,
        database::TestDatabase,
        gateway::{Gateway, TAKEN},
        log::Log,
        people::{PASSWORD, grown_up},
        proxy::Proxy,
        rounds, routes,
    },
};

/// Sockets that post and leave at the same time.
const LEAVERS: usize = 6;

/// A form, as bytes on a socket.
fn request(address: &str, cookies: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let head = format!(
        "POST {address} HTTP/1.1\r\nhost: alpukat.example\r\norigin: http://alpukat.example\r\ncookie: {cookies}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}

fn cookies(browsers: &[&Browser]) -> String {
    let all = browsers.iter().flat_map(|browser| &browser.cookies);
    all.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

/// Every form there is, by people who are nobody else in the test: a citizen with a sent application and one with a draft, an
/// officer with a case, and whoever logs in and out.
async fn forms(app: &App) -> Vec<Vec<u8>> {
    let (sender, drafter) = (grown_up(), grown_up());
    let mut sends = app.citizen(&sender).await;
    let application = sends.apply(&sender).await;
    let mut drafts = app.citizen(&drafter).await;
    let draft = drafts.begin(&drafter).await;
    drafts.fill(&draft).await;
    let mut owner = app.owner().await;
    let page: uuid::Uuid = sqlx::query_scalar("select id from pages limit 1").fetch_one(&mut owner).await.unwrap();
    let resident: uuid::Uuid =
        sqlx::query_scalar("select resident_id from applications where status = 'draf'").fetch_one(&mut owner).await.unwrap();
    let number: String = sqlx::query_scalar("select receipt_number from applications where receipt_number is not null limit 1")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let desk = app.desk(&officer).await;
    let (resident, officer_name) = (resident.to_string(), officer.username.to_string());
    let choice = format!("{COUNTER} {SLOT}");
    let fields = [
        ("keterangan", "rusak"),
        ("ada", "ktp_rusak"),
        ("ponsel", "0813-0000-5678"),
        ("titik", COUNTER),
        ("tanggal", &SLOT[..10]),
        ("jam", choice.as_str()),
        ("penduduk", resident.as_str()),
        ("nik", drafter.nik.as_str()),
        ("sandi", PASSWORD),
        ("nama", officer_name.as_str()),
        ("nomor", number.as_str()),
        ("tanggal_lahir", "05-08-1990"),
        ("dok", "ktp_rusak"),
        ("alasan-ktp_rusak", "tidak_terbaca"),
        ("jumlah", "5"),
        ("kode", "123456"),
    ];
    let mut all = Vec::new();
    for (application, browser) in [(&application, &sends), (&draft, &drafts)] {
        let cookies = cookies(&[browser, &desk]);
        for address in routes::all(application, &page.to_string(), &"0".repeat(32)) {
            // What ends the sessions of everybody here would leave nothing to post; they are ended below.
            if !["/keluar", "/akun/keluar-semua", "/petugas/keluar"].contains(&address.as_str()) {
                all.push(request(&address, &cookies, &fields));
            }
        }
    }
    for _ in 0..40 {
        let browser = app.log_in(&drafter).await;
        all.push(request("/keluar", &cookies(&[&browser]), &[]));
        all.push(request("/masuk", "", &fields));
        // A lease, taken and given back: the shortest transactions.
        let case = application.replace("/pencetakan-ktp-el", "/petugas/permohonan");
        all.push(request(&format!("{case}/pemeriksaan"), &cookies(&[&desk]), &[]));
        all.push(request(&format!("{case}/lewati"), &cookies(&[&desk]), &[]));
    }
    all
}

/// Posts one form after the other and leaves within some milliseconds; of every fourth only a part is sent.
async fn leave(server: SocketAddr, forms: Arc<Vec<Vec<u8>>>, times: usize) {
    for time in 0..times {
        let form = &forms[rand::random_range(0..forms.len())];
        let Ok(mut socket) = TcpStream::connect(server).await else { continue };
        let sent = if time % 4 == 0 { form.len() - rand::random_range(1..=form.len().min(20)) } else { form.len() };
        socket.write_all(&form[..sent]).await.ok();
        sleep(Duration::from_micros(rand::random_range(0..12_000))).await;
        drop(socket);
        // Others want to be heard, too.
        sleep(Duration::from_micros(rand::random_range(0..20_000))).await;
    }
}

/// Where those work and apply who stay to hear the answer.
const ELSEWHERE: &str = "31.71.01.1002";

/// What they did. Each acknowledged fact is looked at again at once.
#[derive(Debug, Default)]
struct Kept {
    log_ins: AtomicI64,
    log_outs: AtomicI64,
    wrong: AtomicI64,
    sent: AtomicI64,
    decided: AtomicI64,
    reported: AtomicI64,
}

fn count(one_more: &AtomicI64) {
    one_more.fetch_add(1, Ordering::Relaxed);
}

impl Kept {
    async fn come_and_go(&self, app: &App) {
        let person = grown_up();
        let browser = app.citizen(&person).await;
        assert_eq!(browser.clone().get("/pencetakan-ktp-el").await.status, 200, "logged in, and out again by itself");
        count(&self.log_ins);
        browser.clone().post("/keluar", &[]).await.location();
        assert_eq!(
            browser.clone().get("/pencetakan-ktp-el").await.status,
            303,
            "logged out, and the old cookie opens the account"
        );
        count(&self.log_outs);
        let wrong = [("nik", person.nik.as_str()), ("sandi", "bukan-yang-ini")];
        // From everywhere, as one address has a limit.
        let mut guesser = app.browser();
        guesser.peer.set_ip(rand::random::<[u8; 4]>().into());
        assert_eq!(guesser.post("/masuk", &wrong).await.status, 422);
        count(&self.wrong);
    }

    async fn apply(&self, app: &App, slot: &str) {
        let person = grown_up();
        let mut browser = app.citizen(&person).await;
        let application = browser.begin(&person).await;
        browser.fill(&application).await;
        browser.choose(&application, slot).await.location();
        assert_eq!(browser.yes(&application).await.location(), application);
        let shown = browser.get(&application).await.text("main");
        assert!(shown.contains("Menunggu pemeriksaan") || shown.contains("Sedang diperiksa"), "{shown}");
        count(&self.sent);
    }

    async fn decide(&self, app: &App, officer: &mut Browser) {
        let case = app.case(&Wish { counter: ELSEWHERE, ..Wish::of(app, &grown_up()) }).await;
        let desk = format!("/petugas/permohonan/{}", case.id);
        officer.post(&format!("{desk}/pemeriksaan"), &[]).await.location();
        officer.post(&format!("{desk}/persetujuan"), &[]).await.location();
        assert_eq!(app.status(&case).await, "disetujui");
        count(&self.decided);
        let mut owner = app.owner().await;
        let message: uuid::Uuid = sqlx::query_scalar("select id from messages where application_id = $1 and kind = 'disetujui'")
            .bind(case.id.uuid())
            .fetch_one(&mut owner)
            .await
            .unwrap();
        let guard = app.state.db.report_guard(message.into());
        assert_eq!(app.browser().get(&format!("/sms/laporan/{message}/{guard}?status=1")).await.status, 204);
        let state = sqlx::query_scalar::<_, String>("select state from messages where id = $1").bind(message);
        assert_eq!(state.fetch_one(&mut owner).await.unwrap(), "sampai");
        count(&self.reported);
    }
}

/// Half hours from the first one that is offered, three places each.
fn slots() -> impl Iterator<Item = String> {
    let days = ["2026-11-25", "2026-11-26", "2026-11-30", "2026-12-01", "2026-12-02"];
    let hours = ["08:00", "08:30", "09:00", "10:00", "10:30", "11:00", "13:00", "13:30", "14:00", "14:30", "15:00", "15:30"];
    days.into_iter().flat_map(move |day| hours.into_iter().map(move |hour| format!("{day}T{hour}:00+07:00")))
}

async fn hang_up(app: App, log: Log) {
    let forms = Arc::new(forms(&app).await);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(server::run(listener, app.router.clone(), Limits::with_proxies(&[]), async move {
        stopped.await.ok();
    }));
    let gateway = Gateway::start(Duration::ZERO, |_| TAKEN);
    let outlet = outlet(&gateway.url(), address);
    let over = Arc::new(AtomicBool::new(false));
    let worker = tokio::spawn({
        let (db, clock, over) = (app.state.db.clone(), app.clock().clone(), Arc::clone(&over));
        async move {
            while !over.load(Ordering::Relaxed) {
                deliver(&db, &clock, &outlet).await.unwrap();
                sleep(Duration::from_millis(20)).await;
            }
            while deliver(&db, &clock, &outlet).await.unwrap() > 0 {}
        }
    });
    let officer = app.officer(Role::Petugas, Some(ELSEWHERE)).await;
    let mut officer = app.desk(&officer).await;
    let (kept, slots) = (Kept::default(), slots());

    let gone = AtomicBool::new(false);
    let are_leaving = || !gone.load(Ordering::Relaxed);
    let leave = async {
        let times = usize::try_from(rounds(5_000, 20_000)).unwrap() / LEAVERS;
        let leavers: JoinSet<()> = (0..LEAVERS).map(|_| leave(address, Arc::clone(&forms), times)).collect();
        leavers.join_all().await;
        gone.store(true, Ordering::Relaxed);
    };
    let come_and_go = async {
        while are_leaving() {
            kept.come_and_go(&app).await;
        }
    };
    let apply = async {
        for slot in slots {
            if are_leaving() {
                kept.apply(&app, &slot).await;
            }
        }
    };
    let decide = async {
        while are_leaving() {
            kept.decide(&app, &mut officer).await;
        }
    };
    tokio::join!(leave, come_and_go, apply, decide);
    // What was decided can be taken back for a minute; then its messages leave.
    app.clock().advance(UNDO);
    over.store(true, Ordering::Relaxed);
    worker.await.unwrap();
    stop.send(()).unwrap();
    server.await.unwrap();
    println!("{kept:?}");

    let [log_ins, wrong, sent, decided, reported] =
        [kept.log_ins, kept.wrong, kept.sent, kept.decided, kept.reported].map(AtomicI64::into_inner);
    assert!(log_ins > 3 && sent > 1 && decided > 3, "hardly anybody was there while others left");
    for stray in ["already a transaction in progress", "there is no transaction in progress", "aborted, commands ignored"] {
        let lines = log.lines_with(stray);
        assert!(lines.is_empty(), "{} times {stray}: {:?}", lines.len(), lines.first());
    }
    assert!(
        app.count("select count(*) from wrong_answers where scope = 'masuk'").await >= wrong,
        "a wrong answer is not counted"
    );
    assert!(app.count("select count(*) from applications where status <> 'draf'").await >= sent + decided);
    assert!(app.count("select count(*) from events where to_status = 'disetujui'").await >= decided);
    assert!(app.count("select count(*) from messages where state = 'sampai'").await >= reported);
    let twice: Vec<_> = gateway.counts().into_iter().filter(|(_, count)| *count > 1).collect();
    assert!(twice.is_empty() && gateway.count() > 0, "sent again although the gateway had answered: {twice:?}");
    assert_eq!(app.count("select count(*) from messages where state = 'menunggu'").await, 0);
    let heads = audit::verify(&app.state.db).await.unwrap().expect("history is whole");
    assert!(heads.iter().any(|head| head.count > 0));
    let others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    let held: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) {others} and state like 'idle in transaction%'")))
            .fetch_one(&mut app.owner().await)
            .await
            .unwrap();
    assert_eq!(held, 0, "something is idle in a transaction");
    assert_eq!(app.count("select count(*) from pg_locks where database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()").await, 0, "a lock is left");
}

/// One thread, so that the log of every task is heard.
#[tokio::test]
async fn nothing_acknowledged_is_lost_while_clients_hang_up() {
    let log = Log::default();
    let _heard = tracing::dispatcher::set_default(&log.listener(Level::WARN));
    hang_up(App::new().await, log).await;
}

#[tokio::test]
async fn nor_where_the_database_is_behind_tcp() {
    let log = Log::default();
    let _heard = tracing::dispatcher::set_default(&log.listener(Level::WARN));
    let mut database = TestDatabase::new().await;
    let _proxy = Proxy::before(&mut database).await;
    hang_up(App::on(database, Clock::standing_at(NOW)), log).await;
}
