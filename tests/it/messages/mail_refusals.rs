//! A mail server that refuses: only a verdict on the recipient or on the message gives an e-mail up, and no SMS with it. And
//! one that cannot be trusted.

use std::time::{Duration as Wait, Instant};

use alpukat::worker::messages::Outlet;
use time::Duration;
use tokio::time::sleep;
use tracing::Level;

use super::{
    mail::{OWN, case_with_mailbox, mail, start_worker},
    owe, work,
};
use crate::support::{app::App, listening, log::Log, mail_server::MailServer};

/// What became of an e-mail, with which cause and in how many seconds it is tried again.
async fn came_to(app: &App) -> (String, Option<String>, i64) {
    let last = "select state, cause, extract(epoch from due_at - created_at)::bigint from messages
                where channel = 'email' order by number desc limit 1";
    sqlx::query_as(last).fetch_one(&mut app.owner().await).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_verdict_on_the_recipient_or_the_words_gives_an_email_up() {
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    let outlet = mail(&server.url());
    for (n, (reply, state, cause)) in [
        ("RCPT * 550 5.1.1 No such user", "gagal", Some("ditolak_gateway")),
        ("RCPT * 550 Mailbox unavailable", "gagal", Some("ditolak_gateway")),
        ("RCPT * 552 5.2.2 Mailbox full", "gagal", Some("ditolak_gateway")),
        ("RCPT * 553 5.1.3 Bad address", "gagal", Some("ditolak_gateway")),
        ("DATA * 554 5.6.0 We do not want this", "gagal", Some("ditolak_gateway")),
        // Who may send is about us, and so is whatever comes before the recipient.
        ("RCPT * 554 5.7.1 Relay access denied", "menunggu", Some("gateway_menolak")),
        ("RCPT * 530 5.7.0 Authentication required", "menunggu", Some("gateway_menolak")),
        ("RCPT * 503 5.5.1 Bad sequence", "menunggu", Some("gateway_menolak")),
        ("MAIL * 550 5.1.8 Sender unknown", "menunggu", Some("gateway_menolak")),
        ("MAIL * 553 5.7.1 Sender not owned by user", "menunggu", Some("gateway_menolak")),
        ("RCPT * 451 4.7.1 Greylisted, come back later", "menunggu", Some("gateway_sibuk")),
        ("RCPT * 452 4.2.2 Mailbox full", "menunggu", Some("gateway_sibuk")),
        ("MAIL * 421 4.3.2 Shutting down", "menunggu", Some("gateway_sibuk")),
        ("DATA * 451 4.3.0 Scanner away", "menunggu", Some("gateway_sibuk")),
        ("DATA * 354 Go on", "menunggu", Some("jawaban_aneh")),
        ("RCPT * what is this", "menunggu", Some("jawaban_aneh")),
        ("RCPT nobody@contoh.example 550 5.1.1 No such user", "terkirim", None),
    ]
    .into_iter()
    .enumerate()
    {
        let to = format!("warga{n}@contoh.example");
        let case = case_with_mailbox(&app, &to).await;
        server.reply(&format!("{reply}\n"));
        app.owe_mail(&case, &to, "pesan").await;
        owe(&app, &case, &format!("0812-0000-{n:04}"), "DUKCAPIL DKI: pesan").await;
        work(&app, &outlet).await;
        work(&app, &Outlet::Log).await;
        let (is, why, pause) = came_to(&app).await;
        assert_eq!((is.as_str(), why.as_deref()), (state, cause), "{reply}");
        assert!(state != "menunggu" || (24..=36).contains(&pause), "{reply}: {pause}");
        app.clock().advance(Duration::milliseconds(1));
    }
    assert_eq!(app.count("select count(*) from messages where channel = 'sms' and state = 'terkirim'").await, 17, "every SMS");
    let mut officer = app.petugas().await;
    let page = officer.get("/admin/pesan").await;
    assert!(page.text("main").contains("Gagal: ditolak server email 5"), "{}", page.text("main"));
    assert!(
        page.text("main").contains("Tidak ada. Semua pesan sampai atau masih dicoba."),
        "an e-mail is no reason to telephone"
    );
    // The server is well again: what waited goes out.
    server.reply("");
    app.clock().advance(Duration::minutes(1));
    work(&app, &outlet).await;
    assert_eq!(app.count("select count(*) from messages where channel = 'email' and state = 'terkirim'").await, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_is_not_sent_again_by_hand_and_given_up_after_four_hours() {
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    server.reply("RCPT * 451 4.7.1 Come back later\n");
    let case = case_with_mailbox(&app, OWN).await;
    app.owe_mail(&case, OWN, "pesan").await;
    let (outlet, begun) = (mail(&server.url()), app.clock().now());
    while app.count("select count(*) from messages where state = 'menunggu'").await > 0 {
        work(&app, &outlet).await;
        app.clock().advance(Duration::seconds(30));
        assert!(app.clock().now() - begun < Duration::hours(6), "never given up");
    }
    assert_eq!(server.named().len(), 11);
    let mut officer = app.petugas().await;
    let address = format!("/petugas/permohonan/{}", case.id);
    let page = officer.get(&address).await;
    let told = "Email “diterima”";
    assert!(
        page.text("details").contains(told) && page.text("details").contains("(server email sibuk)"),
        "{}",
        page.text("details")
    );
    assert!(page.attributes("details form", "action").is_empty(), "nothing to press");
    let id: uuid::Uuid = sqlx::query_scalar("select id from messages").fetch_one(&mut app.owner().await).await.unwrap();
    for (deed, status) in [("kirim-ulang", 409), ("ditelepon", 303)] {
        assert_eq!(officer.post(&format!("{address}/pesan/{id}/{deed}"), &[]).await.status, status, "{deed}");
    }
    assert_eq!(app.mail_states().await, [("gagal".to_owned(), Some("gateway_sibuk".to_owned()), 1)]);
    assert_eq!(app.count("select count(*) from events where deed in ('kirim_ulang', 'telepon')").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_again_under_the_same_name() {
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    server.reply("DATA * 250 and away\n");
    let case = case_with_mailbox(&app, OWN).await;
    app.owe_mail(&case, OWN, "pesan").await;
    let outlet = mail(&server.url());
    work(&app, &outlet).await;
    server.reply("");
    app.clock().advance(Duration::minutes(1));
    work(&app, &outlet).await;
    let arrived = server.arrived();
    assert_eq!(arrived.len(), 2);
    assert_eq!(arrived[0].field("Message-ID"), arrived[1].field("Message-ID"));
    let id: uuid::Uuid = sqlx::query_scalar("select id from messages").fetch_one(&mut app.owner().await).await.unwrap();
    assert_eq!(arrived[0].field("Message-ID"), format!("<{id}@alpukat.example>"));
    assert_eq!(app.mail_states().await, [("terkirim".to_owned(), None, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_no_verdict_on_an_email() {
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    let case = case_with_mailbox(&app, OWN).await;
    app.owe_mail(&case, OWN, "pesan").await;
    work(&app, &mail(&server.url().replace("rahasia", "salah"))).await;
    assert_eq!(app.mail_states().await, [("menunggu".to_owned(), Some("gateway_menolak".to_owned()), 1)]);
    app.clock().advance(Duration::minutes(1));
    work(&app, &mail(&server.url())).await;
    assert_eq!(server.arrived().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_tls_it_goes_to_a_server_with_a_trusted_certificate_alone() {
    for manner in ["tls", "starttls"] {
        let (app, server) = (App::with_mail().await, MailServer::start_with(manner).await);
        let case = case_with_mailbox(&app, OWN).await;
        app.owe_mail(&case, OWN, "pesan").await;
        work(&app, &mail(&server.url())).await;
        assert_eq!(app.mail_states().await, [("menunggu".to_owned(), Some("tidak_terhubung".to_owned()), 1)], "{manner}");
        // Another host's name than the certificate's.
        let trusted = format!("{}&ca={}", server.url(), server.authority().display());
        app.clock().advance(Duration::minutes(1));
        work(&app, &mail(&trusted.replace("@localhost:", "@127.0.0.1:"))).await;
        assert!(server.arrived().is_empty() && server.named().is_empty(), "{manner}");
        app.clock().advance(Duration::minutes(2));
        work(&app, &mail(&trusted)).await;
        let arrived = server.arrived();
        assert_eq!(arrived.len(), 1, "{manner}: {:?}", app.mail_states().await);
        assert!(arrived[0].field("X-Envelope").ends_with("user=portal tls=True"), "{}", arrived[0].head);
    }
    // A server that has no STARTTLS gets nothing, not even the password.
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    let case = case_with_mailbox(&app, OWN).await;
    app.owe_mail(&case, OWN, "pesan").await;
    work(&app, &mail(&format!("{}&tls=required", server.url()))).await;
    assert_eq!(app.mail_states().await, [("menunggu".to_owned(), Some("gateway_menolak".to_owned()), 1)]);
    assert!(server.named().is_empty());
}

/// One thread, so that the log of every task is heard.
#[tokio::test]
async fn the_log_names_no_address_whatever_the_server_says() {
    let _listening = listening();
    let log = Log::default();
    let _heard = tracing::dispatcher::set_default(&log.listener(Level::TRACE));
    let (app, server) = (App::with_mail().await, MailServer::start().await);
    let (stop, worker) = start_worker(&app, vec![mail(&server.url())]);
    let case = case_with_mailbox(&app, OWN).await;
    for (n, (stage, reply)) in [("RCPT", "550 5.1.1"), ("RCPT", "451 4.7.1"), ("MAIL", "553 5.1.8")].into_iter().enumerate() {
        server.reply(&format!("{stage} * {reply} <{OWN}>: pesan yang rahasia\n"));
        app.owe_mail(&case, OWN, "pesan yang rahasia").await;
        let begun = Instant::now();
        let tried = i64::try_from(n + 1).unwrap();
        while app.count("select coalesce(sum(tries), 0)::bigint from messages where leased_until is null").await < tried {
            assert!(begun.elapsed() < Wait::from_secs(10), "{:?}", app.mail_states().await);
            sleep(Wait::from_millis(20)).await;
            app.clock().advance(Duration::seconds(1));
        }
    }
    let begun = Instant::now();
    while log.lines_with("the mail server takes no messages; they wait and are tried again").is_empty() {
        assert!(begun.elapsed() < Wait::from_secs(10), "it is not spoken of");
        sleep(Wait::from_millis(20)).await;
    }
    drop(stop);
    worker.await.unwrap();
    for secret in ["sari", "Sari", "contoh.example", "rahasia"] {
        assert_eq!(log.lines_with(secret), Vec::<String>::new(), "{secret}");
    }
}
