//! The desk by keys: how few it takes, and what no key does.

use fantoccini::key::Key;
use serde_json::json;

use crate::{
    browser::{Browser, Manner},
    desk::{apply_for, come_in, desk},
    people::fresh_family,
    service,
    way::{Filed, damaged, lost},
};

/// How long a person takes between two keys.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(150);

impl Browser {
    /// Presses keys one after the other as a person does; each acts before the next.
    async fn hand(&self, keys: &[char]) {
        for key in keys {
            self.keys_act().await;
            self.press_keys(&key.to_string()).await;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn status_of(&self, filed: &Filed) -> String {
        self.visit(&desk(filed)).await;
        self.find("//main//p[@class='row']/span[contains(@class, 'tag')]").await.text().await.unwrap()
    }

    async fn take(&self, filed: &Filed) {
        self.visit(&desk(filed)).await;
        self.leave_by(async || self.hand(&['p']).await).await;
    }
}

const WIDE: Manner = Manner { scripts: true, keyboard: false, width: 1280, whole_way: false, pictures: Some("tombol") };

#[tokio::test]
async fn a_stray_scan_an_open_form_and_a_second_press_decide_nothing() {
    let browser = Browser::open_at(service::own().await, WIDE).await;
    let (first, second) = (fresh_family().mother, fresh_family().mother);
    let case = apply_for(&browser, &first, &damaged(), "14.00–14.30").await;
    let next = apply_for(&browser, &second, &damaged(), "14.30–15.00").await;
    come_in(&browser, "mawar.desk").await;
    browser.take(&case).await;
    browser.keys_act().await;
    // A scanner types in a burst, and ends with Enter.
    browser.press_keys("https://alpukat.example/periksa/SKTL\u{e007}").await;
    tokio::time::sleep(PAUSE * 3).await;
    assert_eq!(browser.path().await, desk(&case), "{}", browser.text().await);
    assert_eq!(browser.status_of(&case).await, "Sedang diperiksa");

    // With a form open, letters are words.
    browser.leave_by(async || browser.hand(&['k']).await).await;
    browser.run("document.activeElement.blur()", vec![]).await;
    browser.hand(&['s', 't', 'l']).await;
    assert_eq!(browser.status_of(&case).await, "Sedang diperiksa");

    // Pressed at once after the page came, and twice: the next case, which nobody has seen, is not decided.
    browser.visit(&desk(&case)).await;
    browser.press_keys("s").await;
    assert_eq!(browser.status_of(&case).await, "Sedang diperiksa", "in the first moment of a page");
    browser.keys_act().await;
    browser.leave_by(async || browser.press_keys("s").await).await;
    browser.press_keys("s").await;
    tokio::time::sleep(PAUSE * 3).await;
    assert_eq!(browser.path().await, desk(&next));
    assert!(browser.text().await.contains(&format!("{} disetujui.", case.number)));
    assert_eq!(browser.status_of(&next).await, "Sedang diperiksa");

    browser.look("urungkan").await;

    // One key takes it back.
    browser.visit(&desk(&next)).await;
    browser.leave_by(async || browser.hand(&['u']).await).await;
    assert_eq!(browser.path().await, desk(&case));
    assert!(browser.text().await.contains("diurungkan"), "{}", browser.text().await);
    assert_eq!(browser.status_of(&case).await, "Sedang diperiksa");
    browser.close().await;
}

#[tokio::test]
async fn one_document_takes_one_key_two_take_two_and_a_return_at_most_eight() {
    let browser = Browser::open_at(service::own().await, WIDE).await;
    let people = [fresh_family().mother, fresh_family().mother, fresh_family().mother];
    let one = apply_for(&browser, &people[0], &damaged(), "14.00–14.30").await;
    let two = apply_for(&browser, &people[1], &lost(), "14.30–15.00").await;
    let third = apply_for(&browser, &people[2], &damaged(), "15.00–15.30").await;
    come_in(&browser, "anggrek.desk").await;
    browser.take(&one).await;
    browser.leave_by(async || browser.hand(&['s']).await).await;
    assert_eq!(browser.path().await, desk(&two), "one document: one key");
    browser.leave_by(async || browser.hand(&[Key::Right.into()]).await).await;
    assert_eq!(browser.run("return new URLSearchParams(location.search).get('dok')", vec![]).await, json!("kk"));
    browser.leave_by(async || browser.hand(&['s']).await).await;
    assert_eq!(browser.path().await, desk(&third), "two documents: two keys");

    // Return: the form, the reason, the SMS, sent.
    browser.leave_by(async || browser.hand(&['k']).await).await;
    browser.hand(&[Key::Tab.into(), 't', Key::Tab.into(), Key::Tab.into()]).await;
    browser.leave_by(async || browser.press_keys("\u{e007}").await).await;
    assert_eq!(browser.run("return document.activeElement.textContent", vec![]).await, json!("Kembalikan dan kirim SMS"));
    let seen = "const { top, bottom } = document.activeElement.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight";
    assert_eq!(browser.run(seen, vec![]).await, json!(true), "the button that sends it is on the screen");
    browser.leave_by(async || browser.press_keys("\u{e007}").await).await;
    assert!(browser.text().await.contains(&format!("{} dikembalikan", third.number)), "seven keys: {}", browser.text().await);
    browser.look("antrean-urungkan").await;
    // Back is a page like any other.
    browser.client.back().await.unwrap();
    assert!(browser.text().await.contains(&third.number), "{}", browser.text().await);
    browser.close().await;
}
