//! E-mail addresses of accounts, and what is owed to them.

use alpukat::{
    db::{accounts, messages},
    domain::{
        ids::FactId,
        message::{Content, Mail, MessageKind},
        person::Email,
        resident::CivilRecord,
    },
    vault::{Place, Vault},
};

use super::{app::App, cases::Case};

impl App {
    /// The service as it starts with a mail server.
    pub async fn with_mail() -> Self {
        let app = Self::new().await;
        app.state.db.send_email(true);
        app
    }

    /// Gives the account of this person a proved address, or takes it away.
    pub async fn mailbox(&self, person: &CivilRecord, address: Option<&str>) {
        let email = address.map(|address| Email::parse(address).unwrap());
        let mut tx = self.state.db.begin().await.unwrap();
        let account = accounts::of_nik(&mut tx, &person.nik).await.unwrap().unwrap();
        accounts::change_email(&mut tx, &account, email.as_ref()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Owes an e-mail about a case.
    pub async fn owe_mail(&self, case: &Case, to: &str, text: &str) {
        let mail = Mail { to: Email::parse(to).unwrap(), subject: "Permohonan".to_owned(), text: text.to_owned() };
        let mut tx = self.state.db.begin().await.unwrap();
        let fact = FactId::random();
        messages::owe(&mut tx, Some(case.id), MessageKind::Diajukan, fact, &mail, self.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The e-mails owed so far about cases, oldest first.
    pub async fn mails(&self, case: &Case) -> Vec<Mail> {
        let mut conn = self.state.db.read().await.unwrap();
        let messages = messages::of_application(&mut conn, case.id).await.unwrap();
        let mail = |content| if let Content::Mail(mail) = content { Some(mail) } else { None };
        messages.into_iter().filter_map(|message| mail(message.content)).collect()
    }

    /// The newest code that was mailed to an address.
    pub async fn mailed_code(&self, address: &str) -> String {
        let vault = Vault::new(&[7; 32]);
        let index = vault.email_index(&Email::parse(address).unwrap());
        let newest = "select id, sealed from messages where kind = 'kode' and recipient_index = $1 order by number desc limit 1";
        let found = sqlx::query_as(newest).bind(index.to_vec()).fetch_optional(&mut self.owner().await).await.unwrap();
        let (row, sealed): (uuid::Uuid, Vec<u8>) = found.expect("no code was mailed");
        let mail: Mail = vault.open_value(Place { table: "messages", row }, &sealed).unwrap();
        let (_, rest) = mail.text.split_once("Kode Anda ").unwrap();
        rest[..6].to_owned()
    }

    /// How far the e-mails have come, and how many.
    pub async fn mail_states(&self) -> Vec<(String, Option<String>, i64)> {
        let states = "select state, cause, count(*) from messages where channel = 'email' group by 1, 2 order by 1, 2";
        sqlx::query_as(states).fetch_all(&mut self.owner().await).await.unwrap()
    }
}
