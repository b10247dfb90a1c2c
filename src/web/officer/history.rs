//! The history of a case: its steps, and what officers did about its messages, in the order in which it happened.

use time::OffsetDateTime;

use crate::{
    actions::viewing::SeenCase,
    db::traces::{MessageDeed, Trace},
    domain::{event::HistoryEntry, ids::OfficerId},
    render::{case_words, desk_words, status},
};

/// One line of it.
pub struct HistoryLine {
    /// What happened.
    pub label: String,
    /// When.
    pub at: OffsetDateTime,
    /// By whom.
    pub who: String,
    /// Why.
    pub why: Vec<String>,
}

impl HistoryLine {
    /// All lines, oldest first.
    pub fn all(seen: &SeenCase) -> Vec<Self> {
        let steps = seen.application.history.iter().map(|entry| Self::of_step(seen, entry));
        let mut lines: Vec<Self> = steps.chain(seen.traces.iter().map(|trace| Self::of_trace(seen, trace))).collect();
        lines.sort_by_key(|line| line.at);
        lines
    }

    fn of_step(seen: &SeenCase, entry: &HistoryEntry) -> Self {
        let officer = entry.officer.and_then(|id| name(seen, id));
        Self {
            label: status::happened(entry).to_owned(),
            at: entry.at,
            who: officer.unwrap_or_else(|| desk_words::actor(entry.by).to_owned()),
            why: seen.reasons.get(&entry.fact).map(desk_words::because).unwrap_or_default(),
        }
    }

    fn of_trace(seen: &SeenCase, trace: &Trace) -> Self {
        let label = match trace.deed {
            MessageDeed::SentAgain => case_words::sent_again(trace.kind),
            MessageDeed::Telephoned => case_words::telephoned(trace.kind),
        };
        Self { label, at: trace.at, who: name(seen, trace.officer).unwrap_or_default(), why: Vec::new() }
    }
}

fn name(seen: &SeenCase, officer: OfficerId) -> Option<String> {
    seen.names.get(&officer).map(|name| name.as_str().to_owned())
}
