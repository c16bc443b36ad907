//! Learning-rate schedules, to the last bits of float64.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::faults::Fault;
use crate::settings::{Schedule, ScheduleKind};
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::Comparison;
use crate::verify::harness::error::wrong;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::library::Library;
use crate::verify::harness::tolerance::SCHEDULE;

#[derive(Deserialize)]
struct Case {
    kind: String,
    base_lr: f64,
    warmup: usize,
    total: usize,
    /// The rate of each step, some beyond the end.
    lr: Vec<f64>,
}

pub fn run(library: &Library, path: &str, reporter: &mut Reporter) -> CaseResult {
    let mut kinds: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for case in library.json::<Vec<Case>>(path)? {
        kinds.entry(case.kind.clone()).or_default().push(case);
    }
    for (kind, cases) in kinds {
        let quantity = format!("{kind}, {} runs", cases.len());
        let mut comparison = Comparison::new(path.trim_end_matches(".json"), &quantity, SCHEDULE);
        for case in &cases {
            let schedule = schedule(case).ok_or_else(|| unknown(path, &kind))?;
            let steps = 0..case.lr.len();
            let ours: Vec<f64> = steps.map(|step| schedule.learning_rate_at(step)).collect();
            let name = format!("{} of {} warm-up steps", case.warmup, case.total);
            comparison.series(&name, &ours, &case.lr);
        }
        reporter.quantity(comparison.finish());
    }
    Ok(())
}

fn schedule(case: &Case) -> Option<Schedule> {
    let (kind, cosine_cycles) = match case.kind.as_str() {
        "linear" => (ScheduleKind::Linear, 0.5),
        "cosine" => (ScheduleKind::Cosine, 0.5),
        "cosine_cycles1" => (ScheduleKind::Cosine, 1.0),
        "constant_with_warmup" => (ScheduleKind::Constant, 0.5),
        _ => return None,
    };
    let plain = Schedule::new(kind, case.base_lr, case.warmup, case.total);
    Some(Schedule {
        cosine_cycles,
        decay_steps: 0,
        ..plain
    })
}

fn unknown(path: &str, kind: &str) -> Fault {
    wrong(
        path,
        format!("the kind {kind} is none of the schedules known here"),
    )
}
