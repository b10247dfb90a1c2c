//! The whole way, from the home page to the opened PDF of the receipt: for each reason, and in four manners.

use std::fs;

use crate::browser::{Browser, Manner};
use crate::people::fresh_family;
use crate::uploads;
use crate::way::{damaged, lost, moved, recorded};

/// Notes how large the files are that the page's script sends.
const NOTE_SIZES: &str = "
    const send = XMLHttpRequest.prototype.send;
    window.sizes = [];
    XMLHttpRequest.prototype.send = function (body) {
        window.sizes.push([...body.values()].find((part) => part instanceof File).size);
        return send.call(this, body);
    };";

#[tokio::test]
async fn lost_card_with_scripts_that_shrink_large_photos() {
    let browser = Browser::open(Manner { whole_way: true, pictures: Some("hilang"), ..Manner::default() }).await;
    let (person, reason) = (fresh_family().mother, lost());
    browser.join(&person).await;
    browser.begin(&person, &reason).await;
    browser.run(NOTE_SIZES, vec![]).await;
    browser.upload_all(&reason).await;
    let sent = browser.run("return window.sizes", vec![]).await;
    let (photo, sent) = (fs::metadata(uploads::large_photo()).unwrap().len(), sent[0].as_u64().unwrap());
    println!("a photo of {photo} bytes was sent as {sent}");
    assert!(photo > 1_000_000 && sent < photo / 2, "a photo of {photo} bytes was sent as {sent}");
    browser.choose_place("08.00–08.30").await;
    browser.send(&person).await;
    browser.close().await;
}

#[tokio::test]
async fn damaged_card_without_scripts() {
    let browser = Browser::open(Manner { whole_way: true, scripts: false, ..Manner::default() }).await;
    let (person, reason) = (fresh_family().mother, damaged());
    browser.join(&person).await;
    browser.begin(&person, &reason).await;
    browser.upload_all(&reason).await;
    browser.choose_place("08.30–09.00").await;
    browser.send(&person).await;
    browser.close().await;
}

#[tokio::test]
async fn moved_house_on_a_narrow_phone() {
    let browser = Browser::open(Manner { whole_way: true, width: 320, ..Manner::default() }).await;
    let (person, reason) = (fresh_family().mother, moved());
    browser.join(&person).await;
    browser.begin(&person, &reason).await;
    browser.upload_all(&reason).await;
    browser.choose_place("13.00–13.30").await;
    browser.send(&person).await;
    browser.close().await;
}

#[tokio::test]
async fn first_card_after_recording_by_keyboard_alone() {
    let browser = Browser::open(Manner { whole_way: true, keyboard: true, width: 1280, ..Manner::default() }).await;
    let (person, reason) = (fresh_family().daughter, recorded());
    browser.join(&person).await;
    browser.begin(&person, &reason).await;
    browser.upload_all(&reason).await;
    browser.choose_place("15.30–16.00").await;
    browser.send(&person).await;
    browser.close().await;
}
