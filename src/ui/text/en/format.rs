//! Numbers for people. The exact value always travels beside these in `data-value`.

/// `589824` → `589,824`.
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Percentage points, a difference of two percentages.
pub fn points(points: f64) -> String {
    let sign = if points < 0.0 { "−" } else { "" };
    format!("{sign}{:.1} points", points.abs())
}

/// A share in `0..=1` as a percentage with as many digits as it needs.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent == 0.0 || percent >= 99.95 {
        format!("{percent:.0}%")
    } else if percent < 0.1 {
        format!("{percent:.3}%")
    } else if percent < 10.0 {
        format!("{percent:.2}%")
    } else {
        format!("{percent:.1}%")
    }
}

/// `1_234_567` → `1.2 MB`.
pub fn bytes(n: u64) -> String {
    let n = n as f64;
    if n < 1e3 {
        format!("{n:.0} B")
    } else if n < 1e6 {
        format!("{:.0} kB", n / 1e3)
    } else if n < 1e9 {
        format!("{:.1} MB", n / 1e6)
    } else {
        format!("{:.1} GB", n / 1e9)
    }
}

/// A span of time: `850 ms`, `12 s`, `1 min 20 s`.
pub fn duration(millis: f64) -> String {
    if !millis.is_finite() || millis < 0.0 {
        return "unknown".into();
    }
    if millis < 1000.0 {
        return format!("{millis:.0} ms");
    }
    let seconds = (millis / 1000.0).round() as u64;
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// One decimal; none where it is a number of thousands.
pub fn perplexity(value: f64) -> String {
    if value < 1000.0 {
        format!("{value:.1}")
    } else if value.is_finite() {
        count(value.round() as usize)
    } else {
        "not a number".into()
    }
}

/// Three decimals, enough for a loss.
pub fn loss(nats: f64) -> String {
    if nats.is_finite() {
        format!("{nats:.3}")
    } else {
        "not a number".into()
    }
}

/// A learning rate: `0.002`, `3.1e-5`.
pub fn rate(value: f64) -> String {
    if value == 0.0 {
        "0".into()
    } else if value.abs() < 1e-4 {
        scientific(value)
    } else {
        trim_zeros(format!("{value:.6}"))
    }
}

/// At most `decimals` decimals, none where they are zero.
pub fn plain(value: f64, decimals: usize) -> String {
    trim_zeros(format!("{value:.decimals$}"))
}

/// `1.2e-6`.
pub fn scientific(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let text = format!("{value:.1e}");
    text.replace(".0e", "e")
}

/// `128 × 384`.
pub fn shape(dims: &[usize]) -> String {
    dims.iter()
        .map(|n| count(*n))
        .collect::<Vec<_>>()
        .join(" × ")
}

/// The first half of what a person would compare.
pub fn short_hash(hash: &str) -> String {
    match hash.get(..12) {
        Some(head) if hash.len() > 16 => format!("{head}…"),
        _ => hash.to_string(),
    }
}

fn trim_zeros(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

/// Text that stands in HTML or XML as it is.
pub fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thousands() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(589_824), "589,824");
        assert_eq!(count(1_063_680), "1,063,680");
    }

    #[test]
    fn percentages_keep_what_matters() {
        assert_eq!(percent(12_288.0 / 589_824.0), "2.08%");
        assert_eq!(percent(0.825), "82.5%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(0.00065), "0.065%");
    }

    #[test]
    fn times_read_as_spoken() {
        assert_eq!(duration(340.0), "340 ms");
        assert_eq!(duration(12_400.0), "12 s");
        assert_eq!(duration(80_000.0), "1 min 20 s");
        assert_eq!(duration(120_000.0), "2 min");
        assert_eq!(duration(f64::NAN), "unknown");
    }

    #[test]
    fn rates_and_sizes() {
        assert_eq!(rate(1e-3), "0.001");
        assert_eq!(rate(2e-5), "2e-5");
        assert_eq!(rate(0.0), "0");
        assert_eq!(bytes(1_150_000), "1.1 MB");
        assert_eq!(plain(2.0, 2), "2");
    }
}
