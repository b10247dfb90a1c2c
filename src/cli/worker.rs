//! `alpukat worker`.

use anyhow::Context;

use super::{
    house::{House, data_dir},
    serve::stop_signal,
};
use crate::{
    adapters::{mail_server::MailServer, sms_gateway::SmsGateway},
    config::Config,
    web::paths,
    worker::{
        self,
        messages::{Outlet, ReportAddress},
    },
};

/// Works until SIGINT or SIGTERM. Messages in hand are finished first, for up to twelve seconds.
pub async fn work(config: Config) -> anyhow::Result<()> {
    let mut stop = Box::pin(stop_signal()?);
    let folder = data_dir(&config)?;
    let open = async {
        let house = House::open(config, folder).await?;
        let ready = house.demand_readiness().await;
        Ok::<_, anyhow::Error>((house, ready))
    };
    // A database that says nothing holds up no stop.
    let (house, ready) = tokio::select! {
        opened = open => opened?,
        () = &mut stop => return Ok(()),
    };
    let outcome = async {
        ready?;
        let outlets = outlets(&house.config)?;
        tracing::info!(to = ?outlets, "working");
        Box::pin(worker::run(house.db.clone(), house.config.clock.clone(), outlets, stop)).await;
        Ok(())
    }
    .await;
    house.close().await?;
    outcome
}

/// Where messages go. An SMS: to the gateway that is set; without one, in development, to the log; otherwise nowhere, and it
/// waits. An e-mail: to the mail server that is set; without one none is written.
pub fn outlets(config: &Config) -> anyhow::Result<Vec<Outlet>> {
    let mut outlets = Vec::new();
    if let Some(address) = &config.sms {
        let report = ReportAddress { template: format!("{}{}", config.public_url, paths::SMS_REPORT) };
        outlets.push(Outlet::Gateway(SmsGateway::new(address.0.clone())?, report));
    } else if config.is_development() {
        outlets.push(Outlet::Log);
    }
    if let Some(address) = &config.smtp {
        outlets.push(Outlet::Mail(MailServer::new(address.clone()).context("ALPUKAT_SMTP_URL")?));
    }
    Ok(outlets)
}
