//! The rules of the house: who may import whom, and what stands in one place only. A rule that is
//! broken is named with file, line and a sentence. That each rule can fail is shown in `snippets`.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stumble")]

#[path = "architecture/snippets.rs"]
mod snippets;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use proc_macro2::{Delimiter, TokenTree};
use source::{Source, files, ident, is_sign, line_of, names_at_the_root, spells, text_of};

/// The rooms, the folders below `src/`, and whom each may import. What lies in none of them puts the house
/// together and may import all.
const ROOMS: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("vault", &["domain"]),
    ("db", &["domain", "vault"]),
    ("render", &["domain"]),
    ("adapters", &["domain"]),
    ("actions", &["domain", "db", "render", "adapters"]),
    ("worker", &["actions", "db", "adapters", "domain"]),
    ("web", &["actions", "db", "domain", "render", "adapters"]),
];

/// Files directly below `src/`, or folders of that name, which put the house together.
const TOP: [&str; 5] = ["main", "lib", "cli", "config", "demo"];

/// A file that is longer has two subjects.
const LONGEST: usize = 400;

/// A rule that is broken: in which line, and how.
type Breach = (usize, String);

/// What every Rust file in `src/` must keep. Parts that are compiled for tests alone are not looked at.
const RULES: [fn(&Source) -> Vec<Breach>; 8] = [
    rooms_are_known,
    imports_follow_the_table,
    sql_is_in_db,
    addresses_are_in_paths,
    clock_is_read_in_adapters,
    database_is_not_asked_for_the_time,
    output_is_the_commands,
    nothing_is_waved_through,
];

#[test]
fn the_house_keeps_its_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut breaches = Vec::new();
    let mut report = |path: &str, found: Vec<Breach>| {
        breaches.extend(found.into_iter().map(|(line, sentence)| format!("{path}:{line}: {sentence}")));
    };

    let house = files(root, "src", "rs");
    for must in ["src/lib.rs", "src/domain/mod.rs", "src/db/mod.rs", "src/web/paths.rs"] {
        assert!(house.iter().any(|(path, _)| path == must), "{must} was not looked at");
    }
    for (path, text) in &house {
        let source = Source::parse(path, text);
        report(path, RULES.iter().flat_map(|rule| rule(&source)).collect());
    }
    for (path, text) in house.iter().chain(&files(root, "tests", "rs")) {
        report(path, files_are_short(text));
    }
    for (path, text) in files(root, "migrations", "sql").into_iter().chain(files(root, "src", "sql")) {
        report(&path, sql_files_stay_at_home(&path));
        report(&path, migrations_do_not_ask_for_the_time(&text));
    }
    for (path, text) in files(root, "templates", "html") {
        report(&path, templates_type_no_address(&text));
    }
    assert!(breaches.is_empty(), "{} rules of the house are broken:\n{}", breaches.len(), breaches.join("\n"));
}

/// Every folder below `src/` is a room of the table.
fn rooms_are_known(source: &Source) -> Vec<Breach> {
    let room = source.room();
    let known = room.is_empty() || TOP.contains(&room) || allowed(room).is_some();
    if known {
        Vec::new()
    } else {
        vec![(1, format!("`{room}` is no room of the house: enter it in the table, with whom it may import"))]
    }
}

/// A room imports whom the table allows, in `use`, in paths and within macros, by `crate` or by `super`.
fn imports_follow_the_table(source: &Source) -> Vec<Breach> {
    let room = source.room();
    let Some(allowed) = allowed(room) else { return Vec::new() };
    let list = if allowed.is_empty() { "nothing of the crate".to_owned() } else { allowed.join(", ") };
    let mut breaches = Vec::new();
    source.look(|module, rest| {
        let named =
            names_at_the_root(module, rest).into_iter().filter(|(_, name)| name != room && !allowed.contains(&name.as_str()));
        breaches.extend(named.map(|(line, name)| (line, format!("`{room}` may import {list}, but not `{name}`"))));
    });
    breaches
}

