//! Runs of the lab that are asked for together: one setting after another, each with several seeds. Pure.

pub mod pace;

use crate::ui::draft::{Draft, LOOP, REMEDIES, TRAINING, form_fields};
use crate::ui::text::lab as text;

/// More than these would keep a machine for a day, and nobody reads as many rows.
pub const MOST_RUNS: usize = 48;

/// Repeats go through seeds.
const NOT_SWEPT: [&str; 1] = ["seed"];
/// Whose values have commas in them, and stand with semicolons between.
const OF_LISTS: &str = "targets";

/// What the form asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wish {
    /// As typed; none where every setting is run once.
    pub seeds: Option<String>,
    /// Settings by their names in addresses, and their values as typed. Without a name it is not there.
    pub sweeps: [(String, String); 2],
}

/// The runs, in the order in which they are made.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub groups: Vec<SeriesGroup>,
    pub points: usize,
    pub seeds: usize,
}

/// Runs that the table shows as one row: one setting with several seeds, or, where each has one seed, the whole sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesGroup {
    pub name: String,
    pub is_open: bool,
    pub runs: Vec<Draft>,
}

impl Series {
    pub fn count(&self) -> usize {
        self.points * self.seeds
    }

    pub fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.groups.iter().flat_map(|group| &group.runs)
    }

    /// The runs that `wish` asks for on top of the form's settings, or what is wrong with it, in words.
    pub fn of(base: &Draft, wish: &Wish) -> Result<Self, String> {
        let seeds = match &wish.seeds {
            Some(typed) => seeds(typed)?,
            None => 1,
        };
        let sweeps = sweeps(wish)?;
        let points: usize = sweeps.iter().map(|(_, values)| values.len()).product();
        let count = points.saturating_mul(seeds);
        if count > MOST_RUNS {
            return Err(text::too_many(count, MOST_RUNS));
        }
        if count < 2 {
            return Err(text::SERIES_NOTHING.to_owned());
        }
        let drafts = product(base, &sweeps)?;
        Ok(Self {
            groups: groups(drafts, &sweeps, seeds)?,
            points,
            seeds,
        })
    }
}

/// The settings that can be swept with this form, by their names in addresses.
pub fn keys(draft: &Draft) -> Vec<&'static str> {
    let of_strategy = form_fields(draft.kind);
    let all = ["strategy"].into_iter().chain(of_strategy);
    let all = all.chain(TRAINING).chain(LOOP).chain(REMEDIES);
    all.filter(|key| !NOT_SWEPT.contains(key)).collect()
}

fn seeds(typed: &str) -> Result<usize, String> {
    match typed.trim().parse() {
        Ok(seeds) if seeds >= 1 => Ok(seeds),
        _ => Err(text::seeds_refused(typed)),
    }
}

type Sweep = (String, Vec<String>);

fn sweeps(wish: &Wish) -> Result<Vec<Sweep>, String> {
    let named = wish.sweeps.iter().filter(|(key, _)| !key.is_empty());
    let mut found: Vec<Sweep> = Vec::new();
    for (key, typed) in named {
        if found.iter().any(|(other, _)| other == key) {
            return Err(text::swept_twice(key));
        }
        let mut values: Vec<String> = Vec::new();
        let separator = if key == OF_LISTS { ';' } else { ',' };
        for value in typed
            .split(separator)
            .map(str::trim)
            .filter(|v| !v.is_empty())
        {
            if !values.iter().any(|other| other == value) {
                values.push(value.to_owned());
            }
        }
        if values.is_empty() {
            return Err(text::no_values(key));
        }
        found.push((key.clone(), values));
    }
    Ok(found)
}

/// Every value of the first setting with every value of the second, the last varying fastest.
fn product(base: &Draft, sweeps: &[Sweep]) -> Result<Vec<(String, Draft)>, String> {
    let mut points = vec![(String::new(), base.clone())];
    for (key, values) in sweeps {
        let mut next = Vec::new();
        for (name, draft) in &points {
            for value in values {
                let mut draft = draft.clone();
                let set = draft.try_set(key, value);
                set.map_err(|why| text::value_refused(key, value, &why.to_string()))?;
                let separator = if name.is_empty() { "" } else { ", " };
                next.push((format!("{name}{separator}{key} {value}"), draft));
            }
        }
        points = next;
    }
    Ok(points)
}

/// The first seed is the form's own; the others follow it.
fn groups(
    points: Vec<(String, Draft)>,
    sweeps: &[Sweep],
    seeds: usize,
) -> Result<Vec<SeriesGroup>, String> {
    if seeds == 1 {
        let keys: Vec<&str> = sweeps.iter().map(|(key, _)| key.as_str()).collect();
        return Ok(vec![SeriesGroup {
            name: text::sweep_name(&keys),
            is_open: true,
            runs: points.into_iter().map(|(_, draft)| draft).collect(),
        }]);
    }
    let repeated = points.into_iter().map(|(point, draft)| {
        let mut runs = Vec::with_capacity(seeds);
        for place in 0..seeds as u64 {
            let mut run = draft.clone();
            let seed = draft.training.seed.wrapping_add(place);
            let set = run.try_set("seed", &seed.to_string());
            set.map_err(|why| why.to_string())?;
            runs.push(run);
        }
        Ok(SeriesGroup {
            name: text::repeat_name(&point, seeds),
            is_open: false,
            runs,
        })
    });
    repeated.collect()
}

#[cfg(test)]
mod tests;
