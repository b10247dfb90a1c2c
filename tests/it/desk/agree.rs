//! Random days at a counter: cards are fetched early, late and never, moved, misprinted, and days are closed. Whatever happens, sheets,
//! hand-overs, withdrawn cards and the lists of runs tell what happened, and go on telling it.
//!
//! What is expected is reckoned from what was seen of each case after every deed, and of nothing that the sheets are read from.

use std::collections::{BTreeMap, HashMap};

use alpukat::{
    actions::{
        Citizen, OnDuty, appointment, day as days_action,
        handover::{self, Claimant},
        printing, submission,
    },
    db::{accounts, appointments, days, officers, places::HalfHour, printing as runs, schedule},
    domain::{
        calendar::{SLOT, day_of, moment},
        card::{Check, Flaw, Outcome},
        ids::{ApplicationId, BlankId, ResidentId, RunId},
        officer::Role,
        region::RegionCode,
        sheet::{Fate, Line, Sheet},
        status::Status,
    },
    worker::clockwork,
};
use proptest::{
    prelude::any,
    test_runner::{Config, TestRunner},
};
use time::{Date, Duration, OffsetDateTime, Time, macros::datetime};

use crate::support::{
    app::{App, COUNTER},
    cases::{Case, Wish},
    people::grown_up,
};

/// How a case was seen to stand from a moment on: its status, and its half hour unless it was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    at: OffsetDateTime,
    status: Status,
    half_hour: Option<OffsetDateTime>,
}

/// A line of a sheet.
type Shown = (String, OffsetDateTime, Fate);

/// By number and half hour; the rest of the order is that of the events.
fn sorted(mut lines: Vec<Shown>) -> Vec<Shown> {
    lines.sort_by_key(|(number, starts_at, _)| (number.clone(), *starts_at));
    lines
}

struct House {
    app: App,
    by: OnDuty,
    counter: RegionCode,
    cases: Vec<Case>,
    seen: HashMap<ApplicationId, Vec<Seen>>,
    /// What was said of each card of each run, at the printer or at the counter.
    said: BTreeMap<(RunId, i16), Option<Outcome>>,
    /// The newest card of a case.
    newest: HashMap<ApplicationId, (RunId, i16)>,
    spoilt: usize,
    handed_over: usize,
    /// Sheets of days that are over, as they were on the next morning.
    kept: BTreeMap<Date, String>,
}

impl House {
    async fn new() -> Self {
        let app = App::new().await;
        app.clock().set(datetime!(2026-11-23 08:00 +7));
        let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
        let record = officers::by_id(&mut app.state.db.read().await.unwrap(), officer.id).await.unwrap().unwrap();
        let by = OnDuty { officer: record.officer, from: "203.0.113.7".to_owned() };
        let counter = RegionCode::parse(COUNTER).unwrap();
        let blanks = printing::enter_blanks(&app.state.db, &by, BlankId::random(), 10_000, app.clock().now()).await;
        blanks.unwrap();
        let (cases, seen, said) = (Vec::new(), HashMap::new(), BTreeMap::new());
        let (newest, kept) = (HashMap::new(), BTreeMap::new());
        Self { app, by, counter, cases, seen, said, newest, spoilt: 0, handed_over: 0, kept }
    }

    fn now(&self) -> OffsetDateTime {
        self.app.clock().now()
    }

    /// One of the cases that stand so.
    fn pick(&self, choice: usize, stands: impl Fn(Status) -> bool) -> Option<Case> {
        let all: Vec<&Case> = self.cases.iter().filter(|case| stands(self.status(case))).collect();
        all.get(choice % all.len().max(1)).map(|case| (*case).clone())
    }

    fn status(&self, case: &Case) -> Status {
        self.seen[&case.id].last().unwrap().status
    }

    /// Looks at every case as it stands.
    async fn observe(&mut self) {
        let rows: Vec<(uuid::Uuid, String, OffsetDateTime, bool)> = sqlx::query_as(
            "select a.id, a.status, a.starts_at, exists (select from places p where p.application_id = a.id) from applications a",
        )
        .fetch_all(&mut self.app.owner().await)
        .await
        .unwrap();
        let at = self.now();
        for (id, status, starts_at, has_place) in rows {
            let status = Status::parse(&status).unwrap();
            let before = self.seen.entry(id.into()).or_default();
            // What has ended keeps the half hour that it had, and not its place.
            let had = before.last().and_then(|last| last.half_hour);
            let half_hour = if status.is_open() { has_place.then_some(starts_at) } else { had };
            let now = Seen { at, status, half_hour };
            if before.last().is_none_or(|last| (last.status, last.half_hour) != (now.status, now.half_hour)) {
                before.push(now);
            }
        }
    }

