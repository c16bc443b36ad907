//! What everything outside asks of a method's settings. No tensors: the page asks too.

use super::export::{Export, Exported};
use super::field::{Field, Value};
use super::shape::{LinearShape, ModelShape};
use crate::faults::{PlanError, SettingsError};
use crate::settings::{Bound, Family, Shapes, is_head};

/// What is so whatever a method's settings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    pub group: Group,
    pub adds: Adds,
    /// Models of these families can be tuned so.
    pub families: &'static [Family],
    pub leaves: Leaves,
}

/// The chapter's three kinds of fine-tuning, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Full,
    Partial,
    ParameterEfficient,
}

impl Group {
    pub const ALL: [Self; 3] = [Self::Full, Self::Partial, Self::ParameterEfficient];
}

/// Where the modules stand that a method adds. Their parameters have the method's name in their path, as
/// `transformer.h.0.attn.c_attn.lora.a` and `transformer.h.0.mlp_adapter.up.weight`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adds {
    Nothing,
    /// Beside the linear layers that the settings target.
    BesideLayers,
    Elsewhere,
}

/// What is saved of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    WholeModel,
    /// What was trained, in PEFT's format where PEFT has the method. It can be added into the model's weights.
    MergeableAdapter,
    /// The same, but it stays beside the model.
    Adapter,
}

/// The settings of a method. What most methods do alike is written here.
pub trait Method {
    /// What its own numbers may be, whatever the model; [`Self::check`] knows what fits a model.
    fn bounds(&self) -> Vec<Bound> {
        Vec::new()
    }

    /// What is wrong with settings whose numbers are all within their bounds.
    fn contradiction(&self) -> Option<SettingsError> {
        None
    }

    /// What can be chosen, in the order of the form, each with its place in the settings.
    fn fields(&mut self) -> Vec<(&'static Field, Value<'_>)> {
        Vec::new()
    }

    /// Makes what nobody has chosen fit a model of so many blocks.
    fn suit(&mut self, _blocks: usize) {}

    /// Names of the modules beside which something stands, as PEFT matches them.
    fn targets(&self) -> &[String] {
        &[]
    }

    fn targets_mut(&mut self) -> Option<&mut Vec<String>> {
        None
    }

    /// Says another family's usual targets, or its `all-linear`, in this family's names. Targets that somebody chose
    /// stay as they are.
    fn say_in(&mut self, _family: Family) {}

    /// As [`Self::say_in`], and of targets that somebody chose those that only another family has are said in this one's
    /// names too: a link that was made with a GPT-2 means the same layers of a BERT.
    fn translate(&mut self, family: Family) {
        self.say_in(family);
    }

    /// Whether a parameter of the base model or its head moves. What the method adds always does.
    ///
    /// `name` is the parameter's path as Hugging Face writes it (`transformer.h.0.ln_1.weight`).
    fn trains(&self, name: &str) -> bool {
        is_head(name)
    }

    /// Learned vectors before every text; so many positions fewer are left to the text.
    fn virtual_tokens(&self) -> usize {
        0
    }

    /// The parameters that stand beside a linear layer, with their shapes.
    fn beside(&self, _layer: &LinearShape) -> Shapes {
        Shapes::new()
    }

    /// The parameters that are added and stand beside no single layer, with their shapes.
    fn elsewhere(&self, _model: &ModelShape) -> Shapes {
        Shapes::new()
    }

    /// What does not fit a model. That its family can be tuned so, that every target matches and that virtual tokens
    /// leave room for a text has been checked.
    fn check(&self, _model: &ModelShape) -> Result<(), PlanError> {
        Ok(())
    }

    /// Its lines in a program for transformers.
    fn export(&self, program: &Export) -> Exported;
}
