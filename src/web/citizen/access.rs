//! `/akun/akses`: who opened my applications and pages, when, and in which office.

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, response::IntoResponse};

use crate::{
    db::{
        Db, events,
        events::{Access, AccessDeed},
    },
    domain::region::Counter,
    render::{dates, status},
    web::{
        error::WebResult,
        paths,
        shell::{Shell, Visit},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/access.html")]
struct AccessPage {
    shell: Shell,
    accesses: Vec<Line>,
}

struct Line {
    access: Access,
    deed: String,
    office: String,
}

pub async fn get(visit: Visit, State(db): State<Db>) -> WebResult {
    let accesses = events::accesses(&mut db.read().await?, visit.citizen.reader()).await?;
    let line = |access: Access| Line { deed: deed(&access), office: office(access.office.as_ref()), access };
    Ok(AccessPage { shell: visit.shell, accesses: accesses.into_iter().map(line).collect() }.into_response())
}

fn deed(access: &Access) -> String {
    match access.deed {
        AccessDeed::Case => "Membuka permohonan".to_owned(),
        AccessDeed::Numbers => "Melihat NIK dan nomor KK lengkap".to_owned(),
        AccessDeed::Page(kind, number) => format!("Melihat {}, halaman {number}", kind.label()),
        AccessDeed::Step(from, to) => status::deed(from, to).to_owned(),
    }
}

fn office(office: Option<&Counter>) -> String {
    office.map_or_else(|| "Dinas Dukcapil DKI Jakarta".to_owned(), Counter::name)
}
