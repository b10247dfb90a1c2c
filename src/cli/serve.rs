//! `alpukat serve`.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
    task::JoinHandle,
};

use super::{
    house::{House, data_dir},
    worker::outlets,
};
use crate::{
    adapters::{intake::Intake, lines::Lines, passwords::Passwords, postgres::ServeLock, spool::Spool},
    config::Config,
    db::{DbResult, residents},
    demo,
    domain::calendar::day_of,
    render::dates,
    web::{
        self,
        metrics::Watched,
        server::{self, Limits},
        state::{AppState, Site},
    },
    worker,
};

/// Serves until SIGINT or SIGTERM, finishes requests in flight, and stops the database cleanly.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let mut stop = Box::pin(stop_signal()?);
    let data_dir = data_dir(&config)?;
    let _alone = ServeLock::take(&data_dir)?;
    // Before the database, so that a taken port is told at once.
    let listener = TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    // A database that says nothing holds up no stop.
    let house = tokio::select! {
        house = open(config, data_dir) => house?,
        () = &mut stop => return Ok(()),
    };
    let state = state(&house)?;
    let metrics = metrics(&house).await?;
    announce(&house, &listener)?;
    let (end_worker, ended) = oneshot::channel::<()>();
    let worker = worker::run(house.db.clone(), house.config.clock.clone(), outlets(&house.config)?, async move {
        ended.await.ok();
    });
    let worker = tokio::spawn(worker);
    let keeper = house.is_private().then(|| tokio::spawn(House::keep_alive(house.data_dir.clone(), house.db.clone())));
    let limits = Limits::with_proxies(&house.config.trusted_proxies);
    // Both stop at the same time, each within its grace.
    let stop = async move {
        stop.await;
        drop(end_worker);
    };
    server::run(listener, web::router(state), limits, stop).await;
    worker.await.ok();
    for task in [keeper, metrics].into_iter().flatten() {
        task.abort();
    }
    tracing::info!("stopped; closing the database");
    house.close().await
}

/// The house with a database that can serve, or in production one that may come to.
async fn open(config: Config, data_dir: PathBuf) -> anyhow::Result<House> {
    let house = House::open(config, data_dir).await?;
    match house.readiness().await {
        Ok(()) => {}
        Err(why) if house.config.is_development() || !why.may_pass() => {
            house.close().await?;
            return Err(why.into());
        }
        Err(why) => tracing::warn!("{why}: /siap answers 503 until then"),
    }
    if house.config.is_development() {
        fill_if_empty(&house).await?;
    }
    Ok(house)
}

fn state(house: &House) -> anyhow::Result<AppState> {
    let program = std::env::current_exe().context("cannot find the program's own file")?;
    Ok(AppState {
        db: house.db.clone(),
        clock: house.config.clock.clone(),
        passwords: Passwords::new(),
        spool: Spool::new(house.data_dir.join("spool")).context("cannot make the folder for uploads")?,
        intake: Arc::new(Intake::new(program)),
        lines: Lines::default(),
        site: Site {
            public_url: house.config.public_url.as_str().into(),
            trusted_proxies: house.config.trusted_proxies.clone().into(),
            sends_messages: house.config.sms.is_some() || house.config.is_development(),
        },
    })
}

/// Serves `/metrics` at an address of its own, where one is set.
async fn metrics(house: &House) -> anyhow::Result<Option<JoinHandle<()>>> {
    let Some(address) = house.config.metrics else { return Ok(None) };
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} for /metrics"))?;
    let watched = Watched { db: house.db.clone(), clock: house.config.clock.clone() };
    let served = server::run(listener, web::metrics::router(watched), Limits::with_proxies(&[]), std::future::pending());
    Ok(Some(tokio::spawn(served)))
}

async fn fill_if_empty(house: &House) -> DbResult<()> {
    if !residents::is_empty(&mut house.db.read().await?).await? {
        return Ok(());
    }
    let mut tx = house.db.begin().await?;
    residents::begin_import(&mut tx).await?;
    residents::store(&mut tx, &demo::families(day_of(house.config.clock.now()))).await?;
    tx.commit().await
}

/// Says where the portal is, and in development whom to be there.
fn announce(house: &House, listener: &TcpListener) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    println!(
        "Alpukat is open at {}",
        if house.config.is_development() { format!("http://{address}") } else { house.config.public_url.clone() }
    );
    if house.config.is_development() {
        println!("Register there as one of these made-up people, with any 08… phone number and a password of 8 or more:");
        for person in demo::families(day_of(house.config.clock.now())).iter().filter(|person| demo::is_greeted(person)) {
            let born = dates::typed_date(person.birth_date);
            println!(
                "  {}: NIK {}, Nomor KK {}, born {born}",
                person.name.as_str(),
                person.nik.as_str(),
                person.kk_number.as_str()
            );
        }
        if house.config.sms.is_none() {
            println!("What people are told by SMS, codes too, stands below, in lines with \"sms ke=\".");
        }
        println!("Make an officer for the desk at /petugas with `alpukat create-officer`. Ctrl-C stops it.");
    } else if address.ip().is_loopback() && house.config.trusted_proxies.is_empty() {
        // Then all visitors share one address, and with it the limits of an address.
        tracing::warn!("listening on loopback without ALPUKAT_TRUSTED_PROXIES: every visitor seems to be the proxy");
    }
    Ok(())
}

/// Ready when the program is asked to stop. Listening begins at once, so that no signal is missed.
pub(super) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
