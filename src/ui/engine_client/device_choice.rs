//! Which engine to fetch.

use crate::protocol::DeviceKind;
use crate::ui::state::Cause;
use crate::ui::text::status as text;

/// `?device=` in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceWish {
    Auto,
    WebGpu,
    Cpu,
}

impl DeviceWish {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "webgpu" => Some(Self::WebGpu),
            "cpu" => Some(Self::Cpu),
            _ => None,
        }
    }
}

/// What the browser offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gpu {
    /// The browser has no WebGPU, or hides it from pages that are not served securely.
    NoApi,
    /// WebGPU is there, but no GPU that it can use.
    NoAdapter,
    /// A GPU imitated by the CPU, far slower than the CPU by itself.
    Software,
    Hardware,
}

/// The device to use, and what to tell the learner about it. A site that has just been built may still lack the engine
/// for WebGPU, which takes longest.
pub fn choose(wish: DeviceWish, gpu: Gpu, has_gpu_engine: bool) -> (DeviceKind, Option<Cause>) {
    let no_gpu = |reason: &str| {
        let reason = reason.to_string();
        (DeviceKind::Cpu, Some(Cause::NoWebGpu { reason }))
    };
    let wants_gpu = wish != DeviceWish::Cpu && gpu == Gpu::Hardware || wish == DeviceWish::WebGpu;
    if wants_gpu && !has_gpu_engine {
        return (DeviceKind::Cpu, Some(Cause::NoGpuEngine));
    }
    match (wish, gpu) {
        (DeviceWish::Cpu, _) => (DeviceKind::Cpu, None),
        (DeviceWish::Auto, Gpu::Hardware) => (DeviceKind::WebGpu, None),
        (DeviceWish::Auto, _) => (DeviceKind::Cpu, None),
        (DeviceWish::WebGpu, Gpu::Hardware | Gpu::Software) => (DeviceKind::WebGpu, None),
        (DeviceWish::WebGpu, Gpu::NoApi) => no_gpu(text::GPU_NOT_OFFERED),
        (DeviceWish::WebGpu, Gpu::NoAdapter) => no_gpu(text::GPU_NOT_FOUND),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_takes_real_gpus_only() {
        let auto = |gpu| choose(DeviceWish::Auto, gpu, true);
        assert_eq!(auto(Gpu::Hardware).0, DeviceKind::WebGpu);
        for gpu in [Gpu::NoApi, Gpu::NoAdapter, Gpu::Software] {
            assert_eq!(auto(gpu), (DeviceKind::Cpu, None));
        }
    }

    #[test]
    fn asking_for_webgpu_in_vain_is_told() {
        for gpu in [Gpu::NoApi, Gpu::NoAdapter] {
            let (device, cause) = choose(DeviceWish::WebGpu, gpu, true);
            assert_eq!(device, DeviceKind::Cpu);
            assert!(matches!(cause, Some(Cause::NoWebGpu { .. })));
        }
        assert_eq!(
            choose(DeviceWish::WebGpu, Gpu::Software, true),
            (DeviceKind::WebGpu, None)
        );
    }

    #[test]
    fn a_site_without_the_engine_for_it_computes_on_the_cpu_and_says_so() {
        for (wish, gpu) in [
            (DeviceWish::Auto, Gpu::Hardware),
            (DeviceWish::WebGpu, Gpu::Software),
        ] {
            let (device, cause) = choose(wish, gpu, false);
            assert_eq!((device, cause), (DeviceKind::Cpu, Some(Cause::NoGpuEngine)));
        }
        let untouched = (DeviceKind::Cpu, None);
        assert_eq!(choose(DeviceWish::Cpu, Gpu::Hardware, false), untouched);
        assert_eq!(choose(DeviceWish::Auto, Gpu::NoApi, false), untouched);
    }
}
