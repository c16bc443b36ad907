//! What a run made, packed to be taken home.

use super::*;
use crate::engine::take_home::{Made, files};
use crate::io::zip::{Member, zip};
use crate::protocol::Archive;
use crate::settings::Strategy;

impl<H: Host> Answers<asks::TakeHome> for Server<H> {
    async fn answer(
        &mut self,
        asks::TakeHome {
            name,
            base_name,
            is_merged,
            files: written,
        }: asks::TakeHome,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Archive>, EngineError> {
        self.refuse_while_running(Wish::TakeHome)?;
        let tuned = self.tuned()?;
        let kept_apart = |strategy: &&Strategy| !(is_merged && strategy.can_be_merged());
        let made = Made {
            model: &tuned.model,
            strategy: tuned.strategy.as_ref().filter(kept_apart),
            task: tuned.task,
            labels: &tuned.labels,
        };
        let mut members = files(self.base()?, made, &base_name).await?;
        members.extend(written.into_iter().map(|file| Member {
            name: file.name,
            bytes: file.text.into_bytes(),
        }));
        for member in &mut members {
            member.name = format!("{name}/{}", member.name);
        }
        let bytes = zip(&members).map_err(|reason| {
            let reason = Box::new(reason);
            EngineError::new(ErrorKind::Model, AskError::Sentence { reason })
        })?;
        Ok(Archive { name, bytes }.into())
    }
}
