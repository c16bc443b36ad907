//! The whole workspace as one file: what the page keeps as text, the learner's data, and the run that can be gone on with.

use super::*;
use crate::engine::checkpoint::Checkpoint;
use crate::faults::{Fault, KeepingError, Wish};
use crate::io::safetensors::ByteSource;
use crate::io::unzip::unzip;
use crate::io::zip::{Member, zip};
use crate::protocol::{Archive, KeptRun, TextFile, Workspace};

/// The folder in the archive, and the kinds of what is in it.
const FOLDER: &str = "warmup-workspace/";
const TEXTS: &str = "page/";
const DATA: &str = "data/file";
const RUN: &str = "run/checkpoint.safetensors";
const RUN_RECORD: &str = "run/record.json";

impl<H: Host> Answers<asks::PackWorkspace> for Server<H> {
    async fn answer(
        &mut self,
        ask: asks::PackWorkspace,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Archive>, EngineError> {
        self.refuse_while_running(Wish::PackWorkspace)?;
        let mut members: Vec<Member> = ask.texts.into_iter().map(of_page).collect();
        if let Some(url) = &ask.data_url {
            let bytes = self.host.fetch(url, &mut |_, _| {}).await;
            members.push(member(DATA, bytes.map_err(unsaved)?));
        }
        members.extend(self.kept_run().await.map_err(unsaved)?);
        for member in &mut members {
            member.name.insert_str(0, FOLDER);
        }
        let bytes = zip(&members).map_err(unsaved)?;
        let name = ask.name;
        Ok(Archive { name, bytes }.into())
    }
}

impl<H: Host> Answers<asks::UnpackWorkspace> for Server<H> {
    /// The run goes to its place at once; the page puts the rest where it keeps it.
    async fn answer(
        &mut self,
        asks::UnpackWorkspace { url }: asks::UnpackWorkspace,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Workspace>, EngineError> {
        self.refuse_while_running(Wish::UnpackWorkspace)?;
        let archive = self.host.fetch(&url, &mut |_, _| {}).await;
        let members = archive
            .and_then(|archive| unzip(&archive))
            .map_err(unread)?;
        let mut workspace = Workspace::default();
        let (mut run, mut record) = (None, None);
        for Member { name, bytes } in members {
            let Some(name) = name.strip_prefix(FOLDER) else {
                return Err(unread(KeepingError::StrangeFile { name }.into()));
            };
            match name {
                DATA => workspace.data = Some(bytes),
                RUN => run = Some(bytes),
                RUN_RECORD => record = serde_json::from_slice::<KeptRun>(&bytes).ok(),
                other => workspace.texts.extend(text_of(other, bytes)),
            }
        }
        if let (Some(run), Some(record)) = (run, record) {
            workspace.run_refused = self.take_in(run, &record).await.err();
        }
        Ok(workspace.into())
    }
}

impl<H: Host> Server<H> {
    async fn kept_run(&mut self) -> Result<Vec<Member>, Fault> {
        self.find_place().await;
        let Some((run, mut body)) = (match self.keeping.keeper() {
            Some(keeper) => keeper.file().await,
            None => None,
        }) else {
            return Ok(Vec::new());
        };
        let record = serde_json::to_vec(&run).map_err(Fault::foreign)?;
        let bytes = body.read(0, body.len() as usize)?;
        Ok(vec![member(RUN_RECORD, record), member(RUN, bytes)])
    }

    /// Keeps a run that another browser has kept, if it is one and none is kept here.
    async fn take_in(&mut self, bytes: Vec<u8>, run: &KeptRun) -> Result<(), Fault> {
        self.find_place().await;
        let keeper = self.keeping.keeper();
        let keeper = keeper.ok_or(KeepingError::Storeless)?;
        if keeper.run().is_some() {
            return Err(KeepingError::Occupied.into());
        }
        Checkpoint::open(bytes.clone(), &self.device.clone().inner())?;
        keeper.keep_bytes(&bytes, run).await.map(drop)
    }
}

fn member(name: &str, bytes: Vec<u8>) -> Member {
    Member {
        name: name.to_owned(),
        bytes,
    }
}

fn of_page(file: TextFile) -> Member {
    member(&format!("{TEXTS}{}", file.name), file.text.into_bytes())
}

/// What the page keeps as text; nothing else is such.
fn text_of(name: &str, bytes: Vec<u8>) -> Option<TextFile> {
    Some(TextFile {
        name: name.strip_prefix(TEXTS)?.to_owned(),
        text: String::from_utf8(bytes).ok()?,
    })
}

fn unsaved(reason: Fault) -> EngineError {
    let reason = Box::new(reason);
    EngineError::new(ErrorKind::State, KeepingError::CannotPack { reason })
}

fn unread(reason: Fault) -> EngineError {
    let reason = Box::new(reason);
    EngineError::new(ErrorKind::Data, KeepingError::CannotUnpack { reason })
}
