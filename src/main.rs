//! The one binary.

use std::process::ExitCode;

use alpukat::{adapters::intake, cli};

fn main() -> ExitCode {
    // The child that decodes an upload begins before anything else takes memory, threads or settings.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == intake::ARGUMENT) {
        return intake::child::main();
    }
    cli::main()
}
