//! `/pencetakan-ktp-el/{id}/dokumen`: the papers at hand, the police's letter, and the telephone.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use time::Date;

use super::{Address, came_from_check, load_draft, onward};
use crate::{
    actions::draft::{self, Papers},
    db::Db,
    domain::{
        application::{Application, Letter},
        calendar::day_of,
        category::{Category, DocumentKind},
        phone::Phone,
        typed_date, typed_text,
        wizard::WizardPage,
    },
    render::{dates, words},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths,
        shell::{Shell, Visit},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/papers.html")]
struct PapersPage {
    shell: Shell,
    form: Form,
    category: Category,
    /// The category was just changed.
    /// … on another page, while this form was filled in.
    refusal: Option<&'static str>,
    /// The warning about an old letter.
    old_letter: Option<String>,
    /// Documents of another category, which "Ya" leaves out.
    left_out: Option<String>,
    back: String,
    returning: bool,
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address, RawQuery(query): RawQuery) -> WebResult {
    let draft = load_draft(&mut db.read().await?, &visit, ids.application(), WizardPage::Dokumen).await?;
    let form = visit.unsent.clone().unwrap_or_else(|| stored(&draft, &visit));
    Ok(page(&visit, form, &draft, came_from_check(query.as_deref()))?.into_response())
}

pub async fn post(visit: Visit, State(db): State<Db>, Address(ids): Address, mut form: Form) -> WebResult {
    let id = ids.application();
    let returning = form.value("kembali") == "konfirmasi";
    let draft = load_draft(&mut db.read().await?, &visit, id, WizardPage::Dokumen).await?;
    let category = draft.category.ok_or(WebError::NotFound)?;
    // Filled in for another category than the one that a second page chose meanwhile.
    if ![category.code(), ""].contains(&form.value("keterangan")) {
        let mut page = page(&visit, form, &draft, returning)?;
        page.refusal = Some(words::CATEGORY_CHANGED_ELSEWHERE);
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let Some(papers) = read(&mut form, category, day_of(visit.now)) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&visit, form, &draft, returning)?).into_response());
    };
    if !draft::set_papers(&db, &visit.citizen, id, &papers, visit.now).await? {
        return Err(WebError::Elsewhere(paths::application(id)));
    }
    Ok(Redirect::to(&onward(WizardPage::Unggah, id, returning)).into_response())
}

/// The form as it was answered before; the account's telephone is proposed.
fn stored(draft: &Application, visit: &Visit) -> Form {
    let phone = draft.details.phone.as_ref().unwrap_or(&visit.citizen.account.contact.phone);
    let mut values = vec![("ponsel", phone.shown())];
    values.extend(draft.papers.iter().map(|kind| ("ada", kind.code().to_owned())));
    if let Some(letter) = &draft.details.letter {
        values.push(("surat_nomor", letter.number.clone()));
        values.push(("surat_kantor", letter.office.clone()));
        values.push(("surat_tanggal", dates::typed_date(letter.date)));
    }
    Form::with(values)
}

fn read(form: &mut Form, category: Category, today: Date) -> Option<Papers> {
    let at_hand: Vec<DocumentKind> = category.documents().filter(|kind| form.has("ada", kind.code())).collect();
    for kind in category.required().iter().filter(|kind| !at_hand.contains(kind)) {
        form.reject(&format!("ada-{}", kind.code()), words::papers_missing(*kind));
    }
    let letter = if category.needs_letter() { read_letter(form, today) } else { None };
    let phone = form.read("ponsel", Phone::parse, words::phone);
    if form.problems().is_empty() { Some(Papers { at_hand, phone: phone?, letter }) } else { None }
}

fn read_letter(form: &mut Form, today: Date) -> Option<Letter> {
    let number = form.read("surat_nomor", short_line, |empty| {
        if empty { words::LETTER_NUMBER_EMPTY.to_owned() } else { words::letter_long("Nomor surat") }
    });
    let office = form.read("surat_kantor", short_line, |empty| {
        if empty { words::LETTER_OFFICE_EMPTY.to_owned() } else { words::letter_long("Kantor polisi") }
    });
    let typed = form.value("surat_tanggal").to_owned();
    let date = form.read(
        "surat_tanggal",
        |text| typed_date::parse_recent(text, today),
        |error| words::date("tanggal surat", &typed, error),
    );
    Some(Letter { number: number?, office: office?, date: date? })
}

/// One line of text; the error tells whether it was empty rather than too long.
fn short_line(typed: &str) -> Result<String, bool> {
    let line = typed_text::line(typed);
    match line.chars().count() {
        0 => Err(true),
        length if length > Letter::FIELD_LENGTH => Err(false),
        _ => Ok(line),
    }
}

fn page(visit: &Visit, form: Form, draft: &Application, returning: bool) -> WebResult<PapersPage> {
    let category = draft.category.ok_or(WebError::NotFound)?;
    let old_letter = draft.letter().and_then(|letter| letter.old(day_of(visit.now))).map(words::letter_old);
    let before = if returning { WizardPage::Konfirmasi } else { WizardPage::Keterangan };
    Ok(PapersPage {
        shell: visit.shell.clone(),
        form,
        category,
        refusal: None,
        old_letter,
        left_out: words::left_out(&draft.leaves_out()),
        back: paths::wizard(before, draft.id),
        returning,
    })
}
