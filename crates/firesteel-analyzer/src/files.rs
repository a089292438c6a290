//! Functions that read files: `read_files('data/*.csv', header => true)`. Which there are the catalog knows.

use firesteel_common::{Result, SqlType, error};
use firesteel_expr::{CastMode, eval};
use firesteel_plan::parsed::FunctionCall;

use crate::Analyzer;
use crate::env::Env;
use crate::expr::Resolver;
use crate::scope::{Relation, Scope};

impl Analyzer<'_> {
    /// `None` when no function of files is called so. Arguments are constants, handed over as text.
    pub(crate) fn file_function(&self, call: &FunctionCall, env: Env<'_>) -> Result<Option<Relation>> {
        let name = call.name.last();
        if !self.context.catalog.is_file_function(name) {
            return Ok(None);
        }
        let nothing = Scope::default();
        let resolver = Resolver::plain(self, env, vec![&nothing], "a function that reads files");
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            let span = argument.value.span;
            let value = resolver.resolve(&argument.value)?;
            if !value.is_foldable() {
                let (function, parameter) = (format!("`{name}`"), argument.name.as_ref().map_or("path", |n| &n.value));
                return Err(error!(
                    NON_FOLDABLE_ARGUMENT,
                    funcName = function,
                    paramName = format!("`{parameter}`"),
                    paramType = "\"STRING\""
                )
                .at(span));
            }
            let value = resolver.cast(value, &SqlType::STRING, CastMode::Ansi, &argument.value)?;
            let value = eval::evaluate_constant(&value, &self.context.eval).map_err(|error| error.at(span))?;
            let Some(text) = value.as_str() else { continue };
            arguments.push((argument.name.as_ref().map(|name| name.value.clone()), text.to_owned()));
        }
        let table = self.context.catalog.read_files(name, &arguments).map_err(|error| error.at(call.name.span))?;
        Ok(Some(self.read(&[name.to_owned()], table)))
    }
}
