//! Settings from the environment. A wrong or missing one stops the start, with one list of all that is wrong.

use std::{
    env,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use ipnet::IpNet;
use reqwest::Url;
use sqlx::postgres::PgConnectOptions;
use time::{OffsetDateTime, format_description::well_known::Iso8601};

use crate::adapters::{clock::Clock, mail_server::MailAddress};

/// Where the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On a developer's machine: makes its own secrets, migrates by itself, brings made-up people.
    Development,
    /// For real.
    Production,
}

/// Everything that can be set.
#[derive(Debug)]
pub struct Config {
    /// `ALPUKAT_ENV`.
    pub environment: Environment,
    /// `ALPUKAT_LISTEN`.
    pub listen: SocketAddr,
    /// `ALPUKAT_DATA_DIR`.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: the program's connection; nothing for a private PostgreSQL.
    pub database: Option<PgConnectOptions>,
    /// `ALPUKAT_MIGRATION_URL`: the owner's connection.
    pub migration: Option<PgConnectOptions>,
    /// `ALPUKAT_SECRET_KEY`, where set.
    pub secret: Option<[u8; 32]>,
    /// `ALPUKAT_PUBLIC_URL`, without a slash at its end.
    pub public_url: String,
    /// `ALPUKAT_TRUSTED_PROXIES`.
    pub trusted_proxies: Vec<IpNet>,
    /// `ALPUKAT_SMS_URL`: the gateway's `sendsms` address, with user and password in it.
    pub sms: Option<GatewayAddress>,
    /// `ALPUKAT_SMTP_URL`: the mail server, with user and password; without it no e-mail is written.
    pub smtp: Option<MailAddress>,
    /// `ALPUKAT_METRICS_LISTEN`: where `/metrics` answers; nowhere unless it is set.
    pub metrics: Option<SocketAddr>,
    /// `ALPUKAT_CLOCK`.
    pub clock: Clock,
}

/// A gateway's address, which holds a password and so does not print itself.
#[derive(Clone)]
pub struct GatewayAddress(pub Url);

impl std::fmt::Debug for GatewayAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("GatewayAddress(…)")
    }
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// One error that lists everything wrong, a line each.
    pub fn from_env() -> anyhow::Result<Self> {
        Self::read(|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Reads settings from wherever they are.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut wrong = Vec::new();
        let environment = match variable("ALPUKAT_ENV").as_deref() {
            None | Some("development") => Environment::Development,
            Some("production") => Environment::Production,
            Some(_) => {
                wrong.push("ALPUKAT_ENV is neither development nor production".to_owned());
                Environment::Production
            }
        };
        let production = environment == Environment::Production;
        let mut reader = Reader { variable: &variable, wrong };
        let listen = reader.parsed("ALPUKAT_LISTEN", "an address with a port, such as 127.0.0.1:8080", SocketAddr::from_str);
        let listen = listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let database = reader.parsed("DATABASE_URL", "a postgres:// address", connection);
        let migration = reader.parsed("ALPUKAT_MIGRATION_URL", "a postgres:// address", connection);
        let secret = reader.parsed("ALPUKAT_SECRET_KEY", "32 bytes in base64", key);
        let public_url = reader.parsed("ALPUKAT_PUBLIC_URL", "an http:// or https:// address without a path", public_url);
        let proxies = reader.parsed("ALPUKAT_TRUSTED_PROXIES", "addresses or networks, separated by commas", networks);
        let sms = reader.parsed(
            "ALPUKAT_SMS_URL",
            "an http:// or https:// address, such as a Kannel's /cgi-bin/sendsms?username=…&password=…, without user:password@ \
             before the host",
            gateway,
        );
        let smtp = reader.parsed(
            "ALPUKAT_SMTP_URL",
            "smtps://user:password@host?from=name@host, or smtp://… with &tls=required for STARTTLS",
            |text| MailAddress::parse(text).ok_or(()),
        );
        let metrics =
            reader.parsed("ALPUKAT_METRICS_LISTEN", "an address with a port, such as 127.0.0.1:9464", SocketAddr::from_str);
        let clock = reader.parsed("ALPUKAT_CLOCK", "a time such as 2026-12-23T08:00+07:00", moment);
        let own_database = reader.parsed("ALPUKAT_PRIVATE_DATABASE", "yes or no", yes_or_no).unwrap_or(false);
        let mut wrong = reader.wrong;
        if production {
            let has_database = variable("DATABASE_URL").is_some() || own_database;
            let has_secret = variable("ALPUKAT_SECRET_KEY").is_some();
            wrong.extend(wrong_in_production(has_database, has_secret, public_url.as_deref(), smtp.as_ref(), clock.is_some()));
        }
        if !wrong.is_empty() {
            bail!("these settings are wrong:\n  {}", wrong.join("\n  "));
        }
        Ok(Self {
            environment,
            listen,
            data_dir: variable("ALPUKAT_DATA_DIR").unwrap_or_else(|| "var".to_owned()).into(),
            migration: migration.or_else(|| database.clone()),
            database,
            secret,
            public_url: public_url.unwrap_or_else(|| format!("http://{listen}")),
            trusted_proxies: proxies.unwrap_or_default(),
            sms,
            smtp,
            metrics,
            clock: clock.map_or_else(Clock::system, Clock::running_from),
        })
    }

    /// Whether this is a developer's machine.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.environment == Environment::Development
    }

    /// The secret from which every key is derived: the one set, or in development the one in the
    /// data folder, made at the first start.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds something else.
    pub fn secret(&self, data_dir: &Path) -> anyhow::Result<[u8; 32]> {
        if let Some(secret) = self.secret {
            return Ok(secret);
        }
        let file = data_dir.join("secret.key");
        if !file.exists() {
            write_secret(data_dir, &file).with_context(|| format!("cannot keep a secret key in {}", file.display()))?;
        }
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        key(text.trim()).with_context(|| format!("{} does not hold 32 bytes in base64", file.display()))
    }
}

