//! What the standard library does not offer, or does in a way that bash would notice. The only place with `unsafe`.

pub mod start;
pub mod descriptors;
pub mod exec;
pub mod feed;
pub mod seccomp;
pub mod task;
pub mod stack;
pub mod tracing;
pub mod aside;
pub mod calls;
pub mod marks;
pub mod foreground;
pub mod inherit;
pub mod namespace;
pub mod landlock;
pub mod stand_in;
pub mod witness;
pub mod files;
