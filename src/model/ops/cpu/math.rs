//! Arithmetic that the compiler can vectorise, and the splitting of rows over threads.

/// `e^x` to about one unit in the last place for x in [-80, 88]: Cody and Waite's reduction to
/// |r| ≤ ln 2 / 2, then the polynomial of Cephes' `expf`. No branch, no table, no call, so that loops
/// over it become SIMD. NaN stays NaN. Below -80 it is exactly 0: what is left there only makes subnormal numbers,
/// on which a processor is a hundred times slower (a causal mask made attention half of a step).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2²³: adding and taking it away rounds to an integer
    const LOWEST: f32 = -80.0;
    let vanishes = x < LOWEST;
    let x = x.clamp(LOWEST, 88.3);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 5e-1;
    let series = p * r * r + r + 1.0;
    // What ROUND was raised by in its last places is n. Of NaN this is no exponent, but then `series` is NaN too.
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits());
    let result = series * f32::from_bits(exponent.wrapping_add(127) << 23);
    if vanishes { 0.0 } else { result }
}

#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Sums are of so many partial sums: their order is the same on every processor, and the additions run side by side.
const LANES: usize = 8;

/// The sum of `term` over the numbers that stand at the same place of each slice, all of one length.
///
/// Whole arrays of lanes and no index into a slice: with a bounds check inside, the loop would not become SIMD.
#[inline(always)]
pub fn sum_of<const N: usize>(slices: [&[f32]; N], term: impl Fn([f32; N]) -> f32) -> f32 {
    let parts = slices.map(|slice| slice.as_chunks::<LANES>());
    let mut partial = [0f32; LANES];
    for at in 0..parts[0].0.len() {
        let chunks = parts.map(|(chunks, _)| &chunks[at]);
        for lane in 0..LANES {
            partial[lane] += term(chunks.map(|chunk| chunk[lane]));
        }
    }
    let tail = 0..parts[0].1.len();
    let tail: f32 = tail.map(|i| term(parts.map(|(_, rest)| rest[i]))).sum();
    partial.iter().sum::<f32>() + tail
}

/// The same for as many numbers as a vocabulary has words: sums of blocks are added up in float64, so that rounding does not
/// grow with the length.
#[inline(always)]
pub fn long_sum_of(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    const BLOCK: usize = 1024;
    let blocks = values.chunks(BLOCK);
    let sums = blocks.map(|block| f64::from(sum_of([block], |[value]| term(value))));
    sums.sum::<f64>() as f32
}

#[inline(always)]
pub fn max_of(values: &[f32]) -> f32 {
    let mut best = [f32::NEG_INFINITY; LANES];
    let (chunks, tail) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (b, v) in best.iter_mut().zip(chunk) {
            *b = if *v > *b { *v } else { *b };
        }
    }
    best.iter()
        .chain(tail)
        .copied()
        .fold(f32::NEG_INFINITY, f32::max)
}

/// Softmax in place.
#[inline(always)]
pub fn softmax(row: &mut [f32]) {
    let highest = max_of(row);
    for value in row.iter_mut() {
        *value = exp(*value - highest);
    }
    let scale = 1.0 / sum_of([row], |[value]| value);
    for value in row.iter_mut() {
        *value *= scale;
    }
}

/// How many threads a matrix product may use.
pub fn parallelism() -> gemm::Parallelism {
    #[cfg(feature = "threads")]
    return gemm::Parallelism::Rayon(0);
    #[cfg(not(feature = "threads"))]
    gemm::Parallelism::None
}

/// Calls `work(index, chunk)` on consecutive chunks of `chunk_length`, on several threads where there are any.
pub fn for_each_chunk(
    values: &mut [f32],
    chunk_length: usize,
    work: impl Fn(usize, &mut [f32]) + Sync + Send,
) {
    #[cfg(feature = "threads")]
    {
        use rayon::prelude::*;
        values
            .par_chunks_mut(chunk_length)
            .enumerate()
            .for_each(|(i, chunk)| work(i, chunk));
    }
    #[cfg(not(feature = "threads"))]
    for (i, chunk) in values.chunks_mut(chunk_length).enumerate() {
        work(i, chunk);
    }
}

