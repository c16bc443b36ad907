//! Bottleneck adapters (Houlsby et al. 2019; Pfeiffer et al. 2020): small new layers between the frozen ones.

#[cfg(feature = "engine")]
pub mod layer;
#[cfg(feature = "engine")]
mod own;

use serde::{Deserialize, Serialize};

use super::export::{Export, Exported};
use super::field::{Choice, Field, Reach, Value};
use super::method::{Adds, Facts, Group, Leaves, Method};
use super::shape::ModelShape;
use crate::faults::{PlanError, Setting};
use crate::settings::{Bound, Family, MOST_SIZE, Shapes};

/// Down to a few dimensions, a nonlinearity, and up again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BottleneckSettings {
    pub placement: Placement,
    /// Dimensions in the middle.
    pub bottleneck: usize,
}

/// Where bottleneck adapters stand in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Placement {
    /// After attention and after the MLP, with SiLU (Houlsby et al. 2019; `double_seq_bn` in the `adapters` library).
    Houlsby,
    /// After the MLP alone, on the sum with its residual, with ReLU (Pfeiffer et al. 2020; `seq_bn` there).
    Pfeiffer,
}

pub const FACTS: Facts = Facts {
    group: Group::ParameterEfficient,
    adds: Adds::Elsewhere,
    families: &[Family::Gpt2],
    leaves: Leaves::Adapter,
};

const PLACEMENT: Field = Field {
    key: "placement",
    flag: "placement",
    alias: None,
    reach: Reach::Lesson,
    help: "Where bottleneck adapters stand: houlsby (after attention and MLP) or pfeiffer (after the MLP)",
};

const BOTTLENECK: Field = Field {
    key: "bottleneck",
    flag: "bottleneck",
    alias: None,
    reach: Reach::Lesson,
    help: "Dimensions in the middle of a bottleneck adapter",
};

impl Placement {
    /// The word for it in flags and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Houlsby => "houlsby",
            Self::Pfeiffer => "pfeiffer",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Houlsby, Self::Pfeiffer]
            .into_iter()
            .find(|placement| placement.name() == word)
    }

    /// The adapters of a block.
    fn modules(self) -> &'static [&'static str] {
        match self {
            Self::Houlsby => &["attn_adapter", "mlp_adapter"],
            Self::Pfeiffer => &["mlp_adapter"],
        }
    }
}

impl Choice for Placement {
    fn words(&self) -> &'static [&'static str] {
        &["pfeiffer", "houlsby"]
    }

    fn word(&self) -> &'static str {
        self.name()
    }

    fn choose(&mut self, word: &str) -> bool {
        let chosen = Self::parse(word);
        *self = chosen.unwrap_or(*self);
        chosen.is_some()
    }
}

impl Default for BottleneckSettings {
    fn default() -> Self {
        Self {
            placement: Placement::Pfeiffer,
            bottleneck: 16,
        }
    }
}

impl Method for BottleneckSettings {
    fn bounds(&self) -> Vec<Bound> {
        vec![Bound::whole(
            Setting::Bottleneck,
            self.bottleneck,
            MOST_SIZE,
        )]
    }

    fn fields(&mut self) -> Vec<(&'static Field, Value<'_>)> {
        let Self {
            placement,
            bottleneck: at,
        } = self;
        vec![
            (&PLACEMENT, Value::Choice(placement)),
            (&BOTTLENECK, Value::Whole { at, most: 1024 }),
        ]
    }

    fn elsewhere(&self, model: &ModelShape) -> Shapes {
        let (width, size) = (model.width, self.bottleneck);
        let mut added = Shapes::new();
        for block in 0..model.blocks {
            for module in self.placement.modules() {
                let mut push = |name: &str, shape| {
                    added.push((model.path(block, &format!("{module}.{name}")), shape));
                };
                push("down.weight", vec![width, size]);
                push("down.bias", vec![size]);
                push("up.weight", vec![size, width]);
                push("up.bias", vec![width]);
            }
        }
        added
    }

    fn check(&self, model: &ModelShape) -> Result<(), PlanError> {
        let (bottleneck, width) = (self.bottleneck, model.width);
        match bottleneck > width {
            true => Err(PlanError::BottleneckTooWide { bottleneck, width }),
            false => Ok(()),
        }
    }

    fn export(&self, _program: &Export) -> Exported {
        let config = match self.placement {
            Placement::Houlsby => "double_seq_bn",
            Placement::Pfeiffer => "seq_bn",
        };
        Exported::Adapters(format!(
            "# The library takes a factor and rounds down; the half keeps {n} from becoming {less}.\n\
             factor = model.config.hidden_size / ({n} + 0.5)\n\
             adapters.init(model)\n\
             model.add_adapter(\"task\", config=f\"{config}[reduction_factor={{factor}}]\")\n\
             model.train_adapter(\"task\")\n",
            n = self.bottleneck,
            less = self.bottleneck - 1,
        ))
    }
}
