//! JPEGs that a bad memory card, a bad line or a bad app has damaged in the middle: decoders paint over it in silence.

use alpukat::domain::upload::UploadRefusal;

use super::jpegs::{grey, kinds, many_passes};
use super::paper::Paper;
use super::{File, all_refused, file};

const PAPER: Paper = Paper { width: 800, height: 600 };

/// Where the codes of the last scan that is long enough begin, and how many bytes they are.
fn codes(jpeg: &[u8]) -> (usize, usize) {
    let starts: Vec<_> = jpeg.windows(2).enumerate().filter(|(_, pair)| *pair == b"\xFF\xDA").map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([jpeg.len() - 2]);
    let scans = starts.iter().zip(ends).map(|(start, end)| (start + 14, (end - start).saturating_sub(28)));
    scans.max_by_key(|(_, length)| *length).unwrap()
}

/// The file with these bytes in place of others, never beyond its end mark.
fn overwritten(jpeg: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut file = jpeg.to_vec();
    let end = (at + with.len()).min(file.len() - 2);
    file[at..end].copy_from_slice(&with[..end - at]);
    file
}

fn closed(part: &[u8]) -> Vec<u8> {
    [part, b"\xFF\xD9"].concat()
}

/// A file damaged in several ways, a share of the way through its largest scan.
fn damages(name: &str, jpeg: &[u8], share: usize) -> Vec<File> {
    let (start, length) = codes(jpeg);
    let at = start + length * share / 100;
    let noise: Vec<u8> = (0..2_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 & 0x7F).collect();
    let ways = [
        ("512 bytes FF", overwritten(jpeg, at, &[0xFF; 512])),
        ("4,096 bytes of zero", overwritten(jpeg, at, &[0; 4096])),
        ("zeros to the end", overwritten(jpeg, at, &vec![0; jpeg.len()])),
        ("noise", overwritten(jpeg, at, &noise)),
        ("cut and closed", closed(&jpeg[..at])),
        ("cut", jpeg[..at].to_vec()),
        ("2,000 bytes lost", [&jpeg[..at], &jpeg[at + 2_000.min(length / 4)..]].concat()),
        ("2,000 bytes twice", [&jpeg[..at], &jpeg[at - 2_000.min(length / 4)..]].concat()),
    ];
    ways.into_iter().map(|(way, bytes)| file(format!("{name}, {way} at {share} %"), bytes)).collect()
}

#[tokio::test]
async fn damage_in_the_middle_is_noticed_in_every_kind() {
    let mut files = kinds(PAPER);
    files.push(file("grey", grey(PAPER, |_| {})));
    files.push(file("progressive grey", grey(PAPER, |e| e.set_progressive(true))));
    files.push(file("many passes", many_passes()));
    for (name, jpeg) in files {
        all_refused(UploadRefusal::Cut, damages(&name, &jpeg, 50)).await;
    }
}

#[tokio::test]
async fn damage_is_noticed_wherever_it_lies() {
    for (name, jpeg) in kinds(PAPER).into_iter().step_by(3) {
        for share in [12, 85] {
            all_refused(UploadRefusal::Cut, damages(&name, &jpeg, share)).await;
        }
    }
}

#[tokio::test]
async fn passes_that_are_missing_are_noticed() {
    let whole = many_passes();
    let passes: Vec<_> = whole.windows(2).enumerate().filter(|(_, pair)| *pair == b"\xFF\xDA").map(|(at, _)| at).collect();
    let cut = passes[1..].iter().map(|at| {
        // The tables of a pass stand before it.
        let table = whole[..*at].windows(2).rposition(|pair| pair == b"\xFF\xC4").unwrap();
        file(format!("{table} bytes"), closed(&whole[..table]))
    });
    all_refused(UploadRefusal::Cut, cut.collect()).await;
}
