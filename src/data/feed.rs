//! The batches of a run, step by step.

use super::labelled::BatchOrder;

/// Goes through the epochs of an order; every step's batches are a function of the step alone.
///
/// With accumulation a step is several batches. As in Hugging Face's `Trainer` none reaches into the next
/// epoch: the last step of an epoch makes do with the batches that are left.
pub struct BatchFeed {
    order: BatchOrder,
    accumulated: usize,
    epoch: Option<(usize, Vec<Vec<usize>>)>,
}

impl BatchFeed {
    pub fn new(order: BatchOrder) -> Self {
        Self::accumulating(order, 1)
    }

    /// With so many batches a step.
    pub fn accumulating(order: BatchOrder, batches: usize) -> Self {
        Self {
            order,
            accumulated: batches.max(1),
            epoch: None,
        }
    }

    pub fn steps_per_epoch(&self) -> usize {
        self.order.steps_per_epoch().div_ceil(self.accumulated)
    }

    /// Epochs gone through when `step`, counted from 0, is done.
    pub fn epochs_after(&self, step: usize) -> f64 {
        (step + 1) as f64 / self.steps_per_epoch() as f64
    }

    /// Indices of the texts of a step, batch by batch.
    pub fn batches(&mut self, step: usize) -> &[Vec<usize>] {
        let per_epoch = self.steps_per_epoch();
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
            .and_then(|(_, batches)| batches.chunks(self.accumulated).nth(place))
            .unwrap_or(&[])
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
        let walked: Vec<Vec<usize>> = (0..6)
            .flat_map(|step| feed.batches(step).to_vec())
            .collect();
        assert_eq!(walked, [order().epoch(0), order().epoch(1)].concat());
        assert_eq!(
            feed.batches(1),
            &walked[1..2],
            "going back gives the same batch"
        );
        assert_eq!(feed.epochs_after(5), 2.0);
    }

    #[test]
    fn a_step_of_several_batches_stays_within_its_epoch() {
        let order = || BatchOrder::of_lengths(vec![1; 10], 2, 7);
        let mut feed = BatchFeed::accumulating(order(), 2);
        assert_eq!(feed.steps_per_epoch(), 3, "five batches, two a step");
        let sizes: Vec<usize> = (0..4).map(|step| feed.batches(step).len()).collect();
        assert_eq!(sizes, [2, 2, 1, 2]);
        assert_eq!(feed.batches(1), &order().epoch(0)[2..4]);
        assert_eq!(feed.batches(3), &order().epoch(1)[..2]);
    }
}
