//! `/privasi`: what is kept, why, how long, whom to ask (UU 27/2022 on personal data, art. 21).

use askama::Template;
use askama_web::WebTemplate;

use crate::{
    render::mail,
    web::{paths, shell::Shell},
};

#[derive(Template, WebTemplate)]
#[template(path = "public/privacy.html")]
pub struct PrivacyPage {
    shell: Shell,
}

pub async fn get(shell: Shell) -> PrivacyPage {
    PrivacyPage { shell }
}
