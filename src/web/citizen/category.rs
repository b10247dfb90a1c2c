//! `/pencetakan-ktp-el/{id}/keterangan`: why the card is printed again.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};

use super::{Address, came_from_check, load_draft, onward};
use crate::{
    actions::draft,
    db::Db,
    domain::{application::Application, category::Category, wizard::WizardPage},
    render::words,
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths,
        shell::{Shell, Visit},
        told,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/category.html")]
struct CategoryPage {
    shell: Shell,
    form: Form,
    name: String,
    choices: Vec<Choice>,
    back: String,
    returning: bool,
}

struct Choice {
    category: Category,
    chosen: bool,
    misfit: Option<String>,
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address, RawQuery(query): RawQuery) -> WebResult {
    let draft = load_draft(&mut db.read().await?, &visit, ids.application(), WizardPage::Keterangan).await?;
    let typed = visit.unsent.as_ref().and_then(|form| Category::parse(form.value("keterangan")));
    let chosen = typed.or(draft.category);
    Ok(page(visit.shell, Form::default(), &draft, chosen, came_from_check(query.as_deref())).into_response())
}

pub async fn post(visit: Visit, State(db): State<Db>, Address(ids): Address, mut form: Form) -> WebResult {
    let id = ids.application();
    let returning = form.value("kembali") == "konfirmasi";
    let draft = load_draft(&mut db.read().await?, &visit, id, WizardPage::Keterangan).await?;
    let chosen = Category::parse(form.value("keterangan"));
    match chosen {
        None => {
            // The summary leads to the first one that can be chosen.
            let fits = Category::ALL.iter().find(|category| category.misfit(&draft.resident).is_none());
            form.reject(fits.unwrap_or(&Category::Hilang).code(), words::CATEGORY_EMPTY);
        }
        Some(category) => {
            if let Some(misfit) = category.misfit(&draft.resident) {
                form.reject(category.code(), words::misfit(misfit, draft.resident.civil.name.as_str()));
            }
        }
    }
    let Some(category) = chosen.filter(|_| form.problems().is_empty()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(visit.shell, form, &draft, chosen, returning)).into_response());
    };
    if !draft::set_category(&db, &visit.citizen, id, category, visit.now).await? {
        return Err(WebError::Elsewhere(paths::application(id)));
    }
    // Another reason asks for other papers, so the way goes through them again, and says so.
    Ok(match draft.category {
        Some(before) if before != category => told::lead_to(&paths::wizard(WizardPage::Dokumen, id), words::CATEGORY_CHANGED),
        before => Redirect::to(&onward(WizardPage::Dokumen, id, returning && before.is_some())).into_response(),
    })
}

fn page(shell: Shell, form: Form, draft: &Application, chosen: Option<Category>, returning: bool) -> CategoryPage {
    let name = draft.resident.civil.name.as_str().to_owned();
    let choice = |category: &Category| {
        let misfit = category.misfit(&draft.resident).map(|misfit| words::misfit(misfit, &name));
        Choice { category: *category, chosen: chosen == Some(*category) && misfit.is_none(), misfit }
    };
    let choices = Category::ALL.iter().map(choice).collect();
    let back = if returning { paths::wizard(WizardPage::Konfirmasi, draft.id) } else { paths::WHO.to_owned() };
    CategoryPage { shell, form, name, choices, back, returning }
}
