//! Files in object stores and behind HTTP, in reading order:
//!
//! - [`location`]: `s3://bucket/key` taken apart; [`access`]: with which endpoint and credentials, from
//!   [`settings`] and environment.
//! - [`runtime`]: the one tokio runtime, and what is under way on it; [`wire`]: HTTP, and what is seen of it.
//! - [`request`]: a request, tried again when that may help; its errors, and what is counted.
//! - [`listing`]: which objects a path, a folder or a pattern means.
//! - [`ranges`]: parts of an object at once; [`pieces`]: one after the other, read ahead; [`stream`]: those as bytes to
//!   read, decompressed.
//!
//! ```text
//! source on the CPU pool ──start──▶ Task on the runtime: requests, retries, waits
//!           ▲      └─ poll: Pending ─┐          │
//!           └──────── woken ─────────┴── bytes ◀┘         dropped: the task is aborted, its connection closed
//! ```
//! Nothing on the CPU pool waits for a store. Planning does: on the thread of whoever asks for a plan.

pub(crate) mod access;
pub(crate) mod listing;
pub(crate) mod location;
pub(crate) mod pieces;
pub(crate) mod ranges;
pub(crate) mod request;
pub(crate) mod runtime;
pub(crate) mod settings;
pub(crate) mod stream;
mod wire;

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use firesteel_catalog::Split;
use firesteel_common::Result;

pub(crate) use access::Access;
pub(crate) use location::{display, is_remote, without_query};
pub(crate) use request::{Counters, Object};

use runtime::Task;

/// One object as a query was planned over it.
#[derive(Clone)]
pub(crate) struct RemoteFile {
    object: Object,
    length: u64,
    /// What must not have changed since.
    etag: Option<Arc<str>>,
}

impl RemoteFile {
    pub(crate) fn open(split: &Split, access: &Arc<Access>) -> Result<Self> {
        let object = access.object(&split.location)?;
        Ok(Self { object, length: split.length, etag: split.etag.clone() })
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Begins to fetch a range, which must lie within the file and not be empty.
    pub(crate) fn fetch(&self, range: Range<u64>, counters: &Counters) -> Task<Bytes> {
        let (file, counters) = (self.clone(), counters.clone());
        runtime::spawn(async move { file.object.get(range, file.etag.as_deref(), &counters).await })
    }
}
