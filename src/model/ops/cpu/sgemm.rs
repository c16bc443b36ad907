//! A matrix product for WebAssembly with relaxed SIMD: its fused multiply-add does in one instruction what plain SIMD does
//! in two, and the crate `gemm` has no kernel for it. Blocks and panels as Goto and van de Geijn have them ("Anatomy of
//! High-Performance Matrix Multiplication", 2008): both factors are packed in the order in which the innermost loop reads
//! them, and a tile of the result stays in registers while it does.

use std::cell::RefCell;

use super::math::View;
use lanes::Lanes;

/// Rows and columns of a tile: eight sums of four lanes, two of the right factor and four of the left, which the compiler
/// loads ahead, make fourteen of the sixteen registers of a PC. With six rows some sums were kept in memory.
const ROWS: usize = 4;
const COLUMNS: usize = 2 * LANES;
const LANES: usize = 4;
/// Of the inner dimension at a time: a panel of each factor fits the first cache.
const DEPTH: usize = 256;
/// Rows and columns of the result at a time: what is packed of each factor fits the second.
const ROW_BLOCK: usize = 24 * ROWS;
const COLUMN_BLOCK: usize = 1024;

/// Products with fewer rows or columns than this do not pay for the packing.
const FEWEST: usize = 4;

pub fn is_worth_it((rows, columns, _): (usize, usize, usize)) -> bool {
    rows.min(columns) >= FEWEST
}

/// `dst = keep · dst + scale · lhs · rhs`; `sizes` are rows, columns and the inner dimension, none of them 0.
///
/// # Safety
/// `dst` must be valid for writes (with `keep`, also for reads) of as many rows and columns, `stride` apart, and overlap
/// neither factor; the factors must hold every element of theirs.
pub unsafe fn sgemm(
    dst: *mut f32,
    stride: usize,
    keep: bool,
    (lhs, rhs): (View, View),
    scale: f32,
    (rows, columns, inner): (usize, usize, usize),
) {
    ROOM.with_borrow_mut(|Room { left, right }| {
        for column in (0..columns).step_by(COLUMN_BLOCK) {
            let wide = COLUMN_BLOCK.min(columns - column);
            for depth in (0..inner).step_by(DEPTH) {
                let deep = DEPTH.min(inner - depth);
                // The columns of the right factor are the rows of its transpose.
                let (across, along) = (rhs.column_stride, rhs.row_stride);
                let first = depth * along + column * across;
                pack::<COLUMNS>(&rhs.values[first..], (wide, across), (deep, along), right);
                for row in (0..rows).step_by(ROW_BLOCK) {
                    let high = ROW_BLOCK.min(rows - row);
                    let (down, along) = (lhs.row_stride, lhs.column_stride);
                    let first = row * down + depth * along;
                    pack::<ROWS>(&lhs.values[first..], (high, down), (deep, along), left);
                    let place = Place {
                        // SAFETY: row and column lie within the result.
                        start: unsafe { dst.add(row * stride + column) },
                        stride,
                        keep: keep || depth > 0,
                        scale,
                    };
                    // SAFETY: the caller answers for `dst`, and the block lies within it.
                    unsafe { place.add_block(left, right, (high, wide, deep)) };
                }
            }
        }
    });
}

