//! Letters: the two faces, which characters they can show, how wide a text is, and where it breaks into lines.
//! Text runs left to right in Latin letters; what the faces lack is drawn as the replacement character.

use std::mem;
use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, ShapePlan, UnicodeBuffer, script};

/// The thickness of the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

/// A piece of one line in one weight, ready to be drawn.
pub struct Segment {
    pub weight: Weight,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    /// In ems, as are the advances of the glyphs.
    pub width: f32,
}

/// One line of text.
pub type Line = Vec<Segment>;

/// Both weights of the document's typeface, read once.
pub struct Typeface {
    regular: Cut,
    bold: Cut,
}

struct Cut {
    font: Font,
    face: Face<'static>,
    plan: ShapePlan,
}

/// A word with the blank after it, and its widths in ems.
struct Word {
    weight: Weight,
    text: String,
    width: f32,
    blank: f32,
}

/// Longer values are cut before they are looked at: no field of a receipt needs more.
const LONGEST: usize = 500;
const ELLIPSIS: char = '…';
const NO_BREAK_SPACE: char = '\u{a0}';

static TYPEFACE: LazyLock<Option<Typeface>> = LazyLock::new(|| {
    Some(Typeface {
        regular: Cut::read(include_bytes!("../fonts/NotoSans-Regular.ttf"))?,
        bold: Cut::read(include_bytes!("../fonts/NotoSans-Bold.ttf"))?,
    })
});

impl Typeface {
    /// The embedded typeface; none when its files are broken.
    pub fn get() -> Option<&'static Self> {
        TYPEFACE.as_ref()
    }

    /// The font to draw glyphs of this weight with.
    pub fn font(&self, weight: Weight) -> Font {
        self.cut(weight).font.clone()
    }

    /// Breaks text at its blanks into lines of at most `width` ems, and a word at any letter when it alone is wider.
    /// What goes beyond `most` lines is cut and marked with an ellipsis. There is always one line, be it a dash.
    pub fn wrap(&self, runs: &[(Weight, &str)], width: f32, most: usize) -> Vec<Line> {
        let mut lines: Vec<Vec<Word>> = vec![Vec::new()];
        let mut filled = 0.0;
        for word in self.words(runs, width) {
            if filled > 0.0 && filled + word.width > width {
                lines.push(Vec::new());
                filled = 0.0;
            }
            filled += word.width + word.blank;
            if let Some(line) = lines.last_mut() {
                line.push(word);
            }
        }
        let cut = lines.len() > most.max(1);
        lines.truncate(most.max(1));
        let mut lines: Vec<Line> = lines.into_iter().map(|words| self.line(words)).collect();
        if cut && let Some(last) = lines.last_mut().and_then(|line| line.last_mut()) {
            self.end_with_ellipsis(last, width);
        }
        lines
    }

    /// Words with the blanks after them, none wider than the line. Each run is shaped once, and its glyphs dealt out.
    fn words(&self, runs: &[(Weight, &str)], width: f32) -> Vec<Word> {
        let mut words = Vec::new();
        for &(weight, text) in runs {
            let text = self.clean(text);
            let mut word = Word::new(weight);
            let mut dealt = 0;
            for glyph in self.cut(weight).shape(&text) {
                // Glyphs of one cluster (a letter and its accent) share their text and stay together.
                let piece = text.get(dealt..glyph.text_range.end).unwrap_or_default();
                dealt = dealt.max(glyph.text_range.end);
                let is_blank = piece == " ";
                let after_blank = word.blank > 0.0 && !is_blank;
                let too_wide = word.width > 0.0 && word.width + glyph.x_advance > width;
                if after_blank || (too_wide && !is_blank && !piece.is_empty()) {
                    words.push(mem::replace(&mut word, Word::new(weight)));
                }
                word.text.push_str(piece);
                if is_blank {
                    word.blank += glyph.x_advance;
                } else {
                    word.width += glyph.x_advance;
                }
            }
            if !word.text.is_empty() {
                words.push(word);
            }
        }
        if words.is_empty() {
            words.push(Word { text: "–".to_owned(), ..Word::new(Weight::Regular) });
        }
        words
    }

    fn line(&self, words: Vec<Word>) -> Line {
        let mut pieces: Vec<(Weight, String)> = Vec::new();
        for Word { weight, text, .. } in words {
            // A no-break space has done its work here; a plain one is what people search and copy.
            let text = text.replace(NO_BREAK_SPACE, " ");
            match pieces.last_mut() {
                Some((last, piece)) if *last == weight => piece.push_str(&text),
                _ => pieces.push((weight, text)),
            }
        }
        pieces.into_iter().map(|(weight, text)| self.segment(weight, &text)).collect()
    }

    fn end_with_ellipsis(&self, segment: &mut Segment, width: f32) {
        let mut text = segment.text.clone();
        loop {
            text.truncate(text.trim_end().len());
            let shorter = self.segment(segment.weight, &format!("{text}{ELLIPSIS}"));
            if shorter.width <= width || text.pop().is_none() {
                *segment = shorter;
                return;
            }
        }
    }

    /// Only what can be drawn: one plain blank between words, no control or invisible characters, and the
    /// replacement character for what either weight lacks, so that no glyph is ever missing from the file.
    fn clean(&self, text: &str) -> String {
        let mut clean = String::new();
        let mut letters = text.chars().filter(|letter| !is_invisible(*letter));
        for letter in letters.by_ref().take(LONGEST) {
            if letter == NO_BREAK_SPACE {
                clean.push(letter);
            } else if letter.is_whitespace() || letter.is_control() {
                if !clean.is_empty() && !clean.ends_with(' ') {
                    clean.push(' ');
                }
            } else if self.regular.has(letter) && self.bold.has(letter) {
                clean.push(letter);
            } else {
                clean.push(char::REPLACEMENT_CHARACTER);
            }
        }
        if letters.next().is_some() {
            clean.push(ELLIPSIS);
        }
        clean
    }

    fn segment(&self, weight: Weight, text: &str) -> Segment {
        let glyphs = self.cut(weight).shape(text);
        Segment { weight, width: glyphs.iter().map(|glyph| glyph.x_advance).sum(), text: text.to_owned(), glyphs }
    }

    fn cut(&self, weight: Weight) -> &Cut {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

impl Word {
    fn new(weight: Weight) -> Self {
        Self { weight, text: String::new(), width: 0.0, blank: 0.0 }
    }
}

impl Cut {
    fn read(data: &'static [u8]) -> Option<Self> {
        let face = Face::from_slice(data, 0)?;
        let plan = ShapePlan::new(&face, Direction::LeftToRight, Some(script::LATIN), None, &[]);
        Some(Self { font: Font::new(data.into(), 0)?, face, plan })
    }

    fn has(&self, letter: char) -> bool {
        self.face.glyph_index(letter).is_some_and(|glyph| glyph.0 != 0)
    }

    fn shape(&self, text: &str) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        let shaped = rustybuzz::shape_with_plan(&self.face, &self.plan, buffer);

        let units = self.font.units_per_em();
        let ems = |value: i32| f32::from(i16::try_from(value).unwrap_or_default()) / units;
        let (mut start, mut end) = (text.len(), text.len());
        let mut glyphs: Vec<KrillaGlyph> = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .rev()
            .map(|(info, position)| {
                // A glyph stands for the text up to the next cluster, so that text can be copied and read aloud.
                let cluster = info.cluster as usize;
                if cluster < start {
                    end = mem::replace(&mut start, cluster);
                }
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    ems(position.x_advance),
                    ems(position.x_offset),
                    ems(position.y_offset),
                    ems(position.y_advance),
                    start..end,
                    None,
                )
            })
            .collect();
        glyphs.reverse();
        glyphs
    }
}

