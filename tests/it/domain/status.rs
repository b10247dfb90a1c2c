//! The status machine: the product's table, every step of it and no other.

use alpukat::domain::status::{Actor, Status};

use super::lists;

/// Code and label of every status.
const STATUSES: [(&str, &str); 12] = [
    ("draf", "Draf"),
    ("diajukan", "Menunggu pemeriksaan"),
    ("perlu_perbaikan", "Perlu perbaikan"),
    ("disetujui", "Disetujui, antre cetak"),
    ("menunggu_blangko", "Menunggu blangko"),
    ("dicetak", "Sedang dicetak"),
    ("siap_diambil", "Siap diambil"),
    ("tidak_diambil", "Belum diambil"),
    ("selesai", "Sudah diambil"),
    ("ditolak", "Ditolak"),
    ("dibatalkan", "Dibatalkan"),
    ("kedaluwarsa", "Kedaluwarsa"),
];

/// Who may take an application from where to where. "Officer", "card" and "counter" in the product's
/// table are all `petugas`.
const STEPS: [(&str, &str, &[&str]); 15] = [
    ("draf", "warga", &["diajukan"]),
    ("diajukan", "petugas", &["perlu_perbaikan", "disetujui", "ditolak"]),
    ("diajukan", "warga", &["dibatalkan"]),
    ("perlu_perbaikan", "warga", &["diajukan", "dibatalkan"]),
    ("perlu_perbaikan", "petugas", &["diajukan"]),
    ("ditolak", "petugas", &["diajukan"]),
    ("perlu_perbaikan", "jam", &["kedaluwarsa"]),
    ("disetujui", "petugas", &["dicetak", "menunggu_blangko", "diajukan"]),
    ("disetujui", "warga", &["dibatalkan"]),
    ("menunggu_blangko", "petugas", &["dicetak"]),
    ("menunggu_blangko", "warga", &["dibatalkan"]),
    ("dicetak", "petugas", &["siap_diambil", "disetujui"]),
    ("siap_diambil", "petugas", &["selesai", "disetujui"]),
    ("siap_diambil", "jam", &["tidak_diambil"]),
    ("tidak_diambil", "petugas", &["selesai", "siap_diambil", "disetujui"]),
];

/// The one step that a citizen and the counter may both take.
const WITH_A_NEW_SLOT: (&str, &str, &str) = ("tidak_diambil", "siap_diambil", "warga");

/// Open means `diajukan` to `tidak_diambil`.
const OPEN: std::ops::RangeInclusive<usize> = 1..=7;

fn exists(from: &str, to: &str, by: &str) -> bool {
    (from, to, by) == WITH_A_NEW_SLOT
        || STEPS.iter().any(|(start, actor, ends)| *start == from && *actor == by && ends.contains(&to))
}

fn every_step() -> impl Iterator<Item = (Status, Status, Actor)> {
    let pairs = Status::ALL.iter().flat_map(|from| Status::ALL.iter().map(move |to| (*from, *to)));
    pairs.flat_map(|(from, to)| Actor::ALL.iter().map(move |by| (from, to, *by)))
}

#[test]
fn codes_and_labels_are_those_of_the_product() {
    let known: Vec<_> = Status::ALL.iter().map(|status| (status.code(), status.label())).collect();
    assert_eq!(known, STATUSES);
    assert!(Status::ALL.iter().all(|status| Status::parse(status.code()) == Some(*status)));
    assert_eq!(Actor::ALL.iter().map(|actor| actor.code()).collect::<Vec<_>>(), ["warga", "petugas", "jam"]);
}

#[test]
fn the_steps_are_those_of_the_product_and_no_other() {
    let mut tried = 0;
    for (from, to, by) in every_step() {
        let step = from.step(to, by);
        assert_eq!(step.is_ok(), exists(from.code(), to.code(), by.code()), "{from:?} to {to:?} by {by:?}");
        if let Ok(step) = step {
            assert_eq!((step.from(), step.to(), step.by()), (from, to, by));
        }
        tried += 1;
    }
    assert_eq!(tried, 12 * 12 * 3);
}

#[test]
fn the_database_allows_the_same_steps() {
    let mut allowed = lists::steps_of_the_database();
    let mut existing: Vec<_> = every_step()
        .map(|(from, to, by)| [from.code(), to.code(), by.code()].map(str::to_owned))
        .filter(|[from, to, by]| exists(from, to, by))
        .collect();
    allowed.sort();
    existing.sort();
    assert_eq!(allowed, existing);
}

#[test]
fn what_has_ended_stays_so_and_nothing_becomes_a_draft_again() {
    for (from, to, by) in every_step().filter(|(from, to, by)| from.step(*to, *by).is_ok()) {
        let is_taken_back = (from, to, by) == (Status::Ditolak, Status::Diajukan, Actor::Petugas);
        let has_ended = matches!(from.code(), "selesai" | "ditolak" | "dibatalkan" | "kedaluwarsa");
        assert!(!has_ended || is_taken_back, "{from:?} to {to:?} by {by:?}");
        assert_ne!(to, Status::Draf);
        assert_ne!(from, to);
    }
}

#[test]
fn every_status_can_be_reached_and_every_open_one_can_end() {
    let reachable = |start: Status| {
        let mut seen = vec![start];
        while let Some((_, to, _)) =
            every_step().find(|(from, to, by)| seen.contains(from) && !seen.contains(to) && from.step(*to, *by).is_ok())
        {
            seen.push(to);
        }
        seen
    };
    assert_eq!(reachable(Status::Draf).len(), 12);
    for status in Status::ALL {
        assert!(reachable(*status).iter().any(|end| !end.is_open() && *end != Status::Draf), "{status:?}");
    }
}

#[test]
fn open_means_diajukan_to_tidak_diambil() {
    for (place, status) in Status::ALL.iter().enumerate() {
        assert_eq!(status.is_open(), OPEN.contains(&place), "{status:?}");
    }
}

#[test]
fn cancelling_is_possible_until_printing_begins() {
    let may_cancel: Vec<_> = Status::ALL.iter().filter(|status| status.may_cancel()).map(|status| status.code()).collect();
    assert_eq!(may_cancel, ["diajukan", "perlu_perbaikan", "disetujui", "menunggu_blangko"]);
}

#[test]
fn a_move_is_possible_at_any_time_before_pick_up() {
    assert!(Status::ALL.iter().all(|status| status.may_move() == status.is_open()));
    let printed: Vec<_> = Status::ALL.iter().filter(|status| status.is_printed()).map(|status| status.code()).collect();
    assert_eq!(printed, ["siap_diambil", "tidak_diambil"], "from the next working day on");
}
