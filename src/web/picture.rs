//! A stored page as a picture: inert, whatever it might be.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// The answer that carries a JPEG of ours.
pub fn inert(jpeg: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"halaman.jpg\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, jpeg).into_response()
}
