//! Text as it is typed or pasted, before anything is read out of it.

use unicode_normalization::UnicodeNormalization;

/// Text as it is kept and compared, passwords too: signs that cannot be seen drop out, every kind of blank is a blank, and a
/// letter with its accent is one sign (NFC). Cleaning twice is cleaning once, and plain ASCII without control signs stays as
/// it is.
#[must_use]
pub fn clean(typed: &str) -> String {
    let blank = |sign: char| if sign.is_whitespace() && sign != '\n' { ' ' } else { sign };
    typed.chars().filter(|sign| !is_unseen(*sign)).map(blank).nfc().collect()
}

/// Control signs but for blanks and line ends, soft hyphens, joiners, marks of writing direction and of a sign's style.
fn is_unseen(sign: char) -> bool {
    let control = sign.is_control() && (!sign.is_whitespace() || sign == '\r');
    control
        || matches!(
            sign,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Text as one line: cleaned, without blanks around it and with one between its words.
#[must_use]
pub fn line(typed: &str) -> String {
    clean(typed).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Cleaned text in which full-width signs and Arabic digits are those of our keyboards.
#[must_use]
pub fn plain(typed: &str) -> String {
    let folded = |sign: char| {
        let code = u32::from(sign);
        let same = match code {
            0xff01..=0xff5e => code - 0xff01 + 0x21,
            0x660..=0x669 => code - 0x660 + 0x30,
            0x6f0..=0x6f9 => code - 0x6f0 + 0x30,
            _ => code,
        };
        char::from_u32(same).unwrap_or(sign)
    };
    clean(typed).chars().map(folded).collect()
}

/// Whether people write a sign between the signs of a number, a date or a name, where it means nothing; a spreadsheet puts
/// some of them around a number.
#[must_use]
pub fn is_between(sign: char) -> bool {
    sign.is_whitespace() || is_apostrophe(sign) || is_dash(sign) || ".,/\\_:;()[]=\"#·•".contains(sign)
}

/// Apostrophes, and the signs that stand for one on phones and in print.
#[must_use]
pub fn is_apostrophe(sign: char) -> bool {
    "'´`‘’‛ʻʼʽˈ′＇".contains(sign)
}

/// Hyphens and dashes of every length, and the minus.
#[must_use]
pub fn is_dash(sign: char) -> bool {
    "-‐‑‒–—―−－﹣".contains(sign)
}

/// The signs of a number or code, without what stands between them and without these words (in small letters) in front:
/// `NIK: 3171-0145…` is `31710145…`.
#[must_use]
pub fn number(typed: &str, labels: &[&str]) -> String {
    let text = plain(typed);
    let mut rest = text.as_str();
    loop {
        rest = rest.trim_start_matches(is_between);
        let (word, after) = rest.split_at(rest.find(|sign: char| !sign.is_alphabetic()).unwrap_or(rest.len()));
        if !labels.contains(&word.to_lowercase().as_str()) {
            break;
        }
        rest = after;
    }
    rest.chars().filter(|sign| !is_between(*sign)).collect()
}

/// A whole number as people type it: with a minus, and with blanks or dots between its thousands, `1.000`.
#[must_use]
pub fn whole_number(typed: &str) -> Option<i32> {
    let text: String = plain(typed).replace(is_dash, "-").split_whitespace().collect();
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let mut groups = unsigned.split('.');
    let first = groups.next().unwrap_or_default();
    let is_one = |digits: &str| !digits.is_empty() && digits.bytes().all(|sign| sign.is_ascii_digit());
    let groups: Vec<&str> = groups.collect();
    let is_divided_well = groups.is_empty() || first.len() <= 3 && groups.iter().all(|group| group.len() == 3 && is_one(group));
    if is_one(first) && is_divided_well { text.replace('.', "").parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(typed in any::<String>()) {
            let once = clean(&typed);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn plain_text_stays_as_it_is(typed in "[ -~\n]*") {
            prop_assert_eq!(clean(&typed), typed);
        }
    }

    #[test]
    fn what_cannot_be_seen_drops_out_and_every_blank_is_a_blank() {
        let unseen =
            "\u{ad}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{fe0f}\u{feff}\u{0}\r";
        for sign in unseen.chars() {
            assert_eq!(clean(&format!("a{sign}b")), "ab", "{sign:?}");
        }
        for sign in "\t\u{a0}\u{2009}\u{202f}\u{3000}\u{2028}".chars() {
            assert_eq!(clean(&format!("a{sign}b")), "a b", "{sign:?}");
        }
        assert_eq!(clean("satu\r\ndua"), "satu\ndua");
        assert_eq!(clean("Rene\u{301}"), "René");
    }

    #[test]
    fn labels_go_in_front_alone() {
        assert_eq!(number(" No. KK : ３１٧۱-01", &["no", "kk"]), "317101");
        assert_eq!(number("31 kk", &["kk"]), "31kk");
        assert_eq!(number("kk", &["kk"]), "");
        assert_eq!(number("O1", &["kk"]), "O1");
    }

    #[test]
    fn a_number_may_have_dots_between_its_thousands() {
        for (typed, number) in [
            ("50", 50),
            (" 1.000 ", 1_000),
            ("12.500", 12_500),
            ("1 000", 1_000),
            ("−2", -2),
            ("- 1.000", -1_000),
            ("+2", 2),
            ("１.０００", 1_000),
        ] {
            assert_eq!(whole_number(typed), Some(number), "{typed}");
        }
        for other in ["", "-", "1.5", "1.00", "1000.000", "1,000", ".500", "1.", "seribu", "99999999999", "--2"] {
            assert_eq!(whole_number(other), None, "{other}");
        }
    }
}
