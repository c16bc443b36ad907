//! The weights with the lowest validation loss, and how long none has been lower.

use crate::settings::TrainingSettings;

/// Watches the evaluations of a run, as `EarlyStoppingCallback` with a threshold of 0 and `eval_loss`.
///
/// A model's tensors are shared, not copied: what is kept costs the memory of the trained parameters once.
#[derive(Debug)]
pub struct BestModel<M> {
    best: Option<Kept<M>>,
    /// Evaluations since.
    without_improvement: usize,
    patience: usize,
    keeps_model: bool,
}

#[derive(Debug, Clone)]
pub struct Kept<M> {
    /// Steps made when it was evaluated.
    pub steps_made: usize,
    pub loss_nats: f64,
    /// If the run is to end with it.
    pub model: Option<M>,
}

impl<M: Clone> BestModel<M> {
    pub fn new(settings: &TrainingSettings) -> Self {
        Self {
            best: None,
            without_improvement: 0,
            patience: settings.early_stopping_patience,
            keeps_model: settings.load_best_model_at_end,
        }
    }

    /// What has been found before is taken up again.
    pub fn take_up(&mut self, best: Option<Kept<M>>, without_improvement: usize) {
        self.best = best;
        self.without_improvement = without_improvement;
    }

    /// Takes an evaluation in. A loss that is no number is never the best.
    pub fn evaluated(&mut self, steps_made: usize, loss_nats: f64, model: &M) {
        let lower = self
            .best
            .as_ref()
            .is_none_or(|best| loss_nats < best.loss_nats);
        if lower && loss_nats.is_finite() {
            self.best = Some(Kept {
                steps_made,
                loss_nats,
                model: self.keeps_model.then(|| model.clone()),
            });
            self.without_improvement = 0;
        } else {
            self.without_improvement += 1;
        }
    }

    /// Whether patience has run out.
    pub fn is_exhausted(&self) -> bool {
        self.patience > 0 && self.without_improvement >= self.patience
    }

    pub fn without_improvement(&self) -> usize {
        self.without_improvement
    }

    pub fn best(&self) -> Option<&Kept<M>> {
        self.best.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watching(losses: &[f64], patience: usize) -> BestModel<usize> {
        let settings = TrainingSettings {
            early_stopping_patience: patience,
            load_best_model_at_end: true,
            ..Default::default()
        };
        let mut best = BestModel::new(&settings);
        for (i, loss) in losses.iter().enumerate() {
            best.evaluated(10 * (i + 1), *loss, &i);
        }
        best
    }

    #[test]
    fn keeps_the_lowest_and_counts_what_follows() {
        let watched = watching(&[3.0, 1.0, 2.0, f64::NAN], 3);
        let best = watched.best().unwrap();
        assert_eq!(
            (best.steps_made, best.loss_nats, best.model),
            (20, 1.0, Some(1))
        );
        assert_eq!(watched.without_improvement(), 2);
        assert!(!watched.is_exhausted());
        assert!(watching(&[3.0, 1.0, 2.0, f64::NAN, 1.0], 3).is_exhausted());
    }

    #[test]
    fn without_patience_it_never_stops_and_nan_is_never_the_best() {
        assert!(!watching(&[1.0, 2.0, 3.0, 4.0], 0).is_exhausted());
        assert!(watching(&[f64::NAN], 2).best().is_none());
    }
}
