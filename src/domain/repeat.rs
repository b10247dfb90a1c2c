//! Which message of a case may be sent again: the newest SMS, while it tells how the case stands.

use time::{Duration, OffsetDateTime};

use super::{
    calendar::day_of,
    ids::MessageId,
    message::{Channel, Message, MessageKind, MessageState},
    status::Status,
};

/// What the phone or the network has is not sent again before this: it may be on its way.
pub const NOT_BEFORE: Duration = Duration::minutes(15);

/// Whether a message may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It may.
    Now,
    /// It waits to be sent anyway.
    Waits,
    /// It was sent a moment ago; from then on.
    From(OffsetDateTime),
    /// It does not tell how the case stands any more.
    Outdated,
}

/// Judges one message among all of a case, which are in the order in which they were written. One is outdated by a newer SMS, by
/// any step of the case after it (`since` is the last one), and one that says "tomorrow" by its day's end.
#[must_use]
pub fn repeat(id: MessageId, all: &[Message], status: Status, since: OffsetDateTime, now: OffsetDateTime) -> Repeat {
    let is_of_today = |message: &Message| day_of(message.created_at) == day_of(now);
    let says_tomorrow = |message: &Message| message.kind == MessageKind::Pengingat && status == Status::SiapDiambil;
    let is_true = |message: &&Message| {
        let is_sms = message.content.channel() == Channel::Sms;
        is_sms && message.created_at >= since && (!says_tomorrow(message) || is_of_today(message))
    };
    let Some(message) = all.iter().rev().find(is_true).filter(|message| message.id == id) else { return Repeat::Outdated };
    match message.state {
        MessageState::Menunggu => Repeat::Waits,
        MessageState::Gagal | MessageState::Ditelepon => Repeat::Now,
        MessageState::Terkirim | MessageState::Sampai => {
            let again_at = message.sent_at.unwrap_or(message.created_at) + NOT_BEFORE;
            if again_at <= now { Repeat::Now } else { Repeat::From(again_at) }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::{
        message::{Content, Mail, Sms},
        person::Email,
        phone::Phone,
    };

    const NINE: OffsetDateTime = datetime!(2026-11-20 09:00 +7);

    fn message(kind: MessageKind, state: MessageState, at: OffsetDateTime) -> Message {
        let sms = Sms { phone: Phone::parse("0812-0000-1234").unwrap(), text: String::new() };
        Message {
            id: MessageId::random(),
            kind,
            content: Content::Sms(sms),
            state,
            tries: 1,
            cause: None,
            created_at: at,
            sent_at: Some(at),
        }
    }

    /// What each of these may do, of a case that has its status since then.
    fn all(messages: &[Message], status: Status, since: OffsetDateTime, now: OffsetDateTime) -> Vec<Repeat> {
        messages.iter().map(|message| repeat(message.id, messages, status, since, now)).collect()
    }

    #[test]
    fn only_the_newest_is_sent_again_and_not_at_once() {
        let (later, end) = (NINE + Duration::hours(1), NINE + Duration::hours(2));
        let first = message(MessageKind::MenungguBlangko, MessageState::Gagal, NINE);
        let newest = |state| vec![first.clone(), message(MessageKind::SiapDiambil, state, later)];
        for (state, at_once, afterwards) in [
            (MessageState::Menunggu, Repeat::Waits, Repeat::Waits),
            (MessageState::Gagal, Repeat::Now, Repeat::Now),
            (MessageState::Ditelepon, Repeat::Now, Repeat::Now),
            (MessageState::Terkirim, Repeat::From(later + NOT_BEFORE), Repeat::Now),
            (MessageState::Sampai, Repeat::From(later + NOT_BEFORE), Repeat::Now),
        ] {
            let messages = newest(state);
            assert_eq!(all(&messages, Status::SiapDiambil, later, later), [Repeat::Outdated, at_once], "{state:?}");
            assert_eq!(all(&messages, Status::SiapDiambil, later, end), [Repeat::Outdated, afterwards], "{state:?}");
        }
    }

    #[test]
    fn a_step_that_nobody_is_told_of_outdates_too() {
        let waiting = [message(MessageKind::MenungguBlangko, MessageState::Gagal, NINE)];
        assert_eq!(all(&waiting, Status::MenungguBlangko, NINE, NINE), [Repeat::Now]);
        assert_eq!(all(&waiting, Status::Dicetak, NINE + Duration::hours(1), NINE + Duration::hours(1)), [Repeat::Outdated]);
    }

    #[test]
    fn tomorrow_is_said_today_alone_and_an_email_outdates_no_sms() {
        let evening = datetime!(2026-11-24 17:00 +7);
        let mut mail = message(MessageKind::Pengingat, MessageState::Gagal, evening);
        let to = Email::parse("umpama@contoh.id").unwrap();
        mail.content = Content::Mail(Mail { to, subject: String::new(), text: String::new() });
        let messages = [
            message(MessageKind::SiapDiambil, MessageState::Gagal, NINE),
            message(MessageKind::Pengingat, MessageState::Gagal, evening),
            mail,
        ];
        let (today, day_after) = (evening + Duration::hours(1), evening + Duration::hours(15));
        assert_eq!(all(&messages, Status::SiapDiambil, NINE, today), [Repeat::Outdated, Repeat::Now, Repeat::Outdated]);
        assert_eq!(all(&messages, Status::SiapDiambil, NINE, day_after), [Repeat::Now, Repeat::Outdated, Repeat::Outdated]);
        // "It still lies there" is as true tomorrow.
        assert_eq!(all(&messages, Status::TidakDiambil, NINE, day_after)[1], Repeat::Now);
    }
}
