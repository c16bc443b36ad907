//! A GPU program that is refused. On the web cubecl only logs that, drops what was to be computed, and leaves old numbers
//! where the new ones should be: they look like results. So the page hears of it as of a worker that has died.

use log::{Level, LevelFilter, Log, Metadata, Record};
use wasm_bindgen::JsValue;
use web_sys::DedicatedWorkerGlobalScope;

use super::Panicky;

struct Reporter(Panicky);

/// From now on every such line reaches the page, and the console.
pub fn report(scope: DedicatedWorkerGlobalScope) {
    // It lives as long as the worker, and is the only logger here.
    let reporter = Box::leak(Box::new(Reporter(Panicky(scope))));
    if log::set_logger(reporter).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}

/// Errors of cubecl's, and a launch that failed, which it logs as a warning.
fn is_fault(metadata: &Metadata) -> bool {
    let target = metadata.target();
    match metadata.level() {
        Level::Error => target.starts_with("cubecl"),
        Level::Warn => target == "cubecl_wgpu::compute::stream",
        _ => false,
    }
}

impl Log for Reporter {
    fn enabled(&self, metadata: &Metadata) -> bool {
        is_fault(metadata)
    }

    fn log(&self, record: &Record) {
        if !is_fault(record.metadata()) {
            return;
        }
        let words = record.args().to_string();
        web_sys::console::error_1(&JsValue::from_str(&words));
        // The first line tells what was refused; the program's text follows.
        let first = words.lines().next().unwrap_or_default();
        let told = JsValue::from_str(&format!("panic: GPU: {first}"));
        // Nothing is left to do where even this fails.
        let _ = self.0.get().post_message(&told);
    }

    fn flush(&self) {}
}
