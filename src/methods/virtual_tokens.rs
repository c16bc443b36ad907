//! What prompt and prefix tuning have in common: so many learned vectors before the text.

use super::field::{Field, MOST_VIRTUAL_TOKENS, VIRTUAL_TOKENS, Value};
use super::method::{Adds, Facts, Group, Leaves};
use crate::faults::Setting;
use crate::settings::{Bound, Family, MOST_SIZE};

/// Where nobody has chosen a number.
pub const USUAL: usize = 8;

pub const FACTS: Facts = Facts {
    group: Group::ParameterEfficient,
    adds: Adds::Elsewhere,
    families: &[Family::Gpt2],
    leaves: Leaves::Adapter,
};

pub fn bounds(tokens: usize) -> Vec<Bound> {
    vec![Bound::whole(Setting::VirtualTokens, tokens, MOST_SIZE)]
}

pub fn fields(at: &mut usize) -> Vec<(&'static Field, Value<'_>)> {
    let most = MOST_VIRTUAL_TOKENS;
    vec![(&VIRTUAL_TOKENS, Value::Whole { at, most })]
}

/// What PEFT's configuration of either method is given.
pub fn arguments(tokens: usize) -> Vec<String> {
    vec![format!("num_virtual_tokens={tokens}")]
}
