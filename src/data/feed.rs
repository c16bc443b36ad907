//! The batches of a run, step by step.

use super::labelled::BatchOrder;

/// Goes through the epochs of an order; every step's batch is a function of the step alone.
pub struct BatchFeed {
    order: BatchOrder,
    epoch: Option<(usize, Vec<Vec<usize>>)>,
}

impl BatchFeed {
    pub fn new(order: BatchOrder) -> Self {
        Self { order, epoch: None }
    }

    pub fn steps_per_epoch(&self) -> usize {
        self.order.steps_per_epoch()
    }

    /// Epochs gone through when `step`, counted from 0, is done.
    pub fn epochs_after(&self, step: usize) -> f64 {
        (step + 1) as f64 / self.steps_per_epoch() as f64
    }

    /// Indices of the texts of a step.
    pub fn indices(&mut self, step: usize) -> &[usize] {
        let per_epoch = self.order.steps_per_epoch();
        let (epoch, place) = (step / per_epoch, step % per_epoch);
        if self
            .epoch
            .as_ref()
            .is_none_or(|(current, _)| *current != epoch)
        {
            self.epoch = Some((epoch, self.order.epoch(epoch)));
        }
        self.epoch
            .as_ref()
            .and_then(|(_, batches)| batches.get(place))
            .map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_through_epochs_in_their_orders() {
        let order = || BatchOrder::of_lengths(vec![1; 10], 4, 7);
        let mut feed = BatchFeed::new(order());
        assert_eq!(feed.steps_per_epoch(), 3);
        let walked: Vec<Vec<usize>> = (0..6).map(|step| feed.indices(step).to_vec()).collect();
        assert_eq!(walked, [order().epoch(0), order().epoch(1)].concat());
        assert_eq!(
            feed.indices(1),
            walked[1],
            "going back gives the same batch"
        );
        assert_eq!(feed.epochs_after(5), 2.0);
    }
}
