//! Where the tensors live: `--device`.

use burn::prelude::Device;
use clap::ValueEnum;

use super::error::CliError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceName {
    Cpu,
    /// Through wgpu, on Vulkan, Metal or DirectX 12, once it has passed a check; needs a build with `--features cli-gpu`.
    Webgpu,
}

impl DeviceName {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Webgpu => "webgpu",
        }
    }

    /// The device without gradients.
    pub fn open(self) -> Result<Device, CliError> {
        match self {
            Self::Cpu => Ok(Device::flex()),
            Self::Webgpu => webgpu(),
        }
    }
}

#[cfg(feature = "cli-gpu")]
fn webgpu() -> Result<Device, CliError> {
    use crate::engine::self_check::self_check;
    let device = Device::wgpu(burn::tensor::DeviceKind::DefaultDevice);
    let started = std::time::Instant::now();
    let clock = || started.elapsed().as_secs_f64() * 1e3;
    let checked = super::block_on(self_check(&device, false, clock));
    checked.map_err(|why| {
        CliError::new(format!(
            "--device webgpu: this GPU cannot be trusted: {why}; update its driver, or take --device cpu"
        ))
    })?;
    Ok(device)
}

#[cfg(not(feature = "cli-gpu"))]
fn webgpu() -> Result<Device, CliError> {
    Err(CliError::new(
        "--device webgpu: this build has no GPU support; build it with `--no-default-features --features cli-gpu`",
    ))
}
