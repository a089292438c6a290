//! What the project says of itself, held against what it is: the layering of its crates, its documents, its API.

mod api;
mod documents;
mod layering;
mod workspace;
