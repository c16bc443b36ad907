//! Words as counting takes them.

/// Calls `take` with each word of a text in lower case. Letters and digits make words; an apostrophe between letters
/// belongs to its word ("isn't"). Of scripts that put no spaces between words, each character is one.
pub fn each_word(text: &str, mut take: impl FnMut(&str)) {
    let text = text.to_lowercase();
    let mut word = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let goes_on = match c {
            '\'' | '’' => {
                !word.is_empty() && characters.peek().is_some_and(|next| next.is_alphabetic())
            }
            c => c.is_alphanumeric() && !stands_alone(c),
        };
        if goes_on {
            word.push(if c == '’' { '\'' } else { c });
            continue;
        }
        if !word.is_empty() {
            take(&word);
            word.clear();
        }
        if stands_alone(c) {
            take(c.encode_utf8(&mut [0; 4]));
        }
    }
    if !word.is_empty() {
        take(&word);
    }
}

/// Chinese, Japanese and Korean characters.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// A number for each word of a text, in order, and for each pair of neighbours where they are wanted. Different ones
/// have different numbers, but for a chance of one in millions.
pub fn numbered_words(text: &str, with_pairs: bool) -> Vec<u64> {
    let mut found = Vec::new();
    let mut before = None;
    each_word(text, |word| {
        let number = hash(word.as_bytes(), 0xcbf2_9ce4_8422_2325);
        found.push(number);
        if let Some(before) = before.replace(number).filter(|_| with_pairs) {
            found.push(hash(&number.to_le_bytes(), before));
        }
    });
    found
}

/// FNV-1a, going on from `state`, with its bits mixed once more at the end.
fn hash(bytes: &[u8], mut state: u64) -> u64 {
    for byte in bytes {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    state ^= state >> 32;
    state.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each_word(text, |word| found.push(word.to_owned()));
        found
    }

    #[test]
    fn apostrophes_belong_to_words_and_ideographs_stand_alone() {
        assert_eq!(
            words("It isn't 'Zoë’s' 2nd film!"),
            ["it", "isn't", "zoë's", "2nd", "film"]
        );
        assert_eq!(words("好电影 ok"), ["好", "电", "影", "ok"]);
        assert!(words(" -- ").is_empty());
    }

    #[test]
    fn pairs_have_numbers_of_their_own_and_an_order() {
        let pairs = |text| numbered_words(text, true);
        assert_eq!(pairs("a b a").len(), 5);
        assert_eq!(pairs("a b")[..2], [pairs("a")[0], pairs("b")[0]]);
        assert_ne!(pairs("a b")[2], pairs("b a")[2]);
        assert_eq!(numbered_words("a b a", false).len(), 3);
    }
}
