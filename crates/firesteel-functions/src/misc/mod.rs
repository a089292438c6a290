//! Functions about the session and about values as such.

use firesteel_expr::function::ScalarFunction;

mod session;
mod type_of;

pub(crate) const ALL: &[ScalarFunction] =
    &[session::CURRENT_USER, session::CURRENT_DATABASE, session::CURRENT_CATALOG, type_of::TYPEOF];
