//! `/`: what can be applied for.

use askama::Template;
use askama_web::WebTemplate;

use crate::{
    domain::category::Category,
    render::words,
    web::{paths, shell::Shell},
};

#[derive(Template, WebTemplate)]
#[template(path = "public/home.html")]
pub struct HomePage {
    shell: Shell,
}

pub async fn get(shell: Shell) -> HomePage {
    HomePage { shell }
}
