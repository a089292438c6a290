//! What the project says of itself, held against what it is: the layering of its crates, its documents.

mod documents;
mod layering;
mod workspace;
