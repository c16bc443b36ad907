//! What finished runs leave: the weights that answer, and adapters kept to be switched and blended.

use burn::module::Module;

use super::*;
use crate::faults::TunedError;
use crate::methods::blend::blend;
use crate::model::network::Network;
use crate::model::parameters;
use crate::protocol::{AdapterInfo, Blend, BlendPart, MOST_ADAPTERS};
use crate::settings::{Strategy, Task};

/// A model that answers for a task.
#[derive(Clone)]
pub struct Tuned {
    pub model: Model,
    /// What it was trained by; none where several adapters are blended.
    pub strategy: Option<Strategy>,
    pub task: Task,
    pub labels: Vec<String>,
}

impl Tuned {
    pub fn of(run: &Run, model: Model) -> Self {
        Self {
            model: model.no_grad(),
            strategy: Some(run.settings().strategy.clone()),
            task: run.task(),
            labels: run.labels().to_vec(),
        }
    }
}

/// An adapter on the shelf.
pub struct Kept {
    info: AdapterInfo,
    tuned: Tuned,
}

/// Parameters that stand beside the base's own, the head's left out.
pub(super) fn adapter_parameters(model: &Model) -> usize {
    parameters::list(model)
        .iter()
        .filter(|parameter| parameters::is_adapter(&parameter.name))
        .map(|parameter| parameter.count())
        .sum()
}

impl<H: Host> Server<H> {
    /// Takes over what a finished run has made. Plain LoRA goes on the shelf: a product can be turned up and
    /// down after training.
    pub(super) fn keep(&mut self, run: &Run) {
        let tuned = Tuned::of(run, run.tuned());
        self.shelve(
            run.id,
            format!("run {}", run.id.0),
            &tuned,
            self.run_request,
        );
        self.tuned = Some(tuned);
    }

    /// The same with an adapter from elsewhere, which is counted as a run; none where it cannot be blended.
    pub(super) fn put_on_shelf(
        &mut self,
        name: &str,
        tuned: &Tuned,
        request_id: Option<RequestId>,
    ) -> Option<RunId> {
        let run_id = RunId(self.next_run);
        let is_kept = self.shelve(run_id, name.to_owned(), tuned, request_id);
        is_kept.then(|| {
            self.next_run += 1;
            run_id
        })
    }

    /// Whether it is one for the shelf.
    fn shelve(
        &mut self,
        run_id: RunId,
        name: String,
        tuned: &Tuned,
        request_id: Option<RequestId>,
    ) -> bool {
        let Some(Strategy::Lora(lora)) = &tuned.strategy else {
            return false;
        };
        if lora.use_dora {
            return false;
        }
        let info = AdapterInfo {
            run_id,
            name,
            task: tuned.task,
            rank: lora.rank,
            alpha: lora.alpha,
            parameters: adapter_parameters(&tuned.model),
        };
        if self.shelf.len() == MOST_ADAPTERS {
            self.shelf.remove(0);
        }
        self.shelf.push(Kept {
            info: info.clone(),
            tuned: tuned.clone(),
        });
        self.tell(request_id, Event::AdapterKept(info));
        true
    }
}

impl<H: Host> Answers<asks::BlendAdapters> for Server<H> {
    /// Puts a blend in the place of what was tuned. Task and head are the first part's: the learner's order says
    /// which one answers, and the others only lend their products.
    async fn answer(
        &mut self,
        asks::BlendAdapters { parts, merged }: asks::BlendAdapters,
        _id: Option<RequestId>,
    ) -> Result<Outcome<Blend>, EngineError> {
        self.refuse_while_running(Wish::BlendAdapters)?;
        let chosen = parts.iter().map(|part| on_shelf(&self.shelf, part));
        let chosen = chosen.collect::<Result<Vec<&Tuned>, EngineError>>()?;
        let Some(&first) = chosen.first() else {
            return Err(wrong(TunedError::NothingToBlend));
        };
        let models = chosen.iter().map(|tuned| tuned.model.clone());
        let weights = parts.iter().map(|part| part.weight);
        let models: Vec<(Model, f64)> = models.zip(weights).collect();
        let blended = blend(models).map_err(wrong)?;
        let model = if merged { blended.merged() } else { blended }.no_grad();
        let added_parameters = adapter_parameters(&model);
        // One adapter at full volume is what its run left.
        let is_one = !merged && matches!(&parts[..], [part] if part.weight == 1.0);
        self.tuned = Some(Tuned {
            model,
            strategy: first.strategy.clone().filter(|_| is_one),
            ..first.clone()
        });
        let blend = Blend {
            parts,
            merged,
            added_parameters,
        };
        Ok(blend.into())
    }
}

/// The adapter that a part of a blend names, where it can be had at such a volume.
fn on_shelf<'a>(shelf: &'a [Kept], part: &BlendPart) -> Result<&'a Tuned, EngineError> {
    let BlendPart { run_id, weight } = *part;
    let run = run_id.0;
    let kept = shelf.iter().find(|kept| kept.info.run_id == run_id);
    let kept = kept.ok_or_else(|| wrong(TunedError::OffShelf { run }))?;
    match weight.is_finite() {
        true => Ok(&kept.tuned),
        false => Err(wrong(TunedError::VolumeNotFinite {
            run,
            volume: weight,
        })),
    }
}

fn wrong(fault: impl Into<Fault>) -> EngineError {
    EngineError::new(ErrorKind::State, fault)
}
