//! Verification and benchmarks, asked for through the protocol.

use super::*;
use crate::engine::bench::{Bench, measure};
use crate::protocol::{VerifiedQuantity, Workload};
use crate::verify::{Finding, MapFiles, Selection, verify};

impl<H: Host> Server<H> {
    /// Runs the reference cases below `base_url` here. A software adapter gets the quick selection: all
    /// of it would take an hour there.
    pub(super) async fn verify(
        &self,
        id: Option<RequestId>,
        base_url: &str,
    ) -> Result<(), EngineError> {
        let started = self.host.now_millis();
        let files = self.reference_files(base_url).await?;
        let selection = if self.info.is_software {
            Selection::Quick
        } else {
            Selection::All
        };
        let mut tell = |finding| match finding {
            Finding::Quantity(quantity) => self.tell(id, Event::CaseVerified(quantity)),
            Finding::CouldNotRun { case, reason } => {
                let quantity = VerifiedQuantity {
                    case,
                    quantity: reason,
                    max_absolute_error: f64::NAN,
                    max_relative_error: f64::NAN,
                    tolerance: "could not be run".to_owned(),
                    ok: false,
                };
                self.tell(id, Event::CaseVerified(quantity));
            }
            Finding::NotCovered { .. } => {}
        };
        let plain = self.device.clone().inner();
        let summary = verify(&files, &plain, selection, &mut tell).await;
        let body = Event::VerificationFinished {
            passed: summary.quantities - summary.not_ok,
            failed: summary.not_ok + summary.could_not_run,
            millis: self.host.now_millis() - started,
        };
        self.tell(id, body);
        Ok(())
    }

    /// The files that `index.json` names, a list of paths.
    async fn reference_files(&self, base_url: &str) -> Result<MapFiles, EngineError> {
        let folder_url = base_url.trim_end_matches('/');
        let fetch = async |path: &str| {
            let url = format!("{folder_url}/{path}");
            self.host
                .fetch(&url, &mut |_, _| {})
                .await
                .map_err(|reason| {
                    let message =
                        format!("The reference file {path} could not be fetched: {reason}.");
                    EngineError::new(ErrorKind::Network, message)
                })
        };
        let index = fetch("index.json").await?;
        let paths: Vec<String> = serde_json::from_slice(&index).map_err(|e| {
            EngineError::new(
                ErrorKind::Data,
                format!("The list of reference files is damaged: {e}."),
            )
        })?;
        let mut files = MapFiles::default();
        for path in paths {
            let bytes = fetch(&path).await?;
            files.0.insert(path, bytes);
        }
        Ok(files)
    }

    /// Times steps of a workload; the events of a run would get in the way, so there must be none.
    pub(super) async fn bench(
        &self,
        id: Option<RequestId>,
        workload: Workload,
        steps: usize,
    ) -> Result<(), EngineError> {
        let failed = |reason: String| {
            EngineError::new(
                ErrorKind::Device,
                format!("The benchmark ended early: {reason}."),
            )
        };
        let bench = Bench::new(workload, &self.device).map_err(|e| failed(e.to_string()))?;
        let place = (self.info.kind.name(), 1);
        let clock = || self.host.now_millis();
        let report = measure(bench, workload, place, steps, clock)
            .await
            .map_err(failed)?;
        let json = serde_json::to_string(&report).map_err(|e| failed(e.to_string()))?;
        self.tell(id, Event::BenchFinished { json });
        Ok(())
    }
}
