//! Codes that prove a phone: each misuse has its sentence, and nothing tells whether there is an account.

use alpukat::domain::resident::CivilRecord;
use time::Duration;

use crate::support::{
    app::App,
    browser::{Browser, Page},
    people::{PASSWORD, grown_up},
};

async fn register(browser: &mut Browser, person: &CivilRecord, phone: &str) -> Page {
    let fields = [
        ("nik", person.nik.as_str()),
        ("nomor_kk", person.kk_number.as_str()),
        ("nama", person.name.as_str()),
        ("tanggal_lahir", "05-08-1990"),
        ("ponsel", phone),
        ("sandi", PASSWORD),
    ];
    browser.post("/registrasi", &fields).await
}

async fn type_code(browser: &mut Browser, code: &str) -> Page {
    browser.post("/registrasi/kode", &[("kode", code)]).await
}

fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn a_code_opens_an_account_once_in_the_session_that_asked_for_ten_minutes() {
    let app = App::new().await;
    let person = grown_up();
    app.know(std::slice::from_ref(&person)).await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/registrasi/kode").await.location(), "/registrasi", "nothing is under way");
    let asked = register(&mut browser, &person, "0813-0000-1111").await;
    assert_eq!(asked.location(), "/registrasi/kode");
    let page = browser.follow(&asked).await;
    assert!(page.text("main").contains("kode 6 angka lewat SMS ke 0813-****-1111"), "{}", page.text("main"));
    assert_eq!(app.count("select count(*) from accounts").await, 0, "nothing is open before the code");
    let code = app.code("0813-0000-1111").await;

    for nonsense in ["", "12345", "abcdef"] {
        let page = type_code(&mut browser, nonsense).await;
        assert_eq!(page.status, 422);
        assert!(page.text(".error").contains("Isi 6 angka dari SMS."), "costs no try");
    }
    let mut stranger = app.browser();
    register(&mut stranger, &person, "0813-0000-2222").await.location();
    let elsewhere = type_code(&mut stranger, &code).await;
    assert!(elsewhere.text(".error").contains("Kode belum cocok."), "another session's code: {}", elsewhere.text(".error"));
    let nobody = type_code(&mut app.browser(), &code).await;
    assert_eq!(nobody.status, 422);
    assert!(nobody.text(".error").contains("Kode ini sudah dipakai, atau diminta dari perangkat lain."));

    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let done = type_code(&mut browser, &spaced).await;
    assert_eq!(done.location(), "/masuk", "a reload asks nothing");
    let ready = browser.follow(&done).await.text("main [role=status]");
    assert!(
        ready.contains("Siap masuk: pakai NIK dan kata sandi Anda. Sudah pernah mendaftar? Pakai kata sandi yang lama."),
        "{ready}"
    );
    app.log_in(&person).await;
    let again = type_code(&mut browser, &code).await;
    assert!(again.text(".error").contains("Kode ini sudah dipakai"), "{}", again.text(".error"));
    assert_eq!(app.count("select count(*) from accounts").await, 1);

    let late = grown_up();
    app.know(std::slice::from_ref(&late)).await;
    let mut browser = app.browser();
    register(&mut browser, &late, "0813-0000-3333").await.location();
    let code = app.code("0813-0000-3333").await;
    app.clock().advance(Duration::minutes(10));
    let page = type_code(&mut browser, &code).await;
    assert!(page.text(".error").contains("Kode sudah lewat 10 menit. Minta kode baru."), "{}", page.text(".error"));
    let sent = browser.post("/registrasi/kode/baru", &[]).await;
    let sent = browser.follow(&sent).await;
    assert!(sent.text("[role=status]").contains("Kode baru dikirim."));
    let fresh = app.code("0813-0000-3333").await;
    assert_eq!(type_code(&mut browser, &fresh).await.status, 303);
}

#[tokio::test]
async fn five_wrong_codes_are_enough_one_by_one_or_at_once() {
    let app = App::new().await;
    let person = grown_up();
    app.know(std::slice::from_ref(&person)).await;
    let mut browser = app.browser();
    register(&mut browser, &person, "0813-0000-1111").await.location();
    let code = app.code("0813-0000-1111").await;
    for n in 1..=5 {
        let page = type_code(&mut browser, &other(&code)).await;
        let sentence = if n < 5 { "Kode belum cocok." } else { "Sudah 5 kali belum cocok. Minta kode baru." };
        assert!(page.text(".error").contains(sentence), "{n}: {}", page.text(".error"));
    }
    let right = type_code(&mut browser, &code).await;
    assert!(right.text(".error").contains("Sudah 5 kali belum cocok."), "the right one comes too late");

    // Twenty guesses at once, the right one not among them; then the right one.
    browser.post("/registrasi/kode/baru", &[]).await;
    let code = app.code("0813-0000-1111").await;
    let guesses = (1..=20).map(|n| {
        let mut browser = browser.clone();
        let guess = format!("{:06}", (code.parse::<u32>().unwrap() + n) % 1_000_000);
        tokio::spawn(async move { type_code(&mut browser, &guess).await.status })
    });
    for guess in guesses.collect::<Vec<_>>() {
        assert_eq!(guess.await.unwrap(), 422);
    }
    assert_eq!(app.count("select count(*) from codes where tries_left = 0").await, 2);
    assert_eq!(type_code(&mut browser, &code).await.status, 422);
    assert_eq!(app.count("select count(*) from accounts").await, 0);
}

