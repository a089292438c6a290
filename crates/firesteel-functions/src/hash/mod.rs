//! Digests and hash codes.

use firesteel_expr::function::ScalarFunction;

mod digest;
mod murmur3;

pub(crate) const ALL: &[ScalarFunction] = &[digest::MD5, digest::SHA2, murmur3::HASH];
