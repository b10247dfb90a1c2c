//! Files for import as spreadsheets make them: read, or named with the line and what to do.

use std::process::Output;

use alpukat::{db::residents, domain::nik::Nik};

use crate::support::{app::App, program::program};

const HEADER: &str = "nik,kk_number,name,birth_date,sex,marital_status,address,kelurahan_code,recorded_on,card_issued_on";

fn row(number: usize, name: &str) -> String {
    format!("31990105089{number:05},31990101012{number:05},{name},1990-08-05,L,kawin,Jalan Contoh,31.71.01.1004,2015-01-05,")
}

fn import(app: &App, command: &str, bytes: &[u8], more: &[&str]) -> (Output, String) {
    let (file, folder) = (tempfile::NamedTempFile::new().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(file.path(), bytes).unwrap();
    let mut alpukat = program(app);
    alpukat.args([command, file.path().to_str().unwrap()]).args(more).env("ALPUKAT_DATA_DIR", folder.path());
    let output = alpukat.output().unwrap();
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    (output, told)
}

fn residents(app: &App, bytes: &[u8]) -> (bool, String) {
    let (output, told) = import(app, "import-residents", bytes, &[]);
    (output.status.success(), told)
}

/// The lines that are named.
fn lines(told: &str) -> Vec<u64> {
    told.lines().filter_map(|line| line.strip_prefix("line ")?.split_once(':')?.0.parse().ok()).collect()
}

async fn name_of(app: &App, number: usize) -> String {
    let nik = Nik::parse(&format!("31990105089{number:05}")).unwrap();
    let resident = residents::by_nik(&mut app.state.db.read().await.unwrap(), &nik).await.unwrap().unwrap();
    format!("{}|{}", resident.civil.name.as_str(), resident.civil.address)
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_named_by_the_line_in_which_they_begin_however_lines_end() {
    let app = App::new().await;
    let quoted = row(3, "Misal").replace("Jalan Contoh", "\"Jalan Contoh\n\nRT 01\n\"");
    let text = [
        HEADER,                                                    // 1
        &row(1, "Umpama"),                                         // 2
        "",                                                        // 3
        ",,,,,,,,,",                                               // 4
        &row(2, "Umpama 2"),                                       // 5: bad
        "",                                                        // 6
        &quoted,                                                   // 7 to 10
        " ",                                                       // 11
        &row(4, "Umpama 4"),                                       // 12: bad
        &quoted.replace('L', "X").replace("08900003", "08900005"), // 13 to 16: bad
        &row(6, "Umpama 6"),                                       // 17: bad, without a line end
    ]
    .join("\n");
    let counters = "code,address,whatsapp,places\n31.71.01.1004,\"Jalan\nContoh\",,\n\n99.99,,,\n,,,\n31.71,,123,";
    for end in ["\n", "\r\n", "\r"] {
        for mark in ["", "\u{feff}"] {
            let (done, told) = residents(&app, format!("{mark}{}", text.replace('\n', end)).as_bytes());
            assert_eq!((done, lines(&told)), (false, vec![5, 12, 13, 17]), "{end:?} {mark:?}: {told}");
            let (output, told) =
                import(&app, "import-counters", format!("{mark}{}", counters.replace('\n', end)).as_bytes(), &[]);
            assert_eq!((output.status.success(), lines(&told)), (false, vec![5, 7]), "{end:?} {mark:?}: {told}");
        }
    }
    let (output, told) = import(&app, "import-residents", text.replace('\n', "\r").as_bytes(), &["--skip-bad"]);
    assert!(output.status.success(), "{told}");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim(),
        "2 residents stored, 4 bad rows skipped",
        "blank rows are no rows"
    );
    assert_eq!(name_of(&app, 3).await, "Misal|Jalan Contoh RT 01");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_a_spreadsheet_rounded_stop_the_file_as_a_whole() {
    let app = App::new().await;
    let rounded = |count: usize| {
        let rows = (1..=count).map(|number| row(number * 10, "Umpama"));
        format!("{HEADER}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
    };
    let one_right = rounded(9) + &row(101, "Umpama");
    let (done, told) = residents(&app, one_right.as_bytes());
    assert!(done, "nine that end in 0 and one that does not: {told}");
    for more in [&[][..], &["--skip-bad"]] {
        // A serial below 10 becomes 0000, so that rounded rows are bad ones as well.
        let with_bad = rounded(10) + &row(7, "Misal").replace("00007", "00000");
        for text in [rounded(10), with_bad] {
            let (output, told) = import(&app, "import-residents", text.as_bytes(), more);
            assert!(!output.status.success() && told.contains("rounded them to 15 digits"), "{told}");
        }
        for (from, to) in
            [("3199010508900030", "3,19901E+15"), ("3199010508900030", "3.19901050890003E15"), ("3199010101200030", "3,1990E+15")]
        {
            let text = rounded(3).replace(from, &format!("\"{to}\""));
            assert!(text.contains(to));
            let (output, told) = import(&app, "import-residents", text.as_bytes(), more);
            assert!(!output.status.success() && told.contains("line 4:") && told.contains("power of ten"), "{to}: {told}");
        }
    }
    assert_eq!(app.count("select count(*) from residents").await, 10, "nothing was stored of them");
    let (done, told) = residents(&app, rounded(9).as_bytes());
    assert!(done, "fewer than ten may end in 0: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_delimiters_and_heads_are_read() {
    let app = App::new().await;
    let text = format!("{HEADER}\n{}\n", row(1, "Umpama"));
    let shouted = text.replacen(HEADER, &HEADER.to_uppercase().replace(',', " , ").replace('_', " "), 1);
    let tables = [
        text.replace(',', ";"),
        format!("sep=;\r\n{}", text.replace(',', ";").replace('\n', "\r\n")),
        format!("\u{feff}\"sep=\t\"\n{}", text.replace(',', "\t")),
        text.replace(',', "\t"),
        text.replace(',', "|"),
        format!("sep=,\n{text}"),
        format!("\n\n{text}"),
        shouted.clone(),
        shouted.replace(',', ";"),
        text.replacen("31990105", "NIK: 31990105", 1).replace("Jalan", "\u{200b}Jalan"),
    ];
    for table in tables {
        sqlx::query("delete from residents").execute(&mut app.owner().await).await.unwrap();
        let (done, told) = residents(&app, table.as_bytes());
        assert!(done, "{table:?}: {told}");
        assert_eq!(name_of(&app, 1).await, "Umpama|Jalan Contoh", "{table:?}");
    }
    for (table, sentence) in [
        ("code;ADDRESS; WhatsApp ;places\n31.71.01.1004;Jalan\u{a0}Contoh;'0812-0000-1234;5\n;;;\n", ""),
        ("places\tcode\twhatsapp\taddress\n5\t31.71.01.1004\t\tJalan Contoh\n", ""),
        ("code,address,places\n31.71,,\n", "lacks these columns: whatsapp"),
        ("code,code,address,whatsapp,places\n31.71,,\n", "this column twice: code"),
    ] {
        let (output, told) = import(&app, "import-counters", table.as_bytes(), &[]);
        assert_eq!(output.status.success(), sentence.is_empty(), "{table}: {told}");
        assert!(told.contains(sentence), "{table}: {told}");
    }
    assert!(app.browser().get("/kontak?kelurahan=31.71.01.1004").await.text("section").contains("Jalan Contoh"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_csv_in_utf_8_is_named() {
    let app = App::new().await;
    let text = format!("{HEADER}\n{}\n{}\n", row(1, "Umpama"), row(2, "MAÑUEL"));
    let utf_16 = |big: bool| -> Vec<u8> {
        format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    let windows: Vec<u8> = text.chars().map(|sign| u8::try_from(sign).unwrap()).collect();
    for (bytes, sentence, named) in [
        (b"PK\x03\x04\x14\0\0\0xl/workbook.xml".to_vec(), "save it as CSV UTF-8", vec![]),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "save it as CSV UTF-8", vec![]),
        (utf_16(false), "save the table as CSV UTF-8", vec![]),
        (utf_16(true), "save the table as CSV UTF-8", vec![]),
        (utf_16(false)[2..].to_vec(), "save the table as CSV UTF-8", vec![]),
        (windows, "line 3: not UTF-8: save the table as CSV UTF-8", vec![3]),
        (text.replace("MAÑUEL", "MAÃ‘UEL").into_bytes(), "name was encoded twice", vec![3]),
        (text.replace("MAÑUEL", "RENÃ‰E").into_bytes(), "name was encoded twice", vec![3]),
        (text.replace("Jalan", "CafÃ©").into_bytes(), "address was encoded twice", vec![2, 3]),
        (Vec::new(), "lacks these columns: nik", vec![]),
    ] {
        let (done, told) = residents(&app, &bytes);
        assert!(!done && told.contains(sentence), "{sentence}: {told}");
        assert_eq!(lines(&told), named, "{told}");
        let (output, told) = import(&app, "import-counters", &bytes, &[]);
        assert!(!output.status.success(), "{told}");
    }
    let (done, told) = residents(&app, text.replace("Jalan Contoh", "Gang Ré").as_bytes());
    assert!(done, "letters with accents are right: {told}");
    assert_eq!(name_of(&app, 2).await, "MAÑUEL|Gang Ré");
}
