//! `/pencetakan-ktp-el/{id}/keterangan-cetak` and the same as PDF: the receipt.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use time::OffsetDateTime;
use tokio::{sync::Semaphore, task};

use super::{Address, load};
use crate::{
    db::{Conn, Db},
    domain::{
        application::{Application, Appointment},
        calendar::day_of,
        receipt::ReceiptNumber,
        status::Status,
    },
    render::{
        dates,
        qr::Qr,
        receipt::{self, NoPickup, Pickup, Receipt, ReceiptError},
        status, words,
    },
    web::{
        error::{WebError, WebResult},
        paths,
        shell::{Shell, Visit},
        state::Site,
    },
};

/// Receipts that are drawn at the same time; others wait.
static DRAWING: Semaphore = Semaphore::const_new(2);

#[derive(Template, WebTemplate)]
#[template(path = "citizen/receipt.html")]
struct ReceiptPage {
    shell: Shell,
    facts: Facts,
    qr: Qr,
    /// What the code is, for whoever does not see it.
    qr_words: String,
    page: String,
    pdf: String,
    calendar: String,
}

/// What the receipt states, on both kinds of paper.
struct Facts {
    number: ReceiptNumber,
    submitted: String,
    status: Status,
    /// The tone of what is said about fetching the card.
    tone: &'static str,
    category: &'static str,
    name: String,
    nik: String,
    kelurahan: String,
    phone: String,
    documents: Vec<String>,
    /// When and where the card is fetched, or why there is nothing to fetch.
    pickup: Result<Appointment, String>,
    bring: Vec<String>,
    collectors: Option<String>,
    check_url: String,
    made_at: String,
}

pub async fn get(visit: Visit, State(db): State<Db>, State(site): State<Site>, Address(ids): Address) -> WebResult {
    let facts = facts(&mut db.read().await?, &visit, &site, ids).await?;
    let qr = Qr::new(&facts.check_url).map_err(ReceiptError::from)?;
    let id = ids.application();
    Ok(ReceiptPage {
        shell: visit.shell,
        qr_words: format!("Kode QR ke halaman periksa permohonan {}", facts.number),
        facts,
        qr,
        page: paths::application(id),
        pdf: paths::receipt_pdf(id),
        calendar: paths::calendar(id),
    }
    .into_response())
}

pub async fn pdf(visit: Visit, State(db): State<Db>, State(site): State<Site>, Address(ids): Address) -> WebResult {
    let facts = facts(&mut db.read().await?, &visit, &site, ids).await?;
    let name = format!("inline; filename=\"keterangan-cetak-{}.pdf\"", facts.number);
    let turn = DRAWING.acquire().await.map_err(|_| WebError::NotFound)?;
    let drawing = move || {
        let _turn = turn;
        draw(&facts)
    };
    let bytes = task::spawn_blocking(drawing).await.map_err(std::io::Error::from)??;
    let mut response = ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn draw(facts: &Facts) -> Result<Vec<u8>, ReceiptError> {
    let place = facts.pickup.as_ref().map(|place| {
        let hour = format!("{}\u{a0}WIB", dates::half_hour(place.starts_at));
        (place.counter.name(), dates::full_date(day_of(place.starts_at)), hour, place.counter.address.as_deref())
    });
    let pickup = match &place {
        Ok((counter, date, hour, address)) => Ok(Pickup { counter, address: *address, date, hour }),
        Err(why) => Err(NoPickup { status: facts.status.label(), why }),
    };
    receipt::pdf(&Receipt {
        number: &facts.number.to_string(),
        submitted: &facts.submitted,
        category: facts.category,
        name: &facts.name,
        nik: &facts.nik,
        kelurahan: &facts.kelurahan,
        phone: &facts.phone,
        documents: facts.documents.clone(),
        pickup,
        bring: facts.bring.clone(),
        collectors: facts.collectors.clone(),
        check_url: &facts.check_url,
        made_at: &facts.made_at,
    })
}

async fn facts(conn: &mut Conn, visit: &Visit, site: &Site, ids: super::InAddress) -> WebResult<Facts> {
    let application = load(conn, visit, ids.application()).await?;
    // A draft has no receipt yet.
    stated(&application, site, visit.now).ok_or_else(|| WebError::Elsewhere(paths::application(application.id)))
}

fn stated(application: &Application, site: &Site, now: OffsetDateTime) -> Option<Facts> {
    let civil = application.details.civil.as_ref()?;
    let category = application.category?;
    let document = |document: &crate::domain::application::DocumentSummary| {
        format!("{}, {} halaman, {}", document.kind.label(), document.pages.len(), dates::hour_wib(document.received_at))
    };
    let is_open = application.status.is_open();
    let bring = ["Keterangan ini, dicetak atau di layar ponsel".to_owned(), words::bring(category).to_owned()];
    Some(Facts {
        number: application.receipt_number?,
        submitted: dates::full(application.submitted_at?),
        status: application.status,
        tone: match application.status {
            Status::Ditolak | Status::Dibatalkan | Status::Kedaluwarsa => "stop",
            status => status::note_tone(status),
        },
        category: category.label(),
        name: civil.name.as_str().to_owned(),
        nik: civil.nik.masked(),
        kelurahan: application.kelurahan.clone(),
        phone: application.details.phone.as_ref()?.masked(),
        documents: application.documents.iter().map(document).collect(),
        pickup: application.pickup().cloned().ok_or_else(|| status::no_pickup(application)),
        bring: if is_open { bring.into() } else { Vec::new() },
        collectors: is_open
            .then(|| format!("{} Tunggu SMS “siap diambil” sebelum datang.", words::collector(civil.name.as_str()))),
        check_url: format!("{}{}", site.public_url, paths::check(application.check_code?)),
        made_at: dates::full(now),
    })
}
