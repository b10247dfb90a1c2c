//! Files as phones and scanners make them, on disk, for the browser to send.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::LazyLock;

use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};

use crate::{files, pdfs};

/// Lies in the build folder, because a browser that is confined may not read the temporary folder.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("uploads");
    fs::create_dir_all(&folder).unwrap();
    folder
});

/// The same file each time, so that runs leave no more and more of them behind.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let (path, draft) = (FOLDER.join(name), FOLDER.join(format!("{}-{name}", process::id())));
    if fs::read(&path).ok().as_deref() != Some(bytes) {
        fs::write(&draft, bytes).unwrap();
        fs::rename(draft, &path).unwrap();
    }
    path
}

pub fn jpeg() -> PathBuf {
    file("surat.jpg", &files::jpeg(900, 640))
}

pub fn png() -> PathBuf {
    file("kartu.png", &files::png(640, 900))
}

pub fn pdf() -> PathBuf {
    file("keluarga.pdf", &pdfs::pdf(2))
}

pub fn heic() -> PathBuf {
    file("foto.heic", &files::heic())
}

pub fn empty() -> PathBuf {
    file("kosong.jpg", b"")
}

/// Eleven megabytes that no script can make smaller.
pub fn too_large() -> PathBuf {
    let mut bytes = pdfs::pdf(1);
    bytes.resize(11_000_000, b'\n');
    file("besar.pdf", &bytes)
}

/// A photo from a good camera: grainy, 3,000 × 2,250 pixels, several megabytes.
pub fn large_photo() -> PathBuf {
    static PHOTO: LazyLock<PathBuf> = LazyLock::new(|| {
        let mut grain = 1_u32;
        let photo = RgbImage::from_fn(3_000, 2_250, |x, y| {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [noise, ..] = grain.to_be_bytes().map(|byte| byte % 48);
            let [light, shade] = [x / 16, y / 12].map(|way| u8::try_from(way).unwrap_or(u8::MAX));
            Rgb([light.saturating_add(noise), shade.saturating_add(noise), 90 + noise])
        });
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 92).encode_image(&photo).unwrap();
        file("ponsel.jpg", &bytes)
    });
    PHOTO.clone()
}
