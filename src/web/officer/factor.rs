//! `/petugas/dua-langkah`: the second step into the desk. The first time it shows the key to set up the
//! authenticator app with, and afterwards, once, the recovery codes.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use tower_sessions::Session;

use super::{HALF_WAY, THEN, desk::DeskShell};
use crate::{
    actions::{ProofError, desk_login},
    adapters::{authenticator::Authenticator, clock::Clock},
    db::{
        Db, officers,
        officers::{FactorSecret, Record},
        sessions,
    },
    domain::ids::OfficerId,
    render::{desk_words, qr::Qr, words},
    web::{
        after_login,
        error::{WebError, WebResult, too_many},
        form::Form,
        middleware::Origin,
        paths,
        shell::{PASSWORD, SINCE},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "officer/factor.html")]
struct FactorPage {
    shell: DeskShell,
    form: Form,
    refused: Option<String>,
    /// What the app is set up with, the first time.
    key: Option<Key>,
}

struct Key {
    qr: Qr,
    text: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "officer/recovery.html")]
struct RecoveryPage {
    shell: DeskShell,
    codes: Vec<String>,
}

/// The officer who has shown their password in this session, or the way back to the door.
async fn half_way(session: &Session, db: &Db) -> WebResult<Record> {
    let elsewhere = || WebError::Elsewhere(paths::DESK_LOGIN.to_owned());
    let id = session.get::<OfficerId>(HALF_WAY).await?.ok_or_else(elsewhere)?;
    let mark = session.get::<i64>(PASSWORD).await?;
    let record = officers::by_id(&mut db.read().await?, id).await?;
    record.filter(|record| record.is_enabled && mark == Some(record.password_mark())).ok_or_else(elsewhere)
}

/// Under this key a session keeps the sealed secret that it was offered, until a code of it was shown.
const OFFER: &str = "offer";

/// The secret that this session sets the second factor up with, made when it is first asked for; none for whoever has one.
async fn offered(session: &Session, db: &Db, record: &Record) -> WebResult<Option<FactorSecret>> {
    if record.is_set_up {
        return Ok(None);
    }
    let conn = db.read().await?;
    if let Some(sealed) = session.get::<Vec<u8>>(OFFER).await? {
        return Ok(Some(officers::open_offer(&conn, record.officer.id, &sealed)?));
    }
    let secret: FactorSecret = rand::random();
    session.insert(OFFER, officers::seal_offer(&conn, record.officer.id, &secret)?).await?;
    Ok(Some(secret))
}

fn page(record: &Record, offer: Option<FactorSecret>, form: Form, refused: Option<String>) -> WebResult<FactorPage> {
    let key = match offer {
        None => None,
        Some(secret) => {
            let authenticator = Authenticator::new(record.officer.username.as_str(), &secret).map_err(anyhow::Error::from);
            let key = authenticator.and_then(|app| Ok(Key { qr: Qr::new(&app.address()?)?, text: app.key() }));
            Some(key.map_err(WebError::Broken)?)
        }
    };
    Ok(FactorPage { shell: DeskShell::default(), form, refused, key })
}

pub async fn get(session: Session, State(db): State<Db>) -> WebResult {
    let record = half_way(&session, &db).await?;
    let offer = offered(&session, &db, &record).await?;
    Ok(page(&record, offer, Form::default(), None)?.into_response())
}

pub async fn post(
    session: Session,
    State(db): State<Db>,
    State(clock): State<Clock>,
    Origin(from): Origin,
    mut form: Form,
) -> WebResult {
    let now = clock.now();
    let record = half_way(&session, &db).await?;
    let offer = offered(&session, &db, &record).await?;
    if form.value("kode").trim().is_empty() {
        form.reject("kode", desk_words::CODE_EMPTY);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&record, offer, form, None)?).into_response());
    }
    match desk_login::show_factor(&db, record.officer.id, form.value("kode"), offer, &from, now).await {
        Ok(codes) => {
            session.cycle_id().await?;
            session.remove::<OfficerId>(HALF_WAY).await?;
            session.remove::<Vec<u8>>(OFFER).await?;
            session.insert(sessions::OFFICER, record.officer.id).await?;
            session.insert(SINCE, now.unix_timestamp()).await?;
            let then = session.remove::<String>(THEN).await?.unwrap_or_default();
            let then = after_login::allowed_at_the_desk(&then).to_owned();
            let Some(codes) = codes else { return Ok(Redirect::to(&then).into_response()) };
            Ok(RecoveryPage { shell: DeskShell::default(), codes }.into_response())
        }
        Err(ProofError::Wrong) => {
            let page = page(&record, offer, form, Some(desk_words::CODE_WRONG.to_owned()))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(ProofError::TooMany(next)) => Ok(too_many(page(&record, offer, form, Some(words::too_many(next)))?, next, now)),
        Err(error) => Err(error.into()),
    }
}
