//! Makes the files that tests upload, honest and hostile, so that none of them has to lie in the repository.

use std::io::{Cursor, Write};

use flate2::{Compress, Compression, Crc, FlushCompress};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};

pub const RED: Rgb<u8> = Rgb([220, 30, 30]);
pub const BLUE: Rgb<u8> = Rgb([30, 30, 220]);

/// A picture whose left half is red and whose right half is blue.
pub fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { RED } else { BLUE })
}

pub fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(halves(width, height), ImageFormat::Jpeg)
}

pub fn grey_jpeg() -> Vec<u8> {
    encoded(GrayImage::from_pixel(60, 40, Luma([90])), ImageFormat::Jpeg)
}

/// What a phone held upright writes: lying pixels that are to be turned, where they were taken, and a remark.
pub fn phone_jpeg() -> Vec<u8> {
    with_segments(&jpeg(600, 400), &[(0xE1, &exif(6)), (0xFE, b"taken at home")])
}

/// A JPEG with segments put in right after its start.
pub fn with_segments(jpeg: &[u8], segments: &[(u8, &[u8])]) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let mut file = start.to_vec();
    for (marker, data) in segments {
        file.extend([0xFF, *marker]);
        file.extend(u16::try_from(data.len() + 2).unwrap().to_be_bytes());
        file.extend(*data);
    }
    file.extend(rest);
    file
}

/// Camera data that says how to turn the picture, and that it was taken at Monas.
pub fn exif(orientation: u16) -> Vec<u8> {
    const ASCII: u16 = 2;
    const SHORT: u16 = 3;
    const LONG: u16 = 4;
    const RATIONAL: u16 = 5;
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
    };
    let [low, high] = orientation.to_le_bytes();
    let degrees = |numbers: [u32; 3]| numbers.iter().flat_map(|n| [n.to_le_bytes(), 1_u32.to_le_bytes()].concat()).collect();
    let (south, east): (Vec<u8>, Vec<u8>) = (degrees([6, 10, 31]), degrees([106, 49, 37]));
    [
        b"Exif\0\0II*\0\x08\0\0\0".as_slice(),
        // The first directory, at 8: two entries, the second of which points to the place.
        &2_u16.to_le_bytes(),
        &entry(0x0112, SHORT, 1, [low, high, 0, 0]),
        &entry(0x8825, LONG, 1, 38_u32.to_le_bytes()),
        &[0; 4],
        // The place, at 38; its numbers follow at 92.
        &4_u16.to_le_bytes(),
        &entry(1, ASCII, 2, *b"S\0\0\0"),
        &entry(2, RATIONAL, 3, 92_u32.to_le_bytes()),
        &entry(3, ASCII, 2, *b"E\0\0\0"),
        &entry(4, RATIONAL, 3, 116_u32.to_le_bytes()),
        &[0; 4],
        &south,
        &east,
    ]
    .concat()
}

/// Four inks, as print shops scan. Adobe's mark says that they are inverted, as they always are.
pub fn cmyk_jpeg() -> Vec<u8> {
    with_segments(&grey_jpeg_of(60, 40, 4), &[(0xEE, b"Adobe\0\x64\0\0\0\0\0")])
}

/// As many pixels as a camera of "50 megapixels" gives at most.
pub fn largest_jpeg() -> Vec<u8> {
    grey_jpeg_of(8_192, 6_144, 3)
}

/// A picture in plain grey of so many components, written bit by bit: no encoder at hand makes four of them, and none
/// makes large ones quickly.
fn grey_jpeg_of(width: u16, height: u16, components: u8) -> Vec<u8> {
    let quantisation = [&[0][..], &[1; 64]].concat();
    let ids = 1..=components;
    let sides = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let frame = [&[8][..], &sides, &[components], &ids.clone().flat_map(|id| [id, 0x11, 0]).collect::<Vec<_>>()].concat();
    // One code of one bit each: "as the block before", and "no more in this block".
    let table = |class: u8| [&[class, 1][..], &[0; 15], &[0]].concat();
    let scan = [&[components][..], &ids.flat_map(|id| [id, 0]).collect::<Vec<_>>(), &[0, 63, 0]].concat();
    let blocks = usize::from(width.div_ceil(8)) * usize::from(height.div_ceil(8)) * usize::from(components);
    let segments: [(u8, &[u8]); 5] =
        [(0xDB, &quantisation), (0xC0, &frame), (0xC4, &table(0x00)), (0xC4, &table(0x10)), (0xDA, &scan)];
    let mut file = with_segments(b"\xFF\xD8", &segments);
    file.extend(vec![0; (2 * blocks).div_ceil(8)]);
    file.extend(b"\xFF\xD9");
    file
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(halves(width, height), ImageFormat::Png)
}

