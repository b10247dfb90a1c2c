//! The mail server that takes our e-mail on (SMTP, RFC 5321; TLS by RFC 8314, or by STARTTLS, RFC 3207).
//!
//! The dialogue is led step by step, because the same status means something else at each: what is refused before the recipient
//! is named is about us, and passes when somebody mends it; only then is it about the message.

use std::{fmt, net::IpAddr, path::PathBuf, time::Duration};

use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail as MailFrom, Rcpt},
        extension::ClientId,
        response::{Category, Severity},
    },
};
use percent_encoding::percent_decode_str;
use reqwest::Url;
use time::OffsetDateTime;
use tokio::time::timeout;

use super::answer::Answer;
use crate::domain::{
    ids::MessageId,
    message::{Cause, Mail, SENDER},
    person::Email,
};

/// How long handing over one e-mail may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a certificate in PEM begins (RFC 7468).
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// How long the server may take to say goodbye; by then it has the e-mail.
const GOODBYE: Duration = Duration::from_secs(1);

/// How the connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// Not at all.
    None,
    /// By STARTTLS, or there is no connection.
    StartTls,
    /// From its first byte.
    Tls,
}

/// Where the mail server is, and who sends: `smtps://user:password@host:465?from=name@host`. It holds a password, so it does
/// not print itself.
#[derive(Clone)]
pub struct MailAddress {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<(String, String)>,
    from: Email,
    /// A certificate that is trusted beside those of the web: that of a house's own authority.
    authority: Option<PathBuf>,
}

impl MailAddress {
    /// Reads a setting. `smtps:` is TLS from the first byte, `smtp:` with `tls=required` is STARTTLS, `smtp:` alone neither;
    /// `from` is the sender's address; `ca` names a file with a certificate in PEM.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let (mut from, mut authority, mut requires_tls) = (None, None, false);
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("from", address) => from = Some(Email::parse(address).ok()?),
                ("ca", file) => authority = Some(PathBuf::from(file)),
                ("tls", "required") => requires_tls = true,
                _ => return None,
            }
        }
        let (security, port) = match (url.scheme(), requires_tls) {
            ("smtps", _) => (Security::Tls, 465),
            ("smtp", true) => (Security::StartTls, 587),
            ("smtp", false) => (Security::None, 25),
            _ => return None,
        };
        let decoded = |text| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => Some((decoded(user)?, decoded(password?)?)),
        };
        let host = url.host_str().filter(|host| !host.is_empty())?.trim_matches(['[', ']']).to_owned();
        let is_bare = matches!(url.path(), "" | "/") && url.fragment().is_none();
        let port = url.port().unwrap_or(port);
        is_bare.then_some(Self { host, port, security, credentials, from: from?, authority })
    }

    /// Whether nobody on the way can read along: by TLS, or because there is no way.
    #[must_use]
    pub fn is_private(&self) -> bool {
        let is_here = self.host == "localhost" || self.host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        self.security != Security::None || is_here
    }

    fn tls(&self) -> anyhow::Result<Option<TlsParameters>> {
        if self.security == Security::None {
            return Ok(None);
        }
        let mut tls = TlsParameters::builder(self.host.clone());
        if let Some(file) = &self.authority {
            let pem = std::fs::read(file).map_err(|error| anyhow::anyhow!("cannot read {}: {error}", file.display()))?;
            // A file without any certificate would be read as none.
            let certificate = Certificate::from_pem(&pem).ok().filter(|_| pem.windows(BEGIN.len()).any(|part| part == BEGIN));
            let certificate = certificate.ok_or_else(|| anyhow::anyhow!("{} is no certificate in PEM", file.display()))?;
            tls = tls.add_root_certificate(certificate);
        }
        Ok(Some(tls.build_rustls()?))
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MailAddress(…)")
    }
}

/// A mail server.
#[derive(Clone)]
pub struct MailServer {
    address: MailAddress,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    from: Address,
}

impl MailServer {
    /// The mail server at this address.
    ///
    /// # Errors
    /// When the certificate that the address names cannot be read, or the sender's address is none.
    pub fn new(address: MailAddress) -> anyhow::Result<Self> {
        let tls = address.tls()?;
        let credentials = address.credentials.clone().map(|(user, password)| Credentials::new(user, password));
        let from = address.from.as_str().parse()?;
        Ok(Self { address, tls, credentials, from })
    }

    /// Hands an e-mail over. Its `Message-ID` is made of its own, the same whenever it is sent again; `now` is the program's
    /// time.
    pub async fn send(&self, id: MessageId, mail: &Mail, now: OffsetDateTime) -> Answer {
        // What is no address was sealed before addresses were looked at closely.
        let Some((to, letter)) = self.letter(id, mail, now) else { return Answer::Refused(Cause::DitolakGateway) };
        match timeout(PATIENCE, self.hand_over(to, &letter)).await {
            Ok(Ok(mut line)) => {
                timeout(GOODBYE, line.quit()).await.ok();
                Answer::Accepted
            }
            Ok(Err(answer)) => answer,
            Err(_) => Answer::later(Cause::TanpaJawaban, None),
        }
    }

    fn letter(&self, id: MessageId, mail: &Mail, now: OffsetDateTime) -> Option<(Address, Vec<u8>)> {
        let to: Address = mail.to.as_str().parse().ok()?;
        let letter = Message::builder()
            .from(Mailbox::new(Some(SENDER.to_owned()), self.from.clone()))
            .to(Mailbox::new(None, to.clone()))
            .subject(mail.subject.as_str())
            .date(now.into())
            .message_id(Some(format!("<{id}@{}>", self.from.domain())))
            .header(ContentType::TEXT_PLAIN);
        let mut letter = letter.body(mail.text.clone()).ok()?;
        // RFC 3834: no machine is to answer.
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        letter.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
        Some((to, letter.formatted()))
    }

