//! Values for the markers of a statement.
//!
//! ```text
//! "… WHERE a > ? AND b = ?"        (5, "x")                      by position
//! "… WHERE a > :low AND b = :name"  (("low", 5), ("name", "x"))   by name
//! ```

use firesteel_common::names::quote;
use firesteel_common::{Result, conditions, error};
use firesteel_plan::parsed::{Expr, ExprKind, Parameter};
use firesteel_sql::{Bindings, Bound};

use crate::column::Column;
use crate::column::value::{IntoValue, list_of};
use crate::frame::DataFrame;
use crate::result::QueryResult;
use crate::session::Session;

/// What markers stand for: constant expressions.
///
/// ```
/// use firesteel::Parameters;
/// use firesteel::prelude::*;
///
/// # fn main() -> Result<()> {
/// let session = Session::builder().get_or_create()?;
/// let parameters = Parameters::default().named("low", 1).named("ids", vec![1, 2, 3]);
/// let frame = session.sql_with_params("SELECT id FROM range(9) WHERE id > :low AND array_contains(:ids, id)", parameters)?;
/// assert_eq!(frame.collect_rows::<i64>()?, [2, 3]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Parameters {
    items: Vec<Item>,
}

impl Parameters {
    /// Adds the value of `:name`; names have case.
    ///
    /// ```
    /// use firesteel::Parameters;
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let parameters = Parameters::default().named("day", lit("2024-02-29").cast("date"));
    /// let frame = session.sql_with_params("SELECT year(:day)", parameters)?;
    /// assert_eq!(frame.collect_rows::<i32>()?, [2024]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn named(mut self, name: &str, value: impl IntoValue) -> Self {
        self.items.push((name, value).into_parameter());
        self
    }

    /// Adds the value of the next `?`.
    ///
    /// ```
    /// use firesteel::Parameters;
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let parameters = Parameters::default().positional("a").positional(2);
    /// let rows: Vec<String> = session.sql_with_params("SELECT repeat(?, ?)", parameters)?.collect_rows()?;
    /// assert_eq!(rows, ["aa"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn positional(mut self, value: impl IntoValue) -> Self {
        self.items.push(value.into_parameter());
        self
    }
}

impl Parameters {
    /// Adds the value of `:name` as a command line gives it: a literal of SQL, or else a text.
    ///
    /// ```
    /// use firesteel::Parameters;
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let parameters = Parameters::default().named_text("days", "7").named_text("city", "Bad Urach");
    /// let frame = session.sql_with_params("SELECT typeof(:days), typeof(:city)", parameters)?;
    /// assert_eq!(frame.collect_rows::<(String, String)>()?, [("int".to_owned(), "string".to_owned())]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn named_text(self, name: &str, text: &str) -> Self {
        match firesteel_sql::parse_expression(text).map(|expr| expr.kind) {
            Ok(ExprKind::Literal(literal)) => self.named(name, Column::new(ExprKind::Literal(literal))),
            _ => self.named(name, text),
        }
    }
}

/// The same, known to be constants.
#[derive(Default)]
pub(crate) struct Values {
    positional: Vec<Expr>,
    named: Vec<(String, Expr)>,
}

impl Values {
    /// A value by position, and by name if it has one.
    pub(crate) fn add(&mut self, name: Option<String>, value: Expr) {
        if let Some(name) = name {
            self.named.push((name, value.clone()));
        }
        self.positional.push(value);
    }

    fn get(&self, parameter: &Parameter) -> Option<&Expr> {
        match parameter {
            Parameter::Positional(at) => self.positional.get(*at),
            Parameter::Named(name) => self.named.iter().find(|(known, _)| known == name).map(|(_, value)| value),
        }
    }

    fn checked(session: &Session, items: Vec<Item>) -> Result<Self> {
        let mut values = Values::default();
        for Item { name, value } in items {
            if let Some(fault) = &value.fault {
                return Err(fault.error());
            }
            if !value.frames.is_empty() || !matches!(session.constant(&value.expr), Ok(Some(_))) {
                let place = name.unwrap_or_else(|| (values.positional.len() + 1).to_string());
                return Err(error!(INVALID_SQL_ARG, name = quote(&place)));
            }
            match name {
                Some(name) => values.named.push((name, value.expr)),
                None => values.positional.push(value.expr),
            }
        }
        Ok(values)
    }
}

