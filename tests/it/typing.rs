//! What people type and paste, through the pages: read kindly, or told what to do, and never lost.

use alpukat::domain::{person::FullName, resident::CivilRecord};

use crate::support::{
    app::App,
    browser::{Browser, Page},
    cases::Wish,
    people::{PASSWORD, grown_up},
};

const OWN: &str = "Kata sandi ini terdiri dari data Anda sendiri dan mudah ditebak. Pilih yang lain.";

/// The form as this person would fill it in, with some fields otherwise.
async fn register(browser: &mut Browser, person: &CivilRecord, otherwise: &[(&str, &str)]) -> Page {
    let mut fields = vec![
        ("nik", person.nik.as_str()),
        ("nomor_kk", person.kk_number.as_str()),
        ("nama", person.name.as_str()),
        ("tanggal_lahir", "05-08-1990"),
        ("ponsel", "0813-0000-1111"),
        ("email", ""),
        ("sandi", PASSWORD),
    ];
    for (name, value) in otherwise {
        fields.iter_mut().find(|(known, _)| known == name).unwrap().1 = value;
    }
    browser.post("/registrasi", &fields).await
}

fn named(name: &str) -> CivilRecord {
    CivilRecord { name: FullName::parse(name).unwrap(), ..grown_up() }
}