    /// Time goes on, and the clock keeps its rounds.
    async fn wait_until(&mut self, later: OffsetDateTime) {
        while day_of(self.now()) < day_of(later) {
            let over = day_of(self.now());
            self.go_to(moment(over.next_day().unwrap(), Time::MIDNIGHT)).await;
            self.kept.insert(over, format!("{:?}", self.sheet(over).await));
        }
        self.go_to(later).await;
    }

    async fn go_to(&mut self, now: OffsetDateTime) {
        self.app.clock().set(now);
        clockwork::keep(&self.app.state.db, now).await.unwrap();
        self.observe().await;
    }

    async fn sheet(&self, day: Date) -> Sheet {
        let mut conn = self.app.state.db.read().await.unwrap();
        appointments::sheet(&mut conn, days_action::whole(&self.counter, day), self.now()).await.unwrap()
    }

    /// Whatever somebody does next.
    async fn act(&mut self, deed: u8, choice: usize) {
        let is_new = |status| status == Status::Diajukan;
        match deed % 16 {
            0..=2 => self.file(choice).await,
            3 => {
                for case in self.cases.iter().filter(|case| is_new(self.status(case))) {
                    self.app.walk(case, self.by.officer.id, &[Status::Disetujui]).await;
                }
            }
            4 => self.print().await,
            5 | 6 => self.finish(choice).await,
            7 | 8 => {
                let Some(case) = self.pick(choice, Status::is_printed) else { return };
                self.hand_over(&case).await;
            }
            9 => {
                let Some(case) = self.pick(choice, Status::is_printed) else { return };
                self.misprint(&case, choice).await;
            }
            10 | 11 => {
                let Some(case) = self.pick(choice, Status::may_move) else { return };
                self.move_it(&case, choice).await;
            }
            12 if choice.is_multiple_of(3) => self.close(choice).await,
            12 if choice % 3 == 1 => {
                let Some(case) = self.pick(choice, is_new) else { return };
                self.app.walk(&case, self.by.officer.id, &[Status::PerluPerbaikan]).await;
            }
            12 => {
                let Some(case) = self.pick(choice, Status::may_cancel) else { return };
                let citizen = self.citizen(&case).await;
                submission::cancel(&self.app.state.db, &citizen, case.id, self.now()).await.unwrap();
            }
            13 => self.wait_until(self.now() + Duration::minutes(20 + i64::try_from(choice % 5).unwrap() * 45)).await,
            _ => {
                let next = day_of(self.now()).next_day().unwrap();
                self.wait_until(moment(next, Time::from_hms(7, 40, 0).unwrap())).await;
            }
        }
    }

    /// Somebody sends an application, for one of the half hours that are offered.
    async fn file(&mut self, choice: usize) {
        let mut conn = self.app.state.db.read().await.unwrap();
        let codes = std::slice::from_ref(&self.counter);
        let schedule = schedule::of_counters(&mut conn, codes, ApplicationId::random(), self.now()).await.unwrap();
        drop(conn);
        let days = schedule.holidays.pickup_days(day_of(self.now()), false);
        let slots = schedule.counters[0].1.slots(days[choice % 2]);
        let free: Vec<_> = slots.into_iter().filter(|slot| slot.free > 0).collect();
        let Some(slot) = free.get(choice / 2 % 5) else { return };
        let case = self.app.booked(&Wish { starts_at: slot.starts_at, ..Wish::of(&self.app, &grown_up()) }).await;
        self.cases.push(case);
    }

    /// Everything that waits goes into a run.
    async fn print(&mut self) {
        let waits = |case: &&Case| self.status(case) == Status::Disetujui;
        let chosen: Vec<ApplicationId> = self.cases.iter().filter(waits).map(|case| case.id).collect();
        let run = RunId::random();
        if chosen.is_empty() || printing::start(&self.app.state.db, &self.by, run, &chosen, 0, self.now()).await.is_err() {
            return;
        }
        for card in runs::cards(&mut self.app.state.db.read().await.unwrap(), run).await.unwrap() {
            self.said.insert((run, card.number), None);
            self.newest.insert(card.application, (run, card.number));
        }
    }

