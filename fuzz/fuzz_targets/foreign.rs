#![no_main]

#[allow(dead_code)]
#[path = "../../tests/all/entry_points.rs"]
mod entry_points;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry_points::foreign(data));
