//! From a file's bytes to its text.

use std::borrow::Cow;

use crate::faults::DataError;

/// How characters are stored, where it is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// What Excel on Windows saves as "CSV" in Western Europe and the Americas.
    Windows1252,
    /// What Excel saves as "Unicode Text".
    Utf16,
}

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Windows1252 => "Windows-1252",
            Self::Utf16 => "UTF-16",
        }
    }
}

/// The text without a byte order mark, and its encoding where it is not UTF-8.
pub fn decode<'a>(
    file: &str,
    bytes: &'a [u8],
) -> Result<(Cow<'a, str>, Option<Encoding>), DataError> {
    if let Some(order) = Utf16::of(bytes) {
        let text = order.decode(&bytes[2..]);
        let file = file.to_owned();
        let text = text.ok_or(DataError::BrokenUtf16 { file })?;
        return Ok((text.into(), Some(Encoding::Utf16)));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        let file = file.to_owned();
        return Err(DataError::Binary { file });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.into(), None)),
        Err(e) => match windows_1252(bytes) {
            Some(text) => Ok((text.into(), Some(Encoding::Windows1252))),
            None => Err(not_text(file, bytes, e.valid_up_to())),
        },
    }
}

fn not_text(file: &str, bytes: &[u8], at: usize) -> DataError {
    let before = &bytes[..at];
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or(before);
    DataError::NotText {
        file: file.to_owned(),
        line: 1 + before.iter().filter(|b| **b == b'\n').count(),
        character: 1 + String::from_utf8_lossy(line).chars().count(),
        byte: bytes[at],
    }
}

/// The two orders of the bytes of UTF-16, told by the mark in front.
enum Utf16 {
    LittleEndian,
    BigEndian,
}

impl Utf16 {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xfe, ..] => Some(Self::LittleEndian),
            [0xfe, 0xff, ..] => Some(Self::BigEndian),
            _ => None,
        }
    }

    fn decode(&self, bytes: &[u8]) -> Option<String> {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let unit = |pair: &[u8; 2]| match self {
            Self::LittleEndian => u16::from_le_bytes(*pair),
            Self::BigEndian => u16::from_be_bytes(*pair),
        };
        let text = char::decode_utf16(pairs.iter().map(unit)).collect::<Result<_, _>>();
        text.ok().filter(|_| rest.is_empty())
    }
}

/// The text, unless the bytes are more likely something else: a file that holds control characters is no text, and
/// one with as many sound characters of UTF-8 as unsound ones is a damaged UTF-8 file.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    let (mut sound, mut unsound) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        unsound += usize::from(!chunk.invalid().is_empty());
    }
    let is_control = |b: &u8| *b < 0x20 && !b"\t\n\r".contains(b);
    if sound >= unsound || bytes.iter().any(is_control) {
        return None;
    }
    bytes.iter().map(|byte| character(*byte)).collect()
}

/// Windows-1252 is Latin-1 but for 0x80 to 0x9F, of which five are nothing.
fn character(byte: u8) -> Option<char> {
    const FROM_80: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0',
        '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => Some(FROM_80[usize::from(byte - 0x80)]).filter(|c| *c != '\0'),
        other => Some(char::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Option<Encoding>) {
        let (text, encoding) = decode("x.csv", bytes).unwrap();
        (text.into_owned(), encoding)
    }

    #[test]
    fn windows_1252_is_told_from_utf_8() {
        assert_eq!(read("na\u{ef}ve".as_bytes()), ("naïve".into(), None));
        let latin = read(b"na\xefve \x93caf\xe9\x94 \x80 5");
        assert_eq!(
            latin,
            ("naïve “café” € 5".into(), Some(Encoding::Windows1252))
        );
    }

    #[test]
    fn utf_16_is_told_by_its_mark() {
        let units: Vec<u16> = "\u{feff}Zoë 😀".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
        for bytes in [little.clone(), big] {
            assert_eq!(read(&bytes), ("Zoë 😀".into(), Some(Encoding::Utf16)));
        }
        let halved = decode("x.csv", &little[..little.len() - 1]).unwrap_err();
        assert!(halved.to_string().contains("UTF-16"), "{halved}");
        let unmarked = decode("x.csv", &little[2..]).unwrap_err();
        assert!(
            unmarked.to_string().contains("byte order mark"),
            "{unmarked}"
        );
    }

    #[test]
    fn a_damaged_file_is_named_with_the_place() {
        for bytes in [
            &b"text\nna\xc3\xafve caf\xe9"[..],
            b"text\nna\xc3\xafve caf\x90\x90",
        ] {
            let error = decode("x.csv", bytes).unwrap_err().to_string();
            assert!(error.contains("line 2, character 10"), "{error}");
        }
        let control = decode("x.csv", b"a\x01\xe9").unwrap_err().to_string();
        assert!(control.contains("0xE9"), "{control}");
    }
}