/// Marks that only steer how other letters are drawn (joiners, directions, variants); a page cannot show them.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width: f32, most: usize) -> Vec<String> {
        Typeface::get()
            .unwrap()
            .wrap(&[(Weight::Regular, text)], width, most)
            .iter()
            .map(|line| line.iter().map(|segment| segment.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn breaks_at_blanks_and_keeps_them() {
        assert_eq!(lines("Jalan Contoh Nomor Satu", 8.0, 9), ["Jalan Contoh ", "Nomor Satu"]);
    }

    #[test]
    fn never_breaks_at_a_no_break_space() {
        assert_eq!(lines("pukul 10.48\u{a0}WIB", 7.0, 9), ["pukul ", "10.48 WIB"]);
    }

    #[test]
    fn breaks_a_word_that_is_wider_than_the_line() {
        let lines = lines(&"W".repeat(50), 10.0, 99);
        assert!(lines.len() > 3);
        assert_eq!(lines.concat(), "W".repeat(50));
    }

    #[test]
    fn a_letter_wider_than_the_line_still_ends() {
        assert_eq!(lines("WWW", 0.1, 99), ["W", "W", "W"]);
    }

    #[test]
    fn marks_what_it_cuts() {
        assert_eq!(lines("satu dua tiga empat", 5.0, 1), ["satu dua…"]);
        let endless = lines(&"a ".repeat(LONGEST), 9.0, LONGEST);
        assert!(endless.last().is_some_and(|line| line.ends_with('…')));
    }

    #[test]
    fn shows_accents_composed_or_not() {
        assert_eq!(lines("Ó’Brien Ñuñez Nguyễn", 99.0, 1).len(), 1);
        let width = |text| Typeface::get().unwrap().segment(Weight::Bold, text).width;
        assert!((width("é") - width("e\u{301}")).abs() < f32::EPSILON);
    }

    #[test]
    fn replaces_what_it_cannot_show() {
        assert_eq!(lines("a\0b\u{202e}c 🥑 محمد", 99.0, 1), ["a bc � ����"]);
        assert_eq!(lines("", 99.0, 1), ["–"]);
        assert_eq!(lines(" \u{200b}\n", 99.0, 1), ["–"]);
    }

    #[test]
    fn no_character_is_without_a_glyph() {
        let typeface = Typeface::get().unwrap();
        let all: Vec<char> = ('\0'..'\u{3000}').chain('\u{f900}'..'\u{10100}').collect();
        for some in all.chunks(LONGEST / 2) {
            let text: String = some.iter().collect();
            for segment in typeface.wrap(&[(Weight::Bold, &text)], 40.0, 999).iter().flatten() {
                assert!(segment.glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0), "{text}");
            }
        }
    }
}
