//! `warmup encode`: a JSON string a line in, ids and offsets a line out.

use std::io::{BufRead, BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::base::open_tokenizer;
use super::error::CliError;

#[derive(clap::Args)]
pub struct Arguments {
    /// Folder with `tokenizer.json`, or `vocab.json` and `merges.txt`.
    #[arg(long)]
    tokenizer: PathBuf,
}

#[derive(Serialize)]
struct Line {
    ids: Vec<i32>,
    /// In Unicode code points.
    offsets: Vec<(usize, usize)>,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let tokenizer = open_tokenizer(&arguments.tokenizer)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (index, line) in std::io::stdin().lock().lines().enumerate() {
        let at =
            |reason: String| CliError::new(format!("standard input, line {}: {reason}", index + 1));
        let line = line.map_err(|e| at(e.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let text: String = serde_json::from_str(&line)
            .map_err(|e| at(format!("this is no JSON string such as \"some text\": {e}")))?;
        let encoding = tokenizer.encode(&text).map_err(|e| at(e.to_string()))?;
        let encoded = Line {
            ids: encoding.ids,
            offsets: encoding.offsets,
        };
        match writeln!(out, "{}", serde_json::to_string(&encoded)?) {
            // Whoever reads our output may have had enough of it.
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => return Ok(0),
            written => written.map_err(|e| at(e.to_string()))?,
        }
    }
    match out.flush() {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(CliError::new(e)),
        _ => Ok(0),
    }
}
