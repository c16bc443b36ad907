//! Why the numbers of a run are likely to have grown past what float32 holds.

use super::TrainingSettings;

/// Clipping at a norm above this hardly clips.
const LOOSE_CLIPPING: f64 = 10.0;

/// No model here learns at a higher rate.
const HIGHEST_TO_TRY: f64 = 1e-2;

/// What most likely drove a run apart at step `step`, counted from 0, and what to try.
pub fn likely_cause(settings: &TrainingSettings, step: usize, learning_rate: f64) -> String {
    let mut causes = vec![format!(
        "a learning rate of {:e} is likely too high here; try {:.1e}",
        settings.learning_rate,
        (settings.learning_rate / 10.0).min(HIGHEST_TO_TRY)
    )];
    if settings.warmup_steps == 0 && step < 20 {
        causes.push(format!(
            "without warmup the first steps are the boldest (this one at {learning_rate:.1e}); let a tenth of the steps warm up"
        ));
    }
    if !settings.clips() {
        causes.push("gradients are not clipped; a norm of 1 is usual".to_owned());
    } else if settings.max_grad_norm > LOOSE_CLIPPING {
        causes.push(format!(
            "gradients are clipped only at a norm of {}; 1 is usual",
            settings.max_grad_norm
        ));
    }
    causes.join("; ")
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
        let cause = likely_cause(&settings, 2, 0.5);
        assert!(
            cause.contains("try 1.0e-2") && cause.contains("warmup") && cause.contains("clipped")
        );
        let unclipped = TrainingSettings {
            max_grad_norm: 0.0,
            ..Default::default()
        };
        assert!(likely_cause(&unclipped, 2, 0.5).contains("not clipped"));
        let late = likely_cause(&TrainingSettings::default(), 150, 1e-4);
        assert!(
            !late.contains("warmup") && !late.contains("clipped"),
            "{late}"
        );
    }
}
