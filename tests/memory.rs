//! What eight uploads at once may take, bombs among them: a program of its own, so that nothing else is measured.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "it/files.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod files;
#[path = "it/pdfs.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod pdfs;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use alpukat::adapters::intake::Intake;

/// The resident kilobytes of this process and of everything it has started.
fn resident() -> usize {
    let me = std::process::id().to_string();
    let statuses =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("status")).ok());
    let value = |status: &str, name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().unwrap_or_default().to_owned()
    };
    statuses
        .filter(|status| value(status, "Pid:") == me || value(status, "PPid:") == me)
        .map(|status| value(&status, "VmRSS:").parse::<usize>().unwrap_or(0))
        .sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_uploads_at_once_stay_within_400_megabytes() {
    let intake = Arc::new(Intake::new(PathBuf::from(env!("CARGO_BIN_EXE_alpukat"))));
    let uploads = [
        files::largest_jpeg(),
        pdfs::content_bomb(),
        files::png_bomb(),
        pdfs::overpainted_pdf(),
        files::lying_png_bomb(),
        pdfs::object_stream_bomb(),
        files::twelve_megapixel_png(),
        pdfs::pdf(10),
    ]
    .map(|bytes| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        file
    });
    let idle = resident();
    let (peak, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let sampler = std::thread::spawn({
        let (peak, done) = (Arc::clone(&peak), Arc::clone(&done));
        move || {
            while !done.load(Ordering::Relaxed) {
                peak.fetch_max(resident(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(3));
            }
        }
    });
    let begun = Instant::now();
    let readings = uploads.map(|file| {
        let intake = Arc::clone(&intake);
        tokio::spawn(async move { intake.read(file).await.map(|pages| pages.len()) })
    });
    for reading in readings {
        println!("{:?}", reading.await.unwrap());
    }
    done.store(true, Ordering::Relaxed);
    sampler.join().unwrap();
    let above = peak.load(Ordering::Relaxed).saturating_sub(idle) / 1024;
    println!("idle {} MB, {above} MB more at most, {:.1} s", idle / 1024, begun.elapsed().as_secs_f32());
    assert!(above < 400, "{above} MB");
}
