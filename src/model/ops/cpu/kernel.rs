//! How a kernel over slices becomes an operation that burn can differentiate.

use burn::prelude::*;
use burn_autodiff::Autodiff;
use burn_autodiff::checkpoint::base::Checkpointer;
use burn_autodiff::checkpoint::strategy::NoCheckpointing;
use burn_autodiff::grads::Gradients;
use burn_autodiff::ops::{Backward, Ops, OpsKind};
use burn_backend::{Shape, TensorMetadata};
use burn_flex::{Flex, FlexTensor};

type Tracked = Autodiff<Flex, NoCheckpointing>;

/// A function of N float tensors, with its derivative.
pub trait Kernel<const N: usize>: Clone + Send + std::fmt::Debug + 'static {
    fn forward(&self, inputs: [&[f32]; N]) -> Forward;

    /// Gradients of the inputs that are `wanted`, given that of the output. A frozen input is not
    /// wanted, and costs nothing.
    fn backward(
        &self,
        saved: Saved<N>,
        gradient: &[f32],
        wanted: [bool; N],
    ) -> [Option<Vec<f32>>; N];
}

/// What forward gives: the output, and what backward will want besides the inputs.
pub struct Forward {
    pub output: Vec<f32>,
    pub shape: Vec<usize>,
    pub kept: Vec<f32>,
}

/// What forward left for backward.
pub struct Saved<'a, const N: usize> {
    pub inputs: [&'a [f32]; N],
    pub kept: &'a [f32],
}

/// Whether the tensor lives on the CPU backend, and so can be given to a kernel.
pub fn runs_here<const D: usize>(x: &Tensor<D>) -> bool {
    if x.is_autodiff() {
        x.clone().try_into_primitive::<Tracked>().is_ok()
    } else {
        x.clone().try_into_primitive::<Flex>().is_ok()
    }
}

/// A tensor of any rank on its way into a kernel: the kernel sees it as a slice.
pub struct Input(Tensor<1>);

impl<const D: usize> From<Tensor<D>> for Input {
    fn from(tensor: Tensor<D>) -> Self {
        Self(tensor.flatten::<1>(0, D - 1))
    }
}

/// Runs `kernel`, recording its derivative where an input asks for one.
pub fn apply<const N: usize, const D: usize>(
    kernel: impl Kernel<N>,
    inputs: [Input; N],
) -> Tensor<D> {
    if inputs.iter().any(|input| input.0.is_autodiff()) {
        apply_tracked(kernel, inputs)
    } else {
        let inputs = inputs.map(|input| contiguous(primitive::<Flex, _>(input.0)));
        let forward = run(&kernel, &inputs);
        Tensor::from_primitive::<Flex>(tensor(forward.output, forward.shape))
    }
}

fn apply_tracked<const N: usize, const D: usize>(
    kernel: impl Kernel<N>,
    inputs: [Input; N],
) -> Tensor<D> {
    let parts = inputs.map(|input| primitive::<Tracked, _>(input.0).into_parts());
    let mut guards = Vec::with_capacity(N);
    let values = parts.map(|(value, guard)| {
        guards.push(guard);
        contiguous(value)
    });
    let guards: [_; N] = guards.try_into().expect("one guard an input");
    let forward = run(&kernel, &values);
    let output = tensor(forward.output, forward.shape);
    let step = step_of(&kernel);
    let result = match step
        .prepare::<NoCheckpointing>(guards)
        .compute_bound()
        .stateful()
    {
        OpsKind::UnTracked(preparation) => preparation.finish(output),
        OpsKind::Tracked(preparation) => {
            let count = forward.kept.len();
            let kept = tensor(forward.kept, vec![count]);
            preparation.finish((kernel, values.to_vec(), kept), output)
        }
    };
    Tensor::from_primitive::<Tracked>(result)
}

fn run<const N: usize>(kernel: &impl Kernel<N>, inputs: &[FlexTensor; N]) -> Forward {
    kernel.forward(inputs.each_ref().map(slice))
}

#[derive(Debug)]
struct Step<K>(std::marker::PhantomData<fn() -> K>);

fn step_of<K>(_: &K) -> Step<K> {
    Step(std::marker::PhantomData)
}

impl<K: Kernel<N>, const N: usize> Backward<Flex, N> for Step<K> {
    type State = (K, Vec<FlexTensor>, FlexTensor);

    fn backward(
        self,
        ops: Ops<Self::State, N>,
        grads: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = contiguous(grads.consume::<Flex>(&ops.node));
        let (kernel, inputs, kept) = ops.state;
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let saved = Saved {
            inputs: std::array::from_fn(|i| slice(&inputs[i])),
            kept: slice(&kept),
        };
        let found = kernel.backward(saved, slice(&gradient), wanted);
        for ((parent, values), input) in ops.parents.into_iter().zip(found).zip(&inputs) {
            if let (Some(parent), Some(values)) = (parent, values) {
                let shape: Vec<usize> = input.shape().to_vec();
                grads.register::<Flex>(parent.id, tensor(values, shape));
            }
        }
    }
}

pub(super) fn primitive<B, const D: usize>(x: Tensor<D>) -> B::FloatTensorPrimitive
where
    B: burn_backend::Backend,
    burn::tensor::DispatchTensor: burn_dispatch::DispatchKindConversion<B>,
{
    x.try_into_primitive::<B>()
        .expect("`runs_here` has looked at the first input, and all share a device")
}

pub(super) fn contiguous(x: FlexTensor) -> FlexTensor {
    if x.is_contiguous() {
        x
    } else {
        x.to_contiguous()
    }
}

pub(super) fn slice(x: &FlexTensor) -> &[f32] {
    x.as_slice::<f32>()
        .expect("made contiguous, and float32 throughout")
}

pub(super) fn tensor(values: Vec<f32>, shape: Vec<usize>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, Shape::from(shape)))
}
