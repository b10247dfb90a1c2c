//! stub, replaced by the intake
/// A page
pub struct PageImage {
    /// j
    pub jpeg: Vec<u8>,
    /// p
    pub preview: Vec<u8>,
    /// w
    pub width: u32,
    /// h
    pub height: u32,
}
/// most
pub const MAX_PAGES: usize = 10;