/// What production wants and does not have, or has and does not want.
fn wrong_in_production(
    has_database: bool,
    has_secret: bool,
    public_url: Option<&str>,
    smtp: Option<&MailAddress>,
    has_clock: bool,
) -> Vec<String> {
    let is_https = public_url.is_some_and(|url| url.starts_with("https:"));
    let wrong = [
        (has_database, "DATABASE_URL is missing; for a private PostgreSQL in the data folder, set ALPUKAT_PRIVATE_DATABASE=yes"),
        (has_secret, "ALPUKAT_SECRET_KEY is missing; make one with: openssl rand -base64 32"),
        (
            smtp.is_none_or(MailAddress::is_private),
            "ALPUKAT_SMTP_URL must be smtps://, or have tls=required, unless the mail server is on this machine",
        ),
        (is_https, "ALPUKAT_PUBLIC_URL must be an https:// address in production"),
        (!has_clock, "ALPUKAT_CLOCK is for development only"),
    ];
    wrong.into_iter().filter(|(is_right, _)| !is_right).map(|(_, sentence)| sentence.to_owned()).collect()
}

struct Reader<'a, V> {
    variable: &'a V,
    wrong: Vec<String>,
}

impl<V: Fn(&str) -> Option<String>> Reader<'_, V> {
    fn parsed<T, E>(&mut self, name: &str, expected: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        // The value is not repeated: it may hold a password.
        let parsed = parse(&(self.variable)(name)?);
        if parsed.is_err() {
            self.wrong.push(format!("{name} is not {expected}"));
        }
        parsed.ok()
    }
}

fn key(text: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = BASE64_STANDARD.decode(text)?;
    bytes.try_into().map_err(|_| anyhow::anyhow!("not 32 bytes"))
}

fn connection(text: &str) -> anyhow::Result<PgConnectOptions> {
    let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
    if is_postgres { Ok(PgConnectOptions::from_str(text)?) } else { bail!("another scheme") }
}

fn public_url(text: &str) -> anyhow::Result<String> {
    let url = text.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).context("no scheme")?;
    let plain = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    if plain { Ok(url.to_owned()) } else { bail!("not a bare host") }
}

fn gateway(text: &str) -> anyhow::Result<GatewayAddress> {
    let url = Url::parse(text)?;
    // Before the host they would be sent as a header, which no `sendsms` reads.
    let is_plain = url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain { Ok(GatewayAddress(url)) } else { bail!("no") }
}

fn yes_or_no(text: &str) -> anyhow::Result<bool> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => bail!("neither"),
    }
}

fn networks(text: &str) -> anyhow::Result<Vec<IpNet>> {
    let network = |text: &str| text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(|text| Ok(network(text)?)).collect()
}

fn moment(text: &str) -> anyhow::Result<OffsetDateTime> {
    Ok(OffsetDateTime::parse(text, &Iso8601::DEFAULT)?)
}

