//! Addresses. Everything after `#`, so that any static host serves every page.

use crate::lessons;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Home,
    /// The slug of a lesson that exists.
    Lesson(&'static str),
    /// The query string of the settings.
    Lab(String),
    Bench(String),
    Verify,
    /// What the learner has measured.
    Results,
    /// Nothing here goes by this name.
    Unknown(String),
}

impl Route {
    /// Reads `location.hash`.
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#');
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path.trim_matches('/') {
            "" => Self::Home,
            "lab" => Self::Lab(query.to_string()),
            "bench" => Self::Bench(query.to_string()),
            "verify" => Self::Verify,
            "results" => Self::Results,
            other => other
                .strip_prefix("lesson/")
                .and_then(lessons::find)
                .map(|lesson| Self::Lesson(lesson.slug))
                .unwrap_or_else(|| Self::Unknown(path.to_string())),
        }
    }

    /// Whether what is shown works with the language model and the data set.
    pub fn needs_model(&self) -> bool {
        !matches!(self, Self::Bench(_) | Self::Verify | Self::Results)
    }
}

/// The pairs of a query string, percent-decoded.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .trim_start_matches('?')
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        })
        .collect()
}

/// One value of a query string.
pub fn value_of(query: &str, key: &str) -> Option<String> {
    pairs(query)
        .into_iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value)
}

/// Percent-encoded, for an address.
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let hex: Vec<u8> = bytes.clone().take(2).collect();
                let code = std::str::from_utf8(&hex)
                    .ok()
                    .filter(|hex| hex.len() == 2)
                    .and_then(|hex| u8::from_str_radix(hex, 16).ok());
                match code {
                    Some(code) => {
                        out.push(code);
                        bytes.next();
                        bytes.next();
                    }
                    None => out.push(b'%'),
                }
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_pages() {
        assert_eq!(Route::parse(""), Route::Home);
        assert_eq!(Route::parse("#/"), Route::Home);
        assert_eq!(Route::parse("#/lesson/lora"), Route::Lesson("lora"));
        assert_eq!(Route::parse("#/lab"), Route::Lab(String::new()));
        assert_eq!(
            Route::parse("#/lab?rank=8&lr=1e-3"),
            Route::Lab("rank=8&lr=1e-3".into())
        );
        assert_eq!(
            Route::parse("#/lesson/lara"),
            Route::Unknown("/lesson/lara".into())
        );
    }

    #[test]
    fn queries_are_decoded() {
        assert_eq!(
            pairs("?targets=c_attn%2Cc_proj&x=a+b&y"),
            [
                ("targets".into(), "c_attn,c_proj".into()),
                ("x".into(), "a b".into()),
                ("y".into(), String::new())
            ]
        );
        assert_eq!(value_of("steps=10%", "steps"), Some("10%".into()));
        let odd = "my data (2) & more.csv";
        let query = format!("data={}", encoded(odd));
        assert_eq!(value_of(&query, "data").as_deref(), Some(odd));
    }
}