pub fn transparent_png() -> Vec<u8> {
    encoded(RgbaImage::from_pixel(60, 40, Rgba([0, 0, 0, 0])), ImageFormat::Png)
}

pub fn sixteen_bit_png() -> Vec<u8> {
    encoded(DynamicImage::from(halves(60, 40)).into_rgb16(), ImageFormat::Png)
}

/// 4,000 × 3,000 pixels of three times 16 bits, all of them black.
pub fn twelve_megapixel_png() -> Vec<u8> {
    png_of(4_000, 3_000, [16, 2], &[], &zlib_of(0, 3_000 * (1 + 4_000 * 6)))
}

/// Pixels that are numbers of a palette: a row of blue over a row of red.
pub fn palette_png() -> Vec<u8> {
    let palette = [BLUE.0, RED.0].concat();
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&[0, 0, 0, 1]).unwrap();
    png_of(1, 2, [8, 3], &chunk(*b"PLTE", &palette), &packed.finish().unwrap())
}

/// 30,000 × 30,000 pixels of nothing in one megabyte, correct to the last check sum.
pub fn png_bomb() -> Vec<u8> {
    let side = 30_000_u32;
    let length = u64::from(side) * u64::from(side + 1);
    png_of(side, side, [8, 0], &[], &zlib_of(0, length))
}

/// Declares a small picture and unpacks to a gigabyte.
pub fn lying_png_bomb() -> Vec<u8> {
    png_of(100, 100, [8, 0], &[], &zlib_of(0, 1 << 30))
}

pub fn png_of(width: u32, height: u32, [depth, colour]: [u8; 2], extra: &[u8], pixels: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1A\n", &chunk(*b"IHDR", &header)[..], extra, &chunk(*b"IDAT", pixels), &chunk(*b"IEND", b"")].concat()
}

pub fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut sum = Crc::new();
    sum.update(&name);
    sum.update(data);
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &name, data, &sum.sum().to_be_bytes()].concat()
}

/// The same byte so many times, packed. Packed bytes are repeated instead of packing it all, which would take seconds.
pub fn zlib_of(byte: u8, length: u64) -> Vec<u8> {
    const STEP: u64 = 1 << 20;
    let pack = |length: u64| {
        let mut packed = Vec::with_capacity(64 * 1024);
        let data = vec![byte; usize::try_from(length).unwrap()];
        Compress::new(Compression::best(), false).compress_vec(&data, &mut packed, FlushCompress::Full).unwrap();
        packed
    };
    let mut file = vec![0x78, 0xDA];
    file.extend(pack(STEP).repeat(usize::try_from(length / STEP).unwrap()));
    file.extend(pack(length % STEP));
    // An empty last block and the check sum.
    file.extend([0x03, 0x00]);
    file.extend(adler(byte, length).to_be_bytes());
    file
}

/// The check sum of a byte repeated: s1 = 1 + n·b and s2 = n + b·n·(n+1)/2, modulo 65,521.
fn adler(byte: u8, length: u64) -> u32 {
    let (byte, length) = (u128::from(byte), u128::from(length));
    let low = (1 + length * byte) % 65_521;
    let high = (length + byte * (length * (length + 1) / 2)) % 65_521;
    u32::try_from(high << 16 | low).unwrap()
}

/// An archive with one empty file: the file, the list of files, and where the list is.
pub fn zip() -> Vec<u8> {
    let version = [20, 0];
    let shared = [&version[..], &[0; 20], b"\x05\0\0\0"].concat();
    let file = [b"PK\x03\x04", &shared[..], b"a.txt"].concat();
    let list = [b"PK\x01\x02", &version[..], &shared, &[0; 14], b"a.txt"].concat();
    let place = [list.len(), file.len()].map(|number| u32::try_from(number).unwrap().to_le_bytes()).concat();
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &place[..], &[0, 0]].concat();
    [file, list, end].concat()
}

pub fn heic() -> Vec<u8> {
    [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", &[0; 400][..]].concat()
}
