//! Adapters that only imitate a GPU.

/// Words in the names of renderers that run on the CPU.
const NAMES: [&str; 6] = [
    "swiftshader",
    "llvmpipe",
    "lavapipe",
    "software",
    "warp",
    "basic render",
];

/// Whether an adapter's own description names such a renderer.
pub fn names_software(description: &str) -> bool {
    let description = description.to_lowercase();
    NAMES.iter().any(|name| description.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_renderers_are_known_by_name() {
        assert!(names_software("Google SwiftShader"));
        assert!(names_software("llvmpipe (LLVM 15)"));
        assert!(!names_software("nvidia ada-lovelace"));
    }
}
