//! What a part of a form calls its file. Only its content says what a file is; the name is repeated in sentences.

use axum::http::{
    HeaderMap,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};

/// Longest file name that is repeated in a sentence, in characters.
const LENGTH: usize = 60;

/// The name of a part's file, which may be empty; nothing if the part is no file. Whatever has a name or a kind is one;
/// text is sent without either.
pub fn file_name(headers: &HeaderMap) -> Option<String> {
    let disposition = headers.get(CONTENT_DISPOSITION).map_or(&b""[..], |value| value.as_bytes());
    let plain = parameter(disposition, b"filename").map(|name| text(&name));
    let coded = parameter(disposition, b"filename*").map(|name| decoded(&name));
    let is_file = plain.is_some() || coded.is_some() || headers.contains_key(CONTENT_TYPE);
    // A name in both ways is the same one, and the plain way may lack its accents.
    let name = coded.filter(|name| !name.is_empty()).or(plain).unwrap_or_default();
    is_file.then(|| shown(&name))
}

/// The value of a parameter; nothing if there is none of that name.
fn parameter(mut header: &[u8], wanted: &[u8]) -> Option<Vec<u8>> {
    loop {
        header = header.get(header.iter().position(|byte| *byte == b';')? + 1..)?;
        let end = header.iter().position(|byte| matches!(byte, b'=' | b';')).unwrap_or(header.len());
        let (name, rest) = header.split_at(end);
        let Some(rest) = rest.strip_prefix(b"=") else { continue };
        let (value, rest) = value(rest.trim_ascii_start());
        if name.trim_ascii().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        header = rest;
    }
}

/// A value, in quotation marks or not, and what follows it. Browsers send a backslash of a Windows folder as it is.
fn value(data: &[u8]) -> (Vec<u8>, &[u8]) {
    let Some(quoted) = data.strip_prefix(b"\"") else {
        let (value, rest) = data.split_at(data.iter().position(|byte| *byte == b';').unwrap_or(data.len()));
        return (value.trim_ascii().to_vec(), rest);
    };
    let (mut value, mut rest) = (Vec::new(), quoted);
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, rest) {
            (b'"', _) => break,
            (b'\\', [sign @ (b'"' | b'\\'), after @ ..]) => {
                value.push(*sign);
                rest = after;
            }
            _ => value.push(*byte),
        }
    }
    (value, rest)
}

/// What is no UTF-8 is Latin-1, in which every byte is the sign of its number.
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

/// A name with its character set, a language and its bytes in percent signs: `UTF-8''surat%20hilang.pdf`.
fn decoded(value: &[u8]) -> String {
    let name = value.splitn(3, |byte| *byte == b'\'').last().unwrap_or_default();
    let (mut bytes, mut rest) = (Vec::new(), name);
    while let [byte, after @ ..] = rest {
        let digits = after.first_chunk::<2>().filter(|_| *byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(coded) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(coded);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    text(&bytes)
}

/// The name without folders and odd signs, and not too long for a sentence.
fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|sign| !sign.is_control() && !turns_text(*sign)).take(LENGTH).collect()
}

/// Signs that turn the direction of what follows, so that a sentence would read backwards.
fn turns_text(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn named(disposition: &[u8], kind: bool) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_bytes(disposition).unwrap());
        if kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
        }
        file_name(&headers)
    }

    #[test]
    fn names_are_read_in_every_way_they_are_written() {
        let table: [(&[u8], &str); 12] = [
            (b"form-data; name=\"berkas\"; filename=\"surat.pdf\"", "surat.pdf"),
            (b"form-data; filename=surat.pdf; name=berkas", "surat.pdf"),
            (b"form-data; name=\"b\"; FileName = \"surat.pdf\" ", "surat.pdf"),
            (b"form-data; name=\"b\"; filename*=UTF-8''surat%20hilang.pdf", "surat hilang.pdf"),
            (b"form-data; name=\"b\"; filename=\"? .jpg\"; filename*=utf-8'id'%E2%82%AC%20.jpg", "\u{20ac} .jpg"),
            (b"form-data; name=\"b\"; filename*=iso-8859-1''caf%E9.jpg", "caf\u{e9}.jpg"),
            (b"form-data; name=\"b\"; filename=\"caf\xE9.jpg\"", "caf\u{e9}.jpg"),
            ("form-data; name=\"b\"; filename=\"kartu—saya.jpg\"".as_bytes(), "kartu—saya.jpg"),
            (b"form-data; name=\"b\"; filename=\"a;filename=b\\\"c.jpg\"", "a;filename=b\"c.jpg"),
            (b"form-data; name=\"b\"; filename=\"C:\\foto\\ktp.jpg\"", "ktp.jpg"),
            (b"form-data; name=\"b\"; filename=\"tanpa akhir.jpg", "tanpa akhir.jpg"),
            (b"form-data; name=\"b\"; filename*=100%25%zz%.jpg", "100%%zz%.jpg"),
        ];
        for (disposition, name) in table {
            assert_eq!(named(disposition, false).as_deref(), Some(name), "{}", disposition.escape_ascii());
        }
    }

    #[test]
    fn a_file_without_a_name_is_told_from_text() {
        assert_eq!(named(b"form-data; name=\"b\"; filename=\"\"", false).as_deref(), Some(""));
        assert_eq!(named(b"form-data; name=\"b\"", true).as_deref(), Some(""));
        assert_eq!(named(b"form-data; name=\"b\"", false), None);
        assert_eq!(named(b"form-data; name=\"filename=x\"", false), None);
        assert_eq!(named(b"form-data; name=\"b\"; xfilename=\"x\"", false), None);
        assert_eq!(named(b"", false), None);
    }

    #[test]
    fn a_shown_name_cannot_harm_its_sentence() {
        assert_eq!(shown("../../etc/passwd"), "passwd");
        assert_eq!(shown("a\u{202e}gpj.exe\n"), "agpj.exe");
        assert_eq!(shown(&"x".repeat(100)).len(), LENGTH);
    }
}
