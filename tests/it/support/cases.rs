//! Sent applications in numbers: stored by the program's own functions, without pages and places.

use alpukat::{
    db::{
        accounts::{self, Contact},
        applications::{self, Submission},
        drafts, messages,
        places::{self, HalfHour},
        residents,
    },
    domain::{
        application::{Details, Letter},
        card::{Because, Check, Flaw, Handover},
        category::{Category, DocumentKind},
        event::{By, Explanation, Fault, Witness},
        ids::{ApplicationId, OfficerId},
        limits,
        message::{Content, Sms},
        officer::Scope,
        phone::Phone,
        receipt::{CheckCode, ReceiptNumber},
        region::RegionCode,
        resident::CivilRecord,
        status::{Actor, Status},
    },
    vault::{Place, Vault},
};
use time::{Date, OffsetDateTime};

use super::{
    app::{App, COUNTER, SLOT, cheap_hash},
    browser::Browser,
    people::PASSWORD,
};

/// A case as a test wants it.
#[derive(Clone, Debug)]
pub struct Wish {
    pub person: CivilRecord,
    pub counter: &'static str,
    pub category: Category,
    pub phone: &'static str,
    pub letter: Option<Date>,
    pub starts_at: OffsetDateTime,
    pub at: OffsetDateTime,
}

impl Wish {
    /// A `rusak` case at everybody's counter, sent now.
    pub fn of(app: &App, person: &CivilRecord) -> Self {
        let starts_at = OffsetDateTime::parse(SLOT, &time::format_description::well_known::Rfc3339).unwrap();
        Self {
            person: person.clone(),
            counter: COUNTER,
            category: Category::Rusak,
            phone: "0813-0000-5678",
            letter: None,
            starts_at,
            at: app.clock().now(),
        }
    }
}

/// A sent case.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: ApplicationId,
    pub number: ReceiptNumber,
    pub person: CivilRecord,
}

impl App {
    /// Puts somebody into the registry and sends a case about them.
    pub async fn case(&self, wish: &Wish) -> Case {
        self.know(std::slice::from_ref(&wish.person)).await;
        let mut tx = self.state.db.begin().await.unwrap();
        let resident = residents::by_nik(&mut tx, &wish.person.nik).await.unwrap().unwrap();
        let contact = Contact { phone: Phone::parse("0812-0000-1234").unwrap(), email: None };
        let account = match accounts::credentials(&mut tx, &wish.person.nik).await.unwrap() {
            Some((account, ..)) => account,
            None => accounts::open(&mut tx, resident.id, &contact, &cheap_hash(PASSWORD), wish.at).await.unwrap().unwrap(),
        };
        let id = drafts::begin(&mut tx, account, resident.id, wish.at).await.unwrap();
        drafts::set_category(&mut tx, id, wish.category, wish.at).await.unwrap();
        let counter = RegionCode::parse(wish.counter).unwrap();
        drafts::set_slot(&mut tx, id, &counter, wish.starts_at, wish.at).await.unwrap();
        let letter = wish.letter.map(|date| Letter { number: "STPL/1".to_owned(), office: "Polsek Contoh".to_owned(), date });
        let phone = Some(Phone::parse(wish.phone).unwrap());
        let details = Details { phone, letter, civil: Some(resident.civil.clone()) };
        let number = ReceiptNumber::from_values(rand::random());
        let submission = Submission { number, code: CheckCode::from_bits(rand::random()), details: &details };
        let step = Status::Draf.step(Status::Diajukan, Actor::Warga).unwrap();
        let witness = Witness { by: By::Citizen(account), from: None };
        assert!(applications::submit(&mut tx, id, step, &submission, &witness, wish.at).await.unwrap().is_some());
        tx.commit().await.unwrap();
        Case { id, number, person: wish.person.clone() }
    }

    /// The same with a firm place in its half hour.
    pub async fn booked(&self, wish: &Wish) -> Case {
        let case = self.case(wish).await;
        let counter = RegionCode::parse(wish.counter).unwrap();
        let half_hour = HalfHour { counter: &counter, starts_at: wish.starts_at };
        let mut tx = self.state.db.begin().await.unwrap();
        assert!(places::take(&mut tx, case.id, half_hour, None, wish.at).await.unwrap(), "no place at {}", wish.starts_at);
        tx.commit().await.unwrap();
        case
    }

    /// Brings a case along steps of an officer, or of the clock, past every page.
    pub async fn walk(&self, case: &Case, officer: OfficerId, steps: &[Status]) {
        let now = self.clock().now();
        for to in steps {
            let mut tx = self.state.db.begin().await.unwrap();
            let from = applications::in_scope(&mut tx, &Scope::Everything, case.id, now).await.unwrap().unwrap().status;
            let (step, by) = match from.step(*to, Actor::Petugas) {
                Ok(step) => (step, By::Officer(officer, None)),
                Err(_) => (from.step(*to, Actor::Jam).unwrap(), By::Clock),
            };
            let why = match (from, to) {
                (_, Status::PerluPerbaikan | Status::Ditolak) => Some(Because::Faults(Explanation {
                    faults: vec![(DocumentKind::Kk, Fault::Fotokopi)],
                    words: "Contoh".to_owned(),
                })),
                (Status::Dicetak | Status::SiapDiambil | Status::TidakDiambil, Status::Disetujui) => {
                    Some(Because::Spoilt(Flaw::Bergaris))
                }
                (_, Status::Selesai) => Some(Because::HandedTo(Handover {
                    collector: case.person.name.clone(),
                    instead: None,
                    checks: vec![Check::Identitas],
                })),
                _ => None,
            };
            let witness = Witness { by, from: None };
            // A decision is one that can no longer be taken back.
            let at = if from == Status::Diajukan { now - limits::UNDO } else { now };
            applications::take_step_because(&mut tx, case.id, step, why.as_ref(), &witness, at).await.unwrap().unwrap();
            tx.commit().await.unwrap();
        }
    }

    /// Where a case stands.
    pub async fn status(&self, case: &Case) -> String {
        let status = sqlx::query_scalar("select status from applications where id = $1").bind(case.id.uuid());
        status.fetch_one(&mut self.owner().await).await.unwrap()
    }

    /// What the citizen of a case was told by SMS, oldest first.
    pub async fn told(&self, case: &Case) -> Vec<String> {
        let mut conn = self.state.db.read().await.unwrap();
        let messages = messages::of_application(&mut conn, case.id).await.unwrap();
        let text = |content| if let Content::Sms(sms) = content { Some(sms.text) } else { None };
        messages.into_iter().filter_map(|message| text(message.content)).collect()
    }

    /// The newest code that was sent to a phone.
    pub async fn code(&self, phone: &str) -> String {
        let phone = Phone::parse(phone).unwrap();
        let vault = Vault::new(&[7; 32]);
        let rows: Vec<(uuid::Uuid, Vec<u8>)> = sqlx::query_as(
            "select id, sealed from messages where kind = 'kode' and recipient_index = $1 order by number desc limit 1",
        )
        .bind(vault.phone_index(&phone).to_vec())
        .fetch_all(&mut self.owner().await)
        .await
        .unwrap();
        let (row, sealed) = rows.first().expect("no code was sent");
        let sms: Sms = vault.open_value(Place { table: "messages", row: *row }, sealed).unwrap();
        let (_, rest) = sms.text.split_once("Kode Anda ").unwrap();
        rest[..6].to_owned()
    }

    /// A browser in which whoever sent a case is logged in.
    pub async fn log_in_as(&self, case: &Case) -> Browser {
        self.log_in(&case.person).await
    }
}
