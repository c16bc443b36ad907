//! How much memory the program has asked for at most.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicUsize, Ordering};

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// An allocator that counts what another one gives. It counts bytes asked for: pages that the other keeps for later
/// are not among them, nor are the program's own code and stacks.
pub struct Counting<A>(pub A);

/// The most bytes that were held at one time; none where [`Counting`] is not the program's allocator.
pub fn peak_bytes() -> Option<u64> {
    match PEAK.load(Ordering::Relaxed) {
        0 => None,
        peak => Some(peak as u64),
    }
}

/// The most memory that the system has had in place for this process (Linux's `VmHWM`).
pub fn peak_resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

fn took(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
    // Nearly always false, and then nothing is written.
    if held > PEAK.load(Ordering::Relaxed) {
        PEAK.fetch_max(held, Ordering::Relaxed);
    }
}

fn gave(bytes: usize) {
    HELD.fetch_sub(bytes, Ordering::Relaxed);
}

// SAFETY: every call goes on to the inner allocator as it is; the counts touch no memory that is handed out.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counting<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller's promises are the inner allocator's conditions.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: as above.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        gave(layout.size());
        // SAFETY: as above.
        unsafe { self.0.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // While it moves, both places may exist, but how it is done is the inner allocator's business.
        took(new_size);
        gave(layout.size());
        // SAFETY: as above.
        unsafe { self.0.realloc(pointer, layout, new_size) }
    }
}