    /// Gives the line on which the server has said that it has the e-mail.
    async fn hand_over(&self, to: Address, letter: &[u8]) -> Result<AsyncSmtpConnection, Answer> {
        let mut line = self.connect().await.map_err(|error| about_us(&error))?;
        line.command(MailFrom::new(Some(self.from.clone()), vec![])).await.map_err(|error| about_us(&error))?;
        line.command(Rcpt::new(to, vec![])).await.map_err(|error| about_the_message(&error))?;
        line.command(Data).await.map_err(|error| about_the_message(&error))?;
        let answer = line.message(letter).await.map_err(|error| about_the_message(&error))?;
        if answer.code().severity == Severity::PositiveCompletion {
            Ok(line)
        } else {
            Err(Answer::later(Cause::JawabanAneh, None))
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let (server, hello) = ((self.address.host.as_str(), self.address.port), ClientId::Domain(self.from.domain().to_owned()));
        let from_the_start = self.tls.clone().filter(|_| self.address.security == Security::Tls);
        let mut line = AsyncSmtpConnection::connect_tokio1(server, None, &hello, from_the_start, None).await?;
        if let Some(tls) = self.tls.clone().filter(|_| self.address.security == Security::StartTls) {
            line.starttls(tls, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            line.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(line)
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MailServer(…)")
    }
}

/// A refusal of whatever we send, which passes when somebody mends it. The server's words are not repeated: they may name the
/// recipient.
fn about_us(error: &Error) -> Answer {
    let status = error.status().and_then(|code| code.to_string().parse().ok());
    let cause = if error.is_permanent() || error.is_client() {
        Cause::GatewayMenolak
    } else if error.is_transient() {
        Cause::GatewaySibuk
    } else if error.is_response() {
        Cause::JawabanAneh
    } else if error.is_timeout() {
        Cause::TanpaJawaban
    } else {
        Cause::TidakTerhubung
    };
    Answer::later(cause, status)
}

/// A verdict on this message where the status is one of the mail system (5.5.x in RFC 5321's reply codes: 550 no such mailbox,
/// 552 too much, 554 no), but not where the enhanced status says that it is about who may send (RFC 3463: X.7.x).
fn about_the_message(error: &Error) -> Answer {
    let is_of_the_mailbox = error
        .status()
        .is_some_and(|code| code.severity == Severity::PermanentNegativeCompletion && code.category == Category::MailSystem);
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    if is_of_the_mailbox && !words.trim_start().starts_with("5.7.") {
        Answer::Refused(Cause::DitolakGateway)
    } else {
        about_us(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> MailAddress {
        MailAddress::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn an_address_says_how_it_is_secured_and_who_sends() {
        for (text, security, port, is_private) in [
            ("smtps://u:p@mail.example?from=a@b.example", Security::Tls, 465, true),
            ("smtps://u:p@mail.example:1465/?from=a@b.example&tls=required", Security::Tls, 1465, true),
            ("smtp://u:p@mail.example?tls=required&from=a%40b.example", Security::StartTls, 587, true),
            ("smtp://mail.example?from=a@b.example", Security::None, 25, false),
            ("smtp://127.0.0.1:2525?from=a@b.example", Security::None, 2525, true),
            ("smtp://[::1]:2525?from=a@b.example", Security::None, 2525, true),
            ("smtp://localhost?from=a@b.example", Security::None, 25, true),
            ("smtp://localhost.example?from=a@b.example", Security::None, 25, false),
        ] {
            let address = parsed(text);
            assert_eq!((address.security, address.port, address.is_private()), (security, port, is_private), "{text}");
            assert_eq!(address.from.as_str(), "a@b.example");
        }
        let secret = parsed("smtps://portal%40b.example:p%3Aq%2F%C3%A9+@mail.example?from=a@b.example");
        assert_eq!(secret.credentials, Some(("portal@b.example".to_owned(), "p:q/é+".to_owned())));
        assert_eq!(format!("{secret:?} {:?}", MailServer::new(secret.clone()).unwrap()), "MailAddress(…) MailServer(…)");
    }

    #[test]
    fn what_is_no_mail_server_is_refused() {
        for text in [
            "mail.example",
            "http://mail.example?from=a@b.example",
            "smtp://mail.example",
            "smtp://mail.example?from=nobody",
            "smtp://mail.example?from=a@b.example&tls=opportunistic",
            "smtp://mail.example?from=a@b.example&starttls=yes",
            "smtp://user@mail.example?from=a@b.example",
            "smtp://mail.example/inbox?from=a@b.example",
            "smtp://?from=a@b.example",
            "smtp:mail.example?from=a@b.example",
            "smtp://mail.example?from=a@b.example%0D%0ABcc:c@d.example",
        ] {
            assert!(MailAddress::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_authority_that_cannot_be_read_stops_the_start() {
        let missing = MailServer::new(parsed("smtps://mail.example?from=a@b.example&ca=/none/at/all.pem"));
        assert!(missing.unwrap_err().to_string().contains("/none/at/all.pem"));
        let file = tempfile::NamedTempFile::new().unwrap();
        let empty = parsed(&format!("smtps://mail.example?from=a@b.example&ca={}", file.path().display()));
        assert!(MailServer::new(empty).unwrap_err().to_string().contains("no certificate"));
    }
}