/// Digits as an Arabic keyboard writes them.
fn arabic(digits: &str) -> String {
    digits.chars().map(|digit| char::from_u32(0x660 + digit.to_digit(10).unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn a_registration_is_read_however_it_is_pasted() {
    let app = App::new().await;
    let person = named("NUR'AINI CONTOH");
    app.know(std::slice::from_ref(&person)).await;
    let (nik, kk) = (person.nik.as_str(), person.kk_number.as_str());
    let niks = [format!("NIK: {nik}"), arabic(nik), format!("\u{202a}{}.{}\u{202c}", &nik[..6], &nik[6..]), format!("'{nik}")];
    let kks = [format!("No. KK: {kk}"), format!("{}/{}", &kk[..8], &kk[8..]), arabic(kk), format!("\u{feff}{kk}")];
    let names = ["Hj. Nur’aini Contoh, S.Pd.", "nuraini\tcontoh", "Nur\u{ad}´aini\u{a0}Contoh\u{200b}", "NURAINI-CONTOH"];
    let dates = ["5 Agustus 1990", "05081990", "5.8.90", "1990-08-05"];
    let phones = ["81300001111", "https://wa.me/6281300001111", "+62 +62 813 0000 1111", "0813_0000_1111 (WA)"];
    for place in 0..4 {
        let fields = [
            ("nik", niks[place].as_str()),
            ("nomor_kk", kks[place].as_str()),
            ("nama", names[place]),
            ("tanggal_lahir", dates[place]),
            ("ponsel", phones[place]),
        ];
        let asked = register(&mut app.browser(), &person, &fields).await;
        // A phone is sent three codes an hour: the fourth form is read and told so.
        assert!(asked.status == 303 || asked.status == 429, "{place}: {}", asked.text("main"));
    }
    app.clock().advance(time::Duration::hours(2));
    let mut browser = app.browser();
    assert_eq!(register(&mut browser, &person, &[("nama", "Nur‑aini Contoh")]).await.location(), "/registrasi/kode");
    let code = app.code("0813-0000-1111").await;
    let typed = format!("Kode: {}-{}\u{200b}", &code[..3], &code[3..]);
    assert_eq!(browser.post("/registrasi/kode", &[("kode", &typed)]).await.status, 303);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_its_field_and_kept() {
    let app = App::new().await;
    let person = grown_up();
    for (field, typed, sentence) in [
        ("nik", "3199O10508900001", "Ada huruf O di angka ke-5. Tulis angka nol."),
        ("nomor_kk", "No. KK 3I99010101200001", "Ada huruf I di angka ke-2. Tulis angka satu."),
        ("nik", "31990105", "NIK terdiri dari 16 angka. Anda mengisi 8 angka."),
        ("nama", "Umpama 2", "Tulis nama dengan huruf saja, tanpa angka."),
        ("tanggal_lahir", "18-06-1863", "Tahun 1863 tidak mungkin. Periksa lagi tahunnya."),
        ("tanggal_lahir", "31 Juni 1963", "Tanggal 31 Juni 1963 tidak ada di kalender."),
        ("tanggal_lahir", "18 Juno 1963", "Tulis tanggal seperti ini: 05-08-1990."),
        ("ponsel", "telepon rumah", "Nomor ponsel hanya terdiri dari angka. Tulis seperti 0812-0000-1234."),
        ("ponsel", "0813", "Anda mengisi 4 angka. Tulis seperti 0812-0000-1234."),
    ] {
        let page = register(&mut app.browser(), &person, &[(field, typed)]).await;
        assert_eq!(page.status, 422, "{typed}");
        assert!(page.text(&format!("#{field}-galat")).contains(sentence), "{typed}: {}", page.text(".error"));
        assert_eq!(page.attributes(&format!("#{field}"), "value"), [typed], "kept as it was typed");
    }
    let page = app.browser().get("/registrasi").await;
    assert_eq!(page.attributes("#tanggal_lahir", "inputmode"), ["numeric"]);
}

#[tokio::test]
async fn ones_own_data_are_refused_as_a_password_wherever_one_is_chosen() {
    let app = App::new().await;
    let person = named("Nur'aini Contoh");
    app.know(std::slice::from_ref(&person)).await;
    let own = [
        person.nik.as_str(),
        person.kk_number.as_str(),
        "nuraini contoh",
        "0813 0000 1111",
        "05081990",
        "19900805",
        "05-08-1990",
        "5/8/1990",
        "contoh1990",
    ];
    for password in own {
        let page = register(&mut app.browser(), &person, &[("sandi", password)]).await;
        assert_eq!((page.status, page.text("#sandi-galat").contains(OWN)), (422, true), "{password}: {}", page.text(".error"));
        assert!(page.attributes("#sandi", "value").is_empty());
    }
    assert_eq!(app.count("select count(*) from codes").await, 0);

    // A change, with the phone that the account has.
    let mut citizen = app.citizen(&person).await;
    for password in own.map(|password| password.replace("0813 0000 1111", "081200001234")) {
        let page = citizen.post("/akun/kata-sandi", &[("sandi_sekarang", PASSWORD), ("sandi_baru", &password)]).await;
        assert_eq!(
            (page.status, page.text("#sandi_baru-galat").contains(OWN)),
            (422, true),
            "{password}: {}",
            page.text(".error")
        );
    }

    // A recovery: only whoever has the code is told, and the code is good for another try.
    let mut browser = app.browser();
    browser.post("/lupa-kata-sandi", &[("nik", person.nik.as_str())]).await.location();
    let code = app.code("0812-0000-1234").await;
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    let page = browser.post("/lupa-kata-sandi/kode", &[("kode", &wrong), ("sandi", "05081990")]).await;
    assert!(page.text("#kode-galat").contains("Kode belum cocok.") && !page.body().contains(OWN), "{}", page.text(".error"));
    for password in ["05081990", "5 Agustus 1990", "081200001234", "contoh nuraini", person.kk_number.as_str(), "19900805"] {
        let page = browser.post("/lupa-kata-sandi/kode", &[("kode", &code), ("sandi", password)]).await;
        assert_eq!((page.status, page.text("#sandi-galat").contains(OWN)), (422, true), "{password}: {}", page.text(".error"));
    }
    assert_eq!(browser.post("/lupa-kata-sandi/kode", &[("kode", &code), ("sandi", "mangga-muda-asam")]).await.status, 303);
    browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", "mangga-muda-asam")]).await.location();
}

#[tokio::test]
async fn one_password_typed_on_two_keyboards_opens_one_account() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let changed = [("sandi_sekarang", PASSWORD), ("sandi_baru", "cafe\u{301} susu\u{200b} pagi")];
    citizen.post("/akun/kata-sandi", &changed).await.location();
    for typed in ["café susu pagi", "cafe\u{301} susu pagi", "café\u{a0}susu pagi\u{feff}"] {
        let page = app.browser().post("/masuk", &[("nik", person.nik.as_str()), ("sandi", typed)]).await;
        assert_eq!(page.status, 303, "{typed:?}: {}", page.text("main"));
    }
    let page = app.browser().post("/masuk", &[("nik", person.nik.as_str()), ("sandi", "cafe susu pagi")]).await;
    assert_eq!(page.status, 422);
}

#[tokio::test]
async fn a_letters_date_is_read_like_a_birth_date_but_in_this_century() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let page = browser.get("/pencetakan-ktp-el/tambah").await;
    let resident = page.attributes("button[name=penduduk], input[name=penduduk]", "value").remove(0);
    let draft = browser.post("/pencetakan-ktp-el/tambah", &[("penduduk", &resident)]).await.location();
    let draft = draft.rsplit_once('/').unwrap().0.to_owned();
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "hilang"), ("kategori", "hilang")]).await;
    let page = browser.get(&format!("{draft}/dokumen")).await;
    let ticks = page.attributes("input[name=ada]", "value");
    for (typed, read) in [
        ("18 November 2026", Some("18-11-2026")),
        ("18112026", Some("18-11-2026")),
        ("18.11.26", Some("18-11-2026")),
        ("18 Nop 26", Some("18-11-2026")),
        ("18-11-95", None),
    ] {
        let mut fields: Vec<(&str, &str)> = ticks.iter().map(|tick| ("ada", tick.as_str())).collect();
        fields.extend([
            ("surat_nomor", "STPL\u{200b}/1\t/X"),
            ("surat_kantor", "Polsek Contoh"),
            ("ponsel", "tel:+6281300001111"),
        ]);
        fields.push(("surat_tanggal", typed));
        let page = browser.post(&format!("{draft}/dokumen"), &fields).await;
        if let Some(read) = read {
            assert_eq!(page.status, 303, "{typed}: {}", page.text("main"));
            let page = browser.get(&format!("{draft}/dokumen")).await;
            assert_eq!(page.attributes("#surat_tanggal", "value"), [read], "{typed}");
            assert_eq!(page.attributes("#surat_nomor", "value"), ["STPL/1 /X"]);
            assert_eq!(page.attributes("#ponsel", "value"), ["0813-0000-1111"]);
        } else {
            assert_eq!(page.status, 422, "{typed}");
            assert!(page.text("#surat_tanggal-galat").contains("Tanggal surat tidak boleh setelah hari ini."), "{typed}");
        }
    }
}

