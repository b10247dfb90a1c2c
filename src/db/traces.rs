//! What officers did about a case that is no step of it, for its history.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult};
use crate::domain::{
    ids::{ApplicationId, OfficerId},
    message::MessageKind,
};

/// What an officer did about a message, beside its way by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageDeed {
    /// Had it sent again.
    SentAgain,
    /// Telephoned in its place.
    Telephoned,
}

/// Such a deed in a case's history.
#[derive(Clone, Copy, Debug)]
pub struct Trace {
    /// What was done.
    pub deed: MessageDeed,
    /// What the message was about, unless it was done before that was written down.
    pub kind: Option<MessageKind>,
    /// When.
    pub at: OffsetDateTime,
    /// By whom.
    pub officer: OfficerId,
}

/// What officers did about a case's messages, oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn of_messages(conn: &mut Conn, application: ApplicationId) -> DbResult<Vec<Trace>> {
    let rows = sqlx::query!(
        r#"select deed, reason, at, officer_id as "officer!: Uuid" from events
           where application_id = $1 and deed in ('kirim_ulang', 'telepon') and officer_id is not null order by id"#,
        application.uuid(),
    );
    let impossible = || DbError::Impossible("a deed about a message");
    let mut traces = Vec::new();
    for row in rows.fetch_all(conn.pg()).await? {
        let kind = row.reason.map(|code| MessageKind::parse(&code).ok_or_else(impossible)).transpose()?;
        let deed = if row.deed == "telepon" { MessageDeed::Telephoned } else { MessageDeed::SentAgain };
        traces.push(Trace { deed, kind, at: row.at, officer: row.officer.into() });
    }
    Ok(traces)
}