/// What is packed of each factor, kept from one product to the next.
#[derive(Default)]
struct Room {
    left: Vec<f32>,
    right: Vec<f32>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// Panels of `N` lines each, of which the `n`th numbers of all lines stand side by side; lines that a panel lacks are 0.
/// `lines` and `depth` are how many there are and how far apart they lie.
fn pack<const N: usize>(
    values: &[f32],
    (lines, between_lines): (usize, usize),
    (deep, between): (usize, usize),
    packed: &mut Vec<f32>,
) {
    packed.resize(lines.div_ceil(N) * N * deep, 0.0);
    for (panel, first) in packed.chunks_exact_mut(N * deep).zip((0..lines).step_by(N)) {
        let values = &values[first * between_lines..];
        let (groups, _) = panel.as_chunks_mut::<N>();
        let count = N.min(lines - first);
        // What an earlier product left there; a whole panel is written over.
        if count < N {
            groups.fill([0.0; N]);
        }
        if count == N && between_lines == 1 {
            for (group, start) in groups.iter_mut().zip((0..).step_by(between)) {
                group.copy_from_slice(&values[start..start + N]);
            }
        } else if between == 1 {
            for line in 0..count {
                let numbers = &values[line * between_lines..][..deep];
                for (group, number) in groups.iter_mut().zip(numbers) {
                    group[line] = *number;
                }
            }
        } else {
            for (group, start) in groups.iter_mut().zip((0..).step_by(between)) {
                for (line, slot) in group[..count].iter_mut().enumerate() {
                    *slot = values[start + line * between_lines];
                }
            }
        }
    }
}

/// Where a block of the result goes, and how.
#[derive(Clone, Copy)]
struct Place {
    start: *mut f32,
    stride: usize,
    keep: bool,
    scale: f32,
}

impl Place {
    /// # Safety
    /// As [`sgemm`] asks it of the block's rows and columns.
    unsafe fn add_block(
        self,
        left: &[f32],
        right: &[f32],
        (high, wide, deep): (usize, usize, usize),
    ) {
        for (right, column) in right
            .chunks_exact(COLUMNS * deep)
            .zip((0..wide).step_by(COLUMNS))
        {
            for (left, row) in left.chunks_exact(ROWS * deep).zip((0..high).step_by(ROWS)) {
                let (tall, broad) = (ROWS.min(high - row), COLUMNS.min(wide - column));
                // SAFETY: the tile lies within the block; one at the edge goes through a place of its own.
                unsafe {
                    let place = Self {
                        start: self.start.add(row * self.stride + column),
                        ..self
                    };
                    match (tall, broad) {
                        (ROWS, COLUMNS) => place.add_tile(left, right),
                        edge => place.add_edge(left, right, edge),
                    }
                }
            }
        }
    }

    /// # Safety
    /// As [`sgemm`] asks it of `tall` rows and `broad` columns.
    unsafe fn add_edge(self, left: &[f32], right: &[f32], (tall, broad): (usize, usize)) {
        let mut tile = [0.0; ROWS * COLUMNS];
        let whole = Self {
            start: tile.as_mut_ptr(),
            stride: COLUMNS,
            keep: false,
            ..self
        };
        // SAFETY: the array is one tile.
        unsafe { whole.add_tile(left, right) };
        for (row, numbers) in tile.chunks_exact(COLUMNS).take(tall).enumerate() {
            for (column, number) in numbers[..broad].iter().enumerate() {
                // SAFETY: the caller answers for as many rows and columns.
                unsafe {
                    let slot = self.start.add(row * self.stride + column);
                    *slot = *number + if self.keep { *slot } else { 0.0 };
                }
            }
        }
    }

    /// A whole tile: the sums stay in registers over the depth of the panels.
    ///
    /// # Safety
    /// As [`sgemm`] asks it of a tile's rows and columns.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "relaxed-simd"))]
    unsafe fn add_tile(self, left: &[f32], right: &[f32]) {
        let mut sums = [[Lanes::of(0.0); 2]; ROWS];
        let (left, _) = left.as_chunks::<ROWS>();
        let (right, _) = right.as_chunks::<COLUMNS>();
        for (left, right) in left.iter().zip(right) {
            // SAFETY: a group of the right factor is two times four lanes.
            let (first, second) = unsafe {
                let start = right.as_ptr();
                (Lanes::load(start), Lanes::load(start.add(LANES)))
            };
            for (sums, number) in sums.iter_mut().zip(left) {
                let number = Lanes::of(*number);
                sums[0] = number.times_plus(first, sums[0]);
                sums[1] = number.times_plus(second, sums[1]);
            }
        }
        let scale = Lanes::of(self.scale);
        for (row, sums) in sums.into_iter().enumerate() {
            for (half, sum) in sums.into_iter().enumerate() {
                // SAFETY: the caller answers for the tile.
                unsafe {
                    let slot = self.start.add(row * self.stride + half * LANES);
                    let before = match self.keep {
                        true => Lanes::load(slot),
                        false => Lanes::of(0.0),
                    };
                    sum.times_plus(scale, before).store(slot);
                }
            }
        }
    }
}

/// Four numbers at once.
#[cfg(target_arch = "wasm32")]
mod lanes {
    use core::arch::wasm32::{f32x4_relaxed_madd, f32x4_splat, v128, v128_load, v128_store};

    #[derive(Clone, Copy)]
    pub struct Lanes(v128);

    impl Lanes {
        #[inline(always)]
        pub fn of(value: f32) -> Self {
            Self(f32x4_splat(value))
        }

