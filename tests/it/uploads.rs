//! Uploads as a browser sends them: each bad one gets its sentence and never a fault of ours; good
//! ones are stored the moment they are posted.

use axum::{
    body::{Body, Bytes},
    http::Request,
};
use http_body_util::channel::Channel;

use crate::{
    files, pdfs,
    support::{
        app::App,
        browser::{Browser, multipart},
        people::grown_up,
    },
};

/// A logged-in citizen with a `rusak` draft at the upload page.
async fn at_the_upload_page(app: &App) -> (Browser, String) {
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await.location();
    browser.post(&format!("{draft}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "081300005678")]).await.location();
    (browser, draft)
}

#[tokio::test]
async fn every_bad_upload_gets_its_own_sentence() {
    let app = App::new().await;
    let (mut browser, draft) = at_the_upload_page(&app).await;
    let photo = files::phone_jpeg();
    let half = &photo[..photo.len() / 2];
    let large = [photo.clone(), vec![0; 11 * 1024 * 1024]].concat();
    let table: [(&str, &[u8], u16, &str); 15] = [
        ("kosong.jpg", b"", 422, "Berkas kosong.jpg kosong."),
        ("terpotong.jpg", half, 422, "Berkas terpotong.jpg tidak utuh"),
        (
            "halaman.jpg",
            b"<!doctype html><html><body>bukan foto</body></html>",
            422,
            "Berkas halaman.jpg bukan JPEG, PNG, atau PDF.",
        ),
        ("arsip.jpg", &files::zip(), 422, "Berkas arsip.jpg bukan JPEG, PNG, atau PDF."),
        ("bom.png", &files::png_bomb(), 422, "Foto bom.png terlalu lebar (30.000 × 30.000 piksel)."),
        ("IMG_2041.HEIC", &files::heic(), 422, "Berkas IMG_2041.HEIC berformat HEIC."),
        ("terkunci.pdf", &pdfs::locked_pdf(), 422, "PDF terkunci.pdf terkunci kata sandi."),
        ("sebelas.pdf", &pdfs::pdf(11), 422, "PDF sebelas.pdf berisi 11 halaman. Paling banyak 10"),
        ("bom.pdf", &pdfs::content_bomb(), 422, "PDF bom.pdf tidak dapat dibuka."),
        ("bom2.pdf", &pdfs::object_stream_bomb(), 422, "PDF bom2.pdf tidak dapat dibuka."),
        (
            "lampiran.pdf",
            &pdfs::pdf_with_attachment(),
            422,
            "PDF lampiran.pdf memuat lampiran, yaitu berkas lain di dalamnya. Cetak ke PDF tanpa lampiran",
        ),
        ("besar.jpg", &large, 413, "Berkas besar.jpg berukuran 11,"),
        ("setengah.pdf", &pdfs::pdf(2)[..400], 422, "setengah.pdf tidak utuh"),
        ("", b"", 422, "Pilih berkas dengan “Browse”, lalu tekan “Upload”."),
        ("../../etc/passwd", b"root", 422, "Berkas passwd bukan JPEG"),
    ];
    for (name, bytes, status, sentence) in table {
        let page = browser.upload(&format!("{draft}/unggah/ktp_rusak"), name, bytes).await;
        assert_eq!(page.status, status, "{name}: {}", page.text("main"));
        assert!(page.text(".note.stop").contains(sentence), "{name}: {}", page.text(".note.stop"));
        assert!(page.text(".error").contains(sentence), "{name}: {}", page.text(".error"));
        assert!(page.text("title").starts_with("Kesalahan:"), "{name}");
    }
    assert_eq!(app.count("select count(*) from pages").await, 0);
}

#[tokio::test]
async fn a_body_cut_in_the_middle_and_nonsense_are_no_fault_of_ours() {
    let app = App::new().await;
    let (mut browser, draft) = at_the_upload_page(&app).await;
    let address = format!("{draft}/unggah/ktp_rusak");
    let (kind, whole) = multipart("ktp_rusak", "foto.jpg", &files::phone_jpeg());
    for length in [0, 10, 60, 200, whole.len() / 2] {
        let request = Request::post(address.trim_end_matches("/ktp_rusak")).header("content-type", &kind);
        let page = browser.send(request, Body::from(whole[..length].to_vec())).await;
        assert_eq!(page.status, 422, "cut at {length}");
        assert!(
            page.text(".note.stop").contains("tidak utuh") || page.text(".note.stop").contains("Pilih berkas"),
            "cut at {length}"
        );
    }
    for kind in ["text/plain", "multipart/form-data"] {
        let page = browser
            .send(Request::post(address.trim_end_matches("/ktp_rusak")).header("content-type", kind), Body::from("x=1"))
            .await;
        assert_eq!(page.status, 415, "{kind}");
    }
    for unasked in ["kartu_as", "surat_pindah"] {
        let page = browser.upload(&format!("{draft}/unggah/{unasked}"), "a.png", &files::png(60, 40)).await;
        assert_eq!(page.status, 422, "{unasked}");
        assert!(page.text(".note.stop").contains("Berkas a.png tidak tersimpan, karena dokumen itu tidak diminta"), "{unasked}");
    }
    let broken = browser.upload("/pencetakan-ktp-el/none/unggah/kk", "a.png", b"x").await;
    assert_eq!(broken.status, 404);
}

#[tokio::test]
async fn a_form_whose_file_never_begins_is_broken_off() {
    let app = App::new().await;
    let (mut browser, draft) = at_the_upload_page(&app).await;
    let address = format!("{draft}/unggah/ktp_rusak");
    let (kind, whole) = multipart("ktp_rusak", "foto.jpg", &files::phone_jpeg());
    let boundary = kind.split_once("boundary=").unwrap().1;
    let endless =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"berkas\"; filename=\"{}", "a".repeat(1024 * 1024));
    let page = browser
        .send(Request::post(address.trim_end_matches("/ktp_rusak")).header("content-type", &kind), Body::from(endless))
        .await;
    assert_eq!(page.status, 422);
    let (mut sender, body) = Channel::<Bytes, axum::BoxError>::new(1);
    let answer =
        browser.send(Request::post(address.trim_end_matches("/ktp_rusak")).header("content-type", &kind), Body::new(body));
    let sending = async {
        sender.send_data(format!("--{boundary}\r\nContent-Disposition: form-data").into()).await.unwrap();
        let mut pieces = 0_usize;
        while sender.send_data(Bytes::from(vec![b'a'; 1024])).await.is_ok() {
            pieces += 1;
            assert!(pieces < 1024, "read without an end");
        }
    };
    let (page, ()) = tokio::join!(answer, sending);
    assert_eq!(page.status, 422);
    assert!(page.text(".note.stop").contains("tidak utuh"), "{}", page.text(".note.stop"));

    // Other fields before the file, and a file that comes at once, are as good as ever.
    let note = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"catatan\"\r\n\r\n{}\r\n", "a".repeat(60 * 1024));
    let fields = [note.as_bytes(), note.as_bytes(), &whole].concat();
    let page = browser
        .send(Request::post(address.trim_end_matches("/ktp_rusak")).header("content-type", &kind), Body::from(fields))
        .await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn pages_are_stored_at_once_shown_and_removed() {
    let app = App::new().await;
    let (mut browser, draft) = at_the_upload_page(&app).await;
    let stored = browser.upload(&format!("{draft}/unggah/kk"), "kk.pdf", &pdfs::pdf(10)).await;
    let page = browser.follow(&stored).await;
    assert!(page.text("[role=status]").contains("Kartu Keluarga (KK), halaman 10, tersimpan."), "{}", page.text("[role=status]"));
    assert_eq!(page.attributes(".files img", "src").len(), 10);
    for picture in page.attributes(".files img", "src") {
        let preview = browser.get(&picture).await;
        assert_eq!(preview.status, 200);
        assert!(preview.bytes.len() <= 8 * 1024, "{}", preview.bytes.len());
    }
    for link in page.attributes(".files a", "href") {
        let picture = browser.get(&link).await;
        let read = image::load_from_memory(&picture.bytes).unwrap();
        assert_eq!(read.height(), 2_000, "a readable page");
        assert!(read.to_luma8().pixels().any(|pixel| pixel.0[0] < 100), "with something on it");
    }
    let full = browser.upload(&format!("{draft}/unggah/kk"), "lagi.png", &files::png(60, 40)).await;
    assert_eq!(full.status, 422);
    assert!(full.text(".error").contains("Kartu Keluarga (KK) sudah berisi 10 halaman. Hapus satu bila ingin mengganti."));

    let remove = page.attributes(".files button", "value");
    for _ in 0..2 {
        browser.post(&format!("{draft}/unggah"), &[("tombol", &remove[0])]).await.location();
    }
    assert_eq!(app.count("select max(number)::bigint from pages where kind = 'kk'").await, 9, "the others moved up, once");
    browser.upload(&format!("{draft}/unggah/kk"), "lagi.png", &files::png(60, 40)).await.location();
    let twice = browser.upload(&format!("{draft}/unggah/kk"), "lagi.png", &files::png(60, 40)).await;
    assert_eq!(twice.status, 422);
    assert!(app.count("select count(distinct number) from pages where kind = 'kk'").await == 10);
}

#[tokio::test]
async fn the_same_file_twice_is_told_where_it_is() {
    let app = App::new().await;
    let (mut browser, draft) = at_the_upload_page(&app).await;
    let address = format!("{draft}/unggah/ktp_rusak");
    browser.upload(&address, "foto.jpg", &files::phone_jpeg()).await.location();
    let twice = browser.upload(&address, "lain-nama.jpg", &files::phone_jpeg()).await;
    assert_eq!(twice.status, 422);
    assert!(twice.text(".error").contains("Berkas ini sudah tersimpan sebagai halaman 1. Tidak perlu dikirim lagi."));
    // For another document it is a page like any other.
    browser.upload(&format!("{draft}/unggah/kk"), "foto.jpg", &files::phone_jpeg()).await.location();
}

#[tokio::test]
async fn no_connection_of_the_database_waits_for_a_phone() {
    let app = App::new().await;
    let (mut browser, _) = at_the_upload_page(&app).await;
    // Thirty phones that have sent a little and then nothing: more than the pool has connections.
    let mut phones = Vec::new();
    for _ in 0..30 {
        let (mut phone, draft) = at_the_upload_page(&app).await;
        let address = format!("{draft}/unggah/ktp_rusak");
        let (kind, whole) = multipart("ktp_rusak", "foto.jpg", &files::phone_jpeg());
        let (mut sender, body) = Channel::<Bytes>::new(1);
        sender.send_data(Bytes::copy_from_slice(&whole[..200])).await.unwrap();
        let body = Body::new(body);
        phones.push((
            sender,
            tokio::spawn(async move {
                phone.send(Request::post(address.trim_end_matches("/ktp_rusak")).header("content-type", kind), body).await.status
            }),
        ));
    }
    tokio::task::yield_now().await;
    for _ in 0..5 {
        assert_eq!(browser.get("/pencetakan-ktp-el").await.status, 200);
    }
    for (sender, phone) in phones {
        drop(sender);
        assert_eq!(phone.await.unwrap(), 422, "cut off");
    }
}

#[tokio::test]
async fn one_account_has_three_uploads_under_way_and_no_more() {
    let app = App::new().await;
    let (mut browser, draft) = at_the_upload_page(&app).await;
    let address = format!("{draft}/unggah/ktp_rusak");
    let (kind, whole) = multipart("ktp_rusak", "foto.jpg", &files::phone_jpeg());
    let mut phones = Vec::new();
    for _ in 0..3 {
        let (mut phone, address, kind) = (browser.clone(), address.clone(), kind.clone());
        let (mut sender, body) = Channel::<Bytes>::new(1);
        sender.send_data(Bytes::copy_from_slice(&whole[..200])).await.unwrap();
        let sending = async move {
            phone
                .send(Request::post(address.trim_end_matches("/ktp_rusak")).header("content-type", kind), Body::new(body))
                .await
                .status
        };
        phones.push((sender, tokio::spawn(sending)));
    }
    // There is room for more once what was sent first is read, which is done by whoever has got a place.
    for (sender, _) in &mut phones {
        sender.send_data(Bytes::copy_from_slice(&whole[200..400])).await.unwrap();
    }
    assert_eq!(browser.get("/pencetakan-ktp-el").await.status, 200, "pages answer meanwhile");
    assert_eq!(browser.upload(&address, "foto.jpg", &files::phone_jpeg()).await.status, 429);
    for (sender, phone) in phones {
        drop(sender);
        assert_eq!(phone.await.unwrap(), 422, "cut off");
    }
    browser.upload(&address, "foto.jpg", &files::phone_jpeg()).await.location();
}
