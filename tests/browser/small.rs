//! What a narrow phone shows: words that must not break stand on one line, lone links and buttons can be hit by a thumb, and
//! the page is kept for the HTML checker.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::browser::{Browser, Manner};

/// The narrowest phone.
const NARROW: u32 = 320;

/// Words that are broken over two lines, told by the rectangles of their text; and marked words that became a flex item.
const BROKEN: &str = r"
    const words = /[^\s]*KTP-el[^\s]*|[2-9B-DF-HJ-NP-TV-XZ]{4}-[2-9B-DF-HJ-NP-TV-XZ]{4}|08\d\d-[\d*]{3,4}-[\d*]{2,5}|\d\d-\d\d-\d{4}|\d\d\.\d\d–\d\d\.\d\d(\u00a0WIB)?|halaman \d+[.,]?/gi;
    const blocks = new Set(), wrong = [];
    const isInline = (element) => /^inline(-block)?$/.test(getComputedStyle(element).display);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    // The text of a block, with where each of its nodes begins, so that a word and the dot behind it may be in two elements.
    while (walker.nextNode()) {
        let block = walker.currentNode.parentElement;
        while (isInline(block)) block = block.parentElement;
        blocks.add(block);
    }
    const inside = (block) => {
        const found = [], walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
        while (walk.nextNode()) {
            const node = walk.currentNode, parent = node.parentElement;
            let own = parent;
            while (own !== block && isInline(own)) own = own.parentElement;
            if (own === block && (node.nodeType === Node.TEXT_NODE || node.tagName === 'BR')) found.push(node);
        }
        return found;
    };
    for (const block of blocks) {
        if (!block.checkVisibility() || block.closest('option, script, .vh, title')) continue;
        const parts = [];
        let text = '';
        for (const node of inside(block)) {
            parts.push([node, text.length]);
            text += node.data ?? '\n';
        }
        // On how many lines a piece of the text stands; what floats above it, such as unseen text, does not count.
        const lines = (from, to) => {
            const tops = [];
            for (const [node, start] of parts) {
                const [first, last] = [Math.max(from - start, 0), Math.min(to - start, node.length ?? 0)];
                if (first >= last) continue;
                const range = document.createRange();
                range.setStart(node, first);
                range.setEnd(node, last);
                tops.push(...[...range.getClientRects()].filter(({ width }) => width > 0).map(({ bottom }) => bottom));
            }
            return tops.filter((bottom, index) => !tops.slice(0, index).some((other) => Math.abs(bottom - other) < 8)).length;
        };
        for (const found of text.matchAll(words)) {
            if (lines(found.index, found.index + found[0].length) > 1) wrong.push(found[0] + ' is broken in: ' + text.trim().slice(0, 90));
        }
        // A sign that ends a sentence never begins a line.
        for (const found of text.matchAll(/[^\s][.,;:?](?=\s|$)/g)) {
            if (lines(found.index, found.index + 2) > 1) wrong.push('a lone ' + found[0] + ' in: ' + text.trim().slice(0, 90));
        }
    }
    for (const mark of document.querySelectorAll('.nw')) {
        if (/flex|grid/.test(getComputedStyle(mark.parentElement).display)) wrong.push('a column of its own: ' + mark.parentElement.outerHTML.slice(0, 120));
    }
    return [...new Set(wrong)];";

/// Links and buttons that are too small for a thumb, but for links in a sentence (WCAG 2.5.5).
const SMALL: &str = "
    const wrong = [];
    for (const target of document.querySelectorAll('a[href], button, summary')) {
        const { width, height, right } = target.getBoundingClientRect();
        if (!target.checkVisibility() || right < 0 || width === 0) continue;
        const around = [...target.parentElement.childNodes].filter((node) => node !== target && node.nodeType === Node.TEXT_NODE);
        const inSentence = getComputedStyle(target.parentElement).display !== 'flex' && around.some((node) => /[\\p{L}\\d]/u.test(node.data));
        if (!inSentence && (height < 43.9 || width < 43.9)) {
            wrong.push(Math.round(width) + ' x ' + Math.round(height) + ': ' + target.outerHTML.slice(0, 120));
        }
    }
    return wrong;";

impl Browser {
    /// Looks at the page as on the narrowest phone.
    pub async fn look_narrow(&self, name: &str) {
        self.be_wide(NARROW).await;
        for (script, what) in [(BROKEN, "breaks words"), (SMALL, "is hard to hit")] {
            let wrong = self.run(script, vec![]).await;
            assert_eq!(wrong, json!([]), "{name} {what} on {}", self.path().await);
        }
        self.be_wide(self.manner.width).await;
    }

    /// Keeps the page as it stands, with what scripts have made of it, for the HTML checker (see bin/test). As they are sent,
    /// pages are kept by the other tests.
    pub async fn keep_source(&self, name: &str) {
        let page = self.run("return '<!doctype html>' + document.documentElement.outerHTML", vec![]).await;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("html");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("chromium-{name}.html")), page.as_str().unwrap()).unwrap();
    }
}

/// A page with a fault put into it.
async fn spoilt(script: &str) -> Browser {
    let browser = Browser::open(Manner::default()).await;
    browser.visit("/masuk").await;
    browser.run(script, vec![]).await;
    browser
}

#[tokio::test]
#[should_panic(expected = "KTP-el is broken in")]
async fn a_broken_word_is_noticed() {
    let script = "document.querySelector('h1').innerHTML = '<p>KTP-el</p>'; document.querySelector('h1 p').style.width = '3em'";
    spoilt(script).await.look_narrow("masuk").await;
}

#[tokio::test]
#[should_panic(expected = "a lone ")]
async fn a_lone_dot_is_noticed() {
    let script = "const p = document.querySelector('h1'); p.style.width = '4em';
        p.innerHTML = '<span>satu</span>.'; p.firstChild.style.cssText = 'display: inline-block; width: 4em'";
    spoilt(script).await.look_narrow("masuk").await;
}

#[tokio::test]
#[should_panic(expected = "Lupa kata sandi?")]
async fn a_link_too_small_for_a_thumb_is_noticed() {
    spoilt("document.querySelector('a[href=\"/lupa-kata-sandi\"]').parentElement.className = ''")
        .await
        .look_narrow("masuk")
        .await;
}
