//! What programs use: `use firesteel::prelude::*;`.

pub use crate::column::sort::SortOrder;
pub use crate::column::value::{IntoColumn, IntoColumns, IntoValue, lit};
pub use crate::column::{Column, col, expr, when};
pub use crate::frame::{DataFrame, GroupedData, JoinType, ShowOptions};
pub use crate::functions;
pub use crate::rows::Row;
pub use crate::session::Session;
pub use crate::window::{Window, WindowSpec};
pub use crate::write::SaveMode;
pub use crate::{Error, Result, SqlType};
