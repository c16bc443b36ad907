//! A zip archive taken apart: files that are stored as they are or deflated, as nearly every program packs them.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::zip::{Member, crc32};
use crate::faults::{Fault, FileError};

/// Where the directory is named, at the end of every archive.
const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
/// How a file is packed.
const STORED: usize = 0;
const DEFLATED: usize = 8;
/// A comment may follow it.
const MOST_COMMENT: usize = 65_535;

/// The archive's files, each held to its checksum.
///
/// # Errors
/// Where it is no archive, is cut short or damaged, or packed in another way.
pub fn unzip(archive: &[u8]) -> Result<Vec<Member>, Fault> {
    let from = archive.len().saturating_sub(END_BYTES + MOST_COMMENT);
    let ends = |at: &usize| archive[*at..].starts_with(END);
    let end = (from..archive.len()).rev().find(ends);
    let end = end.ok_or(FileError::NoZip)?;
    let count = number(archive, end + 10, 2)?;
    let mut at = number(archive, end + 16, 4)?;
    let mut members = Vec::new();
    for _ in 0..count {
        let (member, next) = member(archive, at)?;
        members.push(member);
        at = next;
    }
    Ok(members)
}

/// The file that this entry of the directory names, and where the next entry is.
fn member(archive: &[u8], at: usize) -> Result<(Member, usize), FileError> {
    let of_directory = |place, length| number(archive, at + place, length);
    if piece(archive, at, 4)? != b"PK\x01\x02" {
        return Err(FileError::ZipDamaged);
    }
    let (name_length, extra, comment) = (
        of_directory(28, 2)?,
        of_directory(30, 2)?,
        of_directory(32, 2)?,
    );
    let name = piece(archive, at + 46, name_length)?;
    let name = String::from_utf8_lossy(name).into_owned();
    let (packed_size, size) = (of_directory(20, 4)?, of_directory(24, 4)?);
    let file = of_directory(42, 4)?;
    // The name and what follows it stand before the file once more.
    let before = number(archive, file + 26, 2)? + number(archive, file + 28, 2)?;
    let packed = piece(archive, file + 30 + before, packed_size)?;
    let bytes = match of_directory(10, 2)? {
        STORED => packed.to_vec(),
        DEFLATED => decompress_to_vec_with_limit(packed, size)
            .map_err(|_| FileError::MemberDamaged { name: name.clone() })?,
        _ => return Err(FileError::MemberPacked { name }),
    };
    if crc32(&bytes) as usize != of_directory(16, 4)? {
        return Err(FileError::MemberDamaged { name });
    }
    let next = at + 46 + name_length + extra + comment;
    Ok((Member { name, bytes }, next))
}

fn piece(archive: &[u8], at: usize, length: usize) -> Result<&[u8], FileError> {
    let rest = archive.get(at..).ok_or(FileError::ZipDamaged)?;
    rest.get(..length).ok_or(FileError::ZipDamaged)
}

fn number(archive: &[u8], at: usize, length: usize) -> Result<usize, FileError> {
    let bytes = piece(archive, at, length)?.iter().rev();
    Ok(bytes.fold(0, |number, byte| (number << 8) | usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::zip::zip;

    fn archive() -> Vec<u8> {
        let member = |name: &str, bytes: &[u8]| Member {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        };
        let members = [member("a/one.txt", b"first"), member("zwei-ö", b"")];
        zip(&members).unwrap()
    }

    #[test]
    fn what_is_zipped_comes_out_again() {
        let files = unzip(&archive()).unwrap();
        let files: Vec<_> = files.iter().map(|f| (&f.name[..], &f.bytes[..])).collect();
        assert_eq!(files, [("a/one.txt", &b"first"[..]), ("zwei-ö", b"")]);
    }

    #[test]
    fn what_is_cut_damaged_or_no_archive_is_refused() {
        let whole = archive();
        let refused = |bytes: &[u8]| unzip(bytes).err().unwrap().to_string();
        assert!(refused(b"text,label").contains("no zip archive"));
        assert!(refused(&whole[..whole.len() - 4]).contains("damaged"));
        assert!(refused(&whole[10..]).contains("damaged"));
        let mut other = whole.clone();
        other[40] ^= 1;
        assert!(refused(&other).contains("a/one.txt in it is damaged"));
        let mut packed = whole;
        let directory = packed.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        packed[directory + 10] = 8;
        assert!(refused(&packed).contains("a/one.txt in it is damaged"));
        packed[directory + 10] = 12;
        assert!(refused(&packed).contains("unusual way"));
    }

    /// By Python's `zipfile` with `ZIP_DEFLATED`: one file of 26 letters, eight times.
    #[test]
    fn what_others_have_packed_comes_out() {
        let letters = "abcdefghijklmnopqrstuvwxyz".repeat(8);
        let files = unzip(include_bytes!("../../tests/inputs/deflated.zip")).unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].name, "folder/letters.txt");
        assert_eq!(files[0].bytes, letters.as_bytes());
    }
}