#[tokio::test]
async fn a_tracking_number_is_counted_before_it_is_called_mistyped() {
    let app = App::new().await;
    let case = app.case(&Wish::of(&app, &grown_up())).await;
    let number = case.number.to_string();
    for (typed, born) in [
        (format!("Nomor: {number}"), "5 Agustus 1990"),
        (number.replace('-', "\u{2011}") + "\u{200b}", "050890"),
        (number.replace('-', "."), "1990/8/5"),
    ] {
        let page = app.browser().post("/cek-status", &[("nomor", &typed), ("lahir", born)]).await;
        assert_eq!(page.status, 303, "{typed} {born}: {}", page.text("main"));
    }
    for (typed, sentence) in [
        (&number[..6], "Nomor permohonan terdiri dari 8 huruf dan angka, misalnya K7M3-9QXF. Anda mengisi 5."),
        ("K7M3-9QXFF", "Anda mengisi 9."),
        ("K7M3-9QXG", "Ada huruf atau angka yang salah ketik."),
    ] {
        let page = app.browser().post("/cek-status", &[("nomor", typed), ("lahir", "05-08-1990")]).await;
        assert_eq!(page.status, 422);
        assert!(page.text("#nomor-galat").contains(sentence), "{typed}: {}", page.text(".error"));
    }
}

