//! `alpukat worker`.

use super::{
    house::{House, data_dir},
    serve::stop_signal,
};
use crate::{
    adapters::sms_gateway::SmsGateway,
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
        let outlet = outlet(&house.config)?;
        tracing::info!(to = ?outlet, "working");
        Box::pin(worker::run(house.db.clone(), house.config.clock.clone(), outlet, stop)).await;
        Ok(())
    }
    .await;
    house.close().await?;
    outcome
}

/// Where messages go: to the gateway that is set; without one, in development, to the log; otherwise nowhere, and they wait.
pub fn outlet(config: &Config) -> anyhow::Result<Option<Outlet>> {
    let Some(address) = &config.sms else { return Ok(config.is_development().then_some(Outlet::Log)) };
    let report = ReportAddress { template: format!("{}{}", config.public_url, paths::SMS_REPORT) };
    Ok(Some(Outlet::Gateway(SmsGateway::new(address.0.clone())?, report)))
}
