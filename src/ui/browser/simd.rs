//! Whether this browser runs fused multiply-add, for which the CPU engine has a form of its own.

use js_sys::{Uint8Array, WebAssembly};

/// A module of one function with one instruction of relaxed SIMD, `i8x16.relaxed_swizzle`.
const MODULE: [u8; 36] = [
    0, b'a', b's', b'm', 1, 0, 0, 0, // header
    1, 5, 1, 0x60, 0, 1, 0x7b, // a type: () → v128
    3, 2, 1, 0, // a function of it
    10, 15, 1, 13, 0, // its body, no locals
    0x41, 1, 0xfd, 15, // i32.const 1, i8x16.splat
    0x41, 2, 0xfd, 15, // i32.const 2, i8x16.splat
    0xfd, 0x80, 2,    // i8x16.relaxed_swizzle
    0x0b, // end
];

pub fn has_relaxed() -> bool {
    WebAssembly::validate(&Uint8Array::from(&MODULE[..])).unwrap_or(false)
}
