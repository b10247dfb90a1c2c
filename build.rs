//! Strips and compresses the static files once, and names them by their content so that they may be kept for
//! ever. Also tells cargo when the embedded migrations change.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    path::Path,
};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=static");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names no OUT_DIR"))?;
    for name in ["look.css", "desk.css", "pages.js", "desk.js", "icon.svg", "contoh-lembar.svg", "contoh-kartu.svg"] {
        let bytes = lean(name, &fs::read_to_string(Path::new("static").join(name))?).into_bytes();
        fs::write(Path::new(&out).join(name), &bytes)?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let variable = name.replace(['.', '-'], "_").to_uppercase();
        println!("cargo:rustc-env={variable}_HASH={:016x}", hasher.finish());

        let mut br = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
        br.write_all(&bytes)?;
        fs::write(Path::new(&out).join(format!("{name}.br")), br.into_inner())?;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gz.write_all(&bytes)?;
        fs::write(Path::new(&out).join(format!("{name}.gz")), gz.finish()?)?;
    }
    Ok(())
}

/// A stylesheet or script without what only its reader needs: indentation, and lines that are a comment as a whole. A real
/// minifier was tried and made `1.3em+1.5vw` of a sum, which is none in CSS.
fn lean(name: &str, text: &str) -> String {
    let is_comment = |line: &str| line.is_empty() || line.starts_with("//") || (line.starts_with("/*") && line.ends_with("*/"));
    if Path::new(name).extension().is_some_and(|kind| kind == "svg") {
        return text.to_owned();
    }
    text.lines().map(str::trim).filter(|line| !is_comment(line)).flat_map(|line| [line, "\n"]).collect()
}
