//! The SMS gateway: Kannel's `sendsms` interface, which Jasmin and playSMS speak too.
//! See Kannel's user guide, "Using the HTTP interface to smsbox" (status codes) and "Delivery reports".

use std::time::Duration;

use reqwest::{Client, Response, StatusCode, Url, header::RETRY_AFTER};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use super::answer::Answer;
use crate::domain::{
    ids::MessageId,
    message::{Cause, Sms},
};

/// How long the gateway may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Every report that Kannel knows: delivered 1, not delivered 2, waits at the network 4, taken by the network 8, refused by it 16.
const REPORTS: &str = "31";

/// How much of an answer is read.
const ANSWER: usize = 4 * 1024;

/// The longest pause that a gateway may ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// A gateway.
#[derive(Clone)]
pub struct SmsGateway {
    client: Client,
    /// With user and password in it, so it is never printed.
    address: Url,
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

    /// Hands a message over. `report` is where the gateway tells how it went on, with `%d` for the kind of report; `now` is
    /// the program's time, against which a moment that the gateway names is held.
    pub async fn send(&self, id: MessageId, sms: &Sms, report: &str, now: OffsetDateTime) -> Answer {
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
            Ok(answer) => read(answer, now).await,
            Err(error) if error.is_timeout() => Answer::later(Cause::TanpaJawaban, None),
            Err(_) => Answer::later(Cause::TidakTerhubung, None),
        }
    }
}

async fn read(mut answer: Response, now: OffsetDateTime) -> Answer {
    let status = answer.status();
    let pause = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map_or(Duration::ZERO, |value| {
        let pause = value.trim().parse().map(Duration::from_secs).ok();
        pause.or_else(|| Duration::try_from(OffsetDateTime::parse(value, &Rfc2822).ok()? - now).ok()).unwrap_or_default()
    });
    let mut body = Vec::new();
    if status.is_success() {
        // Without the whole answer it is not known what it says.
        loop {
            match answer.chunk().await {
                Ok(Some(piece)) if body.len() <= ANSWER => body.extend_from_slice(&piece),
                Ok(_) => break,
                Err(error) if error.is_timeout() => return Answer::later(Cause::TanpaJawaban, Some(status.as_u16())),
                Err(_) => return Answer::later(Cause::TidakTerhubung, Some(status.as_u16())),
            }
        }
    }
    // What is longer, or no UTF-8, is no answer that we know.
    let words = String::from_utf8(body).ok().filter(|words| words.len() <= ANSWER).unwrap_or_default();
    match told(status, &words) {
        Answer::Later { cause, status, .. } => Answer::Later { cause, status, pause: pause.min(LONGEST_PAUSE) },
        other => other,
    }
}

/// What status and words say. Only 400 is about the message; every other refusal is about us, and passes when somebody mends
/// it.
fn told(status: StatusCode, words: &str) -> Answer {
    match status.as_u16() {
        200..300 if says_taken(words) => Answer::Accepted,
        200..300 => Answer::later(Cause::JawabanAneh, Some(status.as_u16())),
        400 => Answer::Refused(Cause::DitolakGateway),
        408 | 425 | 429 | 500.. => Answer::later(Cause::GatewaySibuk, Some(status.as_u16())),
        _ => Answer::later(Cause::GatewayMenolak, Some(status.as_u16())),
    }
}

/// Whether the words of a good status say that the message was taken. Kannel: `0: Accepted for delivery`, `3: Queued for later
/// delivery`; Jasmin: `Success "id"`, but `Error "…"` and `Success "[Failure …` with status 200 too; playSMS: JSON with `status`
/// `OK` or `ERR`; others: the number of the message alone. What is none of these is no yes: a page in HTML is some other server's,
/// and silence is no answer.
fn says_taken(words: &str) -> bool {
    let words = words.trim().trim_start_matches('\u{feff}').to_lowercase();
    match serde_json::from_str(&words) {
        Ok(Value::String(inner)) => words_say_taken(&inner),
        Ok(Value::Number(number)) => number.is_u64(),
        Ok(json) => verdict(&json) == Some(true),
        Err(_) => words_say_taken(&words),
    }
}

fn words_say_taken(words: &str) -> bool {
    if let Some((code, _)) = words.split_once(':')
        && let Ok(code) = code.trim().parse::<i64>()
    {
        return matches!(code, 0 | 3);
    }
    let first = words.split(|sign: char| !sign.is_alphanumeric()).next().unwrap_or_default();
    let is_yes = matches!(first, "success" | "ok" | "accepted" | "queued" | "sent" | "submitted") && !words.contains("fail");
    let is_id = words.len() <= 64
        && words.bytes().any(|byte| byte.is_ascii_digit())
        && words.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && !words.starts_with('-');
    is_yes || is_id
}

