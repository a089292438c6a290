//! Digests, checksums and hash codes.

use firesteel_expr::function::ScalarFunction;

mod digest;
mod fold;
pub(crate) mod murmur3;
pub(crate) mod xxhash64;

pub(crate) const ALL: &[ScalarFunction] =
    &[digest::CRC32, digest::MD5, digest::SHA1, digest::SHA2, murmur3::HASH, xxhash64::XXHASH64];
