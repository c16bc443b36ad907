//! The fields of the configuration.

use serde_json::{Map, Value, json};

use super::{BottleneckSettings, Placement};
use crate::faults::{Allowed, OwnError};
use crate::io::own::refused;
use crate::methods::{OwnFormat, Strategy};

/// No model that these adapters are put into is wider.
const MOST: u64 = 65_536;

impl OwnFormat for BottleneckSettings {
    fn fields(&self) -> Map<String, Value> {
        Map::from_iter([
            ("placement".to_owned(), json!(self.placement.name())),
            ("bottleneck".to_owned(), json!(self.bottleneck)),
        ])
    }

    fn read(&self, config: &Value) -> Result<Strategy, OwnError> {
        let placement = config["placement"].as_str().and_then(Placement::parse);
        let placements = [Placement::Houlsby, Placement::Pfeiffer].map(Placement::name);
        let placement =
            placement.ok_or_else(|| refused(config, "placement", Allowed::one_of(&placements)))?;
        let bottleneck = config["bottleneck"].as_u64();
        let bottleneck = bottleneck
            .filter(|size| (1..=MOST).contains(size))
            .ok_or_else(|| refused(config, "bottleneck", Allowed::WholeFromOne))?;
        Ok(Strategy::Adapter(Self {
            placement,
            bottleneck: bottleneck as usize,
        }))
    }
}