#[tokio::test]
async fn an_officers_search_finds_a_name_as_it_sounds_and_names_a_broken_nik() {
    let app = App::new().await;
    let person = named("NUR'AINI AL-FATIH");
    let case = app.case(&Wish::of(&app, &person)).await;
    let nik = person.nik.as_str();
    let mut browser = app.petugas().await;
    let nik_with_label = format!("NIK: {}-{}", &nik[..6], &nik[6..]);
    for typed in ["nuraini", "nur’aini fatih", "Hj. Nur aini", "al\u{2010}fatih", "nur\u{200b}aini", "NURʻAINI", &nik_with_label]
    {
        let page = browser.search("/petugas", &[("cari", typed)]).await;
        assert!(page.status == 200 && page.text("main").contains(&case.number.to_string()), "{typed}: {}", page.text("main"));
    }
    for (typed, sentence) in [(&nik[..15], "Anda mengisi 15 angka."), ("3199O10508900001", "Ada huruf O di angka ke-5.")] {
        let page = browser.search("/petugas", &[("cari", typed)]).await;
        assert!(page.status == 422 && page.text(".error").contains(sentence), "{typed}: {}", page.text(".error"));
    }
}

#[tokio::test]
async fn a_scan_opens_the_case_or_says_what_to_set() {
    let app = App::new().await;
    let case = app.case(&Wish::of(&app, &grown_up())).await;
    let code: uuid::Uuid =
        sqlx::query_scalar("select check_code from applications").fetch_one(&mut app.owner().await).await.unwrap();
    let mut browser = app.petugas().await;
    let (code, address) = (code.simple().to_string(), format!("http://alpukat.example/periksa/{}", code.simple()));
    for typed in [
        address.to_uppercase(),
        address.replace(':', "Ö").replace('/', "-"),
        address.replace(':', "Ñ").replace('/', "-").to_uppercase(),
        format!("{address}/"),
        format!("{address}?x=1"),
        code.clone(),
        code.to_uppercase(),
        format!("\u{feff}{code}\t"),
        format!("No. permohonan: {}", case.number),
    ] {
        let found = browser.post("/petugas/loket", &[("nomor", &typed)]).await;
        assert_eq!(found.location(), format!("/petugas/loket?nomor={}", case.number), "{typed}");
    }
    for typed in [&address[..address.len() - 3], &code[3..], &address.replace('0', "ý").replace(char::is_numeric, "ž")] {
        let page = browser.post("/petugas/loket", &[("nomor", typed)]).await;
        assert_eq!(page.status, 422, "{typed}");
        let told = page.text("#nomor-galat");
        assert!(told.contains("Caps Lock") && told.contains("papan ketik"), "{typed}: {told}");
        assert_eq!(page.attributes("#nomor", "value"), [typed], "kept");
    }
}

#[tokio::test]
async fn a_code_of_the_app_is_read_with_blanks_and_a_wrong_one_points_to_the_clock() {
    let app = App::new().await;
    let officer = app.officer(alpukat::domain::officer::Role::Petugas, Some(crate::support::app::COUNTER)).await;
    let mut browser = app.browser();
    let fields = [("nama", officer.username.as_str()), ("sandi", crate::support::desk::DESK_PASSWORD)];
    browser.post("/petugas/masuk", &fields).await.location();
    let page = browser.post("/petugas/dua-langkah", &[("kode", "000000")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text("main").contains("Atur tanggal dan jam ponsel secara otomatis"), "{}", page.text("main"));
    let code = officer.code(app.clock().now());
    let typed = format!(" {}-{}\u{200b}", arabic(&code[..3]), &code[3..]);
    assert_eq!(browser.post("/petugas/dua-langkah", &[("kode", &typed)]).await.location(), "/petugas");
}

#[tokio::test]
async fn signs_that_cannot_be_seen_drop_out_of_every_field_and_parameter() {
    let app = App::new().await;
    let unseen = "\u{ad}\u{200b}\u{200f}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{fe0f}\u{feff}\u{7f}";
    let page = app.browser().get("/kontak?kelurahan=31.71%E2%80%8B.01.1004%EF%BB%BF").await;
    assert_eq!(page.status, 200);
    let person = grown_up();
    let typed = format!("Orang{unseen}\tLain\u{a0}e\u{301}");
    let email = format!("{unseen}orang@contoh.id{unseen}");
    let page =
        register(&mut app.browser(), &person, &[("nama", &typed), ("email", &email), ("nik", &format!("1{unseen}"))]).await;
    assert_eq!(page.attributes("#nama", "value"), ["Orang Lain é"]);
    assert_eq!(page.attributes("#email", "value"), ["orang@contoh.id"]);
    assert_eq!(page.attributes("#nik", "value"), ["1"]);
}
