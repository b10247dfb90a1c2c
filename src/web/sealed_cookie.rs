//! A value that a browser carries for a while and can neither read nor change: nothing of it is kept on the server.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use serde::{Serialize, de::DeserializeOwned};
use tower_sessions::cookie::{Cookie, CookieJar, Key, SameSite, time::Duration};

use super::state::AppState;

/// Browsers take cookies of four kilobytes, name and attributes included.
const LONGEST: usize = 3_800;

/// A cookie of the portal with a sealed value, by its name.
pub struct SealedCookie {
    name: String,
    key: Key,
    is_secure: bool,
}

impl SealedCookie {
    /// The cookie of this name, with the prefix that binds it to the host where the portal is reached by https.
    pub fn named(name: &str, state: &AppState) -> Self {
        let is_secure = state.site.is_secure();
        let name = if is_secure { format!("__Host-{name}") } else { name.to_owned() };
        Self { name, key: Key::from(state.db.cookie_key()), is_secure }
    }

    /// What the browser brought, if it is whole and ours.
    pub fn open<T: DeserializeOwned>(&self, headers: &HeaderMap) -> Option<T> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let cookies = lines.flat_map(|line| Cookie::split_parse(line.to_owned())).filter_map(Result::ok);
        let mut jar = CookieJar::new();
        jar.add_original(cookies.into_iter().find(|cookie| cookie.name() == self.name)?);
        serde_json::from_str(jar.private(&self.key).get(&self.name)?.value()).ok()
    }

    /// Gives a value to the browser. Tells whether it is short enough.
    pub fn give<T: Serialize>(&self, value: &T, lasts: Duration, response: &mut Response) -> bool {
        let Ok(text) = serde_json::to_string(value) else { return false };
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(Cookie::build((self.name.clone(), text)).max_age(lasts).build());
        let sealed = jar.get(&self.name).filter(|cookie| cookie.value().len() <= LONGEST).cloned();
        sealed.is_some_and(|cookie| self.set(cookie, response))
    }

    /// Takes it away.
    pub fn take_away(&self, response: &mut Response) {
        self.set(Cookie::build((self.name.clone(), "")).max_age(Duration::ZERO).build(), response);
    }

    fn set(&self, mut cookie: Cookie<'static>, response: &mut Response) -> bool {
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(self.is_secure);
        let Ok(value) = HeaderValue::from_str(&cookie.to_string()) else { return false };
        response.headers_mut().append(header::SET_COOKIE, value);
        true
    }
}
