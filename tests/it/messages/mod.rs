//! What citizens are told: through a real gateway, in order, once, and seen by people when it does not arrive.

mod again;
mod desk;
mod gateway;
mod mail;
mod mail_refusals;
mod metrics;
mod refusals;
mod reminders;
mod reports;
mod words;
mod workers;

use std::net::SocketAddr;

use alpukat::{
    adapters::sms_gateway::SmsGateway,
    domain::{ids::FactId, message::MessageKind, message::Sms, phone::Phone},
    web::server::{self, Limits},
    worker::messages::{Outlet, ReportAddress, deliver},
};

use crate::support::{app::App, cases::Case};

/// Opens the service on a socket, so that a gateway can report to it.
async fn listen(app: &App) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::run(listener, app.router.clone(), Limits::with_proxies(&[]), std::future::pending()));
    address
}

/// Where a worker sends: to this gateway, which reports to that address.
pub fn outlet(gateway: &str, reports: SocketAddr) -> Outlet {
    let template = format!("http://{reports}/sms/laporan/{{id}}/{{guard}}");
    Outlet::Gateway(SmsGateway::new(gateway.parse().unwrap()).unwrap(), ReportAddress { template })
}

/// Works until nothing is due.
pub async fn work(app: &App, outlet: &Outlet) {
    while deliver(&app.state.db, app.clock(), outlet).await.unwrap() > 0 {}
}

/// Owes a message about a case, to a phone.
pub async fn owe(app: &App, case: &Case, phone: &str, text: &str) {
    let mut tx = app.state.db.begin().await.unwrap();
    let sms = Sms { phone: Phone::parse(phone).unwrap(), text: text.to_owned() };
    let (now, fact) = (app.clock().now(), FactId::random());
    alpukat::db::messages::owe(&mut tx, Some(case.id), MessageKind::Diajukan, fact, &sms, now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn states(app: &App) -> Vec<(String, i64)> {
    sqlx::query_as("select state, count(*) from messages group by state order by state")
        .fetch_all(&mut app.owner().await)
        .await
        .unwrap()
}