/// The same on the chunks at one place of several slices, each of which has as many chunks, of a length of its own.
pub fn for_each_chunk_of<const N: usize>(
    values: [&mut [f32]; N],
    lengths: [usize; N],
    work: impl Fn(usize, [&mut [f32]; N]) + Sync + Send,
) {
    let count = values[0].len().div_ceil(lengths[0]);
    let mut at = 0;
    let mut chunks = values.map(|values| {
        let length = lengths[at];
        at += 1;
        values.chunks_mut(length)
    });
    let places = (0..count).map(|i| {
        let chunks = chunks.each_mut();
        (i, chunks.map(|rest| rest.next().unwrap_or_default()))
    });
    #[cfg(feature = "threads")]
    {
        use rayon::prelude::*;
        let places: Vec<_> = places.collect();
        places
            .into_par_iter()
            .for_each(|(i, chunks)| work(i, chunks));
    }
    #[cfg(not(feature = "threads"))]
    for (i, chunks) in places {
        work(i, chunks);
    }
}

/// A matrix inside a slice: where it starts and how far apart its rows and columns lie.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub values: &'a [f32],
    pub row_stride: usize,
    pub column_stride: usize,
}

impl<'a> View<'a> {
    /// A row-major matrix of `columns`.
    pub fn rows(values: &'a [f32], columns: usize) -> Self {
        Self {
            values,
            row_stride: columns,
            column_stride: 1,
        }
    }

