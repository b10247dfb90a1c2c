//! Using a page as people do: by what is written on it, with a mouse, a finger or a keyboard.

use std::{path::Path, time::Duration};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use serde_json::json;
use tokio::time::sleep;

use crate::browser::Browser;

/// Tells where the keyboard's focus is, seen from the wanted element; and that it can be seen.
const FOCUS: &str = "
    const [wanted] = arguments, here = document.activeElement;
    if (here === document.body) return 'on';
    const { outlineStyle, outlineWidth } = getComputedStyle(here), { width, height } = here.getBoundingClientRect();
    const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 3 && width > 1 && height > 1;
    if (!seen) return 'cannot be seen on ' + here.outerHTML;
    if (here === wanted) return 'here';
    if (wanted.type === 'radio' && here.name === wanted.name) return 'group';
    return wanted.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING ? 'back' : 'on';";

/// Parts of a page within which names may come again.
pub fn row(name: &str) -> String {
    format!("//tr[th[normalize-space()='{name}']]")
}

pub fn section(heading: &str) -> String {
    format!("//section[h2[normalize-space()='{heading}']]")
}

impl Browser {
    /// Presses a button, or follows a link, that reads so, to another page.
    pub async fn press(&self, name: &str) {
        self.press_in("", name).await;
    }

    pub async fn press_in(&self, place: &str, name: &str) {
        let button = self.button(place, name).await;
        self.leave_by(async || self.activate(&button).await).await;
    }

    /// The same, where the page stays and a script answers.
    pub async fn press_and_stay(&self, place: &str, name: &str) {
        let button = self.button(place, name).await;
        self.activate(&button).await;
    }

    async fn button(&self, place: &str, name: &str) -> Element {
        let named = format!("//*[self::a or self::button][normalize-space()='{name}']");
        let in_main = format!("//main{place}{named}");
        // Names in the header come again in pages, where they are meant.
        let path = if self.has(&in_main).await { in_main } else { named };
        self.find(&path).await
    }

    async fn activate(&self, element: &Element) {
        if self.manner.keyboard {
            self.reach(element).await;
            // As a person does: keys that follow each other at once are a scanner's, at the desk.
            sleep(Duration::from_millis(60)).await;
            self.type_keys(&[Key::Enter]).await;
        } else {
            element.click().await.unwrap();
        }
    }

    /// The field that a label names.
    pub async fn field(&self, place: &str, label: &str) -> Element {
        let label = self.find(&format!("//main{place}//label[normalize-space()='{label}']")).await;
        let id = label.attr("for").await.unwrap().expect("a label names no field");
        self.find(&format!("//*[@id='{id}']")).await
    }

    /// Types into a field, in place of what stands there.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.field("", label).await;
        if self.manner.keyboard {
            self.reach(&field).await;
            self.hold(Key::Control, 'a').await;
            self.type_signs(text.chars()).await;
        } else {
            field.clear().await.unwrap();
            field.send_keys(text).await.unwrap();
        }
        assert_eq!(field.prop("value").await.unwrap().as_deref(), Some(text), "{label}");
    }

    /// Ticks a box or chooses a radio.
    pub async fn choose(&self, label: &str) {
        let field = self.field("", label).await;
        if field.is_selected().await.unwrap() {
            return;
        }
        if self.manner.keyboard {
            if self.reach(&field).await == "group" {
                self.walk_to(&field).await;
            } else {
                self.type_keys(&[Key::Space]).await;
            }
        } else {
            self.find(&format!("//main//label[normalize-space()='{label}']")).await.click().await.unwrap();
        }
        assert!(field.is_selected().await.unwrap(), "{label}");
    }

    /// Radios of one group are walked through with arrows, which choose as they go.
    async fn walk_to(&self, radio: &Element) {
        for _ in 0..40 {
            self.type_keys(&[Key::Down]).await;
            if radio.is_selected().await.unwrap() {
                return;
            }
        }
        panic!("no arrow leads to a radio of this group");
    }

    /// Chooses the next entry of a list.
    pub async fn choose_next(&self, label: &str) {
        let list = self.field("", label).await;
        let before = list.prop("value").await.unwrap();
        if self.manner.keyboard {
            self.reach(&list).await;
            self.type_keys(&[Key::Down]).await;
        } else {
            let next = self.run("return arguments[0].selectedIndex + 1", vec![json!(list)]).await.as_u64().unwrap();
            list.select_by_index(usize::try_from(next).unwrap()).await.unwrap();
        }
        assert_ne!(list.prop("value").await.unwrap(), before, "{label}");
    }

    /// Gives a file to a document's field. Browsers' own windows for it cannot be driven, so the path is handed over.
    pub async fn attach(&self, document: &str, file: &Path) {
        let field = self.field(&section(document), "Browse").await;
        if self.manner.keyboard {
            self.reach(&field).await;
        }
        field.send_keys(file.to_str().unwrap()).await.unwrap();
    }

    /// Goes with Tab and Shift+Tab until an element, or a radio of its group, has the focus, which can be seen all the way.
    async fn reach(&self, element: &Element) -> String {
        for _ in 0..150 {
            let focus = self.run(FOCUS, vec![json!(element)]).await.as_str().unwrap().to_owned();
            match focus.as_str() {
                "here" | "group" => return focus,
                "on" => self.type_keys(&[Key::Tab]).await,
                "back" => self.hold(Key::Shift, Key::Tab.into()).await,
                unseen => panic!("{}: the focus {unseen}", self.path().await),
            }
        }
        panic!("{}: Tab does not lead to {}", self.path().await, element.html(false).await.unwrap());
    }

    /// Waits until the desk's keys act: in the first moments of a page none does.
    pub async fn keys_act(&self) {
        while self
            .run(
                "return performance.now() < performance.getEntriesByType('navigation')[0].domContentLoadedEventStart + 800",
                vec![],
            )
            .await
            == true
        {
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses keys wherever the focus is.
    pub async fn press_keys(&self, signs: &str) {
        self.type_signs(signs.chars()).await;
    }

    async fn type_keys(&self, keys: &[Key]) {
        self.type_signs(keys.iter().map(|key| char::from(*key))).await;
    }

    async fn type_signs(&self, signs: impl Iterator<Item = char>) {
        let press = |keys: KeyActions, sign| keys.then(KeyAction::Down { value: sign }).then(KeyAction::Up { value: sign });
        self.client.perform_actions(signs.fold(KeyActions::new("keyboard".to_owned()), press)).await.unwrap();
    }

    async fn hold(&self, held: Key, sign: char) {
        let held = char::from(held);
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value: sign })
            .then(KeyAction::Up { value: sign })
            .then(KeyAction::Up { value: held });
        self.client.perform_actions(keys).await.unwrap();
    }
}
