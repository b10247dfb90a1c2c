//! The pages of a case, one by one, and who is told of every look.

use alpukat::domain::officer::Role;

use crate::{
    files, pdfs,
    support::{
        app::{App, NOW, SLOT},
        people::grown_up,
    },
};

#[tokio::test]
async fn every_page_is_reached_and_every_look_is_written_down() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.begin(&person).await;
    citizen.post(&format!("{address}/keterangan"), &[("keterangan", "pindah")]).await.location();
    let fields = [("ada", "surat_pindah"), ("ada", "kk"), ("ponsel", "0813-0000-5678")];
    citizen.post(&format!("{address}/dokumen"), &fields).await.location();
    // A letter of ten pages, a family card of five, and a photo four times as tall as it is wide.
    for (kind, name, bytes) in [
        ("surat_pindah", "surat.pdf", pdfs::pdf(10)),
        ("kk", "kk.pdf", pdfs::pdf(5)),
        ("ktp_lama", "kartu.jpg", files::jpeg(500, 2_000)),
    ] {
        citizen.upload(&format!("{address}/unggah/{kind}"), name, &bytes).await.location();
    }
    citizen.choose(&address, SLOT).await.location();
    citizen.yes(&address).await.location();
    let case = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    let mut officer = app.petugas().await;
    let mut looks = 0;
    let mut page = officer.get(&case).await;
    for (kind, count) in [("surat_pindah", 10), ("kk", 5), ("ktp_lama", 1)] {
        page = officer.get(&format!("{case}?dok={kind}")).await;
        let mut seen = 1;
        loop {
            let picture = page.attributes("figure img", "src").remove(0);
            let answer = officer.get(&picture).await;
            let shown = answer.headers["content-disposition"].to_str().unwrap();
            assert_eq!((answer.status, shown), (200, "inline; filename=\"halaman.jpg\""), "shown, and not downloaded");
            assert_eq!(answer.header("content-type"), "image/jpeg");
            assert!(page.text("figcaption").contains(&format!("Halaman {seen} dari {count}")));
            let turned = page.attributes("figcaption a[data-key=r]", "href").remove(0);
            let turned = officer.get(turned.split('#').next().unwrap()).await;
            assert!(turned.attributes("figure img", "class").concat().contains("turn-90"));
            assert_eq!(turned.attributes("[data-zoomers] button", "data-key"), ["+", "-"]);
            looks += 2;
            let next = page.attributes("figcaption a[data-key=ArrowRight]", "href").first().cloned();
            assert_eq!(next.is_none(), kind == "ktp_lama", "behind the last page of a document comes the next document");
            if seen == count {
                break;
            }
            page = officer.get(next.unwrap().split('#').next().unwrap()).await;
            seen += 1;
        }
        assert_eq!(seen, count, "{kind}");
    }
    assert_eq!(page.attributes("figure .tabs a", "href").len(), 3);
    let pages = "select count(distinct reason) from events where deed = 'lihat_halaman' and officer_id is not null";
    assert_eq!(app.count(pages).await, 16);
    assert_eq!(app.count("select count(*) from events where deed = 'lihat' and officer_id is not null").await, looks + 1);
    // The citizen reads it, and a stranger does not.
    let told = citizen.get("/akun/akses").await.text("tbody");
    assert!(told.contains("Melihat Surat keterangan pindah, halaman 10 Kelurahan Petojo Selatan"), "{told}");
    assert!(told.contains("Membuka permohonan Kelurahan Petojo Selatan"), "{told}");
    let mut stranger = app.citizen(&grown_up()).await;
    assert!(stranger.get("/akun/akses").await.text("main").contains("Belum ada petugas"));
    let admin = app.officer(Role::Admin, None).await;
    let mut admin = app.desk(&admin).await;
    let shown = admin.get(&case).await;
    assert!(shown.status == 200 && shown.attributes("figure img", "src").is_empty());
    assert_eq!(admin.get(&page.attributes("figure img", "src").remove(0)).await.status, 404, "an administrator sees no document");
    assert_eq!(app.clock().now(), NOW);
}