/// What JSON says: nothing where it holds neither a status nor an error; where it holds several, all have to be good.
fn verdict(json: &Value) -> Option<bool> {
    let all = |verdicts: &mut dyn Iterator<Item = Option<bool>>| verdicts.flatten().reduce(|all, one| all && one);
    match json {
        Value::Object(fields) => all(&mut fields.iter().map(|(name, value)| match (name.as_str(), value) {
            (_, Value::Object(_) | Value::Array(_)) => verdict(value),
            ("status" | "success" | "result", status) => Some(is_good(status)),
            ("error" | "errors" | "error_string", error) => (!is_no_error(error)).then_some(false),
            ("data", Value::String(words)) => Some(words_say_taken(words)),
            _ => None,
        })),
        Value::Array(parts) => all(&mut parts.iter().map(verdict)),
        _ => None,
    }
}

fn is_good(status: &Value) -> bool {
    match status {
        Value::String(word) => matches!(word.as_str(), "ok" | "success" | "accepted" | "queued" | "sent" | "submitted" | "0"),
        Value::Bool(good) => *good,
        Value::Number(number) => matches!(number.as_u64(), Some(0 | 200..300)),
        _ => false,
    }
}

fn is_no_error(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => true,
        Value::String(word) => matches!(word.as_str(), "" | "0"),
        Value::Number(number) => number.as_u64() == Some(0),
        _ => false,
    }
}

impl std::fmt::Debug for SmsGateway {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SmsGateway(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(number: u16, words: &str) -> Answer {
        told(StatusCode::from_u16(number).unwrap(), words)
    }

    #[test]
    fn a_message_is_taken_only_where_the_gateway_says_so() {
        let taken = [
            "0: Accepted for delivery",
            "3: Queued for later delivery",
            "Success \"f8e4d3f0-7f2c-4a0b-9b55-0f1c2d3e4f50\"",
            "{\"data\":[{\"status\":\"OK\",\"error\":\"0\",\"smslog_id\":\"x\"}],\"error_string\":null}",
            "{\"status\": \"ok\"}",
            "OK 1234",
            "{\"data\": \"Success \\\"f8e4d3f0\\\"\"}",
            "{\"success\":true,\"errors\":[],\"id\":\"x\"}",
            "Sent.",
            "1234567",
        ];
        for words in taken {
            assert_eq!(status(200, words), Answer::Accepted, "{words}");
        }
        let not = [
            "",
            "  \r\n",
            "Error \"Authentication failure for username:portal\"",
            "Success \"[Failure instance: Traceback\"",
            "{\"status\":\"ERR\",\"error\":\"100\"}",
            "{ \"status\" : \"err\" }",
            "{\"data\":[{\"status\":\"ERR\",\"error\":\"203\"}],\"error_string\":\"no credit\"}",
            "{\"error\":\"no route\"}",
            "[]",
            "null",
            "<!doctype html><title>Login</title>",
            "<html>",
            "ERR 102",
            "4: Not routable. Do not try again.",
            "Failed",
            "-101",
            "{}",
            "{\"success\":false}",
            "{\"code\":401,\"message\":\"unauthorized\"}",
            "{\"message\":\"no credit\"}",
            "{\"status\":\"OK\",\"data\":[{\"status\":\"ERR\"}]}",
            "{\"status\":\"OK\",\"data\":[{\"stat",
            "Insufficient credit",
            "Message not sent",
            "Internal error",
            "Authentication failed",
            "Temporal failure, try again later.",
            "Gagal: saldo habis",
            "Quota exceeded",
            "Login required",
            "Status: failed",
            "{'status':'ERR'}",
            "{\"status\":\"OK\"}{\"status\":\"ERR\"}",
            "{\"code\":401,\"message\":\"bad credentials\"}",
            "{\"status\":{\"groupName\":\"REJECTED\"}}",
            "{\"result\":\"failed\"}",
            "S\0u\0c\0c\0e\0s\0s\0",
            "OK, but delivery failed",
        ];
        for words in not {
            let told = status(200, words);
            assert!(matches!(told, Answer::Later { cause: Cause::JawabanAneh, status: Some(200), .. }), "{words}: {told:?}");
        }
    }

    #[test]
    fn only_400_is_a_verdict_on_a_message() {
        assert_eq!(status(400, ""), Answer::Refused(Cause::DitolakGateway));
        for (number, expected) in [
            (302, Cause::GatewayMenolak),
            (401, Cause::GatewayMenolak),
            (402, Cause::GatewayMenolak),
            (403, Cause::GatewayMenolak),
            (404, Cause::GatewayMenolak),
            (412, Cause::GatewayMenolak),
            (429, Cause::GatewaySibuk),
            (500, Cause::GatewaySibuk),
            (503, Cause::GatewaySibuk),
        ] {
            assert_eq!(status(number, "0: Accepted for delivery"), Answer::later(expected, Some(number)));
        }
    }
}