    /// One says what became of the cards at the printer; the first one may be spoilt.
    async fn finish(&mut self, choice: usize) {
        let Some(run) = self.said.iter().find(|(_, said)| said.is_none()).map(|((run, _), _)| *run) else { return };
        let open: Vec<i16> =
            self.said.iter().filter(|((of, _), said)| *of == run && said.is_none()).map(|((_, number), _)| *number).collect();
        let outcome =
            |place: usize| if place == 0 && choice.is_multiple_of(3) { Outcome::Spoilt(Flaw::Bergaris) } else { Outcome::Good };
        let outcomes: Vec<(i16, Outcome)> = open.iter().enumerate().map(|(place, number)| (*number, outcome(place))).collect();
        printing::record(&self.app.state.db, &self.by, run, &outcomes, self.now()).await.unwrap();
        for (number, outcome) in outcomes {
            self.spoilt += usize::from(outcome != Outcome::Good);
            self.said.insert((run, number), Some(outcome));
        }
    }

    async fn hand_over(&mut self, case: &Case) {
        let resident: uuid::Uuid = sqlx::query_scalar("select resident_id from applications where id = $1")
            .bind(case.id.uuid())
            .fetch_one(&mut self.app.owner().await)
            .await
            .unwrap();
        let claimant = Claimant { resident: ResidentId::from(resident), instead: String::new() };
        let checks = [Check::Identitas, Check::KtpDitarik];
        handover::hand_over(&self.app.state.db, &self.by, case.id, &claimant, &checks, self.now()).await.unwrap();
        self.handed_over += 1;
    }

    async fn misprint(&mut self, case: &Case, choice: usize) {
        let flaw = Flaw::ALL[choice % Flaw::ALL.len()];
        handover::misprint(&self.app.state.db, &self.by, case.id, flaw, self.now()).await.unwrap();
        self.said.insert(self.newest[&case.id], Some(Outcome::Spoilt(flaw)));
        self.spoilt += 1;
    }

    async fn citizen(&self, case: &Case) -> Citizen {
        let mut conn = self.app.state.db.read().await.unwrap();
        let (account, ..) = accounts::credentials(&mut conn, &case.person.nik).await.unwrap().unwrap();
        let account = accounts::by_id(&mut conn, account).await.unwrap().unwrap();
        Citizen { account, from: "203.0.113.8".to_owned() }
    }

    /// The citizen, or for a missed one the counter, asks for another half hour.
    async fn move_it(&mut self, case: &Case, choice: usize) {
        let status = self.status(case);
        let mut conn = self.app.state.db.read().await.unwrap();
        let codes = std::slice::from_ref(&self.counter);
        let schedule = schedule::of_counters(&mut conn, codes, case.id, self.now()).await.unwrap();
        drop(conn);
        let days = appointment::days(&schedule, status, self.now());
        let slots = schedule.counters[0].1.slots(days[choice % 3]);
        let Some(slot) = slots.get(choice / 3 % 6) else { return };
        if status == Status::TidakDiambil && choice.is_multiple_of(2) {
            handover::offer(&self.app.state.db, &self.by, case.id, slot.starts_at, self.now()).await.ok();
        } else {
            let wish = HalfHour { counter: &self.counter, starts_at: slot.starts_at };
            let citizen = self.citizen(case).await;
            appointment::choose(&self.app.state.db, &citizen, case.id, wish, self.now()).await.ok();
        }
    }

    async fn close(&mut self, choice: usize) {
        let day = day_of(self.now()) + Duration::days(i64::try_from(choice / 3 % 3).unwrap());
        let mut conn = self.app.state.db.read().await.unwrap();
        let shown = days_action::booked(&mut conn, &self.counter, day).await.unwrap();
        drop(conn);
        days_action::close(&self.app.state.db, &self.by, day, "contoh", shown, self.now()).await.ok();
    }

