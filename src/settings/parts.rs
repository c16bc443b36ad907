//! Rows cut into parts of about one size, one for each worker.

use std::ops::Range;

/// `parts` runs of rows, in order; where there are fewer rows the last parts are empty.
pub fn even_parts(rows: usize, parts: usize) -> impl Iterator<Item = Range<usize>> {
    let busy = parts.min(rows).max(1);
    let edge = move |part: usize| rows * part.min(busy) / busy;
    (0..parts).map(move |part| edge(part)..edge(part + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_one_place_and_parts_differ_by_one_row() {
        for (rows, parts) in [(8, 1), (8, 3), (16, 7), (2, 4), (0, 2)] {
            let all: Vec<Range<usize>> = even_parts(rows, parts).collect();
            assert_eq!(all.len(), parts);
            assert!(all.iter().cloned().flatten().eq(0..rows), "{all:?}");
            let busy = all.iter().map(Range::len).filter(|len| *len > 0);
            let (least, most) = busy.fold((rows, 0), |(a, b), len| (a.min(len), b.max(len)));
            assert!(most <= least + 1, "{all:?}");
        }
    }
}
