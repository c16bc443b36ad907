//! Faults in words, for the page and the command line. The engines are built without this room.
//!
//! One folder a language; which one is chosen when the program is built (`WARMUP_LANGUAGE`), so that nobody downloads another's.

#[cfg(test)]
mod elsewhere;
#[cfg(language = "en")]
mod en;

use std::fmt;

use crate::faults::*;

#[cfg(language = "en")]
use en as language;

macro_rules! said {
    ($($say:ident($error:ty),)*) => {
        $(impl fmt::Display for $error {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&language::$say(self))
            }
        }

        impl std::error::Error for $error {})*
    };
}

said!(
    data(DataError),
    tokenizer(TokenizerError),
    file(FileError),
    config(ConfigError),
    weights(WeightError),
    folder(FolderError),
    adapter(AdapterError),
    plan(PlanError),
    settings(SettingsError),
    run(RunError),
    checkpoint(CheckpointError),
    ask(AskError),
    text(TextError),
    surroundings(SurroundingsError),
    helper(HelperError),
    peft(PeftError),
    own(OwnError),
    blend(BlendError),
    distrust(Distrust),
    fixture(FixtureError),
    fill(FillError),
    fault(Fault),
);
