//! `/kontak`: one's kelurahan, its address, hours and chat number, as far as known.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    response::IntoResponse,
};

use crate::{
    db::{Db, schedule},
    domain::region::{Counter, RegionCode, RegionLevel},
    render::words,
    web::{
        error::{WebError, WebResult},
        form::pairs,
        paths,
        shell::Shell,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "public/contact.html")]
struct ContactPage {
    shell: Shell,
    /// Every kelurahan, by name.
    kelurahan: Vec<Counter>,
    /// The counters of the chosen one, nearest first.
    chosen: Vec<Counter>,
}

impl ContactPage {
    fn is_chosen(&self, counter: &Counter) -> bool {
        self.chosen.first().is_some_and(|first| first.code == counter.code)
    }
}

pub async fn get(shell: Shell, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    let query = pairs(query.unwrap_or_default().as_bytes());
    let code = query.iter().find(|(name, _)| name == "kelurahan").map(|(_, code)| code.as_str()).filter(|code| !code.is_empty());
    let counters = schedule::counters(&mut db.read().await?).await?;
    let mut chosen = Vec::new();
    if let Some(code) = code {
        let codes = RegionCode::parse(code).ok_or(WebError::NotFound)?.counters();
        chosen = codes.iter().filter_map(|code| counters.iter().find(|counter| counter.code == *code).cloned()).collect();
        if chosen.is_empty() {
            return Err(WebError::NotFound);
        }
    }
    let mut kelurahan: Vec<Counter> =
        counters.into_iter().filter(|counter| counter.code.level() == RegionLevel::Kelurahan).collect();
    kelurahan.sort_by(|a, b| a.region.cmp(&b.region));
    Ok(ContactPage { shell, kelurahan, chosen }.into_response())
}

/// A chat with the counter's officers, with a first sentence that says nothing personal.
fn chat(counter: &Counter) -> Option<String> {
    let number = counter.whatsapp.as_ref()?.as_str().trim_start_matches('+').to_owned();
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("text", words::FIRST_SENTENCE).finish();
    Some(format!("https://wa.me/{number}?{}", query.replace('+', "%20")))
}
