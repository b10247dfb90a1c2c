//! Categories, their papers, and whom they fit.

use alpukat::domain::{
    application::Letter,
    category::{Category, DocumentKind, Misfit},
    resident::Resident,
};
use proptest::prelude::*;
use serde::{Deserialize, de::IntoDeserializer, de::value::Error};
use time::{Date, Duration, macros::date};

use super::lists;

/// Code, label, required and optional documents, as the product names them.
const CATEGORIES: [(&str, &str, &[&str], &[&str]); 4] = [
    ("hilang", "KTP-el hilang", &["surat_kehilangan", "kk"], &[]),
    ("rusak", "KTP-el rusak", &["ktp_rusak"], &["kk"]),
    ("pindah", "Pindah datang / pindah alamat", &["surat_pindah", "kk"], &["ktp_lama"]),
    ("setelah_rekam", "Cetak setelah perekaman", &["kk"], &["bukti_perekaman"]),
];

const DOCUMENTS: [(&str, &str); 6] = [
    ("surat_kehilangan", "Surat keterangan kehilangan"),
    ("kk", "Kartu Keluarga (KK)"),
    ("ktp_rusak", "Foto KTP-el yang rusak"),
    ("surat_pindah", "Surat keterangan pindah"),
    ("ktp_lama", "KTP-el lama"),
    ("bukti_perekaman", "Bukti perekaman"),
];

const A_DAY: Date = date!(2020 - 02 - 20);
const LATER: Date = date!(2021 - 02 - 20);

fn with_cards(issued: Option<Date>, handed_over: Option<Date>) -> Resident {
    let mut resident = lists::resident();
    resident.civil.card_issued_on = issued;
    resident.handed_over_on = handed_over;
    resident
}

fn codes(kinds: &[DocumentKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.code()).collect()
}

#[test]
fn codes_labels_and_papers_are_those_of_the_product() {
    let known: Vec<_> = Category::ALL.iter().map(|category| category.code()).collect();
    assert_eq!(known, CATEGORIES.map(|(code, ..)| code));
    for (code, label, required, optional) in CATEGORIES {
        let category = Category::parse(code).unwrap();
        assert_eq!((category.code(), category.label()), (code, label));
        assert_eq!(codes(category.required()), required, "{code}");
        assert_eq!(codes(category.optional()), optional, "{code}");
        assert_eq!(codes(&category.documents().collect::<Vec<_>>()), [required, optional].concat(), "{code}");
        assert_eq!(category.needs_letter(), code == "hilang");
    }
}

#[test]
fn documents_are_those_of_the_product_in_forms_and_in_storage() {
    let known: Vec<_> = DocumentKind::ALL.iter().map(|kind| (kind.code(), kind.label())).collect();
    assert_eq!(known, DOCUMENTS);
    for kind in DocumentKind::ALL {
        assert_eq!(DocumentKind::parse(kind.code()), Some(*kind));
        let stored: Result<DocumentKind, Error> = DocumentKind::deserialize(kind.code().into_deserializer());
        assert_eq!(stored, Ok(*kind));
    }
}

#[test]
fn unknown_codes_are_nothing() {
    for code in ["", "Hilang", "hilang ", "HILANG", "ktp"] {
        assert_eq!((Category::parse(code), DocumentKind::parse(code)), (None, None));
    }
}

#[test]
fn who_was_never_given_a_card_can_neither_lose_nor_break_one() {
    let never = with_cards(None, None);
    assert_eq!(never.hindrance(date!(2026 - 11 - 22)), None, "recorded, so that there is something to print");
    assert_eq!(Category::Hilang.misfit(&never), Some(Misfit::NeverIssued));
    assert_eq!(Category::Rusak.misfit(&never), Some(Misfit::NeverIssued));
    assert_eq!(Category::Pindah.misfit(&never), None);
    assert_eq!(Category::SetelahRekam.misfit(&never), None);
}

#[test]
fn who_was_given_a_card_does_not_get_the_first_one_again() {
    // Also a card handed over here counts, from that day.
    for (issued, handed_over, last) in [(Some(A_DAY), None, A_DAY), (None, Some(A_DAY), A_DAY), (Some(A_DAY), Some(LATER), LATER)]
    {
        let resident = with_cards(issued, handed_over);
        assert_eq!(Category::Hilang.misfit(&resident), None);
        assert_eq!(Category::Rusak.misfit(&resident), None);
        assert_eq!(Category::Pindah.misfit(&resident), None);
        assert_eq!(Category::SetelahRekam.misfit(&resident), Some(Misfit::AlreadyIssued(last)));
    }
}

proptest! {
    #[test]
    fn everybody_without_hindrance_fits_at_least_one_category(issued in any::<bool>(), handed_over in any::<bool>()) {
        let resident = with_cards(issued.then_some(A_DAY), handed_over.then_some(LATER));
        prop_assert!(Category::ALL.iter().any(|category| category.misfit(&resident).is_none()));
    }
}

#[test]
fn a_letter_draws_a_warning_after_14_days() {
    let today = date!(2026 - 11 - 22);
    for age in -20..400 {
        let letter = Letter { number: "LP/1".to_owned(), office: "Polsek Gambir".to_owned(), date: today - Duration::days(age) };
        assert_eq!(letter.old(today), (age > 14).then_some(age));
    }
}
