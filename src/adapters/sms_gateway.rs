//! The SMS gateway: Kannel's `sendsms` interface, which Jasmin and playSMS speak too.
//! See Kannel's user guide, "Using the HTTP interface to smsbox" (status codes) and "Delivery reports".

use std::time::Duration;

use reqwest::{Client, StatusCode, Url};

use crate::domain::{
    ids::MessageId,
    message::{Cause, Sms},
};

/// How long the gateway may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Every report that Kannel knows: delivered 1, not delivered 2, waits at the network 4, taken by the network 8, refused by it 16.
const REPORTS: &str = "31";

/// A gateway.
#[derive(Clone)]
pub struct SmsGateway {
    client: Client,
    /// With user and password in it, so it is never printed.
    address: Url,
}

/// What the gateway said to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It has it.
    Accepted,
    /// It will never take it.
    Refused(Cause),
    /// It may take it later; or it has it, and its answer was lost.
    Later(Cause),
}

impl SmsGateway {
    /// A gateway at this `sendsms` address with user and password.
    ///
    /// # Errors
    /// When there is no way to speak HTTP on this machine.
    pub fn new(address: Url) -> Result<Self, reqwest::Error> {
        // Whoever was first has set one that does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(PATIENCE).no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, address })
    }

    /// Hands a message over. `report` is where the gateway tells how it went on, with `%d` for the kind of report.
    pub async fn send(&self, id: MessageId, sms: &Sms, report: &str) -> Answer {
        let mut address = self.address.clone();
        address
            .query_pairs_mut()
            .append_pair("to", sms.phone.as_str())
            .append_pair("text", &sms.text)
            .append_pair("charset", "UTF-8")
            .append_pair("coding", "0")
            .append_pair("dlr-mask", REPORTS)
            .append_pair("dlr-url", report)
            // Ours, and the same whenever this message is sent again.
            .append_pair("reference", &id.to_string());
        match self.client.get(address).send().await {
            Ok(answer) => told(answer.status()),
            Err(error) if error.is_timeout() => Answer::Later(Cause::TanpaJawaban),
            Err(_) => Answer::Later(Cause::TidakTerhubung),
        }
    }
}

fn told(status: StatusCode) -> Answer {
    match status.as_u16() {
        200..300 => Answer::Accepted,
        400..500 => Answer::Refused(Cause::DitolakGateway),
        _ => Answer::Later(Cause::GatewaySibuk),
    }
}

impl std::fmt::Debug for SmsGateway {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SmsGateway(…)")
    }
}