    pub fn transposed(self) -> Self {
        Self {
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    fn check(&self, rows: usize, columns: usize) {
        let last = (rows - 1) * self.row_stride + (columns - 1) * self.column_stride;
        assert!(last < self.values.len(), "a matrix reaches past its values");
    }
}

/// `dst = keep · dst + scale · lhs · rhs`, with `dst` row-major of the given row stride.
/// `sizes` are rows, columns and the inner dimension.
pub fn matmul(
    dst: &mut [f32],
    dst_row_stride: usize,
    keep: bool,
    factors: (View, View),
    scale: f32,
    sizes: (usize, usize, usize),
    parallelism: gemm::Parallelism,
) {
    let (m, n, k) = sizes;
    if m == 0 || n == 0 || k == 0 {
        return;
    }
    assert!(
        (m - 1) * dst_row_stride + n <= dst.len(),
        "the product does not fit its place"
    );
    // SAFETY: the assertion bounds every element that is written (or, with `keep`, read), all of them are
    // initialised, and `dst` is borrowed mutably, so it overlaps neither factor.
    unsafe {
        gemm_into(
            dst.as_mut_ptr(),
            dst_row_stride,
            keep,
            factors,
            scale,
            sizes,
            parallelism,
        )
    }
}

/// `scale · lhs · rhs` in a fresh place, which is written once and never cleared before.
pub fn product(factors: (View, View), scale: f32, sizes: (usize, usize, usize)) -> Vec<f32> {
    let (m, n, k) = sizes;
    if m == 0 || n == 0 || k == 0 {
        return vec![0.0; m * n];
    }
    let mut result = Vec::with_capacity(m * n);
    // SAFETY: there is room for m · n elements. Without `keep`, gemm reads none of them and writes all,
    // so that they are initialised when the length is set.
    unsafe {
        gemm_into(
            result.as_mut_ptr(),
            n,
            false,
            factors,
            scale,
            sizes,
            parallelism(),
        );
        result.set_len(m * n);
    }
    result
}

/// # Safety
/// `dst` must be valid for writes (with `keep`, also for reads) of `m` rows of `n` elements, `dst_row_stride`
/// apart, and overlap neither factor.
unsafe fn gemm_into(
    dst: *mut f32,
    dst_row_stride: usize,
    keep: bool,
    (lhs, rhs): (View, View),
    scale: f32,
    (m, n, k): (usize, usize, usize),
    parallelism: gemm::Parallelism,
) {
    lhs.check(m, k);
    rhs.check(k, n);
    #[cfg(all(target_arch = "wasm32", feature = "relaxed-simd"))]
    if super::sgemm::is_worth_it((m, n, k)) {
        // SAFETY: as below.
        return unsafe {
            super::sgemm::sgemm(dst, dst_row_stride, keep, (lhs, rhs), scale, (m, n, k))
        };
    }
    // SAFETY: the checks above bound every element read of the factors; the caller answers for `dst`.
    unsafe {
        strided_gemm(
            dst,
            dst_row_stride,
            keep,
            (lhs, rhs),
            scale,
            (m, n, k),
            parallelism,
        );
    }
}

/// The general product, of the `gemm` crate, which counts every stride in elements.
///
/// # Safety
/// As [`gemm_into`], and the factors must reach as far as `m · k` and `k · n` elements at their strides do.
unsafe fn strided_gemm(
    dst: *mut f32,
    dst_row_stride: usize,
    keep: bool,
    (lhs, rhs): (View, View),
    scale: f32,
    (m, n, k): (usize, usize, usize),
    parallelism: gemm::Parallelism,
) {
    // SAFETY: the caller answers for all three matrices.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            dst,
            1,
            dst_row_stride as isize,
            keep,
            lhs.values.as_ptr(),
            lhs.column_stride as isize,
            lhs.row_stride as isize,
            rhs.values.as_ptr(),
            rhs.column_stride as isize,
            rhs.row_stride as isize,
            1.0,
            scale,
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exact_to_the_last_places() {
        for i in -800..=880 {
            let x = i as f32 / 10.0 + 0.0137;
            let (ours, exact) = (f64::from(exp(x)), f64::from(x).exp());
            if x < 88.0 {
                assert!(
                    (ours / exact - 1.0).abs() < 2.5e-7,
                    "exp({x}) = {ours}, not {exact}"
                );
            }
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-1e9), 0.0);
    }

    #[test]
    fn nan_stays_nan_and_infinity_is_the_largest_there_is() {
        assert!(exp(f32::NAN).is_nan() && exp(-f32::NAN).is_nan());
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), exp(88.3));
        let mut row = [1.0, f32::NAN, 2.0];
        softmax(&mut row);
        assert!(row.iter().all(|p| p.is_nan()), "{row:?}");
    }

    #[test]
    fn a_long_sum_keeps_its_last_places() {
        let value = |i: usize| 0.1 + (i % 7) as f32;
        let exact: f64 = (0..50_257).map(|i| f64::from(value(i))).sum();
        let error = |sum: f32| (f64::from(sum) / exact - 1.0).abs();
        let values: Vec<f32> = (0..50_257).map(value).collect();
        assert!(error(long_sum_of(&values, |v| v)) < 3e-6);
        // Such numbers are all rounded the same way, and a plain sum gathers that.
        assert!(error(sum_of([&values], |[v]| v)) > 3e-5);
    }

    #[test]
    fn a_product_of_strided_matrices() {
        let lhs = [1., 2., 3., 4., 5., 6.];
        let rhs = [1., 0., 0., 1., 1., 1.];
        let mut product = [10.0; 4];
        let views = (View::rows(&lhs, 3), View::rows(&rhs, 2));
        matmul(
            &mut product,
            2,
            true,
            views,
            2.0,
            (2, 2, 3),
            gemm::Parallelism::None,
        );
        assert_eq!(product, [18., 20., 30., 32.]);
        assert_eq!(super::product(views, 2.0, (2, 2, 3)), [8., 10., 20., 22.]);
    }
}