        /// # Safety
        /// `from` must be valid for reads of four numbers.
        #[inline(always)]
        pub unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise; loads need no alignment in WebAssembly.
            Self(unsafe { v128_load(from.cast()) })
        }

        /// # Safety
        /// `to` must be valid for writes of four numbers.
        #[inline(always)]
        pub unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { v128_store(to.cast(), self.0) }
        }

        /// `self · factor + summand`, rounded once where the processor can.
        #[inline]
        #[target_feature(enable = "relaxed-simd")]
        pub fn times_plus(self, factor: Self, summand: Self) -> Self {
            Self(f32x4_relaxed_madd(self.0, factor.0, summand.0))
        }
    }
}

/// The same in plain Rust, for the tests.
#[cfg(not(target_arch = "wasm32"))]
mod lanes {
    #[derive(Clone, Copy)]
    pub struct Lanes([f32; 4]);

    impl Lanes {
        pub fn of(value: f32) -> Self {
            Self([value; 4])
        }

        /// # Safety
        /// `from` must be valid for reads of four numbers.
        pub unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise.
            Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
        }

        /// # Safety
        /// `to` must be valid for writes of four numbers.
        pub unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
        }

        pub fn times_plus(self, factor: Self, summand: Self) -> Self {
            Self(std::array::from_fn(|i| {
                self.0[i] * factor.0[i] + summand.0[i]
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Seed;

    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut seed = Seed::new(seed);
        (0..count).map(|_| seed.normal(1.0) as f32).collect()
    }

    /// By the definition, in float64.
    fn plain(
        dst: &mut [f32],
        keep: bool,
        (lhs, rhs): (View, View),
        scale: f32,
        (m, n, k): (usize, usize, usize),
    ) {
        for row in 0..m {
            for column in 0..n {
                let term = |i: usize| {
                    let left = lhs.values[row * lhs.row_stride + i * lhs.column_stride];
                    let right = rhs.values[i * rhs.row_stride + column * rhs.column_stride];
                    f64::from(left) * f64::from(right)
                };
                let sum = f64::from(scale) * (0..k).map(term).sum::<f64>();
                let slot = &mut dst[row * n + column];
                *slot = (sum + if keep { f64::from(*slot) } else { 0.0 }) as f32;
            }
        }
    }

    /// Whole tiles and edges, several blocks of every dimension, each factor as it lies and transposed.
    #[test]
    fn it_is_the_product_whatever_the_sizes_and_strides() {
        let sizes = [
            (6, 8, 5),
            (13, 21, 300),
            (100, 9, 33),
            (4, 1030, 3),
            (7, 4, 513),
            (97, 17, 257),
        ];
        for (number, (m, n, k)) in sizes.into_iter().enumerate() {
            let (left, right) = (numbers(m * k, 1), numbers(k * n, 2));
            let lefts = [View::rows(&left, k), View::rows(&left, m).transposed()];
            let rights = [View::rows(&right, n), View::rows(&right, k).transposed()];
            for (lhs, rhs) in lefts
                .into_iter()
                .flat_map(|lhs| rights.map(|rhs| (lhs, rhs)))
            {
                let keep = number % 2 == 0;
                let mut wanted = numbers(m * n, 3);
                let mut found = wanted.clone();
                plain(&mut wanted, keep, (lhs, rhs), 0.5, (m, n, k));
                // SAFETY: both factors and the place have these sizes.
                unsafe { sgemm(found.as_mut_ptr(), n, keep, (lhs, rhs), 0.5, (m, n, k)) };
                let apart = wanted.iter().zip(&found).map(|(a, b)| (a - b).abs());
                let apart = apart.fold(0.0, f32::max);
                assert!(apart < 1e-4, "{m} × {n} × {k}: {apart}");
            }
        }
    }

    #[test]
    fn a_single_row_is_not_worth_packing() {
        assert!(!is_worth_it((1, 512, 128)) && is_worth_it((512, 8, 128)));
    }

    #[test]
    fn what_lies_between_the_rows_is_left_alone() {
        let (left, right) = (numbers(7 * 3, 1), numbers(3 * 9, 2));
        let mut dst = vec![5.0; 7 * 12];
        let factors = (View::rows(&left, 3), View::rows(&right, 9));
        // SAFETY: rows of nine, twelve apart.
        unsafe { sgemm(dst.as_mut_ptr(), 12, false, factors, 1.0, (7, 9, 3)) };
        assert!(dst.chunks(12).all(|row| row[9..] == [5.0; 3]));
    }
}
