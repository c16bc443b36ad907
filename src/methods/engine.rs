//! What the engine asks of a method: the modules that it puts into a model, and its part of an adapter's files.

use burn::module::Param;
use burn::prelude::*;
use serde_json::{Map, Value};

use super::{Beside, Strategy};
use crate::faults::{OwnError, PeftError};
use crate::io::peft::BaseShape;
use crate::model::gpt2::Gpt2;
use crate::model::parts::Pass;
use crate::settings::{Family, Seed};

/// A linear layer to which something may be added.
pub struct LinearAt<'a> {
    /// The path of its module.
    pub path: &'a str,
    /// `[in, out]`, whatever way the model keeps it.
    pub weight: Tensor<2>,
}

/// A module beside a linear layer.
pub trait BesideLinear {
    /// What layer and module give together. `base` is the layer's weight `[in, out]` and bias `[out]`.
    ///
    /// # Shapes
    /// `[rows, in] → [rows, out]`
    fn forward(&self, x: Tensor<2>, base: (Tensor<2>, Tensor<1>), pass: &mut Pass) -> Tensor<2>;

    /// The weight `[in, out]` and bias `[out]` that do alone what layer and module do together.
    fn merge(&self, base: (Tensor<2>, Tensor<1>)) -> (Tensor<2>, Tensor<1>);
}

/// A method's settings in the engine.
pub trait Adapts {
    /// What to put beside a linear layer, where the settings target it. The adapted model begins as the base model.
    fn beside(&self, _layer: &LinearAt, _seed: &mut Seed) -> Option<Beside> {
        None
    }

    /// Puts whatever stands elsewhere into a GPT-2.
    fn inside(&self, _model: &mut Gpt2, _seed: &mut Seed) {}

    /// PEFT's format, where PEFT has the method.
    fn peft(&self) -> Option<&dyn PeftFormat> {
        None
    }

    /// The project's own format, where PEFT has none and the run leaves no whole model.
    fn own(&self) -> Option<&dyn OwnFormat> {
        None
    }
}

impl Adapts for super::Full {}
impl Adapts for super::Head {}
impl Adapts for super::PartialSettings {}

/// A method in PEFT's `adapter_config.json` and `adapter_model.safetensors`.
pub trait PeftFormat {
    /// As the field `peft_type` has it.
    fn peft_type(&self) -> &'static str;

    /// The settings that the text of a configuration states. What changes the computation in a way that cannot be run is
    /// refused by name.
    fn read(&self, json: &str) -> Result<Strategy, PeftError>;

    /// The settings with what the configuration says of single modules by pattern, worked out for a model with these linear
    /// layers; none where it says nothing so.
    fn settled(
        &self,
        _json: &str,
        _linear: &[String],
        _family: Family,
    ) -> Result<Option<Strategy>, PeftError> {
        Ok(None)
    }

    /// The fields of the configuration that other methods do not have.
    fn fields(&self, base: BaseShape) -> Map<String, Value>;

    /// How the names end of what stands beside a layer: here, and in PEFT's file.
    fn tensors(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The shape in PEFT's file of a parameter that stands beside the layer of the path `module`.
    fn stored_shape(&self, _module: &str, shape: &[usize]) -> Vec<usize> {
        shape.to_vec()
    }

    /// A field of the configuration that the file's tensors must agree with.
    fn size(&self) -> Option<StoredSize> {
        None
    }
}

/// A size that stands in the configuration and as the first dimension of every tensor whose name ends so.
pub struct StoredSize {
    pub field: &'static str,
    pub is: usize,
    pub tensor: &'static str,
}

/// A method in the project's own format; see [`crate::io::own`].
pub trait OwnFormat {
    /// The fields of the configuration beside those that every file has.
    fn fields(&self) -> Map<String, Value> {
        Map::new()
    }

    fn read(&self, config: &Value) -> Result<Strategy, OwnError>;
}

impl Adapts for super::BitFit {
    fn own(&self) -> Option<&dyn OwnFormat> {
        Some(self)
    }
}

impl OwnFormat for super::BitFit {
    fn read(&self, _config: &Value) -> Result<Strategy, OwnError> {
        Ok(Strategy::BitFit)
    }
}

/// A parameter that begins as what `compute` makes of `tensor`, without a graph that leads back there.
pub(super) fn made_from<const D: usize>(
    tensor: Tensor<2>,
    compute: impl FnOnce(Tensor<2>) -> Tensor<D>,
) -> Param<Tensor<D>> {
    let trains = tensor.is_autodiff();
    let made = compute(tensor.inner());
    Param::from_tensor(if trains { made.autodiff() } else { made })
}
