//! What tuning did to the weights: how far each matrix moved, and of what rank the move is.

mod singular;

use std::collections::BTreeMap;

use burn::prelude::*;

use self::singular::singular_values;
use crate::engine::run::device_error;
use crate::faults::{BaseError, Fault};
use crate::methods::names;
use crate::model::any::Model;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parameters::{flattened, is_added};
use crate::protocol::{EngineError, ErrorKind, Grid, MatrixInsight, MatrixUpdate, Updates};

/// The most rows and columns of a drawing.
const DRAWN: usize = 64;

/// Every pre-trained tensor before and after: what an adapter adds counts as a move of the matrix beside which it is.
pub async fn updates(base: &Model, tuned: &Model) -> Result<Updates, EngineError> {
    let merged = by_name(&tuned.clone().merged());
    let mut matrices = Vec::new();
    for (info, before) in flattened(base) {
        let Some(after) = merged.get(&info.name).filter(|_| !is_added(&info.name)) else {
            continue;
        };
        let update = after.clone() - before.clone();
        let norms = Tensor::cat(vec![norm(before), norm(update)], 0);
        let [weight_norm, update_norm] = read(norms).await?[..] else {
            return Err(device_error(Fault::internal("a tensor has two norms")));
        };
        matrices.push(MatrixUpdate {
            name: info.name,
            shape: info.shape,
            weight_norm,
            update_norm,
        });
    }
    Ok(Updates { matrices })
}

/// One matrix, its update, and the update's singular values.
pub async fn matrix(base: &Model, tuned: &Model, name: &str) -> Result<MatrixInsight, EngineError> {
    let found = flattened(base).into_iter().find(|(p, _)| p.name == name);
    let merged = by_name(&tuned.clone().merged());
    let (Some((info, before)), Some(after)) = (found, merged.get(name)) else {
        return Err(unknown(name));
    };
    let [rows, columns] = info.shape[..] else {
        return Err(unknown(name));
    };
    let update = read(after.clone() - before.clone()).await?;
    let weight = read(before).await?;
    let grid = |values: &[f32]| shrink(values, rows, columns);
    Ok(MatrixInsight {
        name: name.to_owned(),
        shape: [rows, columns],
        weight: grid(&weight),
        update: grid(&update),
        lora: lora_pair(tuned, name).await?,
        singular_values: singular_values(&update, rows, columns),
    })
}

/// A and B beside the matrix, where LoRA put them there.
async fn lora_pair(tuned: &Model, name: &str) -> Result<Option<(Grid, Grid)>, EngineError> {
    let module = names::module(name);
    let mut grids = Vec::new();
    for side in ["a", "b"] {
        let path = format!("{module}.lora.{side}");
        let found = flattened(tuned).into_iter().find(|(p, _)| p.name == path);
        let Some((info, values)) = found else {
            return Ok(None);
        };
        let [rows, columns] = info.shape[..] else {
            return Ok(None);
        };
        grids.push(shrink(&read(values).await?, rows, columns));
    }
    let b = grids.pop();
    Ok(grids.pop().zip(b))
}

fn by_name(model: &Model) -> BTreeMap<String, Tensor<1>> {
    let named = flattened(model).into_iter();
    named.map(|(info, values)| (info.name, values)).collect()
}

fn norm(values: Tensor<1>) -> Tensor<1> {
    values.square().sum().sqrt()
}

async fn read(values: Tensor<1>) -> Result<Vec<f32>, EngineError> {
    numbers::values("weights", values)
        .await
        .map_err(device_error)
}

fn unknown(name: &str) -> EngineError {
    let name = name.to_owned();
    EngineError::new(ErrorKind::State, BaseError::NoSuchMatrix { name })
}

/// Means over equal parts, at most `DRAWN` a side.
fn shrink(values: &[f32], rows: usize, columns: usize) -> Grid {
    let (high, wide) = (rows.div_ceil(DRAWN).max(1), columns.div_ceil(DRAWN).max(1));
    let (out_rows, out_columns) = (rows.div_ceil(high), columns.div_ceil(wide));
    let mut out = Vec::with_capacity(out_rows * out_columns);
    for row in (0..rows).step_by(high) {
        for column in (0..columns).step_by(wide) {
            let (row_end, column_end) = ((row + high).min(rows), (column + wide).min(columns));
            let part = (row..row_end)
                .flat_map(|r| values[r * columns + column..r * columns + column_end].iter());
            let sum: f32 = part.sum();
            out.push(sum / ((row_end - row) * (column_end - column)) as f32);
        }
    }
    Grid {
        rows: out_rows,
        columns: out_columns,
        values: out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_holds_the_means_of_equal_parts() {
        let values: Vec<f32> = (0..128 * 2).map(|i| (i % 2) as f32).collect();
        let grid = shrink(&values, 128, 2);
        assert_eq!((grid.rows, grid.columns), (64, 2));
        assert_eq!(&grid.values[..2], [0.0, 1.0]);
        let odd = shrink(&[1.0, 2.0, 3.0], 1, 3);
        assert_eq!(odd.values, [1.0, 2.0, 3.0]);
    }
}
