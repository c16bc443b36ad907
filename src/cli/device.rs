//! Where the tensors live: `--device`.

use burn::prelude::Device;
use clap::ValueEnum;

use super::error::CliError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceName {
    Cpu,
    /// Through wgpu, on Vulkan, Metal or DirectX 12; needs a build with `--features cli-gpu`.
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
    Ok(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice))
}

#[cfg(not(feature = "cli-gpu"))]
fn webgpu() -> Result<Device, CliError> {
    Err(CliError::new(
        "--device webgpu: this build has no GPU support; build it with `--no-default-features --features cli-gpu`",
    ))
}
