use super::settings::causes;
use crate::faults::{CheckpointError, DifferingSetting, KeepingError, RunError, Unfit};

pub fn run(error: &RunError) -> String {
    match error {
        RunError::Unfit(why) => unfit(why),
        RunError::NothingToTrainOn { length } => format!(
            "Nothing to train on is left: no row of the split \"train\" keeps anything to learn within {length} tokens."
        ),
        RunError::NoMaskedWordHead => {
            "the weights hold no masked-word head (cls.predictions)".into()
        }
        RunError::OnePosition => "a model of one position predicts nothing".into(),
        RunError::Diverged {
            step,
            loss_nats,
            gradient_norm,
            causes: likely,
        } => format!(
            "The run has diverged: at step {} the loss is {loss_nats} and the gradient norm {gradient_norm}, past what float32 holds. {}.",
            step + 1,
            capitalised(&causes(likely))
        ),
        RunError::DeviceSilent { reason } => format!("The device did not answer: {reason}."),
        RunError::Over { run } => format!("Run {run} is over; start a new one."),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn unfit(why: &Unfit) -> String {
    match why {
        Unfit::NoMaskedWordHead => "the weights hold no masked-word head (cls.predictions), which running text trains".into(),
        Unfit::OtherFamily { task, family } => {
            format!("{task} is nothing that a {family} can learn")
        }
        Unfit::TooLong { length, positions } => {
            format!("maximum length is {length}, but this model reads at most {positions} tokens")
        }
        Unfit::NothingToWatch => "early stopping and the best model go by the validation loss: set the evaluation steps, \
             and use data with a validation split"
            .into(),
        Unfit::GradientCheckpointing => {
            "gradient checkpointing (--gradient-checkpointing) is there for a GPT-2 only; leave it out for a BERT".into()
        }
        Unfit::NoLanguageHead => {
            "EWC and replay hold a model to its own language, and this one has no language head; L2-SP and a lower rate hold it too"
                .into()
        }
        Unfit::NoGeneralText => {
            "EWC and replay take general text, which a BERT cannot write itself; load some first".into()
        }
        Unfit::NoPooler => {
            "the weights hold no pooler (bert.pooler.dense), and an adapter's file has no place for a fresh one; choose full, partial or head"
                .into()
        }
        Unfit::Unweighable { reason } => format!("balanced classes: {reason}; leave them off"),
    }
}

pub fn checkpoint(error: &CheckpointError) -> String {
    match error {
        CheckpointError::NoCheckpoint => "this is no checkpoint of a run".into(),
        CheckpointError::OtherVersion => {
            "the checkpoint was written by another version of this program, which has to end the run; start the run anew here"
                .into()
        }
        CheckpointError::DamagedRecord { reason } => {
            format!("the checkpoint's record is damaged: {reason}")
        }
        CheckpointError::DamagedState => "the checkpoint's state is damaged".into(),
        CheckpointError::LacksSteps => {
            "the checkpoint is damaged: it lacks the numbers of some steps".into()
        }
        CheckpointError::LacksParameter { name } => {
            format!("the checkpoint has no `{name}` of this shape")
        }
        CheckpointError::SpareParameters => {
            "the checkpoint holds parameters that this run does not train".into()
        }
        CheckpointError::NotFinite { name } => format!("`{name}` holds a value that is no number"),
        CheckpointError::OtherSettings { differing } => {
            let differing: Vec<String> = differing.iter().map(difference).collect();
            format!(
                "the checkpoint is of a run with other settings: {}. Give those, or start the run anew",
                differing.join("; ")
            )
        }
        CheckpointError::OtherModel => "the checkpoint is of a run that began with another model: its weights or its configuration are not these. \
             Load the model that the run began with, or start the run anew"
            .into(),
        CheckpointError::OtherData => "the checkpoint is of a run on other data: its rows, their labels or their splits are not these. \
             Give the file that the run began with, or start the run anew"
            .into(),
        CheckpointError::Keeping(error) => keeping(error),
    }
}

fn difference(setting: &DifferingSetting) -> String {
    let DifferingSetting {
        name,
        wanted,
        saved,
    } = setting;
    format!("{name} is {wanted}, in the checkpoint {saved}")
}

fn keeping(error: &KeepingError) -> String {
    match error {
        KeepingError::CannotResume { reason } => {
            format!("The kept run cannot be gone on with: {reason}.")
        }
        KeepingError::NothingKept => "no run is kept here".into(),
        KeepingError::Gone => "the checkpoint is no longer there".into(),
        KeepingError::Taken => {
            "The kept run is in another tab's hands; close that tab, then reload this one.".into()
        }
        KeepingError::Occupied => {
            "another run is kept here already; go on with it or discard it, then open the workspace again".into()
        }
        KeepingError::Storeless => "this tab cannot keep runs".into(),
        KeepingError::CannotPack { reason } => {
            format!("The workspace cannot be saved: {reason}.")
        }
        KeepingError::CannotUnpack { reason } => {
            format!("The workspace cannot be opened: {reason}.")
        }
        KeepingError::StrangeFile { name } => format!("it holds {name}, which no workspace has"),
        KeepingError::NoStore => "the browser has no store for files here".into(),
        KeepingError::StoreFull => "the browser gives this page no more room".into(),
        KeepingError::Unexplained => "the browser does not say why".into(),
    }
}