fn allowed(room: &str) -> Option<&'static [&'static str]> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed)
}

/// SQL stands in `db/`: statements, and everything of sqlx but the settings of a connection.
fn sql_is_in_db(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    source.look(|_, rest| {
        if text_of(rest).is_some_and(|text| is_sql(&text)) {
            breaches.push((line_of(rest), "this looks like SQL, which stands in `db/`".to_owned()));
        }
        if spells(rest, &["sqlx"]) && !spells(rest, &["sqlx", ":", ":", "postgres"]) {
            breaches.push((
                line_of(rest),
                "outside `db/` only the settings of a connection, `sqlx::postgres`, are at hand".to_owned(),
            ));
        }
    });
    if source.room() == "db" { Vec::new() } else { breaches }
}

/// Whether a text begins like a statement and goes on like one.
fn is_sql(text: &str) -> bool {
    const OBJECTS: [&str; 13] = [
        "table",
        "index",
        "unique",
        "view",
        "materialized",
        "function",
        "trigger",
        "role",
        "user",
        "database",
        "schema",
        "extension",
        "sequence",
    ];
    let text = text.to_lowercase();
    let mut words = text.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let has = |word: &str| text.split_whitespace().skip(2).any(|known| known == word);
    match first {
        "select" => {
            has("from") || second.contains('(') || second.starts_with(|sign: char| sign.is_ascii_digit() || "$*'".contains(sign))
        }
        "insert" | "merge" => second == "into",
        "update" => has("set"),
        "delete" => second == "from",
        "with" => has("as") && text.contains('(') || second == "recursive",
        "create" | "alter" | "drop" => OBJECTS.contains(&second) || second == "or" && has("replace"),
        "lock" | "truncate" => second == "table" || has("mode"),
        "grant" => has("to"),
        "revoke" => has("from"),
        "set" => matches!(second, "local" | "session" | "role" | "constraints"),
        _ => false,
    }
}

/// Addresses are typed in `web/paths.rs`.
fn addresses_are_in_paths(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    source.look(|_, rest| {
        if text_of(rest).is_some_and(|text| has_address(&text)) {
            breaches.push((line_of(rest), "this looks like an address, which is typed in `web/paths.rs` alone".to_owned()));
        }
    });
    let speaks_of_pages = matches!(source.room(), "web" | "actions" | "render") && source.path() != "src/web/paths.rs";
    if speaks_of_pages { breaches } else { Vec::new() }
}

/// Whether a text begins with an address such as `/masuk` or `/{id}`, or puts one behind a host or between quotes.
fn has_address(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    signs.iter().enumerate().filter(|(_, sign)| **sign == '/').any(|(place, _)| {
        let before = place.checked_sub(1).and_then(|place| signs.get(place));
        match signs.get(place + 1) {
            Some('a'..='z') => matches!(before, None | Some('}' | '"' | '\'')),
            Some('{') => before.is_none(),
            _ => false,
        }
    })
}

/// The machine's clock is read in `adapters/`; everywhere else the time is an argument.
fn clock_is_read_in_adapters(source: &Source) -> Vec<Breach> {
    let clocks: [&[&str]; 9] = [
        &["now_utc"],
        &["now_local"],
        &["now_v1"],
        &["now_v6"],
        &["now_v7"],
        &["SystemTime", ":", ":", "now"],
        &["Instant", ":", ":", "now"],
        &["Utc", ":", ":", "now"],
        &["Local", ":", ":", "now"],
    ];
    let mut breaches = Vec::new();
    source.look(|_, rest| {
        if let Some(clock) = clocks.iter().find(|clock| spells(rest, clock)) {
            breaches.push((line_of(rest), format!("`{}` reads the clock, which `adapters/` alone may", clock.concat())));
        }
    });
    if source.room() == "adapters" { Vec::new() } else { breaches }
}

/// The program tells the database the time, so that tests can move the clock: no text asks for it.
fn database_is_not_asked_for_the_time(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    source.look(|_, rest| {
        let word = text_of(rest).and_then(|text| word_that_asks_for_the_time(&text));
        breaches.extend(word.map(|word| (line_of(rest), format!("`{word}` asks the database for the time: pass it in"))));
    });
    breaches
}

