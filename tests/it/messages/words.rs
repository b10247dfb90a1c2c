//! Every text, for every counter that there is.

use alpukat::{
    db::schedule,
    domain::{
        category::{Category, DocumentKind},
        code::Code,
        event::{Explanation, Fault},
        message::MessageKind,
        receipt::ReceiptNumber,
    },
    render::sms::{self, Notice, septets},
};
use time::macros::{date, datetime};

use crate::support::app::App;

#[tokio::test]
async fn every_text_fits_one_part_at_every_counter() {
    let app = App::new().await;
    let counters = schedule::counters(&mut app.state.db.read().await.unwrap()).await.unwrap();
    assert_eq!(counters.len(), 317);
    let number = ReceiptNumber::from_values([26; 7]);
    let at = datetime!(2026-12-30 15:30 +7);
    let (mut longest, mut texts) = ((0, String::new()), 0);
    let explanations: Vec<Explanation> = DocumentKind::ALL
        .iter()
        .flat_map(|kind| Fault::ALL.iter().map(|fault| Explanation { faults: vec![(*kind, *fault); 6], words: String::new() }))
        .collect();
    for counter in &counters {
        let mut notices = vec![
            Notice::Submitted,
            Notice::Waiting,
            Notice::Expired,
            Notice::Cancelled(at),
            Notice::Approved(counter),
            Notice::NotCollected(counter),
            Notice::StillThere(counter),
            Notice::Collected(counter, at),
            Notice::Moved(counter, at, None),
        ];
        for category in Category::ALL {
            notices.push(Notice::Ready(counter, at, *category));
            notices.push(Notice::Moved(counter, at, Some(*category)));
            notices.push(Notice::Reminder(counter, at, *category));
        }
        notices.extend(explanations.iter().map(|why| Notice::Returned(why, date!(2026 - 12 - 30))));
        notices.extend(explanations.iter().map(Notice::Refused));
        let accounts = [MessageKind::AkunDilepas, MessageKind::PonselDiganti];
        let accounts = accounts.map(|kind| sms::account_text(kind, counter, at));
        let code = [sms::counter_code_text(&Code::of(0), counter)];
        for text in notices.iter().map(|notice| sms::text(number, notice)).chain(accounts).chain(code) {
            let length = septets(&text).unwrap_or_else(|| panic!("letters that no plain SMS has: {text}"));
            assert!(length <= 160, "{length}: {text}");
            assert!(!text.contains("http") && !text.contains("www"), "no link: {text}");
            texts += 1;
            if length > longest.0 {
                longest = (length, text);
            }
        }
    }
    println!("{texts} texts; the longest has {}: {}", longest.0, longest.1);
}