    /// The lines of a day's sheet, by what was seen of the cases.
    fn expected(&self, day: Date) -> (Vec<Shown>, Vec<Shown>) {
        let stretch = days_action::whole(&self.counter, day);
        let (mut lines, mut others) = (Vec::new(), Vec::new());
        for case in &self.cases {
            let seen: Vec<Seen> = self.seen[&case.id].iter().copied().filter(|seen| seen.at < stretch.to).collect();
            let Some(last) = seen.last() else { continue };
            let at = seen.iter().rev().take_while(|known| known.status == last.status).last().unwrap().at;
            // Each stretch of time in which it had the same half hour.
            for (place, known) in seen.iter().enumerate() {
                let Some(half_hour) = known.half_hour.filter(|half_hour| day_of(*half_hour) == day) else { continue };
                if place > 0 && seen[place - 1].half_hour == known.half_hour {
                    continue;
                }
                let next = seen[place..].iter().find(|later| later.half_hour != known.half_hour);
                let has_ended = matches!(last.status, Status::Dibatalkan | Status::Ditolak | Status::Kedaluwarsa);
                if next.is_some_and(|next| next.at < stretch.from) || has_ended && at < stretch.from {
                    continue;
                }
                let over = half_hour + SLOT <= self.now().min(stretch.to);
                let fate = match (next, last.status) {
                    (Some(next), _) => Fate::Moved(next.half_hour),
                    (None, Status::Selesai) => Fate::Collected(at),
                    (None, Status::SiapDiambil) if over => Fate::Missed,
                    (None, Status::TidakDiambil) => Fate::Missed,
                    (None, other) => Fate::Stands(other),
                };
                lines.push((case.number.to_string(), half_hour, fate));
            }
            let elsewhere = last.half_hour.filter(|half_hour| day_of(*half_hour) != day);
            if let Some(half_hour) = elsewhere.filter(|_| last.status == Status::Selesai && at >= stretch.from) {
                others.push((case.number.to_string(), half_hour, Fate::Collected(at)));
            }
        }
        (sorted(lines), sorted(others))
    }

    /// Everything that was ever shown agrees with what was seen.
    async fn check(&self) {
        let (first, last) = (datetime!(2026-11-23 00:00 +7), self.now() + Duration::days(12));
        let days: Vec<Date> = (0..(last - first).whole_days()).map(|n| first.date() + Duration::days(n)).collect();
        let mut handed_over = 0;
        for day in days {
            let sheet = self.sheet(day).await;
            let shown =
                |lines: &[Line]| sorted(lines.iter().map(|line| (line.number.to_string(), line.starts_at, line.fate)).collect());
            assert_eq!((shown(&sheet.lines), shown(&sheet.others)), self.expected(day), "{day}");
            let on_it = |line: &&Line| matches!(line.fate, Fate::Collected(at) if day_of(at) == day);
            handed_over += sheet.lines.iter().filter(on_it).count() + sheet.others.len();
            if let Some(kept) = self.kept.get(&day) {
                assert_eq!(&format!("{sheet:?}"), kept, "{day} has changed");
            }
            let tally = sheet.tally();
            assert_eq!(tally.all, tally.collected + tally.missed + tally.gone + tally.waited);
        }
        assert_eq!(handed_over, self.handed_over, "each hand-over stands on the sheet of its day, once");
        let mut conn = self.app.state.db.read().await.unwrap();
        let all = days::Stretch { counter: &self.counter, from: first, to: last };
        let withdrawn = days::withdrawn(&mut conn, all).await.unwrap();
        let old = withdrawn.iter().filter(|card| card.is_old).count();
        assert_eq!((old, withdrawn.len() - old), (self.handed_over, self.spoilt), "withdrawn cards");
        for run in self.said.keys().map(|(run, _)| *run) {
            for card in runs::cards(&mut conn, run).await.unwrap() {
                assert_eq!(card.outcome, self.said[&(run, card.number)], "card {} of a run", card.number);
            }
        }
        let full =
            "select count(*) from (select count(*) as taken from places group by counter_code, starts_at) s where taken > 3";
        assert_eq!(self.app.count(full).await, 0);
    }
}

#[test]
fn sheets_hand_overs_withdrawn_cards_and_run_lists_agree_whatever_happens() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: 3, max_shrink_iters: 8, failure_persistence: None, ..Config::default() };
    let deeds = proptest::collection::vec((any::<u8>(), 0_usize..10_000), 130);
    let outcome = TestRunner::new(config).run(&deeds, |deeds| {
        runtime.block_on(async {
            let mut house = House::new().await;
            for (place, (deed, choice)) in deeds.into_iter().enumerate() {
                house.act(deed, choice).await;
                house.observe().await;
                if place % 40 == 39 {
                    house.check().await;
                }
            }
            house.wait_until(house.now() + Duration::days(3)).await;
            house.check().await;
        });
        Ok(())
    });
    outcome.unwrap();
}
