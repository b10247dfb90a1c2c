//! What stands around a picture: end marks that phones forget, second pictures, films, texts. Pages are drawn anew, so
//! none of it matters.

use super::jpegs::{PAPER, jpeg, many_passes};
use super::{File, all_show, file};
use crate::files::{chunk, encoded, exif, with_segments, zip};
use image::ImageFormat;

/// What Samsung phones write behind a picture: blocks, a list of them, and where the list is.
fn trailer() -> Vec<u8> {
    let block = [&b"\0\0\x01\x0A\x0E\0\0\0Image_UTC_Data"[..], b"1790000000000"].concat();
    let length = u32::try_from(block.len()).unwrap().to_le_bytes();
    let list = [&b"SEFH\x6B\0\0\0\x01\0\0\0\0\0\x01\x0A"[..], &length, &length].concat();
    let list_length = u32::try_from(list.len()).unwrap().to_le_bytes();
    [&block[..], &list, &list_length, b"SEFT"].concat()
}

/// A film as phones append it, with the marks of an archive in it.
fn film() -> Vec<u8> {
    [&b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"[..], &zip(), b"<html><script>", &[0xFF, 0xD8, 0xFF, 0xDA, 0, 7], &zip()].concat()
}

fn without_end(jpeg: &[u8]) -> Vec<u8> {
    jpeg.strip_suffix(b"\xFF\xD9").unwrap().to_vec()
}

fn endings(name: &str, whole: &[u8]) -> Vec<File> {
    let open = without_end(whole);
    let ways = [
        ("no end mark", open.clone()),
        ("no end mark, but a trailer", [&open[..], &trailer()].concat()),
        ("no end mark, but a second picture", [&open[..], whole].concat()),
        ("half an end mark", [&open[..], b"\xFF"].concat()),
        ("a trailer", [whole, &trailer()].concat()),
        ("a second picture", [whole, whole].concat()),
        ("half a second picture", [whole, &whole[..whole.len() / 2]].concat()),
        ("a film", [whole, &film()].concat()),
        ("zeros", [whole, &[0; 5_000]].concat()),
        ("FF before the end mark", [&open[..], &[0xFF; 9], b"\xD9"].concat()),
        ("two bytes too many", [&open[..], b"\x5A\x01\xFF\xD9"].concat()),
        ("zeros before the end mark", [&open[..], &[0; 700], b"\xFF\xD9"].concat()),
        ("two end marks", [whole, b"\xFF\xD9"].concat()),
    ];
    ways.into_iter().map(|(way, bytes)| file(format!("{name}: {way}"), bytes)).collect()
}

#[tokio::test]
async fn a_picture_is_whole_whatever_follows_it() {
    let photo = PAPER.photo();
    all_show(&PAPER, endings("baseline", &jpeg(&photo, |_| {}))).await;
    all_show(&PAPER, endings("restarts", &jpeg(&photo, |e| e.set_restart_interval(11)))).await;
    all_show(&PAPER, endings("progressive", &jpeg(&photo, |e| e.set_progressive(true)))).await;
    all_show(&PAPER, endings("many passes", &many_passes())).await;
}

#[tokio::test]
async fn texts_in_a_picture_are_left_alone() {
    let whole = jpeg(&PAPER.photo(), |_| {});
    let thumbnail = jpeg(&super::paper::Paper { width: 60, height: 44 }.clean(), |_| {});
    let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
    let xmp = [&b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><html>"[..], page].concat();
    let iptc = [&b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x3A\x1C\x02\x78\0\x35"[..], page].concat();
    let album = [&b"MPF\0II*\0"[..], &[0; 40]].concat();
    let small = [exif(1), thumbnail].concat();
    let segments: [(&str, u8, &[u8]); 6] = [
        ("XMP", 0xE1, &xmp),
        ("IPTC", 0xED, &iptc),
        ("remark", 0xFE, page),
        ("archive", 0xFE, &zip()),
        ("album", 0xE2, &album),
        ("thumbnail", 0xE1, &small),
    ];
    let mut files: Vec<_> =
        segments.iter().map(|(name, marker, data)| file(*name, with_segments(&whole, &[(*marker, data)]))).collect();
    let png = encoded(PAPER.clean(), ImageFormat::Png);
    let (start, rest) = png.split_at(33);
    let text = chunk(*b"tEXt", &[&b"Comment\0"[..], page].concat());
    files.push(file("text of a PNG", [start, &text, rest].concat()));
    files.push(file("archive behind a PNG", [&png[..], &zip()].concat()));
    all_show(&PAPER, files).await;
}
