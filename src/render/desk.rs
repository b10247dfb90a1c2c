//! Words of the desk: how old a case is, held against the promise.

use time::{Duration, OffsetDateTime};

use super::dates;
use crate::domain::calendar::{self, Holidays, day_of};

/// How old something is, and how that is painted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Age {
    /// `3 jam 2 menit, tepat waktu`.
    pub words: String,
    /// A tone of the stylesheet.
    pub tone: &'static str,
}

/// The age of a case that waits for a decision since it was last sent in.
#[must_use]
pub fn age(since: OffsetDateTime, now: OffsetDateTime, holidays: &Holidays) -> Age {
    let due = calendar::promise(since, holidays);
    let age = elapsed(now - since);
    if since < calendar::late_before(now, holidays) {
        Age { words: format!("{age}, lewat janji"), tone: "stop" }
    } else if day_of(due) == day_of(now) {
        Age { words: format!("{age}, sisa {}", elapsed(due - now)), tone: "act" }
    } else {
        Age { words: format!("{age}, tepat waktu"), tone: "" }
    }
}

/// `9 menit`, `3 jam 2 menit`, `1 hari 3 jam`: the two largest units.
#[must_use]
pub fn elapsed(time: Duration) -> String {
    let minutes = time.whole_minutes().max(0);
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let parts = match (days, hours) {
        (0, 0) => [(minutes, "menit"), (0, "")],
        (0, _) => [(hours, "jam"), (minutes, "menit")],
        _ => [(days, "hari"), (hours, "jam")],
    };
    let words: Vec<String> = parts
        .iter()
        .enumerate()
        .filter(|(place, (count, _))| *place == 0 || *count > 0)
        .map(|(_, (count, unit))| format!("{count} {unit}"))
        .collect();
    words.join(" ")
}

/// `Kam, 19/11 10.48`, for dense tables.
#[must_use]
pub fn stamp(moment: impl super::Given<OffsetDateTime>) -> String {
    let moment = moment.given();
    format!("{} {}", dates::dense_day(moment), dates::hour(moment))
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn elapsed_time_has_two_units_at_most() {
        for (minutes, words) in
            [(0, "0 menit"), (9, "9 menit"), (60, "1 jam"), (182, "3 jam 2 menit"), (1_440, "1 hari"), (1_625, "1 hari 3 jam")]
        {
            assert_eq!(elapsed(Duration::minutes(minutes)), words);
        }
    }

    #[test]
    fn a_case_is_late_once_the_desk_has_closed_on_the_promised_day() {
        let holidays: Holidays = [(date!(2026 - 11 - 25), "Contoh".to_owned())].into_iter().collect();
        // Sent on Tuesday; Wednesday is a holiday, so Thursday is promised.
        let sent = datetime!(2026-11-24 10:00 +7);
        for (now, words, tone) in [
            (datetime!(2026-11-24 10:09 +7), "9 menit, tepat waktu", ""),
            (datetime!(2026-11-25 17:00 +7), "1 hari 7 jam, tepat waktu", ""),
            (datetime!(2026-11-26 13:00 +7), "2 hari 3 jam, sisa 3 jam", "act"),
            (datetime!(2026-11-26 15:59 +7), "2 hari 5 jam, sisa 1 menit", "act"),
            (datetime!(2026-11-26 16:00 +7), "2 hari 6 jam, lewat janji", "stop"),
            (datetime!(2026-11-28 09:00 +7), "3 hari 23 jam, lewat janji", "stop"),
        ] {
            assert_eq!(age(sent, now, &holidays), Age { words: words.to_owned(), tone });
        }
    }
}
