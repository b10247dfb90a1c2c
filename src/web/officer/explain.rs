//! The form of a return or a refusal: documents with a fault each, the officer's own words, and the SMS as it would be sent.

use time::OffsetDateTime;

use crate::{
    actions::decision::Decision,
    domain::{
        application::Application,
        category::{Category, DocumentKind},
        event::{Explanation, Fault},
    },
    render::{desk_words, sms},
    web::{form::Form, paths, unsent::Unsent},
};

/// Which of the two forms is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    Return,
    Refuse,
}

impl Open {
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "kembali" => Some(Self::Return),
            "tolak" => Some(Self::Refuse),
            _ => None,
        }
    }

    /// As it stands in an address.
    pub fn code(self) -> &'static str {
        match self {
            Self::Return => "kembali",
            Self::Refuse => "tolak",
        }
    }

    /// Where its form is sent.
    pub fn route(self) -> &'static str {
        match self {
            Self::Return => paths::RETURN,
            Self::Refuse => paths::REFUSAL,
        }
    }

    /// The form that was typed into, and not stored.
    pub fn of(unsent: &Unsent) -> Option<Self> {
        [Self::Return, Self::Refuse].into_iter().find(|open| unsent.was_for(open.route()))
    }

    /// The decision that an explanation is for.
    pub fn decision(self, why: Explanation) -> Decision {
        match self {
            Self::Return => Decision::Return(why),
            Self::Refuse => Decision::Refuse(why),
        }
    }
}

/// An SMS as it would be sent, and how long it is.
pub struct Preview {
    pub text: String,
    pub parts: usize,
    pub length: usize,
}

impl Preview {
    pub fn of(decision: &Decision, case: &Application, now: OffsetDateTime) -> Option<Self> {
        let text = sms::text(case.receipt_number?, &decision.notice(case, now)?);
        Some(Self { parts: sms::parts(&text), length: text.chars().count(), text })
    }
}

/// What was ticked, with a fault each. Only documents of the case's category can be named.
pub fn explanation(form: &mut Form, case: &Application, open: Open) -> Option<Explanation> {
    let known: Vec<DocumentKind> = case.category.into_iter().flat_map(Category::documents).collect();
    // A reason that was picked names its document as a tick does.
    let is_named =
        |kind: &DocumentKind| form.has("dok", kind.code()) || !form.value(&format!("alasan-{}", kind.code())).is_empty();
    let named: Vec<DocumentKind> = known.into_iter().filter(is_named).collect();
    let fault = |kind: &DocumentKind| Some((*kind, Fault::parse(form.value(&format!("alasan-{}", kind.code())))?));
    let faults: Option<Vec<_>> = named.iter().map(fault).collect();
    let words = form.value("kata").trim().to_owned();
    let faults = faults.filter(|faults| !faults.is_empty());
    if faults.is_none() {
        form.reject("dok", desk_words::REASON_EMPTY);
    }
    if words.chars().count() > Explanation::WORDS {
        form.reject("kata", desk_words::WORDS_LONG);
    }
    if open == Open::Refuse && words.is_empty() {
        form.reject("kata", desk_words::REFUSAL_WORDS_EMPTY);
    }
    faults.filter(|_| form.problems().is_empty()).map(|faults| Explanation { faults, words })
}