/// The same in migrations, outside their comments.
fn migrations_do_not_ask_for_the_time(text: &str) -> Vec<Breach> {
    let statements = text.lines().map(|line| line.split("--").next().unwrap_or_default());
    let words = (1..).zip(statements).filter_map(|(line, statement)| Some((line, word_that_asks_for_the_time(statement)?)));
    words.map(|(line, word)| (line, format!("`{word}` asks the database for the time: pass it in"))).collect()
}

fn word_that_asks_for_the_time(sql: &str) -> Option<&'static str> {
    const WORDS: [&str; 9] = [
        "current_timestamp",
        "current_date",
        "current_time",
        "localtime",
        "localtimestamp",
        "clock_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "timeofday",
    ];
    let sql = sql.to_lowercase();
    let mut words = sql.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    // Bare `now` is an everyday word; as a call, or quoted, it is the time.
    let begins = |place: usize| !sql[..place].ends_with(|sign: char| sign.is_alphanumeric() || sign == '_');
    let calls_now =
        sql.match_indices("now").any(|(place, now)| begins(place) && sql[place + now.len()..].trim_start().starts_with('('));
    let found = words.find_map(|word| WORDS.into_iter().find(|known| *known == word));
    found.or((calls_now || sql.contains("'now'")).then_some("now"))
}

/// `println!` and its like belong to the commands; everything else logs. `dbg!` belongs nowhere.
fn output_is_the_commands(source: &Source) -> Vec<Breach> {
    let is_command = matches!(source.module().first().map(String::as_str), None | Some("cli"));
    let mut breaches = Vec::new();
    source.look(|_, rest| {
        let prints = ["print", "println", "eprint", "eprintln"].iter().any(|name| spells(rest, &[name, "!"]));
        if prints && !is_command || spells(rest, &["dbg", "!"]) {
            breaches.push((line_of(rest), "only the commands print; log it, or leave it out".to_owned()));
        }
    });
    breaches
}

/// Nothing is left for later, and no lint is switched off without a reason that is checked.
fn nothing_is_waved_through(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    source.look(|_, rest| {
        if spells(rest, &["todo", "!"]) || spells(rest, &["unimplemented", "!"]) {
            breaches.push((line_of(rest), "finish it, or leave it out".to_owned()));
        }
        if let [sign, TokenTree::Group(attribute), ..] = rest
            && (is_sign(sign, '#') || is_sign(sign, '!'))
            && attribute.delimiter() == Delimiter::Bracket
            && source::anywhere(
                attribute.stream(),
                |rest| matches!(rest, [name, TokenTree::Group(_), ..] if ident(name) == Some("allow".to_owned())),
            )
        {
            breaches.push((
                line_of(rest),
                "`#[expect(…, reason = …)]` tells why, and when it is no longer needed; `#[allow]` does not".to_owned(),
            ));
        }
    });
    breaches
}

/// Nobody reads more than so many lines at a time.
fn files_are_short(text: &str) -> Vec<Breach> {
    let lines = text.lines().count();
    if lines > LONGEST {
        vec![(LONGEST + 1, format!("{lines} lines are more than {LONGEST}: find the two subjects"))]
    } else {
        Vec::new()
    }
}

/// Files of SQL are migrations, or lie in `db/`.
fn sql_files_stay_at_home(path: &str) -> Vec<Breach> {
    let at_home = path.starts_with("migrations/") || path.starts_with("src/db/");
    if at_home { Vec::new() } else { vec![(1, "SQL stands in `migrations/` and `db/` alone".to_owned())] }
}

/// Templates take addresses from `web/paths.rs` too.
fn templates_type_no_address(text: &str) -> Vec<Breach> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| ["=\"/", "='/", "=/"].iter().any(|typed| line.contains(typed)));
    lines.map(|(line, _)| (line, "an address is typed here: take it from `web/paths.rs`".to_owned())).collect()
}
