//! Why the numbers of a run are likely to have grown past what float32 holds.

use super::TrainingSettings;
use crate::faults::LikelyCause;

/// Clipping at a norm above this hardly clips.
const LOOSE_CLIPPING: f64 = 10.0;

/// No model here learns at a higher rate.
const HIGHEST_TO_TRY: f64 = 1e-2;

/// What most likely drove a run apart at step `step`, counted from 0.
pub fn likely_cause(
    settings: &TrainingSettings,
    step: usize,
    learning_rate: f64,
) -> Vec<LikelyCause> {
    let mut causes = vec![LikelyCause::HighRate {
        learning_rate: settings.learning_rate,
        lower: (settings.learning_rate / 10.0).min(HIGHEST_TO_TRY),
    }];
    if settings.warmup_steps == 0 && step < 20 {
        causes.push(LikelyCause::NoWarmup { learning_rate });
    }
    let norm = settings.max_grad_norm;
    if !settings.clips() {
        causes.push(LikelyCause::NoClipping);
    } else if norm > LOOSE_CLIPPING {
        causes.push(LikelyCause::LooseClipping { norm });
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_the_settings_let_happen() {
        let settings = TrainingSettings {
            learning_rate: 0.5,
            warmup_steps: 0,
            max_grad_norm: 1e9,
            ..Default::default()
        };
        let causes = [
            LikelyCause::HighRate {
                learning_rate: 0.5,
                lower: 1e-2,
            },
            LikelyCause::NoWarmup { learning_rate: 0.5 },
            LikelyCause::LooseClipping { norm: 1e9 },
        ];
        assert_eq!(likely_cause(&settings, 2, 0.5), causes);
        let unclipped = TrainingSettings {
            max_grad_norm: 0.0,
            ..Default::default()
        };
        assert!(likely_cause(&unclipped, 2, 0.5).contains(&LikelyCause::NoClipping));
        let late = likely_cause(&TrainingSettings::default(), 150, 1e-4);
        assert!(
            matches!(late[..], [LikelyCause::HighRate { .. }]),
            "{late:?}"
        );
    }
}
