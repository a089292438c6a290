//! `map('mode', 'FAILFAST', …)`: options of functions that read and write text.

use arrow::array::{Array, AsArray};
use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::{Column, Expr, ExprRef, Literal};
use hashbrown::HashMap;

use super::value::Lax;

/// By name in lower case.
#[derive(Debug, Default)]
pub(super) struct Options(HashMap<String, String>);

/// Checks the argument that has the options; none at all is an empty map.
pub(super) fn operand(arg: Option<&ExprRef>) -> Result<ExprRef> {
    let Some(arg) = arg else {
        return Ok(Expr::literal(Literal::null(SqlType::map(SqlType::STRING, SqlType::STRING, true))));
    };
    match arg.data_type() {
        SqlType::Map { key, value, .. } if key.is_string() && value.is_string() && arg.is_foldable() => Ok(arg.clone()),
        SqlType::Map { key, value, .. } if **key == SqlType::Void && **value == SqlType::Void => operand(None),
        given @ SqlType::Map { .. } if arg.is_foldable() => {
            Err(error!(INVALID_OPTIONS_NON_STRING_TYPE, mapType = given.quoted_sql()))
        }
        _ => bail!(INVALID_OPTIONS_NON_MAP_FUNCTION),
    }
}

impl Options {
    pub(super) fn of(column: &Column) -> Result<Options> {
        let mut options = HashMap::new();
        if column.is_empty() || column.is_constant_null() {
            return Ok(Options(options));
        }
        let flat = column.slice(0, 1).flat()?;
        let map = flat.as_map();
        if map.is_valid(0) {
            let entries = map.value(0);
            let (names, values) = (entries.column(0).as_string_view(), entries.column(1).as_string_view());
            for at in (0..entries.len()).filter(|at| values.is_valid(*at)) {
                options.insert(names.value(at).to_lowercase(), values.value(at).to_owned());
            }
        }
        Ok(Options(options))
    }

    /// The option named so, in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        self.get(name).map_or(default, |value| value.eq_ignore_ascii_case("true"))
    }

    /// How lax JSON text is read.
    pub(super) fn lax(&self) -> Lax {
        let default = Lax::default();
        Lax {
            single_quotes: self.flag("allowsinglequotes", default.single_quotes),
            unquoted_names: self.flag("allowunquotedfieldnames", default.unquoted_names),
            leading_zeros: self.flag("allownumericleadingzeros", default.leading_zeros),
            non_numeric_numbers: self.flag("allownonnumericnumbers", default.non_numeric_numbers),
            comments: self.flag("allowcomments", default.comments),
            control_characters: self.flag("allowunquotedcontrolchars", default.control_characters),
            any_escapes: self.flag("allowbackslashescapinganycharacter", default.any_escapes),
        }
    }
}
