//! How far a float32 implementation may lie from the reference, from measured float32-float64 gaps.

use std::fmt;

/// A value passes when it differs by at most `absolute + relative · |expected|`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    pub absolute: f64,
    pub relative: f64,
}

const fn absolute(absolute: f64) -> Tolerance {
    Tolerance {
        absolute,
        relative: 0.0,
    }
}

const fn relative(relative: f64) -> Tolerance {
    Tolerance {
        absolute: 0.0,
        relative,
    }
}

pub const EXACT: Tolerance = absolute(0.0);
/// Logits and hidden states.
pub const ACTIVATIONS: Tolerance = absolute(5e-5);
/// Attention and sampling.
pub const PROBABILITIES: Tolerance = absolute(2e-6);
/// One forward pass, and each step of a trajectory.
pub const LOSS: Tolerance = absolute(1e-5);
pub const GRADIENTS: Tolerance = Tolerance {
    absolute: 1e-5,
    relative: 1e-4,
};
pub const GRADIENT_NORM: Tolerance = relative(2e-5);
/// Squares of gradients.
pub const FISHER: Tolerance = Tolerance {
    absolute: 1e-7,
    relative: 2e-4,
};
pub const MERGED_WEIGHTS: Tolerance = absolute(1e-6);
pub const FINAL_WEIGHTS: Tolerance = absolute(1e-5);
/// The keys' part of `c_attn.bias` and the bias of `qa_outputs` shift all that a softmax compares: they have no
/// gradient but rounding noise, and AdamW makes steps of noise.
pub const FINAL_IDLE_BIAS: Tolerance = absolute(1e-2);
pub const SCHEDULE: Tolerance = relative(1e-12);

/// What a trajectory is held to; errors grow from step to step.
#[derive(Debug, Clone, Copy)]
pub struct TrajectoryTolerance {
    pub losses: Tolerance,
    pub gradient_norms: Tolerance,
}

pub const TRAJECTORY: TrajectoryTolerance = TrajectoryTolerance {
    losses: LOSS,
    gradient_norms: GRADIENT_NORM,
};
/// Partial tuning of the classifier has gradients of norm 80, and amplifies rounding accordingly.
pub const CLASSIFIER_TRAJECTORY: TrajectoryTolerance = TrajectoryTolerance {
    losses: absolute(2e-4),
    gradient_norms: relative(1e-3),
};

impl Tolerance {
    pub fn allows(self, expected: f64) -> f64 {
        self.absolute + self.relative * expected.abs()
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.absolute > 0.0, self.relative > 0.0) {
            (false, false) => f.pad("exact"),
            (true, false) => f.pad(&format!("abs {:e}", self.absolute)),
            (false, true) => f.pad(&format!("rel {:e}", self.relative)),
            (true, true) => f.pad(&format!(
                "abs {:e} + rel {:e}",
                self.absolute, self.relative
            )),
        }
    }
}