#[tokio::test]
async fn a_number_gets_three_codes_an_hour_and_ten_a_day() {
    let app = App::new().await;
    let mut sent = 0;
    for hour in 0..5 {
        for n in 0..4 {
            let person = grown_up();
            app.know(std::slice::from_ref(&person)).await;
            let page = register(&mut app.browser(), &person, "0813-0000-1111").await;
            let allowed = n < 3 && sent < 10;
            assert_eq!(page.status, if allowed { 303 } else { 429 }, "hour {hour}, send {n}");
            sent += i32::from(allowed);
            if !allowed {
                assert!(page.text("main").contains("Kode sudah beberapa kali diminta."), "{}", page.text("main"));
                assert!(page.header("retry-after").parse::<i64>().unwrap() > 60);
            }
        }
        app.clock().advance(Duration::hours(1));
    }
    assert_eq!(sent, 10);
    assert_eq!(app.count("select count(*) from messages where kind = 'kode'").await, 10);
    app.clock().advance(Duration::hours(20));
    let person = grown_up();
    app.know(std::slice::from_ref(&person)).await;
    assert_eq!(register(&mut app.browser(), &person, "0813-0000-1111").await.status, 303, "a day later");
}

#[tokio::test]
async fn whoever_has_an_account_gets_the_same_page_no_code_and_its_owner_is_told_once_a_day() {
    let app = App::new().await;
    let (known, fresh) = (grown_up(), grown_up());
    app.account(&known).await;
    app.know(std::slice::from_ref(&fresh)).await;
    let mut pages = Vec::new();
    for person in [&known, &fresh] {
        let mut browser = app.browser();
        let asked = register(&mut browser, person, "0813-0000-1111").await;
        assert_eq!(asked.location(), "/registrasi/kode");
        let page = browser.follow(&asked).await;
        let wrong = type_code(&mut browser, "000000").await;
        // But for the name of the registration, which is drawn anew each time.
        let name = page.attributes("[name=permintaan]", "value")[0].clone();
        pages.push((page.body().replace(&name, ""), wrong.status, wrong.body().replace(&name, "")));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(app.count("select count(*) from messages where kind = 'kode'").await, 1);
    register(&mut app.browser(), &known, "0813-0000-4444").await.location();
    assert_eq!(app.count("select count(*) from messages where kind = 'upaya_daftar'").await, 1);
    app.clock().advance(Duration::days(1));
    register(&mut app.browser(), &known, "0813-0000-4444").await.location();
    assert_eq!(app.count("select count(*) from messages where kind = 'upaya_daftar'").await, 2);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_the_code_and_every_session_ends() {
    let app = App::new().await;
    let person = grown_up();
    let mut old = app.citizen(&person).await;
    let mut browser = app.browser();
    assert_eq!(browser.get("/lupa-kata-sandi/kode").await.location(), "/lupa-kata-sandi");
    let wrong = browser.post("/lupa-kata-sandi", &[("nik", "123")]).await;
    assert_eq!(wrong.status, 422);
    browser.post("/lupa-kata-sandi", &[("nik", person.nik.as_str())]).await.location();
    let code = app.code("0812-0000-1234").await;
    // A password that cannot be costs no try.
    let weak = browser.post("/lupa-kata-sandi/kode", &[("kode", &code), ("sandi", "pendek")]).await;
    assert_eq!(weak.status, 422);
    let wrong = browser.post("/lupa-kata-sandi/kode", &[("kode", &other(&code)), ("sandi", "mangga-muda-asam")]).await;
    assert!(wrong.text(".error").contains("Kode belum cocok."));
    let done = browser.post("/lupa-kata-sandi/kode", &[("kode", &code), ("sandi", "mangga-muda-asam")]).await;
    let page = browser.follow(&done).await;
    assert!(page.text("[role=status]").contains("Kata sandi diganti, dan semua perangkat sudah dikeluarkan."));
    assert!(old.get("/akun").await.location().starts_with("/masuk"));
    assert_eq!(browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", PASSWORD)]).await.status, 422);
    browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", "mangga-muda-asam")]).await.location();
    assert_eq!(app.count("select count(*) from messages where kind = 'sandi_diganti'").await, 1);
    assert_eq!(app.count("select count(*) from events where deed = 'pulihkan_kata_sandi'").await, 1);
    let again = app.browser().post("/lupa-kata-sandi/kode", &[("kode", &code), ("sandi", "mangga-muda-asam")]).await;
    assert!(again.text(".error").contains("Kode ini sudah dipakai, atau diminta dari perangkat lain."));
}

#[tokio::test]
async fn log_in_and_recovery_answer_alike_with_and_without_an_account() {
    let app = App::new().await;
    let known = grown_up();
    app.account(&known).await;
    let unknown = grown_up();
    let mut answers: [Vec<(u16, String, u16, String)>; 2] = [Vec::new(), Vec::new()];
    let mut times: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for round in 0..4 {
        for (place, person) in [&known, &unknown].into_iter().enumerate() {
            let mut browser = app.browser();
            let begun = std::time::Instant::now();
            let asked = browser.post("/lupa-kata-sandi", &[("nik", person.nik.as_str())]).await;
            if asked.status == 303 {
                times[place].push(begun.elapsed().as_secs_f64());
            }
            let page = if asked.status == 303 { browser.follow(&asked).await.body() } else { asked.body() };
            // But for the name of the code, which is drawn anew each time.
            let page = without_name(&page);
            let page = page.replace(person.nik.as_str(), "NIK");
            let wrong = browser.post("/lupa-kata-sandi/kode", &[("kode", "000000"), ("sandi", "mangga-muda-asam")]).await;
            let log_in = browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", "salah-sekali")]).await;
            let body = log_in.body().replace(person.nik.as_str(), "NIK");
            answers[place].push((asked.status, page, wrong.status, body));
        }
        if round == 3 {
            assert_eq!((answers[0][3].0, answers[1][3].0), (429, 429), "the fourth within the hour, alike");
        }
    }
    assert_eq!(answers[0], answers[1]);
    let mean = |times: &[f64]| times.iter().sum::<f64>() / f64::from(u32::try_from(times.len()).unwrap());
    println!("recovery: {:.1} ms with an account, {:.1} ms without", mean(&times[0]) * 1e3, mean(&times[1]) * 1e3);
    assert_eq!(app.count("select count(*) from messages where kind = 'kode'").await, 3, "codes go to the account alone");
}

#[tokio::test]
async fn another_phone_is_proved_by_a_code_and_the_old_one_told() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    for (phone, password, sentence) in [
        ("12", PASSWORD, "Nomor ponsel Indonesia diawali 08"),
        ("0813-0000-7777", "", "Isi kata sandi."),
        ("0813-0000-7777", "salah-sekali", "Kata sandi sekarang tidak cocok."),
    ] {
        let page = citizen.post("/akun/ponsel", &[("ponsel", phone), ("sandi_sekarang", password)]).await;
        assert_eq!(page.status, 422, "{sentence}");
        assert!(page.text(".error").contains(sentence), "{}", page.text(".error"));
    }
    let fields = [("ponsel", "0813-0000-7777"), ("sandi_sekarang", PASSWORD)];
    let asked = citizen.post("/akun/ponsel", &fields).await;
    let page = citizen.follow(&asked).await;
    assert!(page.text("main").contains("0813-****-7777"));
    let code = app.code("0813-0000-7777").await;
    let wrong = citizen.post("/akun/ponsel/kode", &[("kode", &other(&code))]).await;
    assert_eq!(wrong.status, 422);
    // Not in a session of somebody else, logged in or not.
    let mut stranger = app.citizen(&grown_up()).await;
    assert_eq!(stranger.post("/akun/ponsel/kode", &[("kode", &code)]).await.status, 422);
    let done = citizen.post("/akun/ponsel/kode", &[("kode", &code)]).await;
    assert!(citizen.follow(&done).await.text("[role=status]").contains("Nomor ponsel diganti."));
    assert!(citizen.get("/akun").await.text("dl").contains("0813-****-7777"));
    assert_eq!(app.count("select count(*) from messages where kind = 'ponsel_diganti'").await, 1);
    let again = citizen.post("/akun/ponsel/kode", &[("kode", &code)]).await;
    assert!(again.text(".error").contains("Kode ini sudah dipakai"));
}

#[tokio::test]
async fn a_code_for_a_forgotten_password_is_worth_nothing_once_the_account_has_changed() {
    let app = App::new().await;
    for change in ["ponsel", "kata sandi", "pemulihan", "loket"] {
        let person = grown_up();
        let mut citizen = app.citizen(&person).await;
        let (mut thief, nik) = (app.browser(), person.nik.as_str());
        thief.post("/lupa-kata-sandi", &[("nik", nik)]).await.location();
        let stolen = app.code("0812-0000-1234").await;
        match change {
            "ponsel" => {
                citizen.post("/akun/ponsel", &[("ponsel", "0813-0000-7777"), ("sandi_sekarang", PASSWORD)]).await.location();
                let code = app.code("0813-0000-7777").await;
                citizen.post("/akun/ponsel/kode", &[("kode", &code)]).await.location();
            }
            "kata sandi" => {
                let fields = [("sandi_sekarang", PASSWORD), ("sandi_baru", "mangga-muda-asam")];
                citizen.post("/akun/kata-sandi", &fields).await.location();
            }
            "pemulihan" => {
                let mut owner = app.browser();
                owner.post("/lupa-kata-sandi", &[("nik", nik)]).await.location();
                let code = app.code("0812-0000-1234").await;
                owner.post("/lupa-kata-sandi/kode", &[("kode", &code), ("sandi", "mangga-muda-asam")]).await.location();
            }
            _ => {
                let mut officer = app.petugas().await;
                let found = officer.search("/petugas/loket/akun", &[("nik", nik)]).await;
                let [account, mark] =
                    ["akun", "tanda"].map(|name| found.attributes(&format!("input[name={name}]"), "value").remove(0));
                let fields =
                    [("akun", &*account), ("tanda", &mark), ("ponsel-pemilik", "0813-0000-8888"), ("cek-akun", "identitas")];
                officer.post("/petugas/loket/akun/pelepasan", &fields).await.location();
                let code = app.code("0813-0000-8888").await;
                officer.post("/petugas/loket/akun/kode", &[("kode", &code)]).await.location();
            }
        }
        let late = thief.post("/lupa-kata-sandi/kode", &[("kode", &stolen), ("sandi", "punya-saya-sekarang")]).await;
        assert_eq!(late.status, 422, "{change}");
        assert!(late.text(".error").contains("Kode ini sudah dipakai"), "{change}: {}", late.text(".error"));
        let thief = app.browser().post("/masuk", &[("nik", nik), ("sandi", "punya-saya-sekarang")]).await;
        assert_eq!(thief.status, 422, "{change}");
        app.clock().advance(Duration::hours(25));
    }
}

#[tokio::test]
async fn a_phone_that_got_its_codes_gets_no_more_and_nobody_learns_whose_it_is() {
    let app = App::new().await;
    let (known, unknown) = (grown_up(), grown_up());
    app.account(&known).await;
    for _ in 0..3 {
        let stranger = grown_up();
        app.know(std::slice::from_ref(&stranger)).await;
        register(&mut app.browser(), &stranger, "0812-0000-1234").await.location();
    }
    for person in [&known, &unknown] {
        for ask in 1..=4 {
            let page = app.browser().post("/lupa-kata-sandi", &[("nik", person.nik.as_str())]).await;
            assert_eq!(page.status, if ask < 4 { 303 } else { 429 }, "{ask}");
        }
    }
    assert_eq!(app.count("select count(*) from messages where kind = 'kode'").await, 3, "three an hour, whatever for");
    assert_eq!(app.count("select count(*) from codes where recipient_index is null").await, 6);
}

#[tokio::test]
async fn of_two_registrations_the_later_is_told_nothing_and_the_owner_of_it() {
    let app = App::new().await;
    let person = grown_up();
    app.know(std::slice::from_ref(&person)).await;
    let (mut first, mut second) = (app.browser(), app.browser());
    register(&mut first, &person, "0813-0000-1111").await.location();
    register(&mut second, &person, "0813-0000-2222").await.location();
    let codes = [app.code("0813-0000-1111").await, app.code("0813-0000-2222").await];
    let done = type_code(&mut first, &codes[0]).await;
    let late = type_code(&mut second, &codes[1]).await;
    assert_eq!((done.status, done.text("main")), (late.status, late.text("main")));
    assert_eq!(app.count("select count(*) from accounts").await, 1);
    assert_eq!(app.count("select count(*) from messages where kind = 'upaya_daftar'").await, 1);
}

/// A code's page without the code's name.
fn without_name(page: &str) -> String {
    const BEFORE: &str = "name=\"permintaan\" value=\"";
    page.find(BEFORE).map_or_else(|| page.to_owned(), |place| page.replace(&page[place + BEFORE.len()..][..36], ""))
}
