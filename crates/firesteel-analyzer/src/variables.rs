//! Session variables: what a name means that no column has.
//!
//! ```text
//! x    session.x    system.session.x    x.field
//! ```
//! The longest qualifier that fits wins, as among columns. Behind a name the variable is a literal: nothing later knows it.

use firesteel_common::names::same_name;
use firesteel_expr::Literal;
use firesteel_plan::parsed::Ident;
use hashbrown::HashMap;

/// The variables of a session, by name in lower case.
pub type Variables = HashMap<String, Literal>;

/// Where variables live.
pub const HOME: [&str; 2] = ["system", "session"];

/// A variable's name, its value, and the names of fields that follow it.
pub(crate) fn find<'v, 'n>(variables: &'v Variables, name: &'n [Ident]) -> Option<(&'v str, &'v Literal, &'n [Ident])> {
    if variables.is_empty() {
        return None;
    }
    (0..name.len().min(HOME.len() + 1)).rev().find_map(|qualifiers| {
        let (qualifier, rest) = name.split_at(qualifiers);
        let home = &HOME[HOME.len() - qualifiers..];
        if !qualifier.iter().zip(home).all(|(part, home)| same_name(&part.value, home)) {
            return None;
        }
        let (variable, fields) = rest.split_first()?;
        let (key, value) = variables.get_key_value(&variable.value.to_lowercase())?;
        Some((key.as_str(), value, fields))
    })
}
