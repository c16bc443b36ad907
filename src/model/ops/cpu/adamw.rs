//! AdamW in one pass over a parameter and its moments, in the place where they are.

use burn::prelude::*;
use burn_flex::{Flex, FlexTensor};

use super::kernel::{contiguous, primitive, slice, tensor};
use super::math::for_each_chunk_of;
use crate::model::ops::{AdamWRates, Updated};

const CHUNK: usize = 16 * 1024;

/// See [`super::super::adamw`].
pub fn adamw(
    value: Tensor<1>,
    gradient: Tensor<1>,
    moments: Option<[Tensor<1>; 2]>,
    rates: AdamWRates,
) -> Updated {
    let gradient = contiguous(primitive::<Flex, 1>(gradient));
    let gradient = slice(&gradient);
    let mut value = owned(primitive::<Flex, 1>(value));
    let fresh = || tensor(vec![0.0; gradient.len()], vec![gradient.len()]);
    let [mut first, mut second] = match moments {
        Some(moments) => moments.map(|moment| owned(primitive::<Flex, 1>(moment))),
        None => [fresh(), fresh()],
    };
    let places = [&mut value, &mut first, &mut second].map(|x| x.storage_mut::<f32>());
    for_each_chunk_of(places, [CHUNK; 3], |i, [value, first, second]| {
        let gradient = &gradient[i * CHUNK..];
        let each = value.iter_mut().zip(first).zip(second).zip(gradient);
        for (((value, first), second), g) in each {
            *first = *first * rates.keep_first + g * rates.fresh_first;
            *second = *second * rates.keep_second + g * g * rates.fresh_second;
            let spread = second.sqrt() / rates.correction + rates.epsilon;
            *value = *value * rates.keep_value - *first / spread * rates.rate;
        }
    });
    let [value, first, second] = [value, first, second].map(Tensor::from_primitive::<Flex>);
    Updated {
        value,
        moments: [first, second],
    }
}

/// The same numbers in a storage that holds nothing else, to be written to. It is copied where others hold it too.
fn owned(x: FlexTensor) -> FlexTensor {
    let x = contiguous(x);
    let length = slice(&x).len();
    match x.storage::<f32>().len() == length {
        true => x,
        false => tensor(slice(&x).to_vec(), vec![length]),
    }
}
