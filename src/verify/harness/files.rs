//! Where the reference files come from.

use std::collections::BTreeMap;

/// Files by their paths relative to the folder of the cases, with `/` between the parts.
pub trait CaseFiles {
    /// The file's bytes, or none where there is no such file.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
    /// The paths of all files.
    fn list(&self) -> Vec<String>;
}

/// Files in memory, as a page has them after fetching.
#[derive(Debug, Clone, Default)]
pub struct MapFiles(pub BTreeMap<String, Vec<u8>>);

impl CaseFiles for MapFiles {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.get(path).cloned()
    }

    fn list(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::io;
    use std::path::{Path, PathBuf};

    use super::CaseFiles;

    /// A folder on disk. Its paths are listed once, when it is opened.
    #[derive(Debug, Clone)]
    pub struct FolderFiles {
        root: PathBuf,
        paths: Vec<String>,
    }

    impl FolderFiles {
        pub fn open(root: &Path) -> io::Result<Self> {
            let mut paths = Vec::new();
            collect(root, "", &mut paths)?;
            paths.sort();
            Ok(Self {
                root: root.to_owned(),
                paths,
            })
        }
    }

    impl CaseFiles for FolderFiles {
        fn read(&self, path: &str) -> Option<Vec<u8>> {
            std::fs::read(self.root.join(path)).ok()
        }

        fn list(&self) -> Vec<String> {
            self.paths.clone()
        }
    }

    fn collect(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                collect(&entry.path(), &format!("{path}/"), paths)?;
            } else {
                paths.push(path);
            }
        }
        Ok(())
    }
}
#[cfg(not(target_arch = "wasm32"))]
pub use native::FolderFiles;