/// A value, and the name of the marker that it is for if it has one.
#[derive(Clone)]
pub struct Item {
    name: Option<String>,
    value: Column,
}

/// A value by position, or a name and a value.
pub trait IntoParameter {
    fn into_parameter(self) -> Item;
}

impl<T: IntoValue> IntoParameter for T {
    fn into_parameter(self) -> Item {
        Item { name: None, value: self.into_value() }
    }
}

impl<V: IntoValue> IntoParameter for (&str, V) {
    fn into_parameter(self) -> Item {
        Item { name: Some(self.0.to_owned()), value: self.1.into_value() }
    }
}

impl<V: IntoValue> IntoParameter for (String, V) {
    fn into_parameter(self) -> Item {
        Item { name: Some(self.0), value: self.1.into_value() }
    }
}

/// Values for markers: an array, a Vec or a tuple of values, or of pairs of name and value.
pub trait IntoParameters {
    fn into_parameters(self) -> Vec<Item>;
}

list_of!(IntoParameters::into_parameters, IntoParameter::into_parameter -> Item;);

impl IntoParameters for Parameters {
    fn into_parameters(self) -> Vec<Item> {
        self.items
    }
}

impl IntoParameters for &Parameters {
    fn into_parameters(self) -> Vec<Item> {
        self.items.clone()
    }
}

/// Markers by what is given, names by what the session computes.
struct SessionBindings<'a> {
    session: &'a Session,
    values: &'a Values,
}

impl Bindings for SessionBindings<'_> {
    fn value(&self, parameter: &Parameter) -> Result<Option<Expr>> {
        Ok(self.values.get(parameter).cloned())
    }

    fn text(&self, expr: &Expr) -> Result<String> {
        self.session.constant_text(expr, "IDENTIFIER")
    }
}

impl Session {
    /// As [`Session::sql`], with values for the markers `?` or `:name` of the text.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let by_place = session.sql_with_params("SELECT id FROM range(?) WHERE id >= ?", (10, 8))?;
    /// assert_eq!(by_place.collect_rows::<i64>()?, [8, 9]);
    ///
    /// let by_name = session.sql_with_params("SELECT :greeting || ', ' || :who", [("greeting", "Hello"), ("who", "Ann")])?;
    /// assert_eq!(by_name.collect_rows::<String>()?, ["Hello, Ann"]);
    ///
    /// let error = session.sql_with_params("SELECT :a, :b", [("a", 1)]).unwrap_err();
    /// assert_eq!(error.condition().name, "UNBOUND_SQL_PARAMETER");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sql_with_params(&self, text: &str, parameters: impl IntoParameters) -> Result<DataFrame> {
        let values = Values::checked(self, parameters.into_parameters())?;
        self.frame_of_statement(text, self.bind(text, &values)?.statement)
    }

    /// As [`Session::execute_sql`], with values for markers.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.execute_sql_with_params("SELECT * FROM range(?)", [3])?.count_rows()?, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn execute_sql_with_params(&self, text: &str, parameters: impl IntoParameters) -> Result<QueryResult> {
        let values = Values::checked(self, parameters.into_parameters())?;
        self.execute(&self.bind(text, &values)?.statement)
    }

    /// A statement with values in the place of its markers, and names that are computed.
    pub(crate) fn bind(&self, text: &str, values: &Values) -> Result<Bound> {
        firesteel_sql::bind_statement(text, &SessionBindings { session: self, values })
    }

    /// What a constant gives that must be a text; `clause` is who asks.
    pub(crate) fn constant_text(&self, expr: &Expr, clause: &str) -> Result<String> {
        let shown = || self.shown(expr);
        let constant = match self.constant(expr) {
            Err(error) if error.is(&conditions::UNRESOLVED_COLUMN_WITHOUT_SUGGESTION) => None,
            other => other?,
        };
        let Some(constant) = constant else {
            return Err(error!(NOT_A_CONSTANT_STRING_NOT_CONSTANT, name = clause, expr = shown()));
        };
        match (constant.as_str(), constant.data_type()) {
            (Some(text), _) => Ok(text.to_owned()),
            (None, data_type) if data_type.is_string() => {
                Err(error!(NOT_A_CONSTANT_STRING_NULL, name = clause, expr = shown()))
            }
            (None, other) => {
                let data_type = other.to_string();
                Err(error!(NOT_A_CONSTANT_STRING_WRONG_TYPE, name = clause, expr = shown(), dataType = data_type))
            }
        }
    }
}
