//! Words that a line must not break: browsers break after every hyphen, and so make "KTP-/el" and "05-08-/1990" of what
//! is one word to its reader. No style can forbid it where the text stays what it is, so such words are marked in the finished
//! page: whatever template or sentence they came from, they are told by their form.

use std::borrow::Cow;

/// Longer words may break: a line of a narrow phone holds no more.
const LONGEST: usize = 24;

/// Elements whose text is left alone: it takes no markup, or the stylesheet keeps it whole already.
const LEFT_ALONE: [&str; 6] = ["title", "option", "textarea", "script", "style", "code"];

const OPEN: &str = r#"<span class="nw">"#;
const CLOSE: &str = "</span>";

/// A page of ours in which every such word stands within `<span class="nw">`; its text is the same.
#[must_use]
pub fn marked(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut left_alone: Option<&str> = None;
    let mut rest = html;
    while let Some((text, tail)) = rest.split_once('<') {
        if left_alone.is_some() {
            out.push_str(text);
        } else {
            mark(text, &mut out);
        }
        let (tag, after) = tail.split_once('>').unwrap_or((tail, ""));
        let name = tag.trim_start_matches('/').split(|sign: char| !sign.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_whole = LEFT_ALONE.contains(&name) || tag.contains(r#"class="nw""#);
        left_alone = match left_alone {
            None if is_whole && !tag.starts_with('/') => Some(name),
            Some(opened) if tag.starts_with('/') && opened == name => None,
            unchanged => unchanged,
        };
        out.push('<');
        out.push_str(tag);
        if tail.len() > tag.len() {
            out.push('>');
        }
        rest = after;
    }
    mark(rest, &mut out);
    out
}

/// Adds text, word by word.
fn mark(text: &str, out: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        let blank = rest.len() - rest.trim_start_matches(is_blank).len();
        let (before, word) = rest.split_at(blank);
        out.push_str(before);
        let end = whole(word);
        let (word, after) = word.split_at(end.unwrap_or_else(|| first_word(word).len()));
        out.push_str(&if end.is_some() { Cow::Owned([OPEN, word, CLOSE].concat()) } else { Cow::Borrowed(word) });
        rest = after;
    }
}

/// Where the word ends that begins here, if it is one that must not break.
fn whole(text: &str) -> Option<usize> {
    let word = first_word(text);
    if word.trim_start_matches(|sign: char| !sign.is_alphanumeric()).eq_ignore_ascii_case("halaman") {
        let number = first_word(text.get(word.len() + 1..)?);
        return number.starts_with(|sign: char| sign.is_ascii_digit()).then_some(word.len() + 1 + number.len());
    }
    let inner = word.trim_matches(['-', '–']);
    let is_hyphenated = inner.contains(['-', '–']) && word.chars().count() <= LONGEST;
    let is_one = word.bytes().any(|byte| byte.is_ascii_digit()) || word.to_ascii_lowercase().contains("ktp-el");
    (is_hyphenated && is_one).then_some(word.len())
}

fn first_word(text: &str) -> &str {
    text.split(is_blank).next().unwrap_or_default()
}

/// A blank at which a line may break; a no-break space is part of its word.
fn is_blank(sign: char) -> bool {
    sign.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_told_by_their_form() {
        for (text, expected) in [
            ("Cetak KTP-el tanpa antre", "Cetak [KTP-el] tanpa antre"),
            ("siapa yang KTP-el-nya dicetak, ber-KTP-el.", "siapa yang [KTP-el-nya] dicetak, [ber-KTP-el.]"),
            ("misalnya 05-08-1990.", "misalnya [05-08-1990.]"),
            ("ke 0812-****-1234, pukul 09.00–09.30\u{a0}WIB di", "ke [0812-****-1234,] pukul [09.00–09.30\u{a0}WIB] di"),
            ("nomor K7M3-9QXF", "nomor [K7M3-9QXF]"),
            ("sebagai halaman 3. Tidak", "sebagai [halaman 3.] Tidak"),
            ("Halaman\n12 dari", "[Halaman\n12] dari"),
            ("1 halaman tersimpan, halaman", "1 halaman tersimpan, halaman"),
            ("Undang-Undang Nomor 27 – pagi - sore", "Undang-Undang Nomor 27 – pagi - sore"),
            ("nama-berkas-yang-panjang-sekali-2026.jpg", "nama-berkas-yang-panjang-sekali-2026.jpg"),
            ("-2 dan 3-", "-2 dan 3-"),
            ("  spasi  KTP-el  ", "  spasi  [KTP-el]  "),
        ] {
            let expected = expected.replace('[', OPEN).replace(']', CLOSE);
            assert_eq!(marked(text), expected);
        }
    }

    #[test]
    fn markup_is_left_alone() {
        for page in [
            r#"<title>KTP-el – Alpukat</title><meta content="KTP-el 05-08-1990">"#,
            r#"<a href="/x-1" aria-label="KTP-el">Ubah</a><code>K7M3-9QXF</code><option>05-08-1990</option>"#,
            r#"<h1>Cetak <span class="nw">KTP-el</span></h1><textarea>KTP-el</textarea>"#,
            "<p",
            "a < b",
            "<",
            "</",
            "<>",
        ] {
            assert_eq!(marked(page), page);
        }
        assert_eq!(marked("<code>1-2</code> <b>1-2</b>"), format!("<code>1-2</code> <b>{OPEN}1-2{CLOSE}</b>"));
    }

    proptest! {
        #[test]
        fn nothing_is_added_but_the_marks(page in r#"(<(b|/b|code|/code|title|/title|span class="nw"|/span)>|KTP-el|halaman| |\n|–|[0-9*.-]|\PC){0,40}"#) {
            let plain = |html: &str| html.replace(OPEN, "").replace(CLOSE, "");
            prop_assert_eq!(plain(&marked(&page)), plain(&page));
        }
    }
}
