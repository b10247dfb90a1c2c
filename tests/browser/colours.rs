//! QR codes and step lines in whatever colours the device shows: light, dark, and those that its owner forces on every page.

use serde_json::json;

use crate::browser::{Browser, Manner};
use crate::desk::PASSWORD as DESK_PASSWORD;
use crate::people::fresh_family;
use crate::way::{damaged, piped};

/// White modules around a code (ISO/IEC 18004).
const QUIET: f64 = 4.0;

impl Browser {
    /// The colours that the device's owner forces on every page.
    async fn force_colours(&self, scheme: &str) {
        let features = json!([
            {"name": "forced-colors", "value": "active"},
            {"name": "prefers-color-scheme", "value": scheme},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Reads the page's QR code as a camera does, in all colours, and sees that it stands in its quiet zone on white.
    async fn scan_everywhere(&self, expected: &str) {
        for width in [320, 1280] {
            self.be_wide(width).await;
            for colours in ["light", "dark", "forced light", "forced dark"] {
                match colours.split_once(' ') {
                    Some((_, scheme)) => self.force_colours(scheme).await,
                    None => self.colours(colours).await,
                }
                let picture = self.find("//*[@role='img']").await.screenshot().await.unwrap();
                let read = piped("zbarimg", &["-q", "--raw", "PNG:-"], &picture);
                assert_eq!(read.trim(), expected, "{colours} at {width}");
                self.is_quiet(&picture, colours).await;
            }
        }
        self.colours("light").await;
    }

    async fn is_quiet(&self, picture: &[u8], colours: &str) {
        let modules = "return document.querySelector('[role=img]').viewBox.baseVal.width";
        let modules = self.run(modules, vec![]).await.as_f64().unwrap();
        let picture = image::load_from_memory(picture).unwrap().to_luma8();
        let side = f64::from(picture.width());
        let zone = QUIET * side / modules;
        let (mut least, mut darkest_inside) = (255, 255);
        for (x, y, pixel) in picture.enumerate_pixels() {
            // A pixel at the outer edge may be shared with the page, and one at the inner edge with the code.
            let from_edge = [x, y].map(|place| f64::from(place).min(side - 1.0 - f64::from(place)));
            let nearest = from_edge[0].min(from_edge[1]);
            if nearest >= 1.0 && nearest < zone - 1.0 {
                least = least.min(pixel.0[0]);
            } else if nearest >= zone {
                darkest_inside = darkest_inside.min(pixel.0[0]);
            }
        }
        assert!(least > 250 && darkest_inside < 5, "{colours}: {least} in the quiet zone, {darkest_inside} in the code");
    }
}

#[tokio::test]
async fn a_receipts_code_is_read_in_all_colours() {
    let browser = Browser::open(Manner::default()).await;
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.begin(&person, &damaged()).await;
    browser.upload_all(&damaged()).await;
    browser.choose_place("15.00–15.30").await;
    let filed = browser.send(&person).await;
    browser.visit(&format!("{}/keterangan-cetak", filed.page)).await;
    browser.scan_everywhere(&filed.check).await;

    // The steps of the case, and how far a form has come, are told by shape where every colour is the device's.
    browser.visit(&filed.page).await;
    for scheme in ["light", "dark"] {
        browser.force_colours(scheme).await;
        let shapes = "
            const shape = (wanted) => {
                const { borderStyle, borderRadius, borderWidth, content } = getComputedStyle(document.querySelector(wanted), '::before');
                return [borderStyle, borderRadius, borderWidth, content].join(' ');
            };
            const current = shape('.steps [aria-current]'), next = shape('.steps .next'), done = shape('.steps .done');
            return [current !== next, current !== done, next !== done, current.startsWith('double 0px')];";
        assert_eq!(browser.run(shapes, vec![]).await, json!([true, true, true, true]), "{scheme}");
    }
    browser.visit("/pencetakan-ktp-el/tambah").await;
    for scheme in ["light", "dark"] {
        browser.force_colours(scheme).await;
        let bar = browser.find("//progress").await.screenshot().await.unwrap();
        let bar = image::load_from_memory(&bar).unwrap().to_luma8();
        let (middle, width) = (bar.height() / 2, bar.width());
        let at = |x: u32| i32::from(bar.get_pixel(x, middle).0[0]);
        let (behind, ahead) = (at(width / 12), at(width / 2));
        assert!((behind - ahead).abs() > 60, "{scheme}: {behind} behind, {ahead} ahead");
        let border = i32::from(bar.get_pixel(width / 2, 1).0[0]);
        assert!((border - ahead).abs() > 60, "{scheme}: a border of {border} around {ahead}");
    }
    browser.close().await;
}

#[tokio::test]
async fn the_key_of_an_officers_second_factor_is_read_in_all_colours() {
    let browser = Browser::open(Manner { width: 1280, ..Manner::default() }).await;
    browser.service.officer("anggrek.desk", DESK_PASSWORD);
    browser.visit("/petugas/masuk").await;
    browser.fill("Nama pengguna", "anggrek.desk").await;
    browser.fill("Kata sandi", DESK_PASSWORD).await;
    browser.press("Masuk").await;
    let key = browser.find("//main//code").await.text().await.unwrap().replace(' ', "");
    let picture = browser.find("//*[@role='img']").await.screenshot().await.unwrap();
    let address = piped("zbarimg", &["-q", "--raw", "PNG:-"], &picture).trim().to_owned();
    assert!(address.starts_with("otpauth://totp/") && address.contains(&format!("secret={key}")), "{address}");
    browser.scan_everywhere(&address).await;
    browser.close().await;
}
