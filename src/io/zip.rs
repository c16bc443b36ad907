//! Files put together as one zip archive, uncompressed: weights hardly become smaller, and any program opens it.

use crate::faults::{Fault, FileError};

/// A file in the archive; its name may have folders.
pub struct Member {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Names are in UTF-8.
const FLAGS: u16 = 1 << 11;
/// Of the format, for stored files.
const VERSION: u16 = 20;
/// 1 January 1980, the format's first day: the same files make the same archive.
const DATE: u16 = 0x21;

/// The archive, or why there is none: this form holds less than 4 GiB.
pub fn zip(members: &[Member]) -> Result<Vec<u8>, Fault> {
    let too_large = |_| FileError::TooLargeForZip;
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let at = u32::try_from(out.len()).map_err(too_large)?;
        let size = u32::try_from(member.bytes.len()).map_err(too_large)?;
        let about = about(member, size);
        out.extend(b"PK\x03\x04");
        out.extend(&about);
        out.extend(member.name.as_bytes());
        out.extend(&member.bytes);
        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&about);
        // No comment, first disk, nothing of the file system.
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(member.name.as_bytes());
    }
    let at = u32::try_from(out.len()).map_err(too_large)?;
    let count = u16::try_from(members.len()).map_err(too_large)?;
    let size = u32::try_from(directory.len()).map_err(too_large)?;
    out.extend(directory);
    out.extend(b"PK\x05\x06");
    out.extend([0; 4]);
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
    out.extend([0; 2]);
    Ok(out)
}

/// What stands before a file and in the directory alike.
fn about(member: &Member, size: u32) -> Vec<u8> {
    let mut out = Vec::new();
    // Stored, at no time of day.
    for field in [VERSION, FLAGS, 0, 0, DATE] {
        out.extend(field.to_le_bytes());
    }
    out.extend(crc32(&member.bytes).to_le_bytes());
    out.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
    out.extend((member.name.len() as u16).to_le_bytes());
    out.extend([0; 2]);
    out
}

pub(super) fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let step = |crc: u32, byte: &u8| TABLE[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ (crc >> 8);
    !bytes.iter().fold(!0, step)
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = i as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_formats() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn an_archive_names_every_file_and_where_it_lies() {
        let member = |name: &str, bytes: &[u8]| Member {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        };
        let archive = zip(&[member("a/one.txt", b"first"), member("zwei-ö", b"")]).unwrap();
        let end = archive.len() - 22;
        assert_eq!(&archive[end..end + 4], b"PK\x05\x06");
        assert_eq!(archive[end + 10], 2);
        let directory =
            u32::from_le_bytes(archive[end + 16..end + 20].try_into().unwrap()) as usize;
        assert_eq!(&archive[directory..directory + 4], b"PK\x01\x02");
        let name = &archive[directory + 46..directory + 55];
        assert_eq!(name, b"a/one.txt");
        assert_eq!(&archive[39..44], b"first");
    }

    /// Python's `zipfile` reads it and finds every checksum right, where there is a Python.
    #[test]
    #[cfg(not(target_arch = "wasm32"))]
    fn python_opens_it() {
        let path = std::env::temp_dir().join(format!("warmup-{}.zip", std::process::id()));
        let bytes = (0..100_000u32).map(|i| (i * i) as u8).collect();
        let name = "folder/weights.bin".to_owned();
        std::fs::write(&path, zip(&[Member { name, bytes }]).unwrap()).unwrap();
        let program = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); \
            assert z.testzip() is None; print(z.namelist(), len(z.read('folder/weights.bin')))";
        let run = std::process::Command::new("python3")
            .args(["-c", program])
            .arg(&path)
            .output();
        let _ = std::fs::remove_file(&path);
        let Ok(run) = run else { return };
        let said = String::from_utf8_lossy(&run.stdout);
        assert_eq!(said.trim(), "['folder/weights.bin'] 100000", "{run:?}");
    }
}
