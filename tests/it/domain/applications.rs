//! How far a draft has come: papers, uploads and pages of the citizen's way.

use alpukat::domain::{
    application::{Application, Appointment, Claim, Details, DocumentSummary, Letter},
    category::{Category, DocumentKind},
    ids::{AccountId, ApplicationId, PageId},
    phone::Phone,
    region::{Counter, RegionCode},
    status::Status,
    wizard::{WizardPage, furthest},
};
use proptest::prelude::*;
use time::{
    OffsetDateTime,
    macros::{date, datetime},
};

use super::lists;

const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 +7);

/// A draft with nothing in it but whom it is about.
fn draft() -> Application {
    Application {
        id: ApplicationId::random(),
        account: AccountId::random(),
        status: Status::Draf,
        category: None,
        papers: Vec::new(),
        details: Details::default(),
        resident: lists::resident(),
        kelurahan: "Gambir".to_owned(),
        appointment: None,
        receipt_number: None,
        check_code: None,
        answered_at: NOW,
        submitted_at: None,
        documents: Vec::new(),
        history: Vec::new(),
        leased_until: None,
        set_aside: Vec::new(),
        overtaken_since: None,
    }
}

fn letter() -> Letter {
    Letter { number: "LP/1".to_owned(), office: "Polsek Gambir".to_owned(), date: date!(2026 - 11 - 20) }
}

fn appointment() -> Appointment {
    let counter = Counter {
        code: RegionCode::parse("31.71.01.1001").unwrap(),
        region: "Gambir".to_owned(),
        address: None,
        whatsapp: None,
        places: 3,
    };
    // A hold that ran out is still a wish: "Ya" looks for another seat of the same half hour.
    Appointment { counter, starts_at: datetime!(2026-11-25 09:00 +7), claim: Claim::None }
}

fn a_page(kind: DocumentKind) -> DocumentSummary {
    DocumentSummary { kind, pages: vec![PageId::random()], received_at: NOW }
}

/// A draft that is answered throughout.
fn complete(category: Category) -> Application {
    let mut draft = draft();
    draft.category = Some(category);
    if category == Category::SetelahRekam {
        draft.resident.civil.card_issued_on = None;
    }
    draft.papers = category.required().to_vec();
    draft.details.phone = Some(Phone::parse("081200001234").unwrap());
    draft.details.letter = category.needs_letter().then(letter);
    draft.documents = category.required().iter().map(|kind| a_page(*kind)).collect();
    draft.appointment = Some(appointment());
    draft
}

fn category() -> impl Strategy<Value = Category> {
    prop::sample::select(Category::ALL.to_vec())
}

proptest! {
    #[test]
    fn a_complete_draft_may_be_confirmed_with_or_without_optional_papers(category in category(), optional in any::<bool>()) {
        let mut draft = complete(category);
        if optional {
            draft.documents.extend(category.optional().iter().map(|kind| a_page(*kind)));
        }
        prop_assert_eq!(furthest(&draft), WizardPage::Konfirmasi);
    }

    #[test]
    fn the_furthest_page_is_the_first_that_lacks_an_answer(category in category(), lost in prop::collection::vec(0..6usize, 1..4)) {
        let mut draft = complete(category);
        let mut first_unanswered = WizardPage::Konfirmasi;
        for lost in lost {
            let page = match lost {
                0 => { draft.category = None; WizardPage::Keterangan }
                1 => { draft.papers.pop(); WizardPage::Dokumen }
                2 => { draft.details.phone = None; WizardPage::Dokumen }
                3 if category.needs_letter() => { draft.details.letter = None; WizardPage::Dokumen }
                4 => { draft.documents.pop(); WizardPage::Unggah }
                5 => { draft.appointment = None; WizardPage::Jadwal }
                _ => continue,
            };
            first_unanswered = first_unanswered.min(page);
        }
        prop_assert_eq!(furthest(&draft), first_unanswered);
    }

    #[test]
    fn what_is_missing_is_what_is_required_and_has_no_page(category in category(), stored in prop::sample::subsequence(DocumentKind::ALL.to_vec(), 0..=6)) {
        let mut draft = complete(category);
        draft.documents = stored.iter().map(|kind| a_page(*kind)).collect();
        let expected: Vec<DocumentKind> = category.required().iter().copied().filter(|kind| !stored.contains(kind)).collect();
        prop_assert_eq!(draft.missing(), expected);
    }
}

#[test]
fn a_category_that_no_longer_fits_leads_back_to_the_first_page() {
    let mut draft = complete(Category::SetelahRekam);
    draft.resident.handed_over_on = Some(date!(2026 - 11 - 21));
    assert_eq!(furthest(&draft), WizardPage::Keterangan);
    let mut draft = complete(Category::Rusak);
    draft.resident.civil.card_issued_on = None;
    assert_eq!(furthest(&draft), WizardPage::Keterangan);
}

#[test]
fn a_police_letter_counts_for_a_lost_card_alone() {
    let mut draft = complete(Category::Hilang);
    assert_eq!(draft.letter(), Some(&letter()));
    draft.category = Some(Category::Rusak);
    assert_eq!(draft.letter(), None);
}

#[test]
fn the_pages_are_steps_2_to_6() {
    let pages = [WizardPage::Keterangan, WizardPage::Dokumen, WizardPage::Unggah, WizardPage::Jadwal, WizardPage::Konfirmasi];
    assert!(pages.is_sorted());
    assert_eq!(pages.map(WizardPage::number), [2, 3, 4, 5, 6]);
}

#[test]
fn a_case_shows_the_copy_of_the_registry_once_there_is_one() {
    let mut sent = complete(Category::Rusak);
    assert_eq!(sent.civil(), &sent.resident.civil);
    let copy = sent.resident.civil.clone();
    sent.details.civil = Some(copy.clone());
    sent.resident.civil.address = "Jalan Kenanga".to_owned();
    assert_eq!(sent.civil(), &copy);
}