/// Written whole under another name first, so that a start cut off leaves no half key.
fn write_secret(data_dir: &Path, file: &Path) -> anyhow::Result<()> {
    use std::io::Write;
    std::fs::create_dir_all(data_dir)?;
    let secret: [u8; 32] = rand::random();
    let mut fresh = tempfile::NamedTempFile::new_in(data_dir)?;
    writeln!(fresh, "{}", BASE64_STANDARD.encode(secret))?;
    fresh.as_file().sync_all()?;
    match fresh.persist_noclobber(file) {
        // Another start was faster; its key stands.
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> anyhow::Result<Config> {
        Config::read(|name| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_set_is_a_developers_machine() {
        let config = read(&[]).unwrap();
        assert!(config.is_development());
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
    }

    #[test]
    fn everything_wrong_is_told_at_once_and_no_value_repeated() {
        let settings = [
            ("ALPUKAT_ENV", "production"),
            ("ALPUKAT_LISTEN", "everywhere"),
            ("DATABASE_URL", "mysql://x:hush@y"),
            ("ALPUKAT_CLOCK", "2026-12-23T08:00+07:00"),
            ("ALPUKAT_SECRET_KEY", "hush"),
            ("ALPUKAT_TRUSTED_PROXIES", "10.0.0.0/99"),
            ("ALPUKAT_SMS_URL", "http://portal:hush@127.0.0.1:13013/cgi-bin/sendsms"),
            ("ALPUKAT_SMTP_URL", "smtp://portal:hush@mail.example"),
            ("ALPUKAT_PRIVATE_DATABASE", "perhaps"),
        ];
        let told = format!("{:#}", read(&settings).unwrap_err());
        for name in [
            "ALPUKAT_LISTEN",
            "DATABASE_URL",
            "ALPUKAT_CLOCK",
            "ALPUKAT_SECRET_KEY",
            "ALPUKAT_TRUSTED_PROXIES",
            "ALPUKAT_PUBLIC_URL",
            "ALPUKAT_SMS_URL",
            "ALPUKAT_SMTP_URL",
            "ALPUKAT_PRIVATE_DATABASE",
        ] {
            assert!(told.contains(name), "{name} is missing in: {told}");
        }
        assert!(!told.contains("hush"), "{told}");
    }

    #[test]
    fn production_makes_no_database_of_its_own_in_silence() {
        let base = [
            ("ALPUKAT_ENV", "production"),
            ("ALPUKAT_PUBLIC_URL", "https://alpukat.example"),
            ("ALPUKAT_SECRET_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="),
        ];
        let told = format!("{:#}", read(&base).unwrap_err());
        assert!(told.contains("DATABASE_URL is missing") && told.contains("ALPUKAT_PRIVATE_DATABASE=yes"), "{told}");
        for more in [("DATABASE_URL", "postgres://alpukat@db.example/alpukat"), ("ALPUKAT_PRIVATE_DATABASE", "yes")] {
            read(&[base.as_slice(), &[more]].concat()).unwrap();
        }
        assert!(read(&[base.as_slice(), &[("ALPUKAT_PRIVATE_DATABASE", "no")]].concat()).is_err());
    }

    #[test]
    fn production_sends_no_email_in_the_clear_over_a_network() {
        let base = [
            ("ALPUKAT_ENV", "production"),
            ("ALPUKAT_PUBLIC_URL", "https://alpukat.example"),
            ("ALPUKAT_SECRET_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="),
            ("ALPUKAT_PRIVATE_DATABASE", "yes"),
        ];
        let with = |url| read(&[base.as_slice(), &[("ALPUKAT_SMTP_URL", url)]].concat());
        let told = format!("{:#}", with("smtp://portal:hush@mail.example?from=a@b.example").unwrap_err());
        assert!(told.contains("ALPUKAT_SMTP_URL must be smtps://") && !told.contains("hush"), "{told}");
        for private in [
            "smtps://portal:hush@mail.example?from=a@b.example",
            "smtp://portal:hush@mail.example?from=a@b.example&tls=required",
            "smtp://127.0.0.1?from=a@b.example",
        ] {
            assert!(!format!("{:?}", with(private).unwrap()).contains("hush"));
        }
        read(&[("ALPUKAT_SMTP_URL", "smtp://mail.example?from=a@b.example")]).unwrap();
    }

    #[test]
    fn a_developers_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let config = read(&[]).unwrap();
        let first = config.secret(folder.path()).unwrap();
        assert_eq!(first, config.secret(folder.path()).unwrap());
    }
}
