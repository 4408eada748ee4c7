//! How pages look in this browser: light or dark, and how high rows are. Kept in a cookie, so the first byte of a page
//! says it already and nothing flashes.
//!
//! Invariant: a look changes no content. A cookie that says anything else is the default; its text never reaches a page.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use super::extract::Filled;
use super::{Answer, App, Failure, gate, links, page};

/// The cookie that keeps the look.
const COOKIE: &str = "__Host-glance-look";
/// A year: a browser that is used keeps its look.
const SECONDS: u32 = 31_536_000;

/// A choice: its word in the cookie, and for people.
type Choice = (&'static str, &'static str);

const THEMES: [Choice; 3] = [("system", "System"), ("light", "Light"), ("dark", "Dark")];
const DENSITIES: [Choice; 2] = [("compact", "Compact"), ("comfortable", "Comfortable")];

/// The look of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub theme: &'static str,
    pub density: &'static str,
}

impl Default for Look {
    fn default() -> Self {
        Self { theme: THEMES[0].0, density: DENSITIES[0].0 }
    }
}

impl Look {
    /// The look a request's cookie asks for.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let cookie = gate::cookie(headers, COOKIE).unwrap_or_default();
        let (theme, density) = cookie.split_once('.').unwrap_or_default();
        Self::default().with(theme, density)
    }

    /// The same with what these words choose; a word that is no choice changes nothing.
    fn with(self, theme: &str, density: &str) -> Self {
        let word = |choices: &[Choice], wanted: &str| choices.iter().find(|(word, _)| *word == wanted).map(|one| one.0);
        Self {
            theme: word(&THEMES, theme).unwrap_or(self.theme),
            density: word(&DENSITIES, density).unwrap_or(self.density),
        }
    }

    /// What the browser paints before the style sheet is there.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        if self.theme == "system" { "light dark" } else { self.theme }
    }

    /// Themes and densities to choose from: field, words for people, choices.
    #[must_use]
    pub fn choices(self) -> [(&'static str, &'static str, &'static [Choice]); 2] {
        [("theme", "Theme", &THEMES), ("density", "Rows", &DENSITIES)]
    }

    /// True for the words of this look; no word is of both kinds.
    #[must_use]
    pub fn is(self, word: &str) -> bool {
        self.theme == word || self.density == word
    }
}

impl FromRequestParts<App> for Look {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        Ok(Self::of(&parts.headers))
    }
}

/// Keeps another look in this browser and leads back to where it was chosen.
pub async fn choose(look: Look, mut filled: Filled) -> Answer {
    let look = look.with(&filled.take("theme"), &filled.take("density"));
    let mut answer = page::see(links::within(&filled.take("back")));
    let cookie =
        format!("{COOKIE}={}.{}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={SECONDS}", look.theme, look.density);
    let cookie = HeaderValue::try_from(cookie).map_err(|error| Failure::Bug(error.to_string()))?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::Look;

    fn of(cookie: &'static str) -> (&'static str, &'static str) {
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))]);
        let look = Look::of(&headers);
        (look.theme, look.density)
    }

    #[test]
    fn a_cookie_chooses_only_what_there_is() {
        assert_eq!(of(""), ("system", "compact"));
        assert_eq!(of("a=b; __Host-glance-look=dark.comfortable"), ("dark", "comfortable"));
        assert_eq!(of("__Host-glance-look=\"><script>.comfortable"), ("system", "comfortable"));
        assert_eq!(of("__Host-glance-look=light"), ("system", "compact"));
    }
}
