//! What single settings can be, and how they are written in an address.

use crate::settings::ScheduleKind;

/// Schedules by the names that addresses and flags use.
pub const SCHEDULES: [(&str, ScheduleKind); 3] = [
    ("linear", ScheduleKind::Linear),
    ("cosine", ScheduleKind::Cosine),
    ("constant", ScheduleKind::Constant),
];

pub fn schedule_name(kind: ScheduleKind) -> &'static str {
    SCHEDULES
        .iter()
        .find(|(_, other)| *other == kind)
        .map_or("linear", |(name, _)| name)
}
