//! Through a real mail server: notices arrive once, beside their SMS, and neither way waits for the other.

use std::{
    collections::HashMap,
    time::{Duration as Wait, Instant},
};

use alpukat::{
    adapters::mail_server::{MailAddress, MailServer as Client},
    worker::{self, messages::Outlet},
};
use time::Duration;
use tokio::{sync::oneshot, time::sleep};

use super::{listen, outlet, owe, work};
use crate::{
    desk::printing::{enter_blanks, printer, start},
    support::{
        app::App,
        cases::{Case, Wish},
        gateway::{Gateway, TAKEN},
        kannel::Kannel,
        mail_server::MailServer,
        people::grown_up,
        program::worker,
    },
};

pub const OWN: &str = "Sari.Umpama@contoh.example";

/// Where a worker hands e-mail on.
pub fn mail(url: &str) -> Outlet {
    Outlet::Mail(Client::new(MailAddress::parse(url).unwrap()).unwrap())
}

/// A case of somebody with a proved address.
pub async fn case_with_mailbox(app: &App, address: &str) -> Case {
    let case = app.case(&Wish::of(app, &grown_up())).await;
    app.mailbox(&case.person, Some(address)).await;
    case
}

/// Waits until so many have arrived.
async fn until(server: &MailServer, count: usize) {
    let begun = Instant::now();
    while server.arrived().len() < count {
        assert!(begun.elapsed() < Wait::from_secs(30), "{} of {count} arrived", server.arrived().len());
        sleep(Wait::from_millis(30)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_notice_of_a_case_arrives_once_in_the_words_of_its_sms() {
    let (app, kannel, server) = (App::with_mail().await, Kannel::start().await, MailServer::start().await);
    let outlets = [outlet(&kannel.url(), listen(&app).await), mail(&server.url())];
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    app.mailbox(&case.person, Some(OWN)).await;
    let address = format!("/petugas/permohonan/{}", case.id);
    let (_, mut officer) = printer(&app).await;
    officer.post(&format!("{address}/pemeriksaan"), &[]).await.location();
    officer.post(&format!("{address}/persetujuan"), &[]).await.location();
    app.clock().advance(Duration::minutes(1));
    enter_blanks(&mut officer, "5").await.location();
    let run = start(&mut officer, &[&case]).await.location();
    officer.post(&format!("{run}/hasil"), &[("sisa", "baik")]).await.location();
    let mut citizen = app.log_in_as(&case).await;
    citizen.choose(&format!("/pencetakan-ktp-el/{}", case.id), "2026-11-26T09:00:00+07:00").await.location();
    for _ in 0..2 {
        for outlet in &outlets {
            work(&app, outlet).await;
        }
        app.clock().advance(Duration::hours(1));
    }
    kannel.until(3).await;
    let (told, arrived) = (app.told(&case).await, server.arrived());
    assert_eq!(arrived.len(), 3, "once each");
    for ((sms, mail), kind) in told.iter().zip(&arrived).zip(["Disetujui", "Siap diambil", "Jadwal pindah"]) {
        assert_eq!(mail.text.lines().next(), Some(sms.as_str()), "in the words of the SMS, and in order");
        assert_eq!(mail.field("Subject"), format!("Permohonan {}: {kind}", case.number));
        assert_eq!(mail.field("From"), "\"DUKCAPIL DKI\" <kabar@alpukat.example>");
        assert_eq!(mail.field("To"), OWN);
        assert_eq!(mail.field("Auto-Submitted"), "auto-generated");
        assert_eq!(mail.field("Content-Type"), "text/plain; charset=utf-8");
        assert_eq!(mail.field("Date"), "Fri, 20 Nov 2026 02:01:00 +0000", "by the program's clock");
        assert_eq!(mail.field("X-Envelope"), format!("kabar@alpukat.example {OWN} user=portal tls=False"));
        assert!(mail.text.contains("Ubah atau hapus alamat ini di halaman Akun."), "{}", mail.text);
        for secret in [case.person.nik.as_str(), case.person.name.as_str(), "http", "www."] {
            assert!(!mail.text.contains(secret) && !mail.head.contains(secret), "{secret}: {mail:?}");
        }
    }
    assert_eq!(app.mail_states().await, [("terkirim".to_owned(), None, 3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_while_the_server_is_away_arrives_once_and_in_order() {
    let (app, mut server) = (App::with_mail().await, MailServer::start().await);
    let outlet = mail(&server.url());
    server.stop();
    let mut cases = Vec::new();
    for n in 0..4 {
        cases.push(case_with_mailbox(&app, &format!("warga{n}@contoh.example")).await);
    }
    for n in 0..40_usize {
        app.owe_mail(&cases[n % 4], &format!("warga{}@contoh.example", n % 4), &format!("pesan {n}")).await;
    }
    for _ in 0..6 {
        work(&app, &outlet).await;
        app.clock().advance(Duration::minutes(5));
    }
    let first_of_each = app.count("select count(*) from messages where cause = 'tidak_terhubung'").await;
    assert_eq!(first_of_each, 4, "the first of each mailbox, and no other");
    let page = app.petugas().await.get("/admin/pesan").await;
    assert!(page.text("main").contains("Dicoba lagi: server email tidak terhubung 4"), "{}", page.text("main"));
    assert!(!page.text("main").contains("Pesan tertua sudah menunggu"), "the SMS are in time: {}", page.text("main"));
    server.run().await;
    for _ in 0..4 {
        app.clock().advance(Duration::hours(1));
        work(&app, &outlet).await;
    }
    assert_eq!(server.arrived().len(), 40, "each once");
    let mut last: HashMap<String, i64> = HashMap::new();
    for mail in server.arrived() {
        let number = mail.text.trim().strip_prefix("pesan ").unwrap().parse().unwrap();
        let before = last.insert(mail.field("To").to_owned(), number);
        assert!(before.is_none_or(|before| before < number), "{number} came too late");
    }
}

/// A worker of this process; it ends when the sender is dropped.
pub fn start_worker(app: &App, outlets: Vec<Outlet>) -> (oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let work = worker::run(app.state.db.clone(), app.clock().clone(), outlets, async move {
        stopped.await.ok();
    });
    (stop, tokio::spawn(work))
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_way_waits_for_the_other() {
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    // More e-mails than are under way at once, at a server that takes its time for each; and then one SMS.
    server.reply("DATA * wait 6\n");
    let gateway = Gateway::start(Wait::ZERO, |_| TAKEN);
    let case = case_with_mailbox(&app, OWN).await;
    for n in 0..20 {
        let other = case_with_mailbox(&app, &format!("warga{n}@contoh.example")).await;
        app.owe_mail(&other, &format!("warga{n}@contoh.example"), "pesan").await;
    }
    let (stop, running) = start_worker(&app, vec![outlet(&gateway.url(), listen(&app).await), mail(&server.url())]);
    let begun = Instant::now();
    while server.named().len() < 8 {
        assert!(begun.elapsed() < Wait::from_secs(20), "the worker does not work");
        sleep(Wait::from_millis(20)).await;
    }
    let written = Instant::now();
    owe(&app, &case, "0812-0000-0001", "DUKCAPIL DKI: pesan").await;
    while gateway.count() < 1 {
        assert!(written.elapsed() < Wait::from_secs(3), "the SMS waits for the mail server");
        sleep(Wait::from_millis(5)).await;
    }
    println!("the SMS was at the gateway after {:?}, while 8 e-mails were in hand", written.elapsed());
    assert_eq!(server.arrived().len(), 0, "and the mail server had taken none yet");
    drop(stop);
    running.await.unwrap();
    assert_eq!(server.arrived().len(), 8, "those in hand were finished");

    // The other way round: a gateway that says nothing for long.
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    let gateway = Gateway::start(Wait::from_secs(9), |_| TAKEN);
    let case = case_with_mailbox(&app, OWN).await;
    for n in 0..40 {
        owe(&app, &case, &format!("0812-0000-{n:04}"), "DUKCAPIL DKI: pesan").await;
    }
    let (stop, running) = start_worker(&app, vec![outlet(&gateway.url(), listen(&app).await), mail(&server.url())]);
    let begun = Instant::now();
    while gateway.count() < 32 {
        assert!(begun.elapsed() < Wait::from_secs(20), "the worker does not work");
        sleep(Wait::from_millis(20)).await;
    }
    let written = Instant::now();
    app.owe_mail(&case, OWN, "pesan").await;
    until(&server, 1).await;
    println!("the e-mail arrived after {:?}, while 32 SMS were in hand", written.elapsed());
    assert!(written.elapsed() < Wait::from_secs(3), "the e-mail waits for the gateway");
    drop(stop);
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_loses_none_and_what_comes_twice_bears_one_name() {
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    server.reply("DATA * wait 0.5\n");
    for n in 0..24 {
        let case = case_with_mailbox(&app, &format!("warga{n}@contoh.example")).await;
        app.owe_mail(&case, &format!("warga{n}@contoh.example"), &format!("pesan {n}")).await;
    }
    let nobody = Gateway::start(Wait::ZERO, |_| TAKEN);
    let start = |later| {
        let mut command = worker(&app, &nobody.url(), later);
        command.env("ALPUKAT_SMTP_URL", server.url()).spawn().unwrap()
    };
    let begun = Instant::now();
    let mut killed = start(Duration::ZERO);
    while server.named().len() < 12 {
        assert!(begun.elapsed() < Wait::from_secs(30), "the worker does not work");
        sleep(Wait::from_millis(5)).await;
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let held = app.count("select count(*) from messages where state = 'menunggu' and leased_until is not null").await;
    // What it held comes free with its lease: another, whose clock is two minutes on, takes it.
    let mut second = start(Duration::minutes(2));
    while app.count("select count(*) from messages where state <> 'terkirim'").await > 0 {
        assert!(begun.elapsed() < Wait::from_mins(1), "{:?}", app.mail_states().await);
        sleep(Wait::from_millis(50)).await;
    }
    second.kill().unwrap();
    second.wait().unwrap();
    let (mut names, mut texts) = (HashMap::<String, usize>::new(), HashMap::<String, usize>::new());
    for mail in server.arrived() {
        *names.entry(mail.field("Message-ID").to_owned()).or_default() += 1;
        *texts.entry(mail.text).or_default() += 1;
    }
    let again = names.values().filter(|count| **count > 1).count();
    println!("{held} were in hand; {again} of 24 came twice, under the same Message-ID");
    assert!(held > 0 && names.len() == 24 && texts.len() == 24, "{names:?}");
    assert!(names.values().all(|count| *count <= 2), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_to_an_address_that_was_changed_or_removed_is_not_sent() {
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    let outlet = mail(&server.url());
    let cases = [case_with_mailbox(&app, OWN).await, case_with_mailbox(&app, "warga@contoh.example").await];
    // A household may share an address: what is owed to the other goes on.
    let shares = case_with_mailbox(&app, OWN).await;
    for case in cases.iter().chain([&shares]) {
        let to = if case.id == cases[1].id { "warga@contoh.example" } else { OWN };
        app.owe_mail(case, to, "pesan lama").await;
    }
    app.mailbox(&cases[0].person, None).await;
    app.mailbox(&cases[1].person, Some("baru@contoh.example")).await;
    app.owe_mail(&cases[1], "baru@contoh.example", "pesan baru").await;
    work(&app, &outlet).await;
    let mut arrived: Vec<(String, String)> =
        server.arrived().iter().map(|mail| (mail.field("To").to_owned(), mail.text.trim().to_owned())).collect();
    arrived.sort();
    assert_eq!(arrived, [(OWN.to_owned(), "pesan lama".to_owned()), ("baru@contoh.example".to_owned(), "pesan baru".to_owned())]);
    let given_up = ("gagal".to_owned(), Some("alamat_diganti".to_owned()), 2);
    assert_eq!(app.mail_states().await, [given_up, ("terkirim".to_owned(), None, 2)]);
    let page = app.petugas().await.get("/admin/pesan").await;
    assert!(page.text("main").contains("Gagal: alamat diganti atau dihapus 2"), "{}", page.text("main"));
    assert!(page.text("main").contains("Tidak ada. Semua pesan sampai atau masih dicoba."), "nobody to telephone");
}
