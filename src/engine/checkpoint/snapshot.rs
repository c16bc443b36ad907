//! A checkpoint on its way out: tensors on the device, and the record.

use burn::prelude::*;

use super::record::Record;
use super::{RECORD, STEPS};
use crate::faults::{CheckpointError, Fault};
use crate::io::streamed::{ByteSink, bytes_of, header};
use crate::model::numbers;

/// A run's state at one step. It shares the run's tensors, so that it costs nothing until it is written; the run may go
/// on meanwhile.
pub struct Snapshot {
    pub record: Record,
    /// Names in the file, shapes and flattened values.
    pub(super) tensors: Vec<(String, Vec<usize>, Tensor<1>)>,
    /// The numbers of the steps made, four each.
    pub(super) steps: Vec<f32>,
}

impl Snapshot {
    pub fn bytes(&self) -> u64 {
        let numbers = |(_, shape, _): &(_, Vec<usize>, _)| shape.iter().product::<usize>();
        let all: usize = self.tensors.iter().map(numbers).sum();
        4 * (all + self.steps.len()) as u64
    }

    /// Writes the file, reading one tensor after another back from the device.
    ///
    /// # Errors
    /// Where a tensor cannot be read back or holds a number that is none, or there is no room for the bytes. What has
    /// been written then is no checkpoint.
    pub async fn write(&self, sink: &mut impl ByteSink) -> Result<(), Fault> {
        let record = serde_json::to_string(&self.record).map_err(Fault::foreign)?;
        let steps_shape = [self.steps.len() / 4, 4];
        let tensors = self
            .tensors
            .iter()
            .map(|(name, shape, _)| (&name[..], &shape[..]));
        let named = tensors.chain([(STEPS, &steps_shape[..])]);
        sink.write(&header(named, &[(RECORD.to_owned(), record)].into())?)?;
        for (name, _, tensor) in &self.tensors {
            let values = numbers::values(name, tensor.clone()).await?;
            if values.iter().any(|value| !value.is_finite()) {
                let name = name.clone();
                return Err(CheckpointError::NotFinite { name }.into());
            }
            sink.write(&bytes_of(&values))?;
        }
        sink.write(&bytes_of(&self.steps))
    }
}
